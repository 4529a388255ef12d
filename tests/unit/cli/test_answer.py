"""The answer of `verify` and `compare`: stable for programs, plain for people, and without scores."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from bonafide.cli.answer import EXIT_STATUS, as_json, as_text, face_document, quality_document
from bonafide.compare import Calibration, Comparison
from bonafide.decide import SIM_SIGNUP
from bonafide.document import DocumentCheck, Kind
from bonafide.face import ARCFACE_TEMPLATE, Face
from bonafide.face.quality import Quality
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.models import ModelEntry
from bonafide.outcome import Flaw, Outcome, Reason
from bonafide.service.keeping import KeptDecision
from bonafide.service.verification import Explanation, Verification
from bonafide.wording import Language, advice, sentence

KEYS = {"outcome", "reasons", "attended", "models", "calibration", "policy", "timings_ms"}


@pytest.fixture
def case(detector: ModelEntry, recogniser: ModelEntry, calibrated: Calibration) -> Verification:
    return Verification(
        outcome=Outcome.REFER,
        reasons=(Reason.MATCH_CONFIRMED, Reason.PRESENCE_NOT_SHOWN, Reason.DOCUMENT_EXPIRED),
        attended=False,
        policy=SIM_SIGNUP,
        detector=detector,
        recogniser=recogniser,
        text_detector=None,
        text_recogniser=None,
        calibration=calibrated,
        document_kind=None,
        document_index=None,
        document_checks=(),
        timings_ms={"document_find": 12.3456, "total": 98.7654},
        explanation=None,
    )


@pytest.fixture
def read(case: Verification, detector: ModelEntry) -> Verification:
    """The same after a document was read."""
    return dataclasses.replace(
        case,
        text_detector=dataclasses.replace(detector, name="lines"),
        text_recogniser=dataclasses.replace(detector, name="letters"),
        document_kind=Kind.TD3,
        document_index=None,
        document_checks=(
            DocumentCheck.passed("mrz.check_digits"),
            DocumentCheck.failed("mrz.validity", Reason.DOCUMENT_EXPIRED),
            DocumentCheck.not_assessable("mrz.names", Reason.DOCUMENT_UNREADABLE),
        ),
    )


@pytest.fixture
def explanation(recogniser: ModelEntry, calibrated: Calibration) -> Explanation:
    face = Face((10.04, 20.06, 100, 120), ARCFACE_TEMPLATE, 0.912345)
    quality = Quality(
        (
            Measure("sharpness", 0.123456, 31, Flaw.BLURRED),
            Measure.failed("contrast", Unassessed.TOO_FLAT),
        )
    )
    comparison = Comparison(
        0.4321987654, 3.304969, 4.7712345e-05, recogniser.name, recogniser.contract_id, calibrated.digest
    )
    return Explanation(comparison, face, quality, None, None)


def parsed(
    case: Verification, receipt: str | None = None, kept: KeptDecision | None = None
) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(as_json(case, receipt=receipt, kept=kept))
    return document


def test_what_was_kept_is_told_and_for_how_long(case: Verification) -> None:
    assert "kept" not in parsed(case)
    for waiting, said in ((True, ("72 hours", "72 小时")), (False, ("no picture", "未保存任何照片"))):
        kept = KeptDecision("an identifier", b"", 0, waiting)
        assert parsed(case, kept=kept)["kept"] == {"decision": "an identifier", "waiting": waiting}
        for language, words in zip((Language.ENGLISH, Language.CHINESE), said, strict=True):
            told = as_text(case, language, kept=kept)
            assert "an identifier" in told
            assert words in told


def test_every_outcome_has_an_exit_status() -> None:
    assert EXIT_STATUS == {Outcome.ACCEPT: 0, Outcome.REFER: 10, Outcome.REJECT: 20}


def test_programs_get_these_members(case: Verification, recogniser: ModelEntry) -> None:
    told = parsed(case)
    assert set(told) == KEYS
    assert (told["outcome"], told["attended"]) == ("refer", False)
    assert told["reasons"] == ["match.confirmed", "presence.not_shown", "document.expired"]
    assert told["models"]["recogniser"] == {"name": "made-up", "contract": recogniser.contract_id}
    assert set(told["models"]) == {"detector", "recogniser"}
    assert told["policy"] == {"name": "sim-signup", "version": 5, "sha256": SIM_SIGNUP.digest}
    assert told["calibration"] == {
        "sha256": "d" * 64,
        "measured_on": "2026-11-24",
        "false_match_rate": 1e-4,
        "measured": 1e-4,
        "interval": [5e-5, 2e-4],
        "worst_group": "north",
    }
    assert told["timings_ms"] == {"document_find": 12.35, "total": 98.77}


def test_programs_get_the_checks_of_a_document_that_was_read(case: Verification, read: Verification) -> None:
    told = parsed(read)
    assert set(told) == KEYS | {"document"}
    assert told["document"] == {
        "kind": "td3",
        "checks": [
            {"name": "mrz.check_digits", "result": "passed", "reason": None},
            {"name": "mrz.validity", "result": "failed", "reason": "document.expired"},
            {"name": "mrz.names", "result": "not-assessable", "reason": "document.unreadable"},
        ],
    }
    assert [model["name"] for model in told["models"].values()] == [
        case.detector.name,
        "made-up",
        "lines",
        "letters",
    ]
    assert list(told["models"]) == ["detector", "recogniser", "text_detector", "text_recogniser"]


def test_a_receipt_is_named_where_one_was_written(case: Verification) -> None:
    assert parsed(case, receipt="receipt.json")["receipt"] == "receipt.json"
    assert set(parsed(case, receipt="receipt.json")) == KEYS | {"receipt"}
    assert "receipt.json" in as_text(case, Language.ENGLISH, receipt="receipt.json")


def test_scores_are_in_an_explanation_and_nowhere_else(case: Verification, explanation: Explanation) -> None:
    for told in (as_json(case), *(as_text(case, language) for language in Language)):
        for word in ("cosine", "likelihood", "quality", "landmarks", "explanation"):
            assert word not in told
    explained = parsed(dataclasses.replace(case, explanation=explanation))
    assert set(explained) == KEYS | {"explanation"}
    assert explained["explanation"]["comparison"] == {
        "cosine": 0.432199,
        "log_likelihood_ratio": 3.305,
        "false_match_rate": 4.77e-05,
    }
    assert explained["explanation"]["selfie"] is None
    assert explained["explanation"]["document"]["quality"][0]["flaw"] == "blurred"


def test_a_case_without_a_comparison_can_be_explained(case: Verification) -> None:
    nothing = Explanation(None, None, None, None, None)
    explained = parsed(dataclasses.replace(case, explanation=nothing))["explanation"]
    assert explained == {"comparison": None, "document": None, "selfie": None}


@pytest.mark.parametrize("language", Language)
def test_people_get_every_reason_with_what_to_do(case: Verification, language: Language) -> None:
    told = as_text(case, language)
    for reason in case.reasons:
        assert sentence(reason, language) in told
        assert (advice(reason, language) or "") in told
        assert f"({reason})" in told
    assert "10,000" in told
    assert "made-up" in told
    assert "99" in told


@pytest.mark.parametrize("outcome", Outcome)
def test_the_two_languages_differ_and_the_outcomes_too(case: Verification, outcome: Outcome) -> None:
    first = {as_text(case, language).splitlines()[0] for language in Language}
    assert len(first) == 2
    others = [dataclasses.replace(case, outcome=other) for other in Outcome if other is not outcome]
    one = as_text(dataclasses.replace(case, outcome=outcome), Language.ENGLISH).splitlines()[0]
    assert all(as_text(other, Language.ENGLISH).splitlines()[0] != one for other in others)


@pytest.mark.parametrize("language", Language)
def test_the_text_explains_too(case: Verification, explanation: Explanation, language: Language) -> None:
    told = as_text(dataclasses.replace(case, explanation=explanation), language)
    assert told.startswith(as_text(case, language))
    for part in ("cosine 0.432199", "log_likelihood_ratio 3.305", "sharpness", "0.123 (31)", "too_flat"):
        assert part in told


def test_a_measure_that_could_not_be_taken_says_why(explanation: Explanation) -> None:
    assert explanation.document_quality
    taken, failed = quality_document(explanation.document_quality)
    assert taken == {"name": "sharpness", "raw": 0.1235, "value": 31, "flaw": "blurred", "unassessed": None}
    assert failed == {"name": "contrast", "raw": None, "value": None, "flaw": None, "unassessed": "too_flat"}


def test_a_face_is_told_in_pixels() -> None:
    face = Face((1.04, 2, 30, 40.06), np.arange(10, dtype=np.float32).reshape(5, 2), 0.98765)
    assert face_document(face) == {
        "box": [1.0, 2, 30, 40.1],
        "landmarks": [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]],
        "eye_distance": 2.8,
        "confidence": 0.9877,
    }
