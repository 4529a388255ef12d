"""What the receipt of a person's decision says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bonafide.evidence.claims import ClaimValue
from bonafide.evidence.moment_text import moment_text
from bonafide.evidence.person_claims import MANNER
from bonafide.outcome import Outcome


@dataclass(frozen=True, slots=True)
class ReviewClaims:
    """That a person decided a case which was referred; never about whom, nor who decided, which the log's
    access events say.

    `identifier` is random, `referral` the identifier of the receipt that referred the case. `issued_at` has a
    time zone. `by_person` says that the customer asked for a person: nobody's face was measured or compared
    by a program.
    """

    identifier: str
    issued_at: datetime
    purpose: str
    outcome: Outcome
    referral: str
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
            "software": self.software,
        }
        return claims | ({"manner": MANNER} if self.by_person else {})
