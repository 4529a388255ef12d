"""What a person thought of a referred case: kept as long as the decision that it led to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Origin(StrEnum):
    """How whoever gives an opinion came. Only an account says who somebody is, by two factors."""

    ACCOUNT = "account"
    KEY = "key"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Opinion:
    """One person's: `outcome` is accept or reject, `reason` one of the codes that they choose from, `origin`
    one of `Origin`, None for those from when it was accounts alone.
    """

    id: str
    subject: str
    purpose: str
    referred_case: str
    who: str
    outcome: str
    reason: str
    given_at: datetime
    deadline: datetime
    origin: str | None = Origin.ACCOUNT.value

    @property
    def by_account(self) -> bool:
        """Whether somebody gave it who had entered."""
        return self.origin in {None, Origin.ACCOUNT}
