"""What is kept of lines, objections to them, and of how customers came in to see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

# The deadline of a line that is active, which never comes: its term begins when it ends.
WHILE_ACTIVE: Final = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line in somebody's name. Its number is a sealed record of the same identifier."""

    id: str
    subject: str
    consent: str
    decision: str
    purpose: str
    sign_up: str
    number_index: str = field(repr=False)
    document_index: str = field(repr=False)
    shop: str | None
    bound_at: datetime
    ended_at: datetime | None
    ended_because: str | None
    deadline: datetime


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """That somebody said a line is not theirs, until when a person must have looked, and what they found."""

    id: str
    subject: str
    purpose: str
    line: str
    made_at: datetime
    due_at: datetime
    decided_at: datetime | None
    outcome: str | None
    deadline: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """That a customer came in, how, and until when, in retention time."""

    id: str
    subject: str
    document_index: str | None = field(repr=False)
    how: str
    opened_with: str
    line: str | None
    digest: str = field(repr=False)
    made_at: datetime
    good_until: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code to a line; of nobody, where the number is no line."""

    id: str
    subject: str | None
    line: str | None
    number_index: str = field(repr=False)
    code_index: str = field(repr=False)
    tries_left: int
    made_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A customer's passkey; `line` is the one whose code they had when they made it. `used_at` has no more
    than the day, for they see it and nobody needs more.
    """

    id: str
    subject: str
    document_index: str | None = field(repr=False)
    line: str | None
    handle: str = field(repr=False)
    public_key: bytes = field(repr=False)
    uses: int
    transports: str
    made_at: datetime
    used_at: datetime | None
    deadline: datetime
