"""Logging who looks at what is kept, and for how long: the purposes do not speak of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from bonafide.evidence.access import AccessEvent, Action, record_access
from bonafide.evidence.commitment import SALT_BYTES
from bonafide.privacy.duration import Duration
from bonafide.privacy.now import Now
from bonafide.store import Transaction

# Records of processing (PIPL, article 56).
_KEPT: Final = Duration(years=3)


def access_deadline(now: datetime) -> datetime:
    """Until when an access of this moment, and what approved it, is kept; both in retention time."""
    return _KEPT.after(now)


def log_access(
    transaction: Transaction,
    who: str,
    action: Action,
    now: Now,
    *,
    identifier: Callable[[], str],
    random: Callable[[int], bytes],
    purpose: str = "",
    referred_case: str | None = None,
    record: str | None = None,
) -> None:
    """Put into the log, before it is done, who does what with which case or record; a purpose where it is
    for one alone.
    """
    record_access(
        transaction,
        AccessEvent(identifier(), who, action, purpose, referred_case, record, now.wall),
        deadline=access_deadline(now.retention),
        salt=random(SALT_BYTES),
    )
