"""What came of one case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bonafide.compare import Calibration, Comparison, OperatingPoint
from bonafide.decide import CasePolicy, Policy
from bonafide.document import DocumentCheck, Kind
from bonafide.face import Face
from bonafide.face.quality import Quality
from bonafide.liveness.fusion import PresenceFinding
from bonafide.models import ModelEntry
from bonafide.outcome import Outcome, Reason


@dataclass(frozen=True, slots=True)
class Explanation:
    """Scores and measures, for an operator who tunes their own installation.

    Never for whoever presents pictures: scores let an attacker climb to a match. `document_face` and
    `selfie_face` are None where no single face could be told.
    """

    comparison: Comparison | None
    document_face: Face | None
    document_quality: Quality | None
    selfie_face: Face | None
    selfie_quality: Quality | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The outcome of one case with its reasons, and by what it was decided.

    `text_detector`, `text_recogniser` and `document_kind` are None where no document was read;
    `document_checks` are all that were made of it and its chip. What it says is not kept: `document_index`
    stands for its number under the operator's key, None where none was certain or nobody asked. `timings_ms`
    has the stages and `total`, in milliseconds. `rules` is the digest of the rules about patterns that were
    in force, None for a case that is no sign-up.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    attended: bool
    policy: CasePolicy
    text_detector: ModelEntry | None
    text_recogniser: ModelEntry | None
    document_kind: Kind | None
    document_checks: tuple[DocumentCheck, ...]
    document_index: str | None
    timings_ms: Mapping[str, float]
    rules: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCase(Case):
    """A case that a person is to compare: no face was looked for, and no model of faces has part in it."""


@dataclass(frozen=True, slots=True)
class LiveFinding:
    """What a live session showed, the running digest that stands for it, and by which models."""

    finding: PresenceFinding
    session: str
    landmarker: ModelEntry
    passive: ModelEntry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(Case):
    """A case in which faces were compared. `explanation` is None unless it was asked for, `live` where the
    selfie did not come from a live session.
    """

    policy: Policy
    detector: ModelEntry
    recogniser: ModelEntry
    calibration: Calibration
    explanation: Explanation | None
    live: LiveFinding | None = None

    @property
    def promise(self) -> OperatingPoint:
        """The operating point that the policy relies on: its false match rate, and what was measured."""
        return self.calibration.operating_point(self.policy.match.false_match_rate)
