"""Digital seals: the published worked example, seals that the tests sign, and hostile bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.document.barcode.cards import TODAY

from bonafide.document.barcode import parse_seal, seal_check
from bonafide.document.barcode.c40 import decode_c40
from bonafide.document.check import Result
from bonafide.document.mrz import ZoneKind, parse_zone
from bonafide.outcome import Reason

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
# BSI TR-03137 part 1, annex F: a visa's seal, signed on brainpoolP224r1.
HEADER = bytes.fromhex("dc036abc6d32c8a72cb10f7134b798155d01")
MESSAGE = bytes.fromhex(
    "022cdd52134a74da1347c6fed95cb89f9fce133c133c133c133c203833734aaf47f0c32f1a1e20eb2625393afe31"
    "0403a00000050633be1fed20c6"
)
SIGNATURE = bytes.fromhex(
    "d5573247608c9b64cae022c1c5249660e51ae316d600f974aac2129c3f093c35955314026304705cd24c1b810071"
    "1bd4411f068e8d93e8b7"
)
WORKED_EXAMPLE = HEADER + MESSAGE + b"\xff\x38" + SIGNATURE


def _certificate(
    key: ec.EllipticCurvePrivateKey, serial: int = 0x32, days: int = 3650, name: str = "TS"
) -> x509.Certificate:
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    start = datetime(2021, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    )
    builder = builder.serial_number(serial).not_valid_before(start).not_valid_after(start + timedelta(days))
    return builder.sign(key, hashes.SHA256())


def _signed(key: ec.EllipticCurvePrivateKey, digest: hashes.HashAlgorithm, header: bytes = HEADER) -> bytes:
    size = (key.key_size + 7) // 8
    r, s = decode_dss_signature(key.sign(header + MESSAGE, ec.ECDSA(digest)))
    length = bytes([2 * size]) if size < 64 else bytes([0x81, 2 * size])
    return header + MESSAGE + b"\xff" + length + r.to_bytes(size) + s.to_bytes(size)


def _check(
    content: bytes, *certificates: x509.Certificate, now: datetime = NOW
) -> tuple[Result, Reason | None]:
    seal = parse_seal(content)
    assert seal is not None
    check = seal_check(seal, certificates, now)
    assert check.name == "seal.signature"
    return check.result, check.reason


def test_the_worked_example() -> None:
    seal = parse_seal(WORKED_EXAMPLE)
    assert seal is not None
    assert (seal.version, seal.issuing_country, seal.signer, seal.certificate_reference) == (
        4,
        "D",
        "DETS",
        "32",
    )
    assert (seal.issue_date, seal.signature_date) == (date(2020, 1, 1), date(2021, 12, 3))
    assert (seal.feature_reference, seal.document_type) == (0x5D, 1)
    assert [tag for tag, _ in seal.features] == [2, 4, 5]
    assert decode_c40(seal.features[2][1]) == "47110815P"
    assert (seal.signed, seal.signature) == (HEADER + MESSAGE, SIGNATURE)
    assert seal.zone_lines is not None
    zone = parse_zone(seal.zone_lines, TODAY)
    assert zone is not None
    assert (zone.kind, zone.surname, zone.given_names) == (ZoneKind.MRV_B, "DENT", "ARTHUR PHILIP")
    assert zone.number == "1234567XY"


def test_the_worked_example_of_version_3() -> None:
    # TR-03137 part 1, annex C: header, then the first line of the zone at least has to be there.
    content = bytes.fromhex(
        "dc026abc6d32c8a519fc0f71341145f4fd020230a5621353d9a275735bd4134bc549133c133c133c133c133ca32519a5"
        "19a4344a5e681ae7204b20d532cf4b7c133c133f030820d5201019a51aeaff404a1f218ca4392647ecff6c8abf9e796a"
        "78eebe0b1ac8cc25c4ee17eed961d118909135 8d7d616f1a517abc747f6c4490ff159d4dcf50248b00b1e32e9e7805e7"
    )
    seal = parse_seal(content)
    assert seal is not None
    assert (seal.version, seal.signer, len(seal.certificate_reference)) == (3, "DETS", 5)
    assert seal.zone_lines is not None
    zone = parse_zone(seal.zone_lines, TODAY)
    assert zone is not None
    assert zone.kind is ZoneKind.TD2


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        ("eb0466a9", "XK CD"),
        ("eb11fe45", "XKCD"),
        ("62d719c9", "BSI01"),
        ("", ""),
        ("eb", None),
        ("0000", None),
    ],
)
def test_c40(packed: str, text: str | None) -> None:
    assert decode_c40(bytes.fromhex(packed)) == text


@pytest.mark.parametrize(
    ("curve", "digest"),
    [
        (ec.SECP224R1(), hashes.SHA224()),
        (ec.SECP256R1(), hashes.SHA256()),
        (ec.BrainpoolP256R1(), hashes.SHA256()),
        (ec.SECP384R1(), hashes.SHA384()),
        (ec.SECP521R1(), hashes.SHA512()),
    ],
)
def test_a_signed_seal_passes(curve: ec.EllipticCurve, digest: hashes.HashAlgorithm) -> None:
    key = ec.generate_private_key(curve)
    assert _check(_signed(key, digest), _certificate(key)) == (Result.PASSED, None)


def test_what_fails_and_what_cannot_be_told() -> None:
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    content = _signed(key, hashes.SHA256())
    wrong = (Result.FAILED, Reason.DOCUMENT_SEAL_WRONG)
    untrusted = (Result.NOT_ASSESSABLE, Reason.DOCUMENT_SEAL_UNTRUSTED)
    assert _check(content) == untrusted
    assert _check(content, _certificate(key, serial=0x33)) == untrusted
    assert _check(content, _certificate(key, name="TT")) == untrusted
    assert _check(content, _certificate(other)) == wrong
    assert _check(content, _certificate(other), _certificate(key)) == (Result.PASSED, None)
    changed = bytearray(content)
    changed[len(HEADER) + 20] ^= 1
    assert _check(bytes(changed), _certificate(key)) == wrong
    expired = _certificate(key, days=1000)
    assert _check(content, expired) == (Result.FAILED, Reason.DOCUMENT_SEAL_UNTRUSTED)
    assert _check(content, _certificate(key, days=100)) == wrong  # signed after its last day


def test_what_is_no_seal() -> None:
    for content in (
        b"",
        b"\xdc",
        WORKED_EXAMPLE[:-1],
        WORKED_EXAMPLE + b"\x00",
        b"\xdd" + WORKED_EXAMPLE[1:],
        b"\xdc\x07" + WORKED_EXAMPLE[2:],
        HEADER + MESSAGE,
        HEADER + b"\xff\x38" + SIGNATURE,
        HEADER + MESSAGE + b"\xff\x00",
    ):
        assert parse_seal(content) is None


@given(st.binary(max_size=120), st.integers(0, len(WORKED_EXAMPLE)))
def test_nothing_crashes(data: bytes, kept: int) -> None:
    key = ec.derive_private_key(12345, ec.SECP256R1())
    certificate = _certificate(key)
    for content in (data, b"\xdc\x03" + data, WORKED_EXAMPLE[:kept] + data):
        seal = parse_seal(content)
        if seal is not None:
            assert seal.zone_lines is None or len(seal.zone_lines) == 2
            seal_check(seal, [certificate], NOW)
