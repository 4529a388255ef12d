"""What who can write to the database might do to a log's rows. Each gives False if it did nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Table, delete, insert, update
from tests.integration.evidence.kept_log import LOG, OPERATOR, OTHER, SIZES
from tests.integration.store.rows import LeafRow

from bonafide.evidence.checkpoint import Checkpoint, origin_of, sign_checkpoint
from bonafide.evidence.leaf import Leaf
from bonafide.evidence.tiles import Edge
from bonafide.store import Transaction
from bonafide.store.schema import ACCESS, CHECKPOINT, DECISION, ERASURE, LEAF, LOG_HEAD, TILE
from bonafide.vault import FileSigner

Row = dict[str, Any]


class Mutator(Protocol):
    """Changes some rows, or gives False."""

    __name__: str

    def __call__(self, transaction: Transaction, chance: random.Random) -> object: ...


def _rows(transaction: Transaction, table: Table, chance: random.Random, count: int = 1) -> list[Row]:
    query = table.select().where(table.c.operator == OPERATOR).order_by(*table.primary_key.columns)
    rows = [dict(row._mapping) for row in transaction.connection.execute(query)]
    return chance.sample(rows, count)


def _same(table: Table, row: Row) -> list[ColumnElement[bool]]:
    return [column == row[column.name] for column in table.primary_key.columns]


def _set(transaction: Transaction, table: Table, row: Row, **values: object) -> object:
    if values.items() <= row.items():
        return False
    return transaction.connection.execute(update(table).where(*_same(table, row)).values(**values))


def _bytes(content: bytes, chance: random.Random) -> bytes:
    """The same content with some bytes edited, dropped, inserted or repeated."""
    at = chance.randrange(len(content))
    return chance.choice(
        (
            content[:at] + bytes([content[at] ^ chance.randrange(1, 256)]) + content[at + 1 :],
            content[:at] + content[at + chance.randrange(1, 9) :],
            content[:at] + chance.randbytes(chance.randrange(1, 9)) + content[at:],
            content[: at + 1] + content[at:],
            content[:at],
        )
    )


def _number(number: int, chance: random.Random) -> int:
    return number + chance.choice((-1, 1, -7, 5, 1000))


_EDITABLE: Final = (
    *((LEAF, name) for name in ("position", "kind", "commitment", "made_at")),
    *((TILE, name) for name in ("level", "number", "hashes")),
    *((CHECKPOINT, name) for name in ("size", "note")),
    (LOG_HEAD, "size"),
    *((DECISION, name) for name in ("id", "receipt", "decided_at", "salt", "position", "purpose", "outcome")),
    *((ACCESS, name) for name in ("id", "who", "action", "purpose", "referred_case", "record", "at")),
    *((ACCESS, name) for name in ("salt", "position")),
    *((ERASURE, name) for name in ("id", "receipt")),
)


def edit(transaction: Transaction, chance: random.Random) -> object:
    table, name = chance.choice(_EDITABLE)
    (row,) = _rows(transaction, table, chance)
    was = row[name]
    if isinstance(was, bytes):
        value: object = _bytes(was, chance)
    elif isinstance(was, int):
        value = _number(was, chance)
    elif isinstance(was, str) or was is None:
        value = chance.choice(("access", "erasure", "decision", "reject", f"{was}x", "somebody else"))
    else:
        value = was + timedelta(milliseconds=chance.choice((-1, 1, 86_400_000)))
    taken = (
        name in table.primary_key.columns
        and transaction.connection.execute(table.select().where(*_same(table, {**row, name: value}))).first()
    )
    return False if taken else _set(transaction, table, row, **{name: value})


def drop(transaction: Transaction, chance: random.Random) -> object:
    """A row; not of a decision, which might have been erased, and of checkpoints the last."""
    table = chance.choice((LEAF, TILE, CHECKPOINT, LOG_HEAD, ACCESS, ERASURE))
    (row,) = _rows(transaction, table, chance)
    if table is CHECKPOINT:
        row = {**row, "size": SIZES[-1]}
    return transaction.connection.execute(delete(table).where(*_same(table, row)))


def drop_neatly(transaction: Transaction, chance: random.Random) -> object:
    """A leaf, with the head counting one less."""
    transaction.change(LOG_HEAD, size=LOG_HEAD.c.size - 1)
    return transaction.remove(LEAF, LEAF.c.position == chance.randrange(SIZES[-1]))


def cut_off(transaction: Transaction, chance: random.Random) -> object:
    """The last leaves, with the head."""
    size = chance.randrange(SIZES[-1])
    transaction.remove(LEAF, LEAF.c.position >= size)
    return transaction.change(LOG_HEAD, size=size)


def duplicate(transaction: Transaction, chance: random.Random) -> object:
    table, key = chance.choice(
        ((LEAF, "position"), (TILE, "number"), (DECISION, "id"), (ACCESS, "id"), (ERASURE, "id"))
    )
    (row,) = _rows(transaction, table, chance)
    another = chance.choice((SIZES[-1], -1, 1000)) if table in (LEAF, TILE) else f"{chance.randrange(10**6)}"
    return transaction.connection.execute(insert(table).values({**row, key: another}))


def insert_leaf(transaction: Transaction, chance: random.Random) -> object:
    """One between the others, which move up by one."""
    at = chance.randrange(SIZES[-1])
    leaves = transaction.all(Leaf, LEAF, LEAF.c.position >= at, order=[LEAF.c.position])
    transaction.remove(LEAF, LEAF.c.position >= at)
    transaction.add(LEAF, *(replace(leaf, position=leaf.position + 1) for leaf in leaves))
    transaction.add(LEAF, LeafRow(at, chance.randbytes(32)))
    return transaction.change(LOG_HEAD, size=LOG_HEAD.c.size + 1)


def swap(transaction: Transaction, chance: random.Random) -> object:
    """What two rows say."""
    table, names = chance.choice(
        (
            (LEAF, ("kind", "commitment", "made_at")),
            (LEAF, ("commitment",)),
            (LEAF, ("made_at",)),
            (TILE, ("hashes",)),
            (CHECKPOINT, ("note",)),
            (DECISION, ("position", "salt")),
            (DECISION, ("receipt", "outcome")),
            (ACCESS, ("who", "at", "salt")),
            (ACCESS, ("position",)),
            (ERASURE, ("receipt",)),
        )
    )
    one, other = _rows(transaction, table, chance, 2)
    changed = _set(transaction, table, one, **{name: other[name] for name in names})
    _set(transaction, table, other, **{name: one[name] for name in names})
    return changed


def reorder(transaction: Transaction, chance: random.Random) -> object:
    leaves = list(transaction.all(Leaf, LEAF, order=[LEAF.c.position]))
    first = chance.randrange(SIZES[-1] - 1)
    run = leaves[first : first + chance.randrange(2, 9)]
    mixed = chance.sample(run, len(run))
    if mixed == run:
        return False
    transaction.remove(LEAF, LEAF.c.position.in_([leaf.position for leaf in run]))
    transaction.add(
        LEAF, *(replace(leaf, position=old.position) for leaf, old in zip(mixed, run, strict=True))
    )
    return True


def forge(transaction: Transaction, chance: random.Random) -> object:
    """A checkpoint signed with another key."""
    (row,) = _rows(transaction, CHECKPOINT, chance)
    signed = sign_checkpoint(Checkpoint(origin_of(OPERATOR), row["size"], chance.randbytes(32)), OTHER)
    return _set(transaction, CHECKPOINT, row, note=bytes(signed))


def rewrite(transaction: Transaction, chance: random.Random) -> object:
    """Another leaf and all hashes anew, but no signature."""
    return _another_history(transaction, chance, None)


def fork(transaction: Transaction, chance: random.Random) -> object:
    """Another leaf, all hashes and all checkpoints anew, by whoever has the log's own key."""
    return _another_history(transaction, chance, LOG)


def _another_history(transaction: Transaction, chance: random.Random, key: FileSigner | None) -> object:
    at = chance.randrange(SIZES[-1])
    transaction.change(LEAF, LEAF.c.position == at, commitment=chance.randbytes(32))
    transaction.remove(TILE)
    edge, leaves = Edge(), transaction.all(Leaf, LEAF, order=[LEAF.c.position])
    for size in SIZES:
        for tile in edge.grow([leaf.hash for leaf in leaves[edge.size : size]]):
            transaction.remove(TILE, TILE.c.level == tile.level, TILE.c.number == tile.number)
            transaction.add(TILE, tile)
        if key is not None:
            signed = sign_checkpoint(Checkpoint(origin_of(OPERATOR), size, edge.root()), key)
            transaction.change(CHECKPOINT, CHECKPOINT.c.size == size, note=bytes(signed))
    return True


MUTATORS: Final[tuple[Mutator, ...]] = (
    edit,
    edit,
    edit,
    drop,
    drop_neatly,
    cut_off,
    duplicate,
    insert_leaf,
    swap,
    swap,
    reorder,
    forge,
    rewrite,
    fork,
)
