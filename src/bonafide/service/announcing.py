"""Events: what happened, for whoever the operator wants told."""

from __future__ import annotations

from bonafide.privacy.now import Now
from bonafide.store import Transaction


def announce(transaction: Transaction, kind: str, about: str, now: Now) -> None:
    """Tell of an event, once this unit of work is on the disk."""
