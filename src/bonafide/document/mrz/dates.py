"""Dates of the zone: six characters YYMMDD, without a century (ICAO Doc 9303-3, section 4.8)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bonafide.document.mrz.check_digits import DIGITS, FILLER

_EXPIRY_YEARS_BACK = 30
_UNKNOWN = FILLER * 2


class DateState(StrEnum):
    """What can be said of a date's six characters."""

    WHOLE = "whole"
    PARTIAL = "partial"  # day, month or all of it unknown, which 9303 allows for a birth
    IMPOSSIBLE = "impossible"  # no such day, or an order of unknowns that 9303 does not have


@dataclass(frozen=True, slots=True, repr=False)
class ZoneDate:
    """A date as far as it is known: it lies between `earliest` and `latest`, both None if nothing is."""

    state: DateState
    earliest: date | None
    latest: date | None

    @property
    def value(self) -> date | None:
        """The day, where it is known whole."""
        return self.earliest if self.state is DateState.WHOLE else None


_IMPOSSIBLE = ZoneDate(DateState.IMPOSSIBLE, None, None)


def birth_date(text: str, today: date) -> ZoneDate:
    """A birth, put into the latest century that leaves it on or before `today`.

    So somebody older than 99 reads as a child: too young for a minimum age, never too old.
    """
    parts = _parts(text)
    if parts is None:
        return _IMPOSSIBLE
    year, month, day = parts
    if year is None:
        return ZoneDate(DateState.PARTIAL, None, None)
    for century in (today.year // 100 * 100, today.year // 100 * 100 - 100):
        bounds = _bounds(century + year, month, day)
        if bounds is not None and bounds[0] <= today:
            state = DateState.PARTIAL if month is None or day is None else DateState.WHOLE
            return ZoneDate(state, bounds[0], min(bounds[1], today))
    return _IMPOSSIBLE


def expiry_date(text: str, today: date) -> ZoneDate:
    """An expiry, put between 30 years before `today`'s year and 69 after: documents last 15 at most."""
    parts = _parts(text)
    if parts is None or None in parts:
        return _IMPOSSIBLE
    first = today.year - _EXPIRY_YEARS_BACK
    year, month, day = parts
    bounds = _bounds(first + ((year or 0) - first) % 100, month, day)
    return _IMPOSSIBLE if bounds is None else ZoneDate(DateState.WHOLE, *bounds)


def _parts(text: str) -> tuple[int | None, int | None, int | None] | None:
    """Year, month, day, None where unknown; None for what is no date at all."""
    pairs = (text[0:2], text[2:4], text[4:6])
    if len(text) != 6 or any(pair != _UNKNOWN and not set(pair) <= set(DIGITS) for pair in pairs):
        return None
    year, month, day = (None if pair == _UNKNOWN else int(pair) for pair in pairs)
    return year, month, day


def _bounds(year: int, month: int | None, day: int | None) -> tuple[date, date] | None:
    """The first and the last day that it may be; None where there is no such day."""
    if not 1 <= year <= 9999 or (month is not None and not 1 <= month <= 12):
        return None
    if month is None:
        # A day without its month says nothing that narrows the year.
        return (date(year, 1, 1), date(year, 12, 31)) if day is None or 1 <= day <= 31 else None
    last = monthrange(year, month)[1]
    if day is None:
        return date(year, month, 1), date(year, month, last)
    return (date(year, month, day), date(year, month, day)) if 1 <= day <= last else None
