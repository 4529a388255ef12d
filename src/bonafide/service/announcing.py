"""Events: what happened, for whoever the operator wants told, written in the unit of work that does it."""

from __future__ import annotations

from bonafide.privacy.now import Now
from bonafide.store import Transaction


def announce(transaction: Transaction, kind: str, about: str, now: Now) -> None:
    """Tell of an event whoever subscribed to its kind, once this unit of work is on the disk."""
