"""What a policy gets to see of a case: numbers and flaws, never pictures or templates."""

from __future__ import annotations

from dataclasses import dataclass

from bonafide.compare import Comparison
from bonafide.document import DocumentCheck
from bonafide.liveness.finding import Presence
from bonafide.outcome import Flaw, Subject


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """The evidence of one case.

    `flaws` of a picture are empty when its face is good to compare. `comparison` is None when either face
    could not be acquired. `attended` says that an agent stands in for the proof that a living person is
    present. `document_checks` are what reading the document, and its chip if it was given, found; empty where
    nothing was read. `presence` is what a live session showed, None where there was none.
    """

    document_flaws: tuple[Flaw, ...]
    selfie_flaws: tuple[Flaw, ...]
    comparison: Comparison | None
    attended: bool
    document_checks: tuple[DocumentCheck, ...] = ()
    presence: Presence | None = None

    def flaws(self, subject: Subject) -> tuple[Flaw, ...]:
        """The flaws of one of the two pictures."""
        return self.document_flaws if subject is Subject.DOCUMENT else self.selfie_flaws
