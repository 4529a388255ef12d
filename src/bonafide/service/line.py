"""What a line is, as whoever asks is told; its number is told to nobody but who has it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bonafide.errors import UsageError
from bonafide.outcome import LineReason
from bonafide.privacy.kept_line import LineRow

# A country's code and a number within it: ITU-T E.164, 6.1, which has at most 15 digits.
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


class LineEnd(StrEnum):
    """Why a line has ended."""

    CANCELLED = "cancelled"
    """The operator said so, for whatever reason is theirs."""

    TRANSFERRED = "transferred"
    """It passed to somebody else, who was verified for it."""

    NOT_THEIRS = "not-theirs"
    """Somebody in whose name it stood objected, and a person found them right."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line in somebody's name, without its number, nor whose it is.

    `sign_up` and `decision` identify what it rests on, `shop` where that was. `bound_at` and `ended_at` have
    a time zone.
    """

    id: str
    sign_up: str
    decision: str
    shop: str | None
    bound_at: datetime
    ended_at: datetime | None
    ended_because: LineEnd | None

    @property
    def active(self) -> bool:
        """Whether it stands in somebody's name now."""
        return self.ended_at is None

    @classmethod
    def of(cls, row: LineRow) -> Line:
        """What may be told of what is kept."""
        because = LineEnd(row.ended_because) if row.ended_because is not None else None
        return cls(row.id, row.sign_up, row.decision, row.shop, row.bound_at, row.ended_at, because)


@dataclass(frozen=True, slots=True)
class Bound:
    """What came of binding, passing on or ending a line: the line as it stands, or why nothing changed."""

    line: Line | None
    refusal: LineReason | None = None


@dataclass(frozen=True, slots=True)
class LinePage:
    """Some lines, newest first; `after` is what to ask for the next ones with, None after the last."""

    lines: tuple[Line, ...]
    after: str | None


class LineRefused(Exception):  # noqa: N818 - it undoes a unit of work, and reaches nobody
    """Undoes a unit of work, so that a refusal leaves nothing; who began the unit turns it into a value."""

    def __init__(self, reason: LineReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def require_number(number: str) -> str:
    """A line's number in its one form. Raises `UsageError`, which does not repeat it, for any other."""
    if not _NUMBER.fullmatch(number):
        raise UsageError(
            "A line's number is not in international form (E.164)",
            "Give + and 7 to 15 digits, country code first, without blanks",
        )
    return number
