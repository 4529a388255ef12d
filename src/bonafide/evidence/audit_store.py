"""Auditing a log where it is kept: rows against hashes, hashes against checkpoints, records against leaves.

Rows are read a page at a time, and nothing but the erasures' commitments is held, so that a log of any length
can be audited. A decision that was dropped cannot be told from one that was erased: its leaf stays, and says
that there was one, and whoever has its proof can show which.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, func, select

from bonafide.errors import UnreadableData
from bonafide.evidence.audit import (
    MOST_FINDINGS,
    AuditReport,
    Finding,
    FindingKind,
    earlier_findings,
    signature_findings,
)
from bonafide.evidence.checkpoint import SignedCheckpoint, parse_checkpoint
from bonafide.evidence.merkle import HASH_BYTES, leaf_hash, root_at
from bonafide.evidence.record_audit import record_findings
from bonafide.evidence.stored import pages, stored, stored_leaves
from bonafide.evidence.tiles import TILE_WIDTH, Edge, Tile, has_tile, hash_reader, split_hashes, tile_count
from bonafide.evidence.trust import Trust
from bonafide.store import Transaction
from bonafide.store.schema import CHECKPOINT, LEAF, LOG_HEAD, TILE


def audit_store(
    transaction: Transaction,
    trust: Trust,
    earlier: Sequence[SignedCheckpoint] = (),
    accesses_since: datetime | None = None,
) -> AuditReport:
    """Audit an operator's log in its database, and that what is kept of decisions, accesses and erasures is
    what the log says. `earlier` are checkpoints that somebody kept elsewhere, each of which the log must
    continue. Every access since `accesses_since`, which has a time zone, must still be on record.

    `trust.quorum` is not asked of every checkpoint; a witness's wrong cosignature is told of each.
    """
    size = transaction.connection.execute(
        select(func.max(CHECKPOINT.c.size)).where(CHECKPOINT.c.operator == transaction.operator)
    ).scalar()
    if not isinstance(size, int | None):
        return AuditReport(None, (Finding(FindingKind.MALFORMED, "checkpoint"),))
    findings = _findings(transaction, Trust(trust.log, trust.witnesses), size or 0, earlier, accesses_since)
    return AuditReport(size, tuple(islice(findings, MOST_FINDINGS)))


def _findings(
    transaction: Transaction,
    trust: Trust,
    covered: int,
    earlier: Sequence[SignedCheckpoint],
    accesses_since: datetime | None,
) -> Iterator[Finding]:
    yield from _head_findings(transaction)
    yield from _tree_findings(transaction, trust, covered)
    yield from _extra_tile_findings(transaction, covered)
    yield from earlier_findings(earlier, trust, covered, lambda size: _root(transaction, size))
    yield from record_findings(transaction, accesses_since)


def _head_findings(transaction: Transaction) -> Iterator[Finding]:
    (leaves,) = transaction.connection.execute(
        select(func.count()).select_from(LEAF).where(LEAF.c.operator == transaction.operator)
    ).one()
    head = transaction.connection.execute(stored(transaction, LOG_HEAD, "size")).scalar()
    if head is None and leaves:
        yield Finding(FindingKind.MISSING, "head")
    elif (head or 0) != leaves:
        yield Finding(FindingKind.CHANGED, "head")


def _tree_findings(transaction: Transaction, trust: Trust, covered: int) -> Iterator[Finding]:
    """Leaves in their order, with the tiles and the checkpoints that they come to."""
    query = stored(transaction, CHECKPOINT, "size", "note")
    checkpoints = (row for page in pages(transaction, query, CHECKPOINT.c.size) for row in page)
    checkpoint = next(checkpoints, None)
    edge = Edge()
    expected = 0
    hashes: list[bytes] = []
    for found in stored_leaves(transaction):
        while checkpoint is not None and checkpoint.size <= expected:
            yield from _grow(transaction, edge, hashes)
            hashes = []
            yield from _checkpoint_findings(checkpoint, edge, trust)
            checkpoint = next(checkpoints, None)
        if found.position != expected:
            place = found.position if _is_before(found.position, expected) else expected
            kind = FindingKind.EXTRA if place != expected else FindingKind.MISSING
            # What comes after it has no place in the tree.
            yield Finding(kind, f"leaf {place}")
            return
        if found.leaf is None:
            yield Finding(FindingKind.MALFORMED, f"leaf {expected}")
        expected += 1
        if expected <= covered:
            hashes.append(found.leaf.hash if found.leaf is not None else leaf_hash(b""))
        if len(hashes) == TILE_WIDTH:
            yield from _grow(transaction, edge, hashes)
            hashes = []
    yield from _grow(transaction, edge, hashes)
    while checkpoint is not None and checkpoint.size <= expected:
        yield from _checkpoint_findings(checkpoint, edge, trust)
        checkpoint = next(checkpoints, None)
    if checkpoint is not None:
        yield Finding(FindingKind.MISSING, f"leaf {expected}")
    for tile in edge.partial_tiles():
        yield from _tile_findings(transaction, tile)


def _is_before(position: object, expected: int) -> bool:
    return isinstance(position, int) and position < expected


def _grow(transaction: Transaction, edge: Edge, hashes: list[bytes]) -> Iterator[Finding]:
    for tile in edge.grow(hashes):
        # Of the others, only how they end is kept.
        if len(tile.hashes) == TILE_WIDTH * HASH_BYTES:
            yield from _tile_findings(transaction, tile)


def _tile_findings(transaction: Transaction, tile: Tile) -> Iterator[Finding]:
    kept = _kept_tile(transaction, tile.level, tile.number)
    name = f"tile {tile.level}/{tile.number}"
    if kept is None:
        yield Finding(FindingKind.MISSING, name)
    elif kept != tile.hashes:
        yield Finding(FindingKind.CHANGED, name)
        if tile.level == 0 and isinstance(kept, bytes) and len(kept) == len(tile.hashes):
            pairs = zip(split_hashes(kept), split_hashes(tile.hashes), strict=True)
            for at, (was, is_now) in enumerate(pairs):
                if was != is_now:
                    yield Finding(FindingKind.CHANGED, f"leaf {tile.number * TILE_WIDTH + at}")


def _checkpoint_findings(row: Row[Any], edge: Edge, trust: Trust) -> Iterator[Finding]:
    """What is wrong with a checkpoint of a tree as it is now."""
    place = f"checkpoint {row.size}"
    signed = _parsed(row.note)
    if signed is None:
        yield Finding(FindingKind.MALFORMED, place)
        return
    yield from signature_findings(signed, trust, place)
    if (row.size, signed.checkpoint.size, signed.checkpoint.root) != (edge.size, edge.size, edge.root()):
        yield Finding(FindingKind.CHANGED, place)


def _parsed(note: object) -> SignedCheckpoint | None:
    try:
        return parse_checkpoint(note) if isinstance(note, bytes) else None
    except UnreadableData:
        return None


def _root(transaction: Transaction, size: int) -> bytes | None:
    """The root of the first leaves, as the tiles have it."""

    def read(level: int, number: int) -> bytes:
        hashes = _kept_tile(transaction, level, number)
        if not isinstance(hashes, bytes):
            raise LookupError("no such tile")
        return hashes

    try:
        return root_at(size, hash_reader(read))
    except LookupError:
        return None


def _kept_tile(transaction: Transaction, level: int, number: int) -> object:
    query = stored(transaction, TILE, "hashes").where(TILE.c.level == level, TILE.c.number == number)
    return transaction.connection.execute(query).scalar()


def _extra_tile_findings(transaction: Transaction, covered: int) -> Iterator[Finding]:
    """That there is no tile but those of the last checkpoint's tree."""
    count = select(func.count()).select_from(TILE).where(TILE.c.operator == transaction.operator)
    if transaction.connection.execute(count).scalar() == tile_count(covered):
        return
    for level, number in transaction.connection.execute(stored(transaction, TILE, "level", "number")):
        if not (isinstance(level, int) and isinstance(number, int) and has_tile(covered, level, number)):
            yield Finding(FindingKind.EXTRA, f"tile {level}/{number}")
