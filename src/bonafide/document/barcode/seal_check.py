"""Whether a digital seal is signed, and by whom it says (ICAO Doc 9303-13, sections 2.4 and 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

from bonafide.document.barcode.seal import Seal
from bonafide.document.check import DocumentCheck
from bonafide.outcome import Reason

_NAME = "seal.signature"


def seal_check(seal: Seal, certificates: Sequence[x509.Certificate], now: datetime) -> DocumentCheck:
    """`seal.signature`: one of `certificates` is the signer's, valid `now`, and its key signed the seal.

    The caller vouches for `certificates`: no chain to a country's root is built, and no revocation looked up.
    They are matched by the subject's country and common name (the seal's signer) and the serial number. `now`
    has a time zone.

    Fails where the signature is wrong, or was made outside the certificate's validity
    (`document.seal_wrong`), or the certificate is not valid now (`document.seal_untrusted`). Not assessable
    without a certificate that matches, or with a key on a curve that cannot be had here, such as
    brainpoolP224r1 (`document.seal_untrusted`).
    """
    checks = [_check(seal, certificate, now) for certificate in certificates if _is_signer(seal, certificate)]
    assessed = [check for check in checks if check is not None]
    if not assessed:
        return DocumentCheck.not_assessable(_NAME, Reason.DOCUMENT_SEAL_UNTRUSTED)
    passed = DocumentCheck.passed(_NAME)
    return passed if passed in assessed else assessed[0]


def _is_signer(seal: Seal, certificate: x509.Certificate) -> bool:
    """Serial number and subject are those that the seal names; a damaged certificate is nobody's."""
    try:
        subject = certificate.subject
        serial = certificate.serial_number
    except ValueError:
        return False
    country, name = (
        [str(attribute.value).upper() for attribute in subject.get_attributes_for_oid(oid)]
        for oid in (NameOID.COUNTRY_NAME, NameOID.COMMON_NAME)
    )
    try:
        reference = int(seal.certificate_reference, 16)
    except ValueError:
        return False
    return country == [seal.signer[:2]] and name == [seal.signer[2:]] and serial == reference


def _check(seal: Seal, certificate: x509.Certificate, now: datetime) -> DocumentCheck | None:
    """What one certificate says; None where its key cannot be used here."""
    try:
        key = certificate.public_key()
        first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return None
    made = seal.signature_date
    if not _is_signed(seal, key) or made is None or not first.date() <= made <= last.date():
        return DocumentCheck.failed(_NAME, Reason.DOCUMENT_SEAL_WRONG)
    return DocumentCheck.of(_NAME, first <= now <= last, Reason.DOCUMENT_SEAL_UNTRUSTED)


def _is_signed(seal: Seal, key: ec.EllipticCurvePublicKey) -> bool:
    half = len(seal.signature) // 2
    r, s = int.from_bytes(seal.signature[:half]), int.from_bytes(seal.signature[half:])
    try:
        key.verify(encode_dss_signature(r, s), seal.signed, ec.ECDSA(_digest(key.key_size)))
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _digest(bits: int) -> hashes.HashAlgorithm:
    """The hash as strong as the curve."""
    if bits <= 224:
        return hashes.SHA224()
    if bits <= 256:
        return hashes.SHA256()
    return hashes.SHA384() if bits <= 384 else hashes.SHA512()
