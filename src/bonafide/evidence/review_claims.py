"""What the receipt of a person's decision says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bonafide.evidence.claims import ClaimValue
from bonafide.evidence.moment_text import moment_text
from bonafide.evidence.person_claims import MANNER
from bonafide.outcome import Outcome


class DecidedBy(StrEnum):
    """How many people it took, never which."""

    ONE = "one"
    TWO = "two"
    """Two who agreed, each without the other's opinion."""

    THIRD = "third"
    """A third, after two who disagreed."""


@dataclass(frozen=True, slots=True)
class ReviewClaims:
    """That a person decided a case which was referred; never about whom, nor who decided, which the log's
    access events say.

    `identifier` is random, `referral` the identifier of the receipt that referred the case. `issued_at` has a
    time zone. `reasons` are codes of docs/people.md: why whoever decided did, of two who agreed both, in
    alphabetical order, so that it tells nothing of whose is which. Earlier receipts have neither them nor
    `decided_by`. `by_person` says that the customer asked for a person: nobody's face was measured or
    compared by a program.
    """

    identifier: str
    issued_at: datetime
    purpose: str
    outcome: Outcome
    referral: str
    reasons: tuple[str, ...]
    decided_by: DecidedBy
    software: str
    by_person: bool = False

    def as_document(self) -> Mapping[str, ClaimValue]:
        """The claims as JSON values, by name."""
        claims: dict[str, ClaimValue] = {
            "statement": "reviewed",
            "identifier": self.identifier,
            "issued_at": moment_text(self.issued_at),
            "purpose": self.purpose,
            "outcome": self.outcome.value,
            "referral": self.referral,
            "review_reasons": sorted(set(self.reasons)),
            "decided_by": self.decided_by.value,
            "software": self.software,
        }
        return claims | ({"manner": MANNER} if self.by_person else {})
