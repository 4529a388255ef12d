"""Certificates, lists and keys, against what `cryptography` and the curves themselves say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from tests.unit.document.chip.workshop import (
    CURVES,
    DAY,
    NOW,
    Key,
    bits,
    chip,
    integer,
    key,
    name,
    octets,
    oid,
    sequence,
    set_of,
    tlv,
)

from bonafide.document.chip.algorithms import Unsupported
from bonafide.document.chip.certificate import read_certificate, read_time
from bonafide.document.chip.curves import DOMAINS, Domain
from bonafide.document.chip.names import read_name
from bonafide.document.chip.revocation import read_revocation_list
from bonafide.document.chip.signature import read_public_key
from bonafide.document.chip.tlv import Malformed, parse
from bonafide.outcome import Reason

if TYPE_CHECKING:
    from tests.unit.document.chip.conftest import Check

CURVE_CLASSES = tuple(DOMAINS)


def test_the_workshop_s_certificates_are_certificates() -> None:
    for made in (chip().authority, chip().signer):
        theirs = x509.load_der_x509_certificate(made.encode())
        ours = read_certificate(made.encode())
        assert (ours.serial, ours.is_authority) == (theirs.serial_number, made.authority)
        assert ours.is_valid_at(theirs.not_valid_before_utc)
        assert not ours.is_valid_at(theirs.not_valid_after_utc + DAY)


def test_a_certificate_by_somebody_else_s_code() -> None:
    private = ec.generate_private_key(ec.SECP384R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "UT"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Authority ü"),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(2**150 + 5)
        .not_valid_before(datetime(2020, 1, 2, 3, 4, 5))
        .not_valid_after(datetime(2055, 6, 7, 8, 9, 10))
        .add_extension(x509.BasicConstraints(True, 0), critical=True)
        .add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key()), critical=False
        )
        .sign(private, hashes.SHA512())
    )
    ours = read_certificate(made.public_bytes(Encoding.DER))
    assert ours.serial == 2**150 + 5
    assert ours.subject == ours.issuer
    assert ours.subject.country == "ut"
    assert ours.not_before == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert ours.not_after == datetime(2055, 6, 7, 8, 9, 10, tzinfo=UTC)
    assert ours.key_identifier == ours.authority_key_identifier
    assert ours.may_sign_certificates
    assert ours.may_sign_lists
    assert not ours.may_sign_documents
    assert ours.signed.is_signed_by(ours.public_key())
    assert not ours.signed.is_signed_by(read_certificate(chip().authority.encode()).public_key())


def test_a_revocation_list_by_somebody_else_s_code() -> None:
    private = ec.generate_private_key(ec.BrainpoolP256R1())
    made = x509.CertificateRevocationListBuilder(
        x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "UT")]), NOW - DAY, NOW + DAY
    ).add_extension(x509.CRLNumber(3), critical=False)
    for serial in (5, 2**100):
        made = made.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(serial)
            .revocation_date(NOW - DAY)
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            .build()
        )
    ours = read_revocation_list(made.sign(private, hashes.SHA256()).public_bytes(Encoding.DER))
    assert ours.serials == {5, 2**100}
    assert ours.is_plain
    assert ours.is_current_at(NOW)
    assert ours.signed.is_signed_by(read_public_key(parse(Key(private).info(), 0x30)))


def explicit(domain: Domain, curve: ec.EllipticCurve, **changed: object) -> bytes:
    """ECParameters that spell a curve out (SEC 1 appendix C.2)."""
    size = -(-curve.key_size // 8)
    made = {
        "p": domain.p,
        "a": domain.a,
        "b": domain.b,
        "base": b"\4" + domain.x.to_bytes(size) + domain.y.to_bytes(size),
        "n": domain.n,
        "seed": b"",
        "cofactor": integer(1),
        "field": "1.2.840.10045.1.1",
    } | changed
    p, a, b, base, n, seed, cofactor, field = made.values()
    assert isinstance(p, int) and isinstance(a, int) and isinstance(b, int) and isinstance(n, int)  # noqa: PT018
    assert isinstance(base, bytes) and isinstance(seed, bytes) and isinstance(cofactor, bytes)  # noqa: PT018
    return sequence(
        integer(1),
        sequence(oid(str(field)), integer(p)),
        sequence(octets(a.to_bytes(size)), octets(b.to_bytes(size)), seed),
        octets(base),
        integer(n),
        cofactor,
    )


@pytest.mark.parametrize("curve", CURVE_CLASSES)
def test_the_constants_of_each_curve(curve: type[ec.EllipticCurve]) -> None:
    """As OpenSSL computes on them: private key 1 is the base point, and n - 1 its mirror image."""
    domain = DOMAINS[curve]
    base = ec.derive_private_key(1, curve()).public_key().public_numbers()
    assert (base.x, base.y) == (domain.x, domain.y)
    mirrored = ec.derive_private_key(domain.n - 1, curve()).public_key().public_numbers()
    assert (mirrored.x, mirrored.y) == (domain.x, domain.p - domain.y)
    # Two points that fit y2 = x3 + ax + b settle a and b.
    for secret in (2, 3, 12345):
        point = ec.derive_private_key(secret, curve()).public_key().public_numbers()
        assert (point.y**2 - point.x**3 - domain.a * point.x - domain.b) % domain.p == 0


@pytest.mark.parametrize("curve", CURVE_CLASSES)
def test_curves_that_are_spelt_out(check: Check, curve: type[ec.EllipticCurve]) -> None:
    domain = DOMAINS[curve]
    kind = next(kind for kind, known in CURVES.items() if known is curve)
    size = -(-curve().key_size // 8)
    compressed = bytes((2 + (domain.y & 1),)) + domain.x.to_bytes(size)
    for parameters in (
        explicit(domain, curve()),
        explicit(domain, curve(), cofactor=b"", seed=bits(bytes(20))),
        explicit(domain, curve(), base=compressed),
    ):
        signer = Key(key(kind).private, parameters)
        ruler = Key(key(kind, 2).private, parameters)
        assert check(chip(signer, ruler)).reasons == (Reason.CHIP_AUTHENTIC,)


P256 = DOMAINS[ec.SECP256R1]
OTHER_POINT = ec.derive_private_key(5, ec.SECP256R1()).public_key().public_numbers()


@pytest.mark.parametrize(
    "changed",
    [
        {"p": P256.p + 2},
        {"a": P256.a - 1},
        {"b": P256.b + 1},
        {"n": P256.n - 2},
        # As in CVE-2020-0601: with a base point of one's own, any public key has a private one.
        {"base": b"\4" + OTHER_POINT.x.to_bytes(32) + OTHER_POINT.y.to_bytes(32)},
        {"base": b"\4" + P256.x.to_bytes(32) + (P256.p - P256.y).to_bytes(32)},
        {"base": bytes((2 + (~P256.y & 1),)) + P256.x.to_bytes(32)},
        {"base": b"\4"},
        {"base": b""},
        {"cofactor": integer(2)},
        {"field": "1.2.840.10045.1.2"},
    ],
)
def test_curves_of_one_s_own(changed: dict[str, object]) -> None:
    made = Key(key("p256").private, explicit(P256, ec.SECP256R1(), **changed))
    with pytest.raises((Unsupported, Malformed)):
        read_public_key(parse(made.info(), 0x30))


def test_a_base_point_of_one_s_own_signs_nothing(check: Check) -> None:
    point = OTHER_POINT.x.to_bytes(32) + OTHER_POINT.y.to_bytes(32)
    forged = Key(key("p256").private, explicit(P256, ec.SECP256R1(), base=b"\4" + point))
    assert check(chip(forged)).reasons == (Reason.CHIP_SIGNATURE_UNSUPPORTED,)
    assert check(chip("p256", forged)).reasons == (Reason.CHIP_SIGNATURE_UNSUPPORTED,)


def test_compressed_public_keys(check: Check) -> None:
    assert check(chip(Key(key("p256").private, compressed=True))).reasons == (Reason.CHIP_AUTHENTIC,)


NAMED = oid("1.2.840.10045.3.1.7")
EC = oid("1.2.840.10045.2.1")


@pytest.mark.parametrize(
    "info",
    [
        sequence(sequence(EC, NAMED), bits(b"")),
        sequence(sequence(EC, NAMED), bits(b"\0")),
        sequence(sequence(EC, NAMED), bits(b"\4" + bytes(64))),
        sequence(sequence(EC, NAMED), bits(b"\4" + bytes(62))),
        sequence(sequence(EC), bits(b"\4" + bytes(64))),
        sequence(sequence(EC, tlv(0x05)), bits(b"\4" + bytes(64))),
        sequence(sequence(EC, oid("1.3.132.0.10")), bits(b"\4" + bytes(64))),
        sequence(sequence(oid("1.3.101.112")), bits(bytes(32))),
        sequence(sequence(oid("1.2.840.113549.1.1.1")), bits(sequence(integer(2**2048 + 1), integer(2)))),
        sequence(
            sequence(oid("1.2.840.113549.1.1.1")), bits(sequence(integer(2**2048 + 1), integer(2**33 + 1)))
        ),
        sequence(sequence(oid("1.2.840.113549.1.1.1")), bits(sequence(integer(2**2048), integer(65537)))),
        sequence(sequence(oid("1.2.840.113549.1.1.1")), bits(sequence(integer(-(2**2047) - 1), integer(3)))),
        sequence(sequence(oid("1.2.840.113549.1.1.1")), bits(sequence(integer(2**8193 + 1), integer(3)))),
        sequence(sequence(), bits(b"")),
    ],
)
def test_keys_that_are_none(info: bytes) -> None:
    with pytest.raises((Unsupported, Malformed)):
        read_public_key(parse(info, 0x30))


@pytest.mark.parametrize(
    ("tag", "text", "year"),
    [(0x17, "500101000000Z", 1950), (0x17, "491231235959Z", 2049), (0x18, "20500101000000Z", 2050)],
)
def test_times(tag: int, text: str, year: int) -> None:
    assert read_time(parse(tlv(tag, text.encode()), tag)).year == year


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (0x17, ""),
        (0x17, "2601010000Z"),
        (0x17, "260101000000+0100"),
        (0x17, "261301000000Z"),
        (0x17, "20260101000000Z"),
        (0x18, "260101000000Z"),
        (0x18, "20260230000000Z"),
        (0x18, "20260101000000.5Z"),
        (0x18, "²0260101000000Z"),
        (0x13, "260101000000Z"),
    ],
)
def test_times_that_are_none(tag: int, text: str) -> None:
    with pytest.raises(Malformed):
        read_time(parse(tlv(tag, text.encode("latin-1")), tag))


def test_names_of_one_text_are_one_name() -> None:
    def part(tag: int, encoding: str, text: str = "Straße  UTOPIA") -> bytes:
        return sequence(set_of(sequence(oid("2.5.4.3"), tlv(tag, text.encode(encoding)))))

    names = {
        read_name(parse(part(tag, encoding), 0x30))
        for tag, encoding in ((0x0C, "utf-8"), (0x1E, "utf-16-be"), (0x1C, "utf-32-be"), (0x14, "latin-1"))
    }
    names.add(read_name(parse(part(0x0C, "utf-8", "STRASSE Utopia"), 0x30)))
    assert len(names) == 1
    assert read_name(parse(name("A"), 0x30)) != read_name(parse(name("B"), 0x30))


def test_a_name_of_several_countries_has_none() -> None:
    country = sequence(oid("2.5.4.6"), tlv(0x13, b"UT"))
    other = sequence(oid("2.5.4.6"), tlv(0x13, b"FR"))
    assert read_name(parse(sequence(set_of(country), set_of(other)), 0x30)).country is None


def test_extensions_are_read_strictly() -> None:
    made = replace(chip().signer, extra=(sequence(oid("1.2.3"), tlv(0x01, b"\0\0"), octets(b"")),))
    with pytest.raises(Malformed):
        read_certificate(made.encode())
