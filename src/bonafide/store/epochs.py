"""Epochs of the wrapping key: begun when the last has run out, destroyed when nothing lies under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, select

from bonafide.errors import NotPermitted, UsageError
from bonafide.store.schema import EPOCH, SEALED
from bonafide.store.store import Store
from bonafide.store.transaction import Transaction
from bonafide.vault.vault import Vault

LONGEST: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Epoch:
    """The time of one wrapping key. `destroyed_at` is set only after the holder has destroyed the key."""

    number: int
    begins_at: datetime
    ends_at: datetime
    destroyed_at: datetime | None = None


def epochs(store: Store, operator: str) -> tuple[Epoch, ...]:
    """The operator's epochs, in order."""
    with store.read(operator) as transaction:
        return transaction.all(Epoch, EPOCH, order=[EPOCH.c.number])


def current_epoch(
    store: Store, vault: Vault, operator: str, now: datetime, length: timedelta = LONGEST
) -> Epoch:
    """The epoch to seal under: the newest, or a new one if that has run out. A clock that was set back does
    not bring an older one back. Raises `VaultClosed` if a key cannot be made.
    """
    newest = _newest(store, operator)
    if newest is not None and now < newest.ends_at:
        return newest
    return _begin(store, vault, operator, newest, now=now, length=length)


def rotate(store: Store, vault: Vault, operator: str, now: datetime, length: timedelta = LONGEST) -> Epoch:
    """End the current epoch and begin another at once. Raises `VaultClosed` if its key cannot be made."""
    return _begin(store, vault, operator, _newest(store, operator), now=now, length=length)


def destroy_epoch(store: Store, vault: Vault, operator: str, number: int, now: datetime) -> Epoch:
    """Destroy an epoch's key for good: whatever any backup holds under it can no longer be opened.

    Raises `NotPermitted` for the current epoch and while records lie under it, `UsageError` if there is no
    such epoch, `VaultClosed` if the holder cannot be reached. If it breaks off, it is to be called again.
    """

    def destroy(transaction: Transaction) -> Epoch:
        newest = _newest_in(transaction)
        # The lock makes sealers wait; SQLite has one writer, and knows no such lock.
        transaction.connection.execute(select(EPOCH.c.number).where(_is(operator, number)).with_for_update())
        epoch = transaction.one(Epoch, EPOCH, EPOCH.c.number == number)
        if epoch is None:
            raise UsageError(f"There is no epoch {number}", "Name one that `bonafide store epochs` lists")
        if epoch == newest:
            raise NotPermitted(
                f"Epoch {number} is the current one, under which records are sealed",
                "Begin another first, with `bonafide store rotate`",
            )
        if transaction.connection.execute(
            select(SEALED.c.id).where(SEALED.c.operator == operator, SEALED.c.epoch == number).limit(1)
        ).first():
            raise NotPermitted(
                f"Records still lie under epoch {number}, and could never be opened again",
                "Put them under the current epoch first, with `bonafide store rewrap`",
            )
        # The key before the row, which so never claims too much; both before anybody may seal under it again.
        vault.destroy_epoch(operator, number)
        if epoch.destroyed_at is None:
            transaction.change(EPOCH, EPOCH.c.number == number, destroyed_at=now)
            epoch = Epoch(number, epoch.begins_at, epoch.ends_at, now)
        return epoch

    return store.write(operator, destroy)


def _newest(store: Store, operator: str) -> Epoch | None:
    with store.read(operator) as transaction:
        return _newest_in(transaction)


def _newest_in(transaction: Transaction) -> Epoch | None:
    query = EPOCH.select().order_by(EPOCH.c.number.desc()).limit(1)
    return next(iter(transaction.chosen(Epoch, query, EPOCH)), None)


def _begin(
    store: Store, vault: Vault, operator: str, newest: Epoch | None, *, now: datetime, length: timedelta
) -> Epoch:
    if not timedelta(0) < length <= LONGEST:
        raise UsageError("An epoch lasts longer than nothing and at most 30 days", "Give such a length")
    number = newest.number + 1 if newest else 1
    # The key before the row: one that nobody names yet, left by whoever broke off here or made by another at
    # this moment, does as well.
    vault.ensure_epoch(operator, number)

    def begin(transaction: Transaction) -> Epoch:
        there = _newest_in(transaction)
        if there is not None and there.number >= number:
            return there  # another was first
        if there is not None and there.ends_at > now:
            transaction.change(EPOCH, EPOCH.c.number == there.number, ends_at=now)
        epoch = Epoch(number, now, now + length)
        return epoch if transaction.add_if_new(EPOCH, epoch) else _newest_in(transaction) or epoch

    return store.write(operator, begin)


def _is(operator: str, number: int) -> ColumnElement[bool]:
    return and_(EPOCH.c.operator == operator, EPOCH.c.number == number)
