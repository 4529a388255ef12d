"""Rows as an auditor reads them: whatever lies in the database, be it of no type that we would write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, Table, select, type_coerce
from sqlalchemy.types import NullType

from bonafide.errors import UnreadableData
from bonafide.evidence.leaf import Leaf, moment_of, parse_entry
from bonafide.evidence.tiles import TILE_WIDTH
from bonafide.store import Transaction
from bonafide.store.schema import LEAF

# Rows that are read at once: nothing here grows with the log.
_PAGE: Final = 2 * TILE_WIDTH


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """A leaf's row; `leaf` is None where it is none that we would write."""

    position: Any
    leaf: Leaf | None


def stored(transaction: Transaction, table: Table, *names: str) -> Select[Any]:
    """The operator's rows of a table, with columns as the driver gives them."""
    columns: list[Any] = [type_coerce(table.c[name], NullType()).label(name) for name in names]
    return select(*columns).where(table.c.operator == transaction.operator)


def pages(
    transaction: Transaction, query: Select[Any], key: ColumnElement[Any]
) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a query in the order of a unique key, which is its first column; a page at a time."""
    ordered = query.order_by(key).limit(_PAGE)
    page = transaction.connection.execute(ordered).all()
    while page:
        yield page
        after = ordered.where(key > page[-1][0])
        page = transaction.connection.execute(after).all() if len(page) == _PAGE else []


def stored_leaves(transaction: Transaction) -> Iterator[StoredLeaf]:
    """Every leaf's row, in the order of positions."""
    query = stored(transaction, LEAF, "position", "kind", "made_at", "commitment")
    for page in pages(transaction, query, LEAF.c.position):
        for row in page:
            yield StoredLeaf(row.position, _leaf(row.position, row.kind, row.made_at, row.commitment))


def moment_in(value: object) -> datetime | None:
    """The moment that a column holds, None for what is none."""
    try:
        return moment_of(str(value)) if isinstance(value, int) else None
    except ValueError:
        return None


def _leaf(position: object, kind: object, made_at: object, commitment: object) -> Leaf | None:
    moment = moment_in(made_at)
    if not (isinstance(position, int) and isinstance(kind, str) and isinstance(commitment, bytes) and moment):
        return None
    leaf = Leaf(position, kind, commitment, moment)
    try:
        # What its entry cannot say is no leaf of ours.
        return parse_entry(position, leaf.entry)
    except UnreadableData:
        return None
