"""How long something is kept, as a purpose says it (ISO 8601)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# Whole years, days or hours: a month is no length that one could promise.
_FORM: Final = re.compile(
    r"P(?:(?P<years>[1-9]\d?)Y|(?P<days>[1-9]\d{0,3})D|T(?P<hours>[1-9]\d{0,3})H)", re.ASCII
)
_LONGEST_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Duration:
    """Years by the calendar, days or hours; one of them."""

    years: int = 0
    days: int = 0
    hours: int = 0

    @classmethod
    def parse(cls, text: str) -> Duration | None:
        """`P3Y`, `P30D` or `PT72H`; None for anything else."""
        found = _FORM.fullmatch(text)
        if found is None:
            return None
        return cls(**{unit: int(number or 0) for unit, number in found.groupdict().items()})

    @property
    def at_most(self) -> timedelta:
        """No longer than this, wherever it begins."""
        return self.years * _LONGEST_YEAR + timedelta(days=self.days, hours=self.hours)

    def after(self, moment: datetime) -> datetime:
        """The moment at which it ends. A year from 29 February ends on 1 March."""
        try:
            moment = moment.replace(year=moment.year + self.years)
        except ValueError:
            moment = moment.replace(year=moment.year + self.years, month=3, day=1)
        return moment + timedelta(days=self.days, hours=self.hours)

    def __str__(self) -> str:
        if self.years:
            return f"P{self.years}Y"
        return f"P{self.days}D" if self.days else f"PT{self.hours}H"
