"""How long it is kept who opened what: the purposes do not speak of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bonafide.privacy.duration import Duration

# Records of processing (PIPL, article 56).
_KEPT: Final = Duration(years=3)


def access_deadline(now: datetime) -> datetime:
    """Until when an access of this moment, and what approved it, is kept; both in retention time."""
    return _KEPT.after(now)
