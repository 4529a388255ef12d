"""Whose chip is authentic, and why another is not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from tests.unit.document.chip.workshop import (
    DAY,
    NOW,
    ZONE,
    Algorithm,
    Certified,
    Chip,
    Key,
    attribute,
    chip,
    data_group_1,
    data_group_2,
    extension,
    face_block,
    face_record,
    key,
    name,
    octets,
    oid,
    picture,
    revocation_list,
    sequence,
    tlv,
)

from bonafide.document.check import Result
from bonafide.document.chip import ChipFiles, PortraitFormat, TrustStore, authenticate
from bonafide.errors import UsageError
from bonafide.outcome import Reason

if TYPE_CHECKING:
    from tests.unit.document.chip.conftest import Check, Trust

CHECKS = (
    "chip.complete",
    "chip.data_groups",
    "chip.coverage",
    "chip.signature",
    "chip.signer",
    "chip.chain",
    "chip.validity",
    "chip.country",
)
AUTHENTIC = (Reason.CHIP_AUTHENTIC,)


def test_a_genuine_chip_is_authentic_and_says_what_it_holds(check: Check) -> None:
    found = check(chip())
    assert found.authentic
    assert found.reasons == AUTHENTIC
    assert tuple(made.name for made in found.checks) == CHECKS
    assert {made.result for made in found.checks} == {Result.PASSED}
    assert found.zone == ZONE
    assert found.portrait == picture()
    assert found.format is PortraitFormat.JPEG
    assert found.country == "ut"


def test_nothing_personal_is_shown(check: Check) -> None:
    made = chip()
    shown = repr(check(made)) + repr(made.files()) + repr(check(made).checks)
    assert "ERIKSSON" not in shown
    assert "L898902C3" not in shown
    assert "xff" not in shown


@pytest.mark.parametrize("curve", ["p224", "p256", "p384", "p521", "bp256", "bp384", "bp512"])
@pytest.mark.parametrize("digest", ["sha224", "sha256", "sha384", "sha512"])
def test_each_curve_and_hash(check: Check, curve: str, digest: str) -> None:
    made = chip(curve, curve).with_message(algorithm=Algorithm("ecdsa", digest))
    made = made.with_signer(algorithm=Algorithm("ecdsa", digest))
    assert check(replace(made, hash=digest)).reasons == AUTHENTIC


@pytest.mark.parametrize("digest", ["sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("plain", [False, True])
def test_rsa_pkcs1(check: Check, digest: str, plain: bool) -> None:
    made = chip("rsa2048", "rsa3072").with_signer(algorithm=Algorithm("pkcs1", digest))
    assert check(made.with_message(algorithm=Algorithm("pkcs1", digest, plain=plain))).reasons == AUTHENTIC


@pytest.mark.parametrize("salt", [0, 20, 32, 48, 64])
@pytest.mark.parametrize("digest", ["sha224", "sha256", "sha384", "sha512"])
def test_rsa_pss_with_any_salt(check: Check, salt: int, digest: str) -> None:
    algorithm = Algorithm("pss", digest, salt)
    made = chip("rsa2048", "rsa3072").with_signer(algorithm=algorithm).with_message(algorithm=algorithm)
    assert check(made).reasons == AUTHENTIC


def test_rsa_pss_with_another_mask_hash(check: Check) -> None:
    algorithm = Algorithm("pss", "sha256", mask="sha512")
    assert check(chip("rsa2048", "rsa3072").with_message(algorithm=algorithm)).reasons == AUTHENTIC


class Says(Algorithm):
    """An algorithm that says it is another."""

    def identifier(self) -> bytes:
        return Algorithm("pss", "sha256", 20).identifier()


def test_the_salt_length_that_is_said_is_the_one_that_counts(check: Check) -> None:
    found = check(chip("rsa2048", "rsa3072").with_message(algorithm=Says("pss", "sha256", 32)))
    assert found.reasons == (Reason.CHIP_SIGNATURE_WRONG,)


PSS = Algorithm("pss", "sha256")


@pytest.mark.parametrize(
    ("parameters", "algorithm", "reasons"),
    [
        (None, PSS, AUTHENTIC),
        (PSS.pss_parameters(), PSS, AUTHENTIC),
        (Algorithm("pss", "sha256", 20).pss_parameters(), PSS, AUTHENTIC),
        (Algorithm("pss", "sha256", 48).pss_parameters(), PSS, (Reason.CHIP_SIGNATURE_UNSUPPORTED,)),
        (Algorithm("pss", "sha512").pss_parameters(), PSS, (Reason.CHIP_SIGNATURE_UNSUPPORTED,)),
        (None, Algorithm("pkcs1", "sha256"), (Reason.CHIP_SIGNATURE_UNSUPPORTED,)),
    ],
)
def test_a_key_for_pss_alone(
    check: Check, parameters: bytes | None, algorithm: Algorithm, reasons: tuple[Reason, ...]
) -> None:
    signer = Key(key("rsa2048").private, parameters, only_pss=True)
    assert check(chip(signer, "rsa3072").with_message(algorithm=algorithm)).reasons == reasons


@pytest.mark.parametrize("kind", ["sod", "certificate", "hashes"])
@pytest.mark.parametrize("keys", [("p256", "p384", "ecdsa"), ("rsa2048", "rsa3072", "pkcs1")])
def test_sha1_is_refused(check: Check, kind: str, keys: tuple[str, str, str]) -> None:
    algorithm = Algorithm(keys[2], "sha1")
    made = chip(*keys[:2])
    weak = {
        "sod": made.with_message(algorithm=algorithm),
        "certificate": made.with_signer(algorithm=algorithm),
        "hashes": replace(made, hash="sha1"),
    }[kind]
    assert check(weak).reasons == (Reason.CHIP_SIGNATURE_UNSUPPORTED,)


@pytest.mark.parametrize("algorithm", [Algorithm("pss", "sha1", 20), Algorithm("pss", "sha256", mask="sha1")])
def test_pss_with_sha1_is_refused(check: Check, algorithm: Algorithm) -> None:
    found = check(chip("rsa2048", "rsa3072").with_message(algorithm=algorithm))
    assert found.reasons == (Reason.CHIP_SIGNATURE_UNSUPPORTED,)


@pytest.mark.parametrize("keys", [("rsa1024", "rsa3072"), ("rsa2048", "rsa1024"), ("p192", "p256")])
def test_weak_keys_are_refused(check: Check, keys: tuple[str, str]) -> None:
    assert check(chip(*keys)).reasons == (Reason.CHIP_SIGNATURE_UNSUPPORTED,)


def test_a_signer_named_by_its_key(check: Check) -> None:
    assert check(chip().with_message(by_key_identifier=True)).reasons == AUTHENTIC


def test_a_signer_whose_issuer_is_named_by_its_name_alone(check: Check) -> None:
    assert check(chip().with_signer(without=("2.5.29.35",))).reasons == AUTHENTIC


def test_an_issuer_s_name_in_another_string_type_and_case(check: Check) -> None:
    found = check(chip().with_signer(issuer=name("csca  UTOPIA", "ut", 0x0C), without=("2.5.29.35",)))
    assert found.reasons == AUTHENTIC


def test_without_a_trusted_authority_nothing_is_authentic() -> None:
    found = authenticate(chip().files(), TrustStore(), NOW)
    assert found.reasons == (Reason.CHIP_SIGNER_UNTRUSTED,)
    assert found.country is None


@pytest.mark.parametrize("without", [(), ("2.5.29.35", "2.5.29.14")])
def test_an_authority_of_the_same_name_and_another_key(check: Check, without: tuple[str, ...]) -> None:
    forger = key("p384", 666)
    made = chip().with_signer(issuer_key=forger, without=without)
    assert check(made).reasons == (Reason.CHIP_SIGNER_UNTRUSTED,)


def test_an_authority_that_claims_the_trusted_one_s_key_identifier(check: Check, trust: Trust) -> None:
    genuine = chip()
    aki = extension("2.5.29.35", sequence(tlv(0x80, genuine.authority.key.identifier)))
    forged = genuine.with_signer(issuer_key=key("p384", 666), without=("2.5.29.35",), extra=(aki,))
    found = check(forged)
    assert trust(genuine.authority.encode()).authorities
    assert found.reasons == (Reason.CHIP_SIGNER_UNTRUSTED,)


def test_the_right_authority_among_others_of_its_name(check: Check) -> None:
    made = chip()
    other = replace(made.authority, key=key("p384", 3), issuer_key=key("p384", 3))
    same_identifier = replace(
        other, without=("2.5.29.14",), extra=(extension("2.5.29.14", octets(made.authority.key.identifier)),)
    )
    assert check(made, other.encode(), same_identifier.encode()).reasons == AUTHENTIC


def test_the_signer_s_own_certificate_is_no_authority(trust: Trust) -> None:
    made = chip()
    own = replace(made.signer, issuer_key=made.signer.key, issuer=made.signer.subject)
    found = authenticate(replace(made, signer=own).files(), trust(own.encode()), NOW)
    assert found.reasons == (Reason.CHIP_SIGNER_UNFIT,)


def wrong(entries: tuple[tuple[int, bytes], ...]) -> Chip:
    return replace(chip(), entries=entries)


def entries(made: Chip) -> tuple[tuple[int, bytes], ...]:
    return tuple((number, hashlib.sha256(data).digest()) for number, data in made.groups.items())


@pytest.mark.parametrize("number", [1, 2])
def test_a_data_group_that_changed(check: Check, number: int) -> None:
    made = chip()
    other = {
        1: data_group_1((ZONE[0].replace("ANNA", "EMMA"), ZONE[1])),
        2: data_group_2(face_record(b"\xff\xd8\xff")),
    }
    files = made.files(data_groups={**made.groups, number: other[number]})
    assert check(made, files=files).reasons == (Reason.CHIP_DATA_CHANGED,)


@pytest.mark.parametrize("number", [1, 2, 3, 14, 15])
def test_a_data_group_that_the_state_did_not_sign(check: Check, number: int) -> None:
    made = replace(chip(), groups={**chip().groups, 3: b"\x63\0", 14: b"\x6e\0", 15: b"\x6f\0"})
    found = check(replace(made, entries=tuple(pair for pair in entries(made) if pair[0] != number)))
    assert found.reasons == (Reason.CHIP_DATA_UNCOVERED,)


def test_no_data_group_is_signed(check: Check) -> None:
    found = check(wrong(((3, bytes(32)),)))
    assert found.reasons == (Reason.CHIP_DATA_UNCOVERED,)
    assert found.checks[1].result is Result.NOT_ASSESSABLE


def test_signed_data_groups_may_be_left_on_the_chip(check: Check) -> None:
    made = chip()
    assert (
        check(replace(made, entries=(*entries(made), (3, bytes(32)), (16, bytes(32))))).reasons == AUTHENTIC
    )


@pytest.mark.parametrize(
    "more",
    [
        ((1, bytes(32)),),
        ((0, bytes(32)),),
        ((17, bytes(32)),),
        ((-1, bytes(32)),),
        ((3, bytes(20)),),
        ((3, b""),),
    ],
)
def test_a_list_of_hashes_that_cannot_be(check: Check, more: tuple[tuple[int, bytes], ...]) -> None:
    for listed in ((*entries(chip()), *more), (*more, *entries(chip()))):
        assert check(wrong(listed)).reasons == (Reason.CHIP_MALFORMED,)


@pytest.mark.parametrize(("version", "authentic"), [(0, True), (1, True), (2, False), (-1, False)])
def test_versions_of_the_list_of_hashes(check: Check, version: int, authentic: bool) -> None:
    assert check(replace(chip(), version=version)).authentic is authentic


@pytest.mark.parametrize("missing", [1, 2])
def test_a_missing_data_group(check: Check, missing: int) -> None:
    made = chip()
    groups = {number: data for number, data in made.groups.items() if number != missing}
    assert check(made, files=made.files(data_groups=groups)).reasons == (Reason.CHIP_INCOMPLETE,)


def test_no_data_group_at_all(check: Check) -> None:
    made = chip()
    found = check(made, files=made.files(data_groups={}))
    assert found.reasons == (Reason.CHIP_INCOMPLETE,)
    assert found.checks[1].result is Result.NOT_ASSESSABLE


def test_a_missing_security_object(check: Check) -> None:
    made = chip()
    found = check(made, files=made.files(sod=None))
    assert found.reasons == (Reason.CHIP_INCOMPLETE,)
    assert tuple(made.name for made in found.checks) == CHECKS


@pytest.mark.parametrize(
    "sod", [b"", b"\x77", b"\x77\x00", b"\x30\x00", b"\x77\x84\xff\xff\xff\xff", bytes(200_000)]
)
def test_a_security_object_that_is_none(check: Check, sod: bytes) -> None:
    made = chip()
    found = check(made, files=made.files(sod=sod))
    assert found.reasons == (Reason.CHIP_MALFORMED,)
    assert tuple(made.name for made in found.checks) == CHECKS


@pytest.mark.parametrize(
    ("padding", "authentic"), [(b"\0", True), (bytes(300), True), (b"\0\1", False), (b"\xff", False)]
)
def test_what_follows_the_security_object(check: Check, padding: bytes, authentic: bool) -> None:
    made = chip()
    assert check(made, files=made.files(sod=made.sod() + padding)).authentic is authentic


@pytest.mark.parametrize("number", [1, 2])
def test_a_data_group_is_taken_as_it_came_with_its_padding(check: Check, number: int) -> None:
    made = chip()
    files = made.files(data_groups={**made.groups, number: made.groups[number] + b"\0"})
    assert not check(made, files=files).authentic


@pytest.mark.parametrize(
    "group", [b"", b"\x61\0", tlv(0x61, tlv(0x5F1F, b"A" * 87)), tlv(0x61, tlv(0x5F1F, b"a" * 88))]
)
def test_a_signed_zone_that_is_none(check: Check, group: bytes) -> None:
    found = check(replace(chip(), groups={**chip().groups, 1: group}))
    assert found.reasons == (Reason.CHIP_MALFORMED,)
    assert found.zone == ()


def test_a_signed_portrait_of_another_format(check: Check) -> None:
    group = data_group_2(face_record(b"GIF89a"))
    found = check(replace(chip(), groups={**chip().groups, 2: group}))
    assert found.reasons == (Reason.CHIP_PORTRAIT_UNREADABLE,)
    assert (found.portrait, found.format) == (None, None)


def test_a_portrait_in_the_newer_format(check: Check) -> None:
    group = data_group_2(face_block(picture()), 0x7F2E)
    found = check(replace(chip(), groups={**chip().groups, 2: group}))
    assert found.reasons == AUTHENTIC
    assert found.portrait == picture()


def test_a_signature_by_somebody_else(check: Check) -> None:
    assert check(chip().with_message(key=key("p256", 9))).reasons == (Reason.CHIP_SIGNATURE_WRONG,)


def test_without_signed_attributes(check: Check) -> None:
    assert check(chip().with_message(signed_attributes=False)).reasons == (Reason.CHIP_SIGNATURE_WRONG,)


KIND = attribute("1.2.840.113549.1.9.3", oid("2.23.136.1.1.1"))
DIGEST = attribute("1.2.840.113549.1.9.4", octets(hashlib.sha256(chip().security_object()).digest()))
OTHER_DIGEST = attribute("1.2.840.113549.1.9.4", octets(bytes(32)))


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ((KIND, DIGEST), Reason.CHIP_AUTHENTIC),
        ((DIGEST, attribute("1.2.840.113549.1.9.5", octets(b"")), KIND), Reason.CHIP_AUTHENTIC),
        ((), Reason.CHIP_SIGNATURE_WRONG),
        ((DIGEST,), Reason.CHIP_SIGNATURE_WRONG),
        ((KIND,), Reason.CHIP_SIGNATURE_WRONG),
        ((KIND, OTHER_DIGEST), Reason.CHIP_SIGNATURE_WRONG),
        (
            (attribute("1.2.840.113549.1.9.3", oid("1.2.840.113549.1.7.1")), DIGEST),
            Reason.CHIP_SIGNATURE_WRONG,
        ),
        ((KIND, DIGEST, OTHER_DIGEST), Reason.CHIP_MALFORMED),
        ((KIND, OTHER_DIGEST, DIGEST), Reason.CHIP_MALFORMED),
        ((KIND, attribute("1.2.840.113549.1.9.4")), Reason.CHIP_MALFORMED),
        (
            (KIND, attribute("1.2.840.113549.1.9.4", octets(bytes(32)), octets(bytes(32)))),
            Reason.CHIP_MALFORMED,
        ),
    ],
)
def test_signed_attributes(check: Check, attributes: tuple[bytes, ...], reason: Reason) -> None:
    assert check(chip().with_message(attributes=attributes)).reasons == (reason,)


@pytest.mark.parametrize("kind", ["1.2.840.113549.1.7.1", "2.23.136.1.1.2", "2.23.136.1.1.11"])
def test_content_of_another_type(check: Check, kind: str) -> None:
    assert check(chip().with_message(content_type=kind)).reasons == (Reason.CHIP_MALFORMED,)


def test_digest_and_signature_algorithm_differ(check: Check) -> None:
    found = check(chip().with_message(digest="sha512"))
    assert found.reasons == (Reason.CHIP_SIGNATURE_UNSUPPORTED,)


@pytest.mark.parametrize(
    ("count", "reason"), [(0, Reason.CHIP_SIGNATURE_UNSUPPORTED), (2, Reason.CHIP_SIGNATURE_UNSUPPORTED)]
)
def test_no_signer_or_several(check: Check, count: int, reason: Reason) -> None:
    assert check(chip().with_message(signers=count)).reasons == (reason,)


def test_no_certificate_of_the_signer(check: Check) -> None:
    assert check(chip().with_message(certificates=())).reasons == (Reason.CHIP_SIGNER_UNTRUSTED,)


def test_a_certificate_that_the_signer_does_not_name(check: Check) -> None:
    other = replace(chip().signer, serial=1)
    assert check(chip().with_message(certificates=(other.encode(),))).reasons == (
        Reason.CHIP_SIGNER_UNTRUSTED,
    )


def test_a_certificate_that_cannot_be_read(check: Check) -> None:
    assert check(chip().with_message(certificates=(b"\x30\0",))).reasons == (Reason.CHIP_MALFORMED,)


def test_other_certificates_beside_the_signer_s(check: Check) -> None:
    made = chip()
    certificates = (b"\x30\0", made.authority.encode(), made.signer.encode())
    assert check(made.with_message(certificates=certificates)).reasons == AUTHENTIC


def test_a_second_certificate_of_the_same_issuer_and_number(check: Check) -> None:
    made = chip()
    forged = replace(made.signer, key=key("p256", 666), issuer_key=key("p384", 666))
    both = (forged.encode(), made.signer.encode())
    assert check(made.with_message(certificates=both)).reasons == AUTHENTIC
    found = check(made.with_message(certificates=both, key=forged.key))
    assert found.reasons == (Reason.CHIP_SIGNER_UNTRUSTED,)


@pytest.mark.parametrize(
    ("before", "after"),
    [(NOW - 10 * DAY, NOW - DAY), (NOW + DAY, NOW + 10 * DAY)],
)
def test_a_signer_that_is_not_valid_today(check: Check, before: datetime, after: datetime) -> None:
    found = check(chip().with_signer(not_before=before, not_after=after))
    assert found.reasons == (Reason.CHIP_SIGNER_EXPIRED,)


@pytest.mark.parametrize(
    ("before", "after"),
    [(NOW - 10 * DAY, NOW - DAY), (NOW + DAY, NOW + 10 * DAY)],
)
def test_an_authority_that_is_not_valid_today(check: Check, before: datetime, after: datetime) -> None:
    found = check(chip().with_authority(not_before=before, not_after=after))
    assert found.reasons == (Reason.CHIP_SIGNER_EXPIRED,)


def test_validity_to_the_second(check: Check) -> None:
    end = NOW + DAY
    made = chip().with_signer(not_before=NOW, not_after=end)
    assert check(made, now=NOW).authentic
    assert check(made, now=end).authentic
    assert not check(made, now=end + DAY / 86400).authentic
    assert not check(made, now=NOW - DAY / 86400).authentic


def test_validity_beyond_2050(check: Check) -> None:
    assert check(chip().with_signer(not_after=NOW.replace(year=2060))).authentic


def test_a_time_without_zone_is_a_broken_call() -> None:
    with pytest.raises(UsageError):
        authenticate(chip().files(), TrustStore(), NOW.replace(tzinfo=None))


SERVER = extension("2.5.29.37", sequence(oid("2.23.136.1.1.3")))
UNKNOWN = "1.2.3.4"


@pytest.mark.parametrize(
    "changed",
    [
        {"authority": True, "usage": (0,)},
        {"usage": (5, 6)},
        {"usage": ()},
        {"extra": (SERVER,)},
        {"extra": (extension(UNKNOWN, b"", critical=True),)},
        {"subject": name("DS Utopia 01", "FR")},
        {"subject": name("DS Utopia 01", None)},
    ],
)
def test_a_signer_not_meant_for_it(check: Check, changed: dict[str, object]) -> None:
    assert check(chip().with_signer(**changed)).reasons == (Reason.CHIP_SIGNER_UNFIT,)


@pytest.mark.parametrize(
    "changed",
    [
        {"without": ("2.5.29.15",)},
        {"without": ("2.5.29.19",)},
        {"subject": name("DS Utopia 01", "uT")},
        {"extra": (extension(UNKNOWN, b""),)},
        {"extra": (extension("2.23.136.1.1.6.2", b"", critical=True),)},
    ],
)
def test_a_signer_that_is_fit_in_other_ways(check: Check, changed: dict[str, object]) -> None:
    assert check(chip().with_signer(**changed)).reasons == AUTHENTIC


@pytest.mark.parametrize(
    "changed",
    [
        {"authority": False},
        {"usage": (6,)},
        {"without": ("2.5.29.15",)},
        {"without": ("2.5.29.19",)},
        {"extra": (extension(UNKNOWN, b"", critical=True),)},
    ],
)
def test_an_authority_that_may_not_sign_certificates(check: Check, changed: dict[str, object]) -> None:
    assert check(chip().with_authority(**changed)).reasons == (Reason.CHIP_SIGNER_UNFIT,)


@pytest.mark.parametrize(
    "changed",
    [
        {"outer_algorithm": Algorithm("ecdsa", "sha512")},
        {"extra": (extension("2.5.29.15", b""),)},
        {"extra": (extension("2.5.29.37", b""), extension("2.5.29.37", b""))},
    ],
)
def test_a_signer_s_certificate_that_cannot_be_read(check: Check, changed: dict[str, object]) -> None:
    assert check(chip().with_signer(**changed)).reasons == (Reason.CHIP_MALFORMED,)


def test_the_fittest_of_an_authority_s_certificates_speaks_for_its_key(check: Check) -> None:
    made = chip()
    expired = replace(made.authority, serial=5, not_after=NOW - DAY)
    foreign = replace(made.authority, serial=6, subject=name("CSCA Utopia", "FR"))
    for others in ((expired.encode(), foreign.encode()), (foreign.encode(), expired.encode())):
        assert check(made, *others).reasons == AUTHENTIC
        assert check(replace(made, authority=expired), *others, made.authority.encode()).reasons == AUTHENTIC


STATE = name("CSCA Utopia")
RULER = key("p384", 2)


def test_a_signer_that_is_not_revoked(check: Check) -> None:
    found = check(chip(), revocation_list(RULER, STATE, (1, 2, 3)))
    assert found.reasons == AUTHENTIC
    assert tuple(made.name for made in found.checks) == (*CHECKS, "chip.revocation")
    assert check(chip(), revocation_list(RULER, STATE)).reasons == AUTHENTIC


@pytest.mark.parametrize("serial", [4711, 77])
def test_a_signer_or_its_authority_that_is_revoked(check: Check, serial: int) -> None:
    found = check(chip(), revocation_list(RULER, STATE, (1, serial)))
    assert found.reasons == (Reason.CHIP_SIGNER_REVOKED,)


def test_revoked_on_an_old_list_is_revoked(check: Check) -> None:
    old = revocation_list(RULER, STATE, (4711,), next_update=NOW - DAY)
    assert check(chip(), old, revocation_list(RULER, STATE)).reasons == (Reason.CHIP_SIGNER_REVOKED,)


@pytest.mark.parametrize(
    "made",
    [
        revocation_list(RULER, STATE, next_update=NOW - DAY / 2),
        revocation_list(RULER, STATE, next_update=None),
        revocation_list(RULER, STATE, this_update=NOW + DAY),
        revocation_list(key("p384", 666), STATE),
        revocation_list(key("p384", 666), STATE, (4711,)),
        revocation_list(
            RULER, STATE, extensions=(extension("2.5.29.27", integer_one := b"\x02\x01\x01", critical=True),)
        ),
        revocation_list(
            RULER, STATE, (9,), entry_extensions=(extension("2.5.29.29", integer_one, critical=True),)
        ),
    ],
)
def test_a_list_that_cannot_be_relied_on(check: Check, made: bytes) -> None:
    found = check(chip(), made)
    assert found.reasons == (Reason.CHIP_REVOCATION_UNKNOWN,)
    assert check(chip(), made, revocation_list(RULER, STATE)).reasons == AUTHENTIC


def test_a_list_of_another_authority_is_no_matter(check: Check) -> None:
    found = check(chip(), revocation_list(key("p384", 3), name("CSCA Elsewhere"), (4711,)))
    assert found.reasons == AUTHENTIC
    assert tuple(made.name for made in found.checks) == CHECKS


def test_a_list_by_the_name_that_the_signer_has_for_its_issuer(check: Check) -> None:
    former = name("CSCA formerly Utopia")
    renamed = Certified(RULER, RULER, former, former, 76, authority=True, not_after=NOW + DAY)
    made = chip().with_signer(issuer=former)
    listed = revocation_list(RULER, former, (4711,))
    assert check(made, renamed.encode(), listed).reasons == (Reason.CHIP_SIGNER_REVOKED,)
    assert check(made, listed).reasons == (Reason.CHIP_REVOCATION_UNKNOWN,)


def test_a_list_signed_with_the_authority_s_next_key(check: Check) -> None:
    following = Certified(key("p384", 8), key("p384", 8), STATE, STATE, 78, authority=True)
    listed = revocation_list(following.key, STATE, (4711,))
    assert check(chip(), listed).reasons == (Reason.CHIP_REVOCATION_UNKNOWN,)
    assert check(chip(), listed, following.encode()).reasons == (Reason.CHIP_SIGNER_REVOKED,)


def test_a_list_signed_by_a_certificate_not_meant_for_it(check: Check) -> None:
    helper = Certified(key("p384", 8), key("p384", 8), STATE, STATE, 78, authority=True, usage=(5,))
    listed = revocation_list(helper.key, STATE)
    assert check(chip(), listed, helper.encode()).reasons == (Reason.CHIP_REVOCATION_UNKNOWN,)


def test_several_things_wrong_are_all_said_in_order() -> None:
    made = chip().with_signer(not_after=NOW - DAY)
    files = ChipFiles(made.sod(), {1: data_group_1(("A" * 30,) * 3)})
    assert authenticate(files, TrustStore(), NOW).reasons == (
        Reason.CHIP_INCOMPLETE,
        Reason.CHIP_DATA_CHANGED,
        Reason.CHIP_SIGNER_UNTRUSTED,
        Reason.CHIP_SIGNER_EXPIRED,
    )
