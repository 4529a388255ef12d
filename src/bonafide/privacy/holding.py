"""What every store of personal data registers: how to export and how to erase what it holds of somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Table, and_, exists, select

from bonafide.store import Transaction


class Holding(Protocol):
    """One store of personal data. What rests on another's rows comes before it in `HOLDINGS`."""

    @property
    def name(self) -> str:
        """What reports and exports call it."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables whose rows it exports and erases."""

    def export(self, transaction: Transaction, subject: str) -> Sequence[object]:
        """What is held of somebody, as dataclasses; records as they are sealed."""

    def erase(
        self,
        transaction: Transaction,
        subject: str,
        purpose: str | None = None,
        *,
        staying: frozenset[str] = frozenset(),
    ) -> int:
        """Erase what is held of somebody, for one purpose or altogether, but not the rows of the identifiers
        in `staying`; how many went.

        For one purpose, what says that a consent was given and withdrawn stays.
        """

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        """Erase at most so many rows whose deadline has come by `now`, in retention time; how many went."""


def remove_some(transaction: Transaction, table: Table, *conditions: ColumnElement[bool], most: int) -> int:
    """Remove at most so many of the operator's rows that meet the conditions; how many went."""
    due = select(table.c.id).where(table.c.operator == transaction.operator, *conditions).limit(most)
    return transaction.remove(table, table.c.id.in_(due))


def unless_rested_on(table: Table, resting: Sequence[ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """That no row of the columns' tables refers to a row of this one."""
    return [
        ~exists()
        .where(and_(column == table.c.id, column.table.c.operator == table.c.operator))
        .correlate(table)
        for column in resting
    ]


class NobodysOwn:
    """A part of stores that hold nothing which is erased with somebody, nor is exported: each says why."""

    __slots__ = ()

    def export(self, transaction: Transaction, subject: str) -> Sequence[object]:  # noqa: ARG002
        """Nothing."""
        return ()

    def erase(
        self,
        transaction: Transaction,  # noqa: ARG002
        subject: str,  # noqa: ARG002
        purpose: str | None = None,  # noqa: ARG002
        *,
        staying: frozenset[str] = frozenset(),  # noqa: ARG002
    ) -> int:
        """Nothing."""
        return 0
