"""A receipt for a case."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bonafide.decide import SIM_SIGNUP_BY_PERSON
from bonafide.evidence import Receipt, check_receipt, serialise_receipt
from bonafide.privacy import purposes
from bonafide.privacy.token import issue, issue_for_person
from bonafide.service.receipts import receipt_for
from bonafide.service.verification import Verification
from bonafide.service.verifier import Verifier
from bonafide.vault import FileSigner
from bonafide.version import VERSION

if TYPE_CHECKING:
    from tests.unit.service.conftest import Patch, Studio, TellingReader

CONSENT = issue(purposes()["sim-signup"], datetime(2100, 1, 1, tzinfo=UTC))
TRIAL = issue(purposes()["testing"], datetime(2100, 1, 1, tzinfo=UTC))


@pytest.fixture
def case(studio: Studio, reader: TellingReader, patch: type[Patch]) -> Verification:
    reader.reading = dataclasses.replace(
        reader.reading, fields={"surname": "ERIKSSON", "number": "L898902C3"}
    )
    pictures = studio.draw(patch(0)), studio.draw(patch(0.7))
    return Verifier(studio.engine, studio.documents(reader)).verify(
        *pictures, CONSENT, attended=True, explain=True
    )


@pytest.fixture
def signer() -> FileSigner:
    return FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))


@pytest.fixture
def receipt(case: Verification, signer: FileSigner) -> Receipt:
    moment = datetime(2026, 11, 24, 12, tzinfo=UTC)
    return receipt_for(case, signer, issued_at=moment, identifier="one")


def test_one_of_a_case_for_a_person_names_no_model_of_faces(
    studio: Studio, reader: TellingReader, patch: type[Patch], signer: FileSigner
) -> None:
    leave = issue_for_person(purposes()["sim-signup"], datetime(2100, 1, 1, tzinfo=UTC), "one", "consent")
    pictures = studio.draw(patch(0)), studio.draw(patch(0.7))
    case = Verifier(studio.engine, studio.documents(reader)).by_person.prepare(*pictures, leave)
    moment = datetime(2026, 11, 24, 12, tzinfo=UTC)
    receipt = receipt_for(case, signer, issued_at=moment, identifier="one")
    assert case.text_detector is not None
    assert case.text_recogniser is not None
    assert receipt.claims == {
        "statement": "referred-to-person",
        "identifier": "one",
        "issued_at": "2026-11-24T12:00:00Z",
        "purpose": "sim-signup",
        "manner": "person",
        "outcome": "refer",
        "reasons": ["person.asked", "presence.not_shown", "document.consistent"],
        "attended": False,
        "text_detector": case.text_detector.contract_id,
        "text_recogniser": case.text_recogniser.contract_id,
        "document": "td3",
        "policy": SIM_SIGNUP_BY_PERSON.digest,
        "software": f"bonafide {VERSION}",
    }
    assert check_receipt(receipt, (signer.public_key,)).valid


def test_it_says_what_was_decided_and_by_what(case: Verification, receipt: Receipt) -> None:
    assert case.text_detector is not None
    assert case.text_recogniser is not None
    assert receipt.claims == {
        "identifier": "one",
        "issued_at": "2026-11-24T12:00:00Z",
        "purpose": "sim-signup",
        "outcome": "accept",
        "reasons": ["match.confirmed", "presence.attended", "document.consistent"],
        "attended": True,
        "false_match_rate": "0.0001",
        "detector": case.detector.contract_id,
        "recogniser": case.recogniser.contract_id,
        "text_detector": case.text_detector.contract_id,
        "text_recogniser": case.text_recogniser.contract_id,
        "document": "td3",
        "calibration": case.calibration.digest,
        "policy": case.policy.digest,
        "software": f"bonafide {VERSION}",
    }


def test_nothing_that_the_document_says_is_in_it(receipt: Receipt) -> None:
    text = serialise_receipt(receipt).decode()
    assert "ERIKSSON" not in text
    assert "L898902C" not in text


def test_a_comparison_alone_claims_no_document(
    studio: Studio, patch: type[Patch], signer: FileSigner
) -> None:
    case = Verifier(studio.engine).compare(studio.draw(patch(0)), studio.draw(patch(0.7)), TRIAL)
    made = receipt_for(case, signer, issued_at=datetime(2026, 11, 24, 12, tzinfo=UTC), identifier="one")
    assert not {"text_detector", "text_recogniser", "document"} & made.claims.keys()


def test_it_is_valid(receipt: Receipt, signer: FileSigner) -> None:
    assert check_receipt(receipt, (signer.public_key,)).valid


def test_no_score_is_in_it_even_if_the_case_was_explained(case: Verification, receipt: Receipt) -> None:
    assert case.explanation
    assert case.explanation.comparison
    text = json.dumps(json.loads(serialise_receipt(receipt)))
    for score in (case.explanation.comparison.cosine, case.explanation.comparison.log_likelihood_ratio):
        assert f"{score:.3f}" not in text
