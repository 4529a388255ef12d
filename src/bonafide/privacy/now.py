"""What time it is, twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# How far a wall clock may be corrected without it counting as having been set back.
CORRECTED: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Now:
    """This moment by the wall, which people are shown and which somebody may set, and in retention time
    (`retention_clock.py`), which nobody sets and by which all deadlines are counted. Both have a time zone.
    """

    wall: datetime
    retention: datetime


def not_set_back(wall: datetime, since: datetime) -> bool:
    """Whether a wall clock stands after a moment that it showed before, or so little ahead of it that it was
    corrected. One that was set back further must not prolong anything.
    """
    return since - CORRECTED <= wall
