"""Proofs for customers, out of the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonafide.evidence.broken import log_broken
from bonafide.evidence.checkpoint import SignedCheckpoint, parse_checkpoint
from bonafide.evidence.commitment import opens
from bonafide.evidence.leaf import Leaf
from bonafide.evidence.log import prove_inclusion
from bonafide.evidence.proof import EntryProof, Opening
from bonafide.evidence.records import Record
from bonafide.store import Transaction
from bonafide.store.schema import CHECKPOINT, LEAF

# How far back a checkpoint with a witness's cosignature is preferred to a newer one without.
_MOST_CHECKPOINTS: Final = 64


@dataclass(frozen=True, slots=True)
class _Note:
    note: bytes


def newest_checkpoints(transaction: Transaction, covering: int) -> tuple[SignedCheckpoint, ...]:
    """The newest checkpoints of trees with more leaves than `covering`, newest first."""
    query = (
        CHECKPOINT.select()
        .where(CHECKPOINT.c.size > covering)
        .order_by(CHECKPOINT.c.size.desc())
        .limit(_MOST_CHECKPOINTS)
    )
    return tuple(parse_checkpoint(row.note) for row in transaction.chosen(_Note, query, CHECKPOINT))


def prove_record(transaction: Transaction, record: Record) -> EntryProof | None:
    """That a record is in the log: by the newest checkpoint that somebody cosigned, else by the newest. None
    while no checkpoint covers it.

    Raises `LogBroken` if the log does not hold this record where the record says.
    """
    position = record.position
    leaf = transaction.one(Leaf, LEAF, LEAF.c.position == position) if position is not None else None
    if (
        position is None
        or leaf is None
        or leaf.kind != record.kind
        or not opens(leaf.commitment, record.salt, record.content)
    ):
        raise log_broken("does not hold this record")
    covering = newest_checkpoints(transaction, position)
    if not covering:
        return None
    cosigned = [signed for signed in covering if len(signed.note.signatures) > 1]
    signed = (cosigned or covering)[0]
    hashes = prove_inclusion(transaction, position, signed.checkpoint.size)
    return EntryProof(Opening(record.kind, leaf.made_at, record.salt), position, hashes, signed)
