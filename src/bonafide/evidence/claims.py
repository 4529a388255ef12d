"""What a receipt says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bonafide.evidence.live_claims import LiveClaims
from bonafide.evidence.moment_text import moment_text
from bonafide.outcome import Outcome, Reason

# JSON as a receipt holds it: no numbers, so that no reader can round one.
ClaimValue = str | bool | list[str]


@dataclass(frozen=True, slots=True)
class Claims:
    """What was decided, when, and by what; never about whom.

    `identifier` is random. `issued_at` has a time zone. `attended` says that an agent vouched for a living
    person being there. `false_match_rate` is the promised rate at which the policy takes two people for one.
    `detector`, `recogniser`, `text_detector` and `text_recogniser` are model contract ids, the latter two and
    the `document`'s kind None where no document was read; the ids, `calibration` and `policy` are SHA-256,
    hex, and so is `rules`, of the rules about patterns across sign-ups, None where no sign-up was decided.
    `live` is None where the selfie did not come from a live session.
    """

    identifier: str
    issued_at: datetime
    purpose: str
    outcome: Outcome
    reasons: tuple[Reason, ...]
    attended: bool
    false_match_rate: float
    detector: str
    recogniser: str
    text_detector: str | None
    text_recogniser: str | None
    document: str | None
    calibration: str
    policy: str
    software: str
    rules: str | None = None
    live: LiveClaims | None = None

    def as_document(self) -> Mapping[str, ClaimValue]:
        """The claims as JSON values, by name."""
        claims: dict[str, ClaimValue] = {
            "identifier": self.identifier,
            "issued_at": moment_text(self.issued_at),
            "purpose": self.purpose,
            "outcome": self.outcome.value,
            "reasons": [reason.value for reason in self.reasons],
            "attended": self.attended,
            "false_match_rate": f"{self.false_match_rate:g}",
            "detector": self.detector,
            "recogniser": self.recogniser,
            "calibration": self.calibration,
            "policy": self.policy,
            "software": self.software,
        }
        read = {
            "text_detector": self.text_detector,
            "text_recogniser": self.text_recogniser,
            "document": self.document,
            "rules": self.rules,
        }
        live = {} if self.live is None else self.live.as_document()
        return claims | {name: value for name, value in read.items() if value is not None} | dict(live)
