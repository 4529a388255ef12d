"""The answer of `verify` and `compare`, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from bonafide.cli.checks import checks_document
from bonafide.compare import Comparison, OperatingPoint
from bonafide.face import Face
from bonafide.face.quality import Quality
from bonafide.models import ModelEntry
from bonafide.outcome import Outcome, Subject
from bonafide.service.verification import Explanation, Verification
from bonafide.wording import Language, advice, phrase, sentence

if TYPE_CHECKING:
    # What keeps decisions loads a database.
    from bonafide.service.keeping import KeptDecision

EXIT_STATUS: Final = {Outcome.ACCEPT: 0, Outcome.REFER: 10, Outcome.REJECT: 20}


def as_json(case: Verification, *, receipt: str | None = None, kept: KeptDecision | None = None) -> str:
    """One JSON object. Scores are in it only if the case was explained."""
    document: dict[str, object] = {
        "outcome": case.outcome.value,
        "reasons": [reason.value for reason in case.reasons],
        "attended": case.attended,
        "models": {
            role: _model(entry)
            for role, entry in (
                ("detector", case.detector),
                ("recogniser", case.recogniser),
                ("text_detector", case.text_detector),
                ("text_recogniser", case.text_recogniser),
            )
            if entry is not None
        },
        "calibration": {
            "sha256": case.calibration.digest,
            "measured_on": case.calibration.measured_on,
            **_promise(case.promise),
        },
        "policy": {
            "name": case.policy.name,
            "version": case.policy.version,
            "sha256": case.policy.digest,
        },
        "timings_ms": {stage: round(value, 2) for stage, value in case.timings_ms.items()},
    }
    if case.document_kind is not None:
        document["document"] = {
            "kind": case.document_kind.value,
            "checks": checks_document(case.document_checks),
        }
    if receipt is not None:
        document["receipt"] = receipt
    if kept is not None:
        document["kept"] = {"decision": kept.id, "waiting": kept.waiting}
    if case.explanation is not None:
        document["explanation"] = _explanation(case.explanation)
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)


def as_text(
    case: Verification,
    language: Language,
    *,
    receipt: str | None = None,
    kept: KeptDecision | None = None,
) -> str:
    """The outcome, its reasons with what to do about them, and what it rests on."""
    return "\n".join([*_lines(case, language, receipt), *_kept_lines(kept, language)])


def _kept_lines(kept: KeptDecision | None, language: Language) -> Iterator[str]:
    if kept is not None:
        yield phrase("case_waits" if kept.waiting else "decision_kept", language, decision=kept.id)


def quality_document(quality: Quality) -> list[dict[str, object]]:
    """Quality measures as JSON values."""
    return [
        {
            "name": measure.name,
            "raw": None if measure.raw is None else round(measure.raw, 4),
            "value": measure.value,
            "flaw": measure.flaw and measure.flaw.value,
            "unassessed": measure.unassessed and measure.unassessed.value,
        }
        for measure in quality.measures
    ]


def face_document(face: Face) -> dict[str, object]:
    """Where a face is, in pixels of the upright picture."""
    return {
        "box": [round(value, 1) for value in face.box],
        "landmarks": [[round(float(x), 1), round(float(y), 1)] for x, y in face.landmarks],
        "eye_distance": round(face.eye_distance, 1),
        "confidence": round(face.confidence, 4),
    }


def _lines(case: Verification, language: Language, receipt: str | None) -> Iterator[str]:
    yield phrase(f"outcome_{case.outcome}", language)
    for reason in case.reasons:
        tip = advice(reason, language)
        gap = " " if language is Language.ENGLISH else ""
        yield f"  - {sentence(reason, language)}{gap + tip if tip else ''} ({reason})"
    promised = case.promise
    measured = promised.fmr[promised.worst_group]
    yield phrase(
        "promise",
        language,
        one_in=f"{round(1 / promised.fmr_target):,}",
        rate=f"{measured.value:.1e}",
        low=f"{measured.interval[0]:.1e}",
        high=f"{measured.interval[1]:.1e}",
    )
    yield phrase(
        "decided",
        language,
        model=case.recogniser.name,
        policy=case.policy.name,
        milliseconds=round(case.timings_ms["total"]),
    )
    if receipt is not None:
        yield phrase("receipt_written", language, path=receipt)
    if case.explanation is not None:
        yield from _explained(case.explanation)


def _explained(explained: Explanation) -> Iterator[str]:
    """Scores as a short table; names as in JSON, for they are the engineer's."""
    if explained.comparison is not None:
        yield "  ".join(f"{name} {value}" for name, value in _comparison(explained.comparison).items())
    measures: dict[str, list[str]] = {}
    for quality in (explained.document_quality, explained.selfie_quality):
        for measure in quality.measures if quality else ():
            shown = f"{measure.raw:.3f} ({measure.value})" if measure.assessed else str(measure.unassessed)
            measures.setdefault(measure.name, []).append(shown)
    if measures:
        subjects = [
            subject.value
            for subject, quality in zip(
                Subject, (explained.document_quality, explained.selfie_quality), strict=True
            )
            if quality
        ]
        yield f"  {'raw (component)':<16}" + "".join(f"{subject:>20}" for subject in subjects)
        for name, values in measures.items():
            yield f"  {name:<16}" + "".join(f"{value:>20}" for value in values)


def _model(entry: ModelEntry) -> dict[str, object]:
    return {"name": entry.name, "contract": entry.contract_id}


def _promise(point: OperatingPoint) -> Mapping[str, object]:
    measured = point.fmr[point.worst_group]
    return {
        "false_match_rate": point.fmr_target,
        "measured": measured.value,
        "interval": list(measured.interval),
        "worst_group": point.worst_group,
    }


def _explanation(explained: Explanation) -> dict[str, object]:
    return {
        "comparison": explained.comparison and _comparison(explained.comparison),
        "document": _face(explained.document_face, explained.document_quality),
        "selfie": _face(explained.selfie_face, explained.selfie_quality),
    }


def _comparison(comparison: Comparison) -> dict[str, object]:
    return {
        "cosine": round(comparison.cosine, 6),
        "log_likelihood_ratio": round(comparison.log_likelihood_ratio, 4),
        "false_match_rate": float(f"{comparison.false_match_rate:.3g}"),
    }


def _face(face: Face | None, quality: Quality | None) -> dict[str, object] | None:
    if face is None or quality is None:
        return None
    return {**face_document(face), "quality": quality_document(quality)}
