"""Erasing what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bonafide.privacy.holding import Holding
from bonafide.privacy.holdings import HOLDINGS
from bonafide.store import Store

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows of one holding of one operator were erased."""

    operator: str
    holding: str
    rows: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep erased. `forgotten` is false while somebody still reads what was before, so that bytes of
    it remain: the next sweep takes them.
    """

    gone: tuple[Gone, ...]
    forgotten: bool

    @property
    def rows(self) -> int:
        """How many rows went."""
        return sum(gone.rows for gone in self.gone)


def sweep(store: Store, now: datetime, *, batch: int = BATCH) -> Swept:
    """Erase everything whose deadline has come by `now`, in retention time, of every operator.

    It works in small transactions, beside others; broken off, the next sweep goes on with what is left, and
    lets no byte remain even of what the broken one erased. Raises `StoreUnusable` as the store does.
    """
    gone = [
        Gone(operator, holding.name, rows)
        for operator in store.operators()
        for holding in HOLDINGS
        if (rows := _erase_due(store, operator, holding, now, batch))
    ]
    return Swept(tuple(gone), store.forget_deleted())


def _erase_due(store: Store, operator: str, holding: Holding, now: datetime, batch: int) -> int:
    total = 0
    while rows := store.write(operator, lambda transaction: holding.erase_due(transaction, now, batch)):
        total += rows
    return total
