"""One file of an operator's trust: certificates, revocation lists, master lists, in DER, PEM or LDIF."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bonafide.document.chip import identifiers
from bonafide.document.chip.algorithms import Unsupported
from bonafide.document.chip.certificate import Certificate, read_certificate
from bonafide.document.chip.cms import is_signed_by, read_signed_data
from bonafide.document.chip.revocation import RevocationList, read_revocation_list
from bonafide.document.chip.tlv import INTEGER, SEQUENCE, SET, Malformed, parse

_PEM: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s(.*?)-----END \1-----", re.DOTALL)
_PEM_START: Final = b"-----BEGIN "
# What ICAO's and the German directory call a master list and a revocation list.
_LDIF: Final = re.compile(
    rb"^(?:cscamasterlistdata|pkdmasterlistcontent|certificaterevocationlist(?:;binary)?)::[ \t]*"
    rb"(\S+)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_LDIF_START: Final = re.compile(rb"^(?:version|dn)::?[ \t]*\S", re.IGNORECASE | re.MULTILINE)
_MOST_AUTHORITIES: Final = 20_000


@dataclass(frozen=True, slots=True)
class TrustFile:
    """What a file holds; `unreadable` counts a master list's certificates that could not be read."""

    certificates: tuple[Certificate, ...] = ()
    revocation_lists: tuple[RevocationList, ...] = ()
    unreadable: int = 0


def read_trust_file(data: bytes) -> TrustFile | None:
    """What a file holds, by its content; None where it is damaged, or holds nothing that we read."""
    try:
        found = tuple(_read_der(part) for part in _parts(data))
    except (Malformed, Unsupported, binascii.Error):
        return None
    if not found:
        return None
    return TrustFile(
        tuple(certificate for part in found for certificate in part.certificates),
        tuple(listed for part in found for listed in part.revocation_lists),
        sum(part.unreadable for part in found),
    )


def _parts(data: bytes) -> Iterable[bytes]:
    """The DER inside: the file itself, its PEM blocks, or the LDIF's values (RFC 7468, RFC 2849)."""
    if data[:1] == bytes((SEQUENCE,)):
        return (data,)
    if _PEM_START in data:
        return _read_pem(data)
    unfolded = data.replace(b"\r\n", b"\n").replace(b"\n ", b"")
    if _LDIF_START.search(unfolded):
        return (base64.b64decode(value, validate=True) for value in _LDIF.findall(unfolded))
    return ()


def _read_pem(data: bytes) -> Iterator[bytes]:
    blocks = _PEM.findall(data)
    if len(blocks) != data.count(_PEM_START):
        raise Malformed("a PEM block does not end")
    for _, text in blocks:
        yield base64.b64decode(b"".join(text.split()), validate=True)


def _read_der(data: bytes) -> TrustFile:
    element = parse(data, SEQUENCE)
    children = element.children(3)
    if len(children) == 2:
        return _read_master_list(data)
    try:
        return TrustFile(certificates=(read_certificate(data),))
    except Malformed:
        return TrustFile(revocation_lists=(read_revocation_list(data),))


def _read_master_list(data: bytes) -> TrustFile:
    """A CscaMasterList (ICAO 9303-12 section 8.1), signed by a certificate that it brings along."""
    signed = read_signed_data(parse(data, SEQUENCE))
    if signed.content_type != identifiers.CSCA_MASTER_LIST:
        raise Malformed("a message is no master list")
    if not signed.signers or not all(
        any(
            signer.is_named(certificate) and is_signed_by(signed, signer, certificate)
            for certificate in signed.certificates
        )
        for signer in signed.signers
    ):
        raise Malformed("a master list is not signed by its signer")
    reader = parse(signed.content, SEQUENCE).reader()
    reader.take(INTEGER)
    entries = reader.take(SET).children(_MOST_AUTHORITIES)
    reader.end()
    certificates, unreadable = [], 0
    for entry in entries:
        # One state's odd certificate must not cost the others theirs.
        try:
            certificates.append(read_certificate(entry.encoded))
        except Malformed:
            unreadable += 1
    return TrustFile(tuple(certificates), unreadable=unreadable)
