"""Files of trust: certificates, revocation lists and master lists, as operators have them."""

from __future__ import annotations

import base64
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.document.chip.workshop import (
    NOW,
    chip,
    key,
    master_list,
    name,
    revocation_list,
    write,
)

from bonafide.document.chip import authenticate, read_trust
from bonafide.errors import UnreadableData

if TYPE_CHECKING:
    from tests.unit.document.chip.conftest import Trust

MADE = chip()
CSCA = MADE.authority.encode()
OTHER = replace(
    MADE.authority,
    key=key("p521"),
    issuer_key=key("p521"),
    subject=name("CSCA Other"),
    issuer=name("CSCA Other"),
).encode()
CRL = revocation_list(MADE.authority.key, name("CSCA Utopia"))
LIST = master_list([CSCA, OTHER], MADE)


def pem(data: bytes, label: str = "CERTIFICATE") -> bytes:
    text = "\n".join(textwrap.wrap(base64.b64encode(data).decode(), 64))
    return f"-----BEGIN {label}-----\n{text}\n-----END {label}-----\n".encode()


def ldif(attribute: str, data: bytes, end: str = "\n") -> bytes:
    value = textwrap.wrap(f"{attribute}:: {base64.b64encode(data).decode()}", 76)
    lines = [
        "version: 1",
        "",
        "dn: cn=UT,o=ml,c=UT,dc=data,dc=download,dc=pkd,dc=icao,dc=int",
        "objectClass: top",
    ]
    return end.join([*lines, value[0], *(f" {line}" for line in value[1:]), "sn: 1", ""]).encode()


@pytest.mark.parametrize(
    ("data", "certificates", "lists"),
    [
        (CSCA, 1, 0),
        (CRL, 0, 1),
        (pem(CSCA), 1, 0),
        (b"a remark\r\n" + pem(CSCA).replace(b"\n", b"\r\n") + pem(OTHER) + pem(CRL, "X509 CRL"), 2, 1),
        (LIST, 2, 0),
        (pem(LIST, "CMS"), 2, 0),
        (ldif("CscaMasterListData", LIST), 2, 0),
        (ldif("pkdMasterListContent", LIST, "\r\n"), 2, 0),
        (
            ldif("cscamasterlistdata", LIST) + b"\n" + ldif("CscaMasterListData", master_list([CSCA], MADE)),
            2,
            0,
        ),
        (ldif("certificateRevocationList;binary", CRL), 0, 1),
    ],
)
def test_what_is_read(trust: Trust, data: bytes, certificates: int, lists: int) -> None:
    store = trust(data)
    assert (len(store.authorities), len(store.revocation_lists)) == (certificates, lists)
    assert store.unreadable == 0
    assert authenticate(MADE.files(), store, NOW).authentic is bool(certificates)


DAMAGED = bytearray(LIST)
DAMAGED[LIST.index(CSCA) + 300] ^= 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing of ours",
        b"\x30\0",
        b"\x30\x82\xff\xff",
        CSCA[:-1],
        CSCA + b"\0",
        CRL[:-1],
        LIST[:-1],
        bytes(DAMAGED),
        pem(CSCA)[:-20],
        pem(CSCA).replace(b"MI", b"M!", 1),
        pem(b"\x30\0"),
        pem(CSCA) + pem(b""),
        ldif("userCertificate;binary", CSCA),
        ldif("CscaMasterListData", LIST[:-1]),
        ldif("CscaMasterListData", LIST).replace(b"a", b"!", 9),
        MADE.sod(),
        MADE.sod()[4:],
        master_list([CSCA], MADE, key=key("p256", 9)),
        master_list([CSCA], MADE, certificates=()),
        master_list([CSCA], MADE, signers=0),
        master_list([CSCA], MADE, signed_attributes=False),
        master_list([CSCA], MADE, content_type="1.2.840.113549.1.7.1"),
    ],
)
def test_what_is_refused(trust: Trust, data: bytes) -> None:
    with pytest.raises(UnreadableData) as refused:
        trust(data)
    assert "\n" not in str(refused.value)


def test_one_odd_certificate_costs_a_master_list_no_other(trust: Trust) -> None:
    store = trust(master_list([CSCA, b"\x30\0", OTHER], MADE))
    assert (len(store.authorities), store.unreadable) == (2, 1)


def test_the_same_certificate_twice_is_one(trust: Trust) -> None:
    store = trust(CSCA, pem(CSCA), LIST, CRL, pem(CRL, "X509 CRL"))
    assert (len(store.authorities), len(store.revocation_lists)) == (2, 1)


def test_a_folder_is_all_its_files(tmp_path: Path) -> None:
    write(tmp_path / "trust", {"a.der": CSCA, "b.pem": pem(OTHER), ".hidden": b"x", "c.crl": CRL})
    write(tmp_path / "trust" / "below", {"not.der": b"x"})
    store = read_trust([tmp_path / "trust"])
    assert (len(store.authorities), len(store.revocation_lists)) == (2, 1)


def test_a_folder_with_another_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.der": CSCA, "readme.txt": b"from the ministry"})
    with pytest.raises(UnreadableData, match=r"readme\.txt"):
        read_trust([tmp_path])


@pytest.mark.parametrize("missing", ["missing.der", "nul\0"])
def test_a_file_that_is_not_there(tmp_path: Path, missing: str) -> None:
    with pytest.raises(UnreadableData) as refused:
        read_trust([tmp_path / missing])
    assert str(tmp_path) not in str(refused.value)
    assert "\0" not in str(refused.value)


def test_no_files_are_no_trust() -> None:
    assert read_trust([]).authorities == ()


def test_a_master_list_in_the_indefinite_form(trust: Trust) -> None:
    content = master_list([CSCA], MADE)
    body = content[4:]
    assert content[:2] == b"\x30\x82"
    assert len(trust(b"\x30\x80" + body + b"\0\0").authorities) == 1
