"""Days (UTC) by which sign-ups are counted: when they began, as the database reckons it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, type_coerce

from bonafide.privacy import Now
from bonafide.store.sign_up_tables import SIGN_UP

_DAY_MS: Final = 24 * 3600 * 1000
_EPOCH: Final = date(1970, 1, 1)

# The number of the day on which a sign-up began; `date_of` says which that is.
DAY: Final[ColumnElement[Any]] = type_coerce(SIGN_UP.c.made_at, BigInteger) // _DAY_MS


def date_of(number: int) -> date:
    """The day of a number that `DAY` gave."""
    return _EPOCH + timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both counted."""

    first: date
    last: date

    @classmethod
    def up_to(cls, now: Now, days: int) -> Period:
        """So many days up to today."""
        last = now.wall.astimezone(UTC).date()
        return cls(last - timedelta(days=days - 1), last)

    @property
    def since(self) -> datetime:
        """The moment at which it begins."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
