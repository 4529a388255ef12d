"""What a person thought of a referred case: kept as long as the decision that it led to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """One person's: `outcome` is accept or reject, `reason` one of the codes that they choose from."""

    id: str
    subject: str
    purpose: str
    referred_case: str
    who: str
    outcome: str
    reason: str
    given_at: datetime
    deadline: datetime
