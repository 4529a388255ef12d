"""What the receipt of a case that a person is to compare says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bonafide.evidence.claims import ClaimValue
from bonafide.evidence.moment_text import moment_text
from bonafide.outcome import Outcome, Reason

# In receipts: whom the customer asked to compare.
MANNER = "person"


@dataclass(frozen=True, slots=True)
class PersonClaims:
    """That a case was handed to a person, as the customer asked, and what was seen of the document; never
    about whom. No model of faces and no false match rate are in it, for none had part in it.

    `identifier` is random. `issued_at` has a time zone. `attended` says that an agent vouched for a living
    person being there. `text_detector` and `text_recogniser` are model contract ids, they and the
    `document`'s kind None where no document was read; the ids, `policy` and `rules` (of patterns across
    sign-ups) are SHA-256, hex.
    """

    identifier: str
    issued_at: datetime
    purpose: str
    outcome: Outcome
    reasons: tuple[Reason, ...]
    attended: bool
    text_detector: str | None
    text_recogniser: str | None
    document: str | None
    policy: str
    software: str
    rules: str | None = None

    def as_document(self) -> Mapping[str, ClaimValue]:
        """The claims as JSON values, by name."""
        claims: dict[str, ClaimValue] = {
            "statement": "referred-to-person",
            "identifier": self.identifier,
            "issued_at": moment_text(self.issued_at),
            "purpose": self.purpose,
            "manner": MANNER,
            "outcome": self.outcome.value,
            "reasons": [reason.value for reason in self.reasons],
            "attended": self.attended,
            "policy": self.policy,
            "software": self.software,
        }
        read = {
            "text_detector": self.text_detector,
            "text_recogniser": self.text_recogniser,
            "document": self.document,
            "rules": self.rules,
        }
        return claims | {name: value for name, value in read.items() if value is not None}
