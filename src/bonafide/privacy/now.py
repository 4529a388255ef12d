"""What time it is, twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Now:
    """This moment by the wall, which people are shown and which somebody may set, and in retention time
    (`retention_clock.py`), which nobody sets and by which all deadlines are counted. Both have a time zone.
    """

    wall: datetime
    retention: datetime
