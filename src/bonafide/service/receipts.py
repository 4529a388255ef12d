"""A receipt for a case."""

from __future__ import annotations

from datetime import datetime

from bonafide.evidence import Claims, Receipt, Signer, sign_receipt
from bonafide.evidence.live_claims import LiveClaims
from bonafide.evidence.person_claims import PersonClaims
from bonafide.service.verification import LiveFinding, PersonCase, Verification
from bonafide.version import SOFTWARE


def receipt_for(
    case: Verification | PersonCase, signer: Signer, *, issued_at: datetime, identifier: str
) -> Receipt:
    """Say what was decided, when and by what; never about whom. `issued_at` has a time zone.

    `identifier` is random and the caller's; it tells two receipts apart and nothing else.
    """
    if isinstance(case, PersonCase):
        return sign_receipt(_of_person(case, issued_at, identifier), signer)
    claims = Claims(
        identifier=identifier,
        issued_at=issued_at,
        purpose=case.policy.name,
        outcome=case.outcome,
        reasons=case.reasons,
        attended=case.attended,
        false_match_rate=case.policy.match.false_match_rate,
        detector=case.detector.contract_id,
        recogniser=case.recogniser.contract_id,
        text_detector=case.text_detector.contract_id if case.text_detector else None,
        text_recogniser=case.text_recogniser.contract_id if case.text_recogniser else None,
        document=case.document_kind and case.document_kind.value,
        calibration=case.calibration.digest,
        policy=case.policy.digest,
        software=SOFTWARE,
        rules=case.rules,
        live=None if case.live is None else _of_session(case.live),
    )
    return sign_receipt(claims, signer)


def _of_session(live: LiveFinding) -> LiveClaims:
    return LiveClaims(
        mode=live.finding.mode.value,
        presence=live.finding.presence.value,
        session=live.session,
        calibration=live.finding.calibration,
        landmarker=live.landmarker.contract_id,
        passive=live.passive.contract_id if live.passive else None,
    )


def _of_person(case: PersonCase, issued_at: datetime, identifier: str) -> PersonClaims:
    return PersonClaims(
        identifier=identifier,
        issued_at=issued_at,
        purpose=case.policy.name,
        outcome=case.outcome,
        reasons=case.reasons,
        attended=case.attended,
        text_detector=case.text_detector.contract_id if case.text_detector else None,
        text_recogniser=case.text_recogniser.contract_id if case.text_recogniser else None,
        document=case.document_kind and case.document_kind.value,
        policy=case.policy.digest,
        software=SOFTWARE,
        rules=case.rules,
    )
