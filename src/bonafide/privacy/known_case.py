"""What is kept of cases with a known answer, and of how they were answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KnownCaseRow:
    """A pair of pictures with a known answer. `document`, `document_back` and `selfie` are sealed records;
    `reasons` are codes with blanks between.
    """

    id: str
    subject: str
    consent: str
    purpose: str
    document: str
    document_back: str | None
    selfie: str
    reasons: str
    outcome: str
    reason: str
    made_by: str
    made_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """What a reviewer answered, what was right, and when they first looked."""

    id: str
    known_case: str
    shown: str
    who: str
    outcome: str
    reason: str
    right_outcome: str
    right_reason: str
    looked_at: datetime
    given_at: datetime
    deadline: datetime
