"""How often something may be tried in vain, by document, device, subject or line, before it is locked.

The values are those that AWS recommends for face liveness: five failures within three minutes lock for an
hour. Failures that are under way at one moment do not know of each other, so that a few more may happen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bonafide.errors import TooManyTries, UsageError
from bonafide.privacy import Manner, Now, Purpose
from bonafide.privacy.sign_up_rows import AttemptRow
from bonafide.service.retention import new_identifier
from bonafide.store import Transaction
from bonafide.store.sign_up_tables import ATTEMPT
from bonafide.vault import Vault
from bonafide.wording.language import Language

MOST_FAILURES: Final = 5
WITHIN: Final = timedelta(minutes=3)
LOCKED_FOR: Final = timedelta(hours=1)
# After which a failure locks nothing any more.
KEPT: Final = WITHIN + LOCKED_FOR

_LONGEST: Final = 512


class AttemptKind(StrEnum):
    """By what attempts are counted."""

    DOCUMENT = "document"
    DEVICE = "device"
    SUBJECT = "subject"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class AttemptKey:
    """What stands for a document, device, subject or line in the count."""

    kind: AttemptKind
    key: str


def attempt_key(vault: Vault, operator: str, kind: AttemptKind, what: str) -> AttemptKey:
    """The key of a document's or line's index, a device's name or a subject's identifier. Raises
    `VaultClosed` as the vault, and `UsageError` for nothing, or more than 512 characters.
    """
    if not 0 < len(what) <= _LONGEST:
        raise UsageError(f"A {kind} is named by 1 to {_LONGEST} characters", "Name it so, or not at all")
    return AttemptKey(kind, vault.index(operator, f"attempt-{kind}", what))


def require_unlocked(
    transaction: Transaction,
    keys: Iterable[AttemptKey],
    purpose: Purpose,
    language: Language,
    now: Now,
    *,
    manner: Manner = Manner.FACE_MATCHING,
) -> None:
    """Raises `TooManyTries`, which names what else may be done than this manner, if any of them is locked; it
    does not say which.
    """
    if any_locked(transaction, keys, now):
        other_way = purpose.words(manner)[language].alternative
        raise TooManyTries("This was tried in vain too often", f"Try again in an hour. Or: {other_way}")


def any_locked(transaction: Transaction, keys: Iterable[AttemptKey], now: Now) -> bool:
    """Whether any of them is locked."""
    return any(_locked(transaction, key, now) for key in keys)


def record_failure(
    transaction: Transaction, keys: Iterable[AttemptKey], subject: str | None, now: Now
) -> None:
    """Count a failure against each of them; `subject` is whose it was."""
    rows = [
        AttemptRow(new_identifier(), subject, key.kind, key.key, now.retention, now.retention + KEPT)
        for key in keys
    ]
    transaction.add(ATTEMPT, *rows)


def locked_until(failures: Sequence[datetime]) -> datetime | None:
    """Until when failures at these moments lock, None if they never did."""
    ordered = sorted(failures)
    fifths = zip(ordered, ordered[MOST_FAILURES - 1 :], strict=False)
    ends = [last + LOCKED_FOR for first, last in fifths if last - first <= WITHIN]
    return max(ends, default=None)


def _locked(transaction: Transaction, key: AttemptKey, now: Now) -> bool:
    same = (ATTEMPT.c.key == key.key, ATTEMPT.c.kind == key.kind, ATTEMPT.c.deadline > now.retention)
    until = locked_until([row.at for row in transaction.all(AttemptRow, ATTEMPT, *same)])
    return until is not None and now.retention < until
