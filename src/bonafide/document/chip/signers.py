"""Who signed a security object, who vouches for them, and whether they may still do so."""

from __future__ import annotations

from datetime import datetime

from bonafide.document.check import DocumentCheck
from bonafide.document.chip.algorithms import Unsupported
from bonafide.document.chip.certificate import Certificate, Signed
from bonafide.document.chip.cms import SignedData, is_signed_by
from bonafide.document.chip.tlv import Malformed
from bonafide.document.chip.trust import TrustStore
from bonafide.outcome import Reason


def find_signer(name: str, sod: SignedData) -> tuple[DocumentCheck, Certificate | None]:
    """Whether the SOD is signed, and by which of the certificates in it.

    Several signers are more than ICAO 9303-10 section 4.6.10 recommends, and could be told apart only by
    trusting the one that suits best: such a SOD is refused.
    """
    if len(sod.signers) != 1:
        return DocumentCheck.not_assessable(name, Reason.CHIP_SIGNATURE_UNSUPPORTED), None
    (signer,) = sod.signers
    named = [certificate for certificate in sod.certificates if signer.is_named(certificate)]
    if not named:
        reason = Reason.CHIP_MALFORMED if sod.unreadable else Reason.CHIP_SIGNER_UNTRUSTED
        return DocumentCheck.not_assessable(name, reason), None
    check = DocumentCheck.failed(name, Reason.CHIP_SIGNATURE_WRONG)
    for certificate in named:
        try:
            if is_signed_by(sod, signer, certificate):
                return DocumentCheck.passed(name), certificate
        except Malformed:
            check = DocumentCheck.failed(name, Reason.CHIP_MALFORMED)
        except Unsupported:
            check = DocumentCheck.not_assessable(name, Reason.CHIP_SIGNATURE_UNSUPPORTED)
    return check, named[0]


def find_issuer(
    name: str, signer: Certificate, trust: TrustStore, now: datetime
) -> tuple[DocumentCheck, Certificate | None]:
    """Which trusted CSCA signed the signer's certificate: by its key, whatever names say.

    A key may come in several certificates (links from one to the next, renewals); the fittest speaks for it.
    """
    check = DocumentCheck.failed(name, Reason.CHIP_SIGNER_UNTRUSTED)
    issuers = []
    for candidate in trust.candidates(signer):
        try:
            if signer.signed.is_signed_by(candidate.public_key()):
                issuers.append(candidate)
        except Malformed:
            continue
        except Unsupported:
            check = DocumentCheck.not_assessable(name, Reason.CHIP_SIGNATURE_UNSUPPORTED)
    if not issuers:
        return check, None
    return DocumentCheck.passed(name), max(
        issuers,
        key=lambda issuer: (
            issuer.may_sign_certificates,
            _is_compatriot(signer, issuer),
            issuer.is_valid_at(now),
        ),
    )


def check_signer(
    name: str, signer: Certificate, issuer: Certificate | None, chain: DocumentCheck
) -> DocumentCheck:
    """Whether both certificates are meant for what they did, and are of one country."""
    if not signer.may_sign_documents:
        return DocumentCheck.failed(name, Reason.CHIP_SIGNER_UNFIT)
    if issuer is None:
        return DocumentCheck.not_assessable(name, chain.reason or Reason.CHIP_SIGNER_UNTRUSTED)
    fit = issuer.may_sign_certificates and _is_compatriot(signer, issuer)
    return DocumentCheck.of(name, fit, Reason.CHIP_SIGNER_UNFIT)


def check_validity(
    name: str, signer: Certificate, issuer: Certificate | None, chain: DocumentCheck, now: datetime
) -> DocumentCheck:
    """Whether both certificates are valid now.

    A document signer's certificate is valid for as long as the last document that it signs (ICAO 9303-12
    section 4.1.2), so one that has expired speaks for no document that has not.
    """
    if not signer.is_valid_at(now):
        return DocumentCheck.failed(name, Reason.CHIP_SIGNER_EXPIRED)
    if issuer is None:
        return DocumentCheck.not_assessable(name, chain.reason or Reason.CHIP_SIGNER_UNTRUSTED)
    return DocumentCheck.of(name, issuer.is_valid_at(now), Reason.CHIP_SIGNER_EXPIRED)


def check_revocation(
    name: str, signer: Certificate, issuer: Certificate, trust: TrustStore, now: datetime
) -> DocumentCheck | None:
    """Whether the issuer revoked the signer, or itself; None where no list of its own was given.

    A serial number counts on every list that a trusted CSCA of that name signed, old ones too: certificates
    stay revoked. Its absence counts only on a list that is current and whole.
    """
    lists = trust.lists_for(signer, issuer)
    if not lists:
        return None
    reliable = False
    for listed in lists:
        signed = any(
            known.is_valid_at(now) and _is_signed_by(listed.signed, known)
            for known in trust.issuers_of(listed)
        )
        if not signed:
            continue
        if signer.serial in listed.serials or (
            issuer.issuer == issuer.subject and issuer.serial in listed.serials
        ):
            return DocumentCheck.failed(name, Reason.CHIP_SIGNER_REVOKED)
        reliable = reliable or (listed.is_plain and listed.is_current_at(now))
    if not reliable:
        return DocumentCheck.not_assessable(name, Reason.CHIP_REVOCATION_UNKNOWN)
    return DocumentCheck.passed(name)


def _is_compatriot(signer: Certificate, issuer: Certificate) -> bool:
    return signer.subject.country is not None and signer.subject.country == issuer.subject.country


def _is_signed_by(signed: Signed, issuer: Certificate) -> bool:
    try:
        return signed.is_signed_by(issuer.public_key())
    except (Malformed, Unsupported):
        return False
