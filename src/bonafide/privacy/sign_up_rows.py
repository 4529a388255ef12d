"""What is kept of sign-ups, and of attempts that failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignUpRow:
    """A sign-up as it is kept; the digest is of its link's secret."""

    id: str
    purpose: str
    state: str
    digest: str = field(repr=False)
    language: str
    reference: str | None
    return_address: str | None
    attended: bool
    agent: str | None
    shop: str | None
    made_at: datetime
    expires_at: datetime
    tries_left: int
    deadline: datetime
    claim: str | None = None
    claimed_at: datetime | None = None
    subject: str | None = None
    consent: str | None = None
    decision: str | None = None
    referred_case: str | None = None
    outcome: str | None = None
    reasons: str | None = None
    machine_reasons: str | None = None
    decided_at: datetime | None = None
    manner: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """That something was tried in vain: with which document, device or subject, by a keyed hash."""

    id: str
    subject: str | None
    kind: str
    key: str
    at: datetime
    deadline: datetime
