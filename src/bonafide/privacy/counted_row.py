"""What is counted of a sign-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A sign-up as the rules about patterns count it: `document` and `device` are keyed hashes, None where
    none was certain or named; `agent` is who attended. `at` and `deadline` are retention time.
    """

    id: str
    subject: str
    purpose: str
    document: str | None
    device: str | None
    agent: str | None
    outcome: str
    unmatched: bool
    at: datetime
    deadline: datetime
