"""What is kept of things that are in the log, with what opens their commitments."""

from __future__ import annotations

from dataclasses import dataclass, field

from bonafide.evidence.access import AccessRow
from bonafide.evidence.commitment import commit
from bonafide.evidence.leaf import Leaf, LeafKind
from bonafide.evidence.statements import erasure_salt
from bonafide.store import Transaction
from bonafide.store.schema import ACCESS, DECISION, ERASURE, LEAF


@dataclass(frozen=True, slots=True)
class Record:
    """A content that the log commits to, at `position`; None if no leaf of its kind does."""

    kind: LeafKind
    content: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    position: int | None


@dataclass(frozen=True, slots=True)
class _Decision:
    receipt: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    position: int


@dataclass(frozen=True, slots=True)
class _Erasure:
    receipt: bytes = field(repr=False)
    last_receipt: bytes | None = field(repr=False)


def records_of(transaction: Transaction, identifier: str) -> tuple[Record, ...]:
    """What is kept under the identifier of a decision, an access or an erasure: of the last the receipt, and
    the second one once there is one. Nothing for an identifier that is of none of them, or not any more.
    """
    decision = transaction.one(_Decision, DECISION, DECISION.c.id == identifier)
    if decision is not None:
        return (Record(LeafKind.DECISION, decision.receipt, decision.salt, decision.position),)
    access = transaction.one(AccessRow, ACCESS, ACCESS.c.id == identifier)
    if access is not None:
        return (Record(LeafKind.ACCESS, access.event.content(), access.salt, access.position),)
    erasure = transaction.one(_Erasure, ERASURE, ERASURE.c.id == identifier)
    if erasure is not None:
        receipts = (erasure.receipt, erasure.last_receipt)
        return tuple(_of_erasure(transaction, receipt) for receipt in receipts if receipt is not None)
    return ()


def _of_erasure(transaction: Transaction, receipt: bytes) -> Record:
    salt = erasure_salt(receipt)
    leaf = transaction.one(
        Leaf, LEAF, LEAF.c.kind == LeafKind.ERASURE, LEAF.c.commitment == commit(salt, receipt)
    )
    return Record(LeafKind.ERASURE, receipt, salt, leaf.position if leaf is not None else None)
