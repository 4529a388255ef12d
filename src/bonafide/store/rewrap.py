"""Putting long-lived records under the current epoch, so that the keys of old ones can be destroyed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, func, select, update

from bonafide.errors import RecordAltered
from bonafide.store.schema import SEALED
from bonafide.store.sealed import hold
from bonafide.store.store import Store
from bonafide.store.transaction import Transaction
from bonafide.vault.binding import Binding
from bonafide.vault.vault import Vault

BATCH: Final = 1000

_MOVE: Final = (
    update(SEALED)
    .where(
        SEALED.c.operator == bindparam("of_operator"),
        SEALED.c.id == bindparam("record"),
        SEALED.c.epoch == bindparam("old"),
    )
    .values(epoch=bindparam("new"), wrapped_key=bindparam("key"))
)


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many records came under the new epoch, and how many could not: their keys were altered."""

    moved: int
    altered: int


@dataclass(frozen=True, slots=True)
class _Key:
    """A record's wrapped key and what it is bound to; the record itself is not read."""

    id: str
    subject: str
    consent: str
    purpose: str
    kind: str
    model_contract: str
    epoch: int
    wrapped_key: bytes = field(repr=False)

    def binding(self, operator: str) -> Binding:
        return Binding(
            operator, self.subject, self.purpose, self.consent, self.id, self.kind, self.model_contract
        )


def rewrap(
    store: Store,
    vault: Vault,
    operator: str,
    epoch: int,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    batch: int = BATCH,
) -> Rewrapped:
    """Wrap the data keys of all records of older epochs under `epoch`, the current one.

    Each batch is one transaction, beside whoever writes meanwhile; broken off, it is to be called again and
    goes on with what is left. `progress` is told after each how many of how many are done. A record whose
    wrapped key was altered stays where it is and is counted. Raises `VaultClosed` if the holder cannot be
    reached or has a key no longer, `StoreUnusable` as the store does.
    """
    total, done, altered = _count(store, operator, epoch), 0, 0
    last: tuple[int, str] = (0, "")
    while keys := _next(store, operator, epoch, last, batch):
        last = (keys[-1].epoch, keys[-1].id)
        moves = []
        for key in keys:
            binding = key.binding(operator)
            try:
                anew = vault.rewrap(key.wrapped_key, binding, key.epoch, epoch)
            except RecordAltered:
                altered += 1
                continue
            moves.append(
                {"of_operator": operator, "record": key.id, "old": key.epoch, "new": epoch, "key": anew}
            )
        if moves:
            store.write(operator, _moving(moves, epoch))
        done += len(keys)
        progress(done, max(done, total))
    return Rewrapped(done - altered, altered)


def _count(store: Store, operator: str, epoch: int) -> int:
    with store.read(operator) as transaction:
        query = select(func.count()).where(SEALED.c.operator == operator, SEALED.c.epoch < epoch)
        return transaction.connection.execute(query).scalar_one()


def _next(store: Store, operator: str, epoch: int, last: tuple[int, str], batch: int) -> tuple[_Key, ...]:
    """What follows on the last one in the order of the index on epoch and id."""
    old, record = last
    with store.read(operator) as transaction:
        query = SEALED.select().order_by(SEALED.c.epoch, SEALED.c.id).limit(batch)
        rest = query.where(SEALED.c.epoch == old, SEALED.c.id > record)
        found = transaction.chosen(_Key, rest, SEALED)
        return found or transaction.chosen(
            _Key, query.where(SEALED.c.epoch > old, SEALED.c.epoch < epoch), SEALED
        )


def _moving(moves: list[dict[str, object]], epoch: int) -> Callable[[Transaction], None]:
    def move(transaction: Transaction) -> None:
        hold(transaction, epoch)
        # Only what still lies where it was read: an erased record stays erased.
        transaction.connection.execute(_MOVE, moves)

    return move
