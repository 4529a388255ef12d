"""An operator's log: leaves that commit with the records they speak of, tiles and checkpoints that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select, update

from bonafide.errors import UsageError
from bonafide.evidence.broken import log_broken
from bonafide.evidence.checkpoint import (
    Checkpoint,
    SignedCheckpoint,
    origin_of,
    parse_checkpoint,
    sign_checkpoint,
)
from bonafide.evidence.commitment import commit
from bonafide.evidence.leaf import Leaf, LeafKind
from bonafide.evidence.merkle import HashReader, consistency_proof, inclusion_proof
from bonafide.evidence.note import SigningKey
from bonafide.evidence.tiles import Edge, Tile, edge_tiles, hash_reader, split_hashes
from bonafide.store import Store, Transaction
from bonafide.store.schema import CHECKPOINT, LEAF, LOG_HEAD, TILE

# Carried out for every record, while whoever else appends waits.
_ADVANCE: Final = (
    update(LOG_HEAD)
    .where(LOG_HEAD.c.operator == bindparam("of_operator"))
    .values(size=LOG_HEAD.c.size + bindparam("by"))
)
_SIZE: Final = select(LOG_HEAD.c.size).where(LOG_HEAD.c.operator == bindparam("of_operator"))


@dataclass(frozen=True, slots=True)
class _Head:
    size: int


@dataclass(frozen=True, slots=True)
class _Note:
    size: int
    note: bytes
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Appending:
    """What is to become a leaf: a content, and the 32 random bytes that hide it."""

    kind: LeafKind
    content: bytes = field(repr=False)
    salt: bytes = field(repr=False)


def append(transaction: Transaction, now: datetime, *entries: Appending) -> tuple[int, ...]:
    """Append leaves in the transaction of the records they speak of; their positions, in order.

    Appending to one operator's log waits for whoever appends at that moment. `now` has a time zone.
    """
    first = _advance(transaction, len(entries)) - len(entries)
    leaves = [
        Leaf(first + at, entry.kind, commit(entry.salt, entry.content), now)
        for at, entry in enumerate(entries)
    ]
    transaction.add(LEAF, *leaves)
    return tuple(leaf.position for leaf in leaves)


def integrate(store: Store, operator: str, key: SigningKey, now: datetime) -> SignedCheckpoint:
    """Put the leaves that no checkpoint covers into the tree and sign a checkpoint of all; the last one again
    where there are none.

    Two may try at once. Raises `LogBroken` if leaves, tiles and the last checkpoint contradict one another:
    then nothing is signed.
    """

    def work(transaction: Transaction) -> SignedCheckpoint:
        head = _advance(transaction, 0)
        last = latest_checkpoint(transaction)
        size = last.checkpoint.size if last else 0
        leaves = _leaves_from(transaction, size)
        if head != size + len(leaves):
            raise log_broken("contradicts itself: its head does not count its leaves")
        if last is not None and not leaves:
            return last
        edge = _edge(transaction, size)
        if last is not None and edge.root() != last.checkpoint.root:
            raise log_broken("contradicts itself: its tiles are not those of its last checkpoint")
        for tile in edge.grow([leaf.hash for leaf in leaves]):
            transaction.remove(TILE, TILE.c.level == tile.level, TILE.c.number == tile.number)
            transaction.add(TILE, tile)
        signed = sign_checkpoint(Checkpoint(origin_of(operator), edge.size, edge.root()), key)
        transaction.add(CHECKPOINT, _Note(edge.size, bytes(signed), now))
        return signed

    return store.write(operator, work)


def latest_checkpoint(transaction: Transaction) -> SignedCheckpoint | None:
    """The last checkpoint that the log signed, None for a log without any. Raises `LogBroken` if what is kept
    as one is none.
    """
    newest = select(func.max(CHECKPOINT.c.size)).where(CHECKPOINT.c.operator == transaction.operator)
    row = transaction.one(_Note, CHECKPOINT, CHECKPOINT.c.size == newest.scalar_subquery())
    if row is None:
        return None
    signed = parse_checkpoint(row.note)
    if (signed.checkpoint.size, signed.checkpoint.origin) != (row.size, origin_of(transaction.operator)):
        raise log_broken("contradicts itself: its last checkpoint is of another tree")
    return signed


def require_checkpoint(transaction: Transaction) -> SignedCheckpoint:
    """The last checkpoint. Raises `UsageError` for a log without any, `LogBroken` as `latest_checkpoint`."""
    signed = latest_checkpoint(transaction)
    if signed is None:
        raise UsageError("The log has no checkpoint yet", "Run `bonafide audit checkpoint` first")
    return signed


def prove_inclusion(transaction: Transaction, position: int, size: int) -> tuple[bytes, ...]:
    """That a leaf is in the tree of a checkpoint of that size. Raises `LogBroken` where tiles are missing."""
    try:
        return inclusion_proof(position, size, _hashes(transaction))
    except LookupError:
        raise log_broken("contradicts itself: tiles are missing") from None


def prove_consistency(transaction: Transaction, old: int, new: int) -> tuple[bytes, ...]:
    """That the tree of one checkpoint begins with that of an older. Raises `LogBroken` as above."""
    try:
        return consistency_proof(old, new, _hashes(transaction))
    except LookupError:
        raise log_broken("contradicts itself: tiles are missing") from None


def _advance(transaction: Transaction, by: int) -> int:
    """Let the log count so many leaves more; how many it then has. Nobody else counts any until this
    transaction ends.
    """

    def advance() -> int | None:
        transaction.run(_ADVANCE, by=by)
        row = transaction.run(_SIZE).fetchone()
        return None if row is None else int(row[0])

    size = advance()
    if size is None:
        transaction.add_if_new(LOG_HEAD, _Head(0))
        size = advance()
    if size is None:
        raise log_broken("contradicts itself: its head has gone")
    return size


def _leaves_from(transaction: Transaction, position: int) -> Sequence[Leaf]:
    leaves = transaction.all(Leaf, LEAF, LEAF.c.position >= position, order=[LEAF.c.position])
    if any(leaf.position != position + at for at, leaf in enumerate(leaves)):
        raise log_broken("contradicts itself: a leaf is missing")
    return leaves


def _edge(transaction: Transaction, size: int) -> Edge:
    partial = [
        split_hashes(_tile(transaction, level, number))[:width] if width else []
        for level, (number, width) in enumerate(edge_tiles(size))
    ]
    try:
        return Edge(size, partial)
    except LookupError:
        raise log_broken("contradicts itself: tiles are missing") from None


def _hashes(transaction: Transaction) -> HashReader:
    return hash_reader(lambda level, number: _tile(transaction, level, number))


def _tile(transaction: Transaction, level: int, number: int) -> bytes:
    row = transaction.one(Tile, TILE, TILE.c.level == level, TILE.c.number == number)
    if row is None:
        raise log_broken("contradicts itself: tiles are missing")
    return row.hashes
