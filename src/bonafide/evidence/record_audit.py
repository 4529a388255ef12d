"""Auditing what is kept of things that are in the log: each must open its leaf, and each leaf its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Table, func, select

from bonafide.errors import UnreadableReceipt
from bonafide.evidence.access import AccessEvent
from bonafide.evidence.audit import Finding, FindingKind
from bonafide.evidence.commitment import commit, opens
from bonafide.evidence.leaf import LeafKind
from bonafide.evidence.receipt import parse_receipt
from bonafide.evidence.statements import erasure_salt
from bonafide.evidence.stored import moment_in, pages, stored
from bonafide.store import Transaction
from bonafide.store.schema import ACCESS, DECISION, ERASURE, LEAF

_MOST_POSITION: Final = 2**63 - 1
_DECISION: Final = ("id", "purpose", "outcome", "receipt", "decided_at", "position", "salt")
_ACCESS: Final = ("id", "who", "action", "purpose", "referred_case", "record", "at", "position", "salt")


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A record that says where its leaf is; `content` is None where the row contradicts itself."""

    place: str
    kind: LeafKind
    made_at: Any
    position: Any
    salt: Any
    content: bytes | None


def record_findings(transaction: Transaction, accesses_since: datetime | None) -> Iterator[Finding]:
    """What is wrong with records, given that the leaves are what they were. Every access since then, as its
    leaf tells, must have its record; None asks for none.
    """
    for page in pages(transaction, stored(transaction, DECISION, *_DECISION), DECISION.c.id):
        yield from _page_findings(transaction, [_decision(row) for row in page])
    for page in pages(transaction, stored(transaction, ACCESS, *_ACCESS), ACCESS.c.id):
        yield from _page_findings(transaction, [_access(row) for row in page])
    for table in (DECISION, ACCESS):
        yield from _repeated_findings(transaction, table)
    if accesses_since is not None:
        yield from _dropped_accesses(transaction, accesses_since)
    yield from _erasure_findings(transaction)


def _decision(row: Row[Any]) -> _Claimed:
    says = _says(row.receipt)
    said = (says.get("identifier"), says.get("purpose"), says.get("outcome"))
    content = row.receipt if said == (row.id, row.purpose, row.outcome) else None
    place = f"decision {row.id}"
    return _Claimed(place, LeafKind.DECISION, row.decided_at, row.position, row.salt, content)


def _access(row: Row[Any]) -> _Claimed:
    at = moment_in(row.at)
    texts = (row.id, row.who, row.action, row.purpose, row.referred_case, row.record)
    content = None
    if at is not None and all(isinstance(text, str | None) for text in texts):
        content = AccessEvent(*texts, at).content()
    return _Claimed(f"access {row.id}", LeafKind.ACCESS, row.at, row.position, row.salt, content)


def _page_findings(transaction: Transaction, claimed: Sequence[_Claimed]) -> Iterator[Finding]:
    positions = [
        each.position
        for each in claimed
        if isinstance(each.position, int) and 0 <= each.position <= _MOST_POSITION
    ]
    query = stored(transaction, LEAF, "position", "kind", "made_at", "commitment")
    found = transaction.connection.execute(query.where(LEAF.c.position.in_(positions)))
    leaves = {row.position: (row.kind, row.made_at, row.commitment) for row in found}
    for each in claimed:
        kind, made_at, commitment = leaves.get(each.position, (None, None, None))
        if kind is None:
            yield Finding(FindingKind.MISSING, f"leaf of {each.place}")
        elif not (
            (kind, made_at) == (each.kind, each.made_at)
            and each.content is not None
            and isinstance(each.salt, bytes)
            and isinstance(commitment, bytes)
            and opens(commitment, each.salt, each.content)
        ):
            yield Finding(FindingKind.CHANGED, each.place)


def _repeated_findings(transaction: Transaction, table: Table) -> Iterator[Finding]:
    """Records that share a leaf, of which one is a copy."""
    repeated = (
        select(table.c.position)
        .where(table.c.operator == transaction.operator)
        .group_by(table.c.position)
        .having(func.count() > 1)
    )
    for (position,) in transaction.connection.execute(repeated):
        yield Finding(FindingKind.EXTRA, f"{table.name} of leaf {position}")


def _dropped_accesses(transaction: Transaction, since: datetime) -> Iterator[Finding]:
    known = select(ACCESS.c.position).where(ACCESS.c.operator == transaction.operator)
    query = stored(transaction, LEAF, "position").where(
        LEAF.c.kind == LeafKind.ACCESS, LEAF.c.made_at >= since, LEAF.c.position.not_in(known)
    )
    for (position,) in transaction.connection.execute(query.order_by(LEAF.c.position)):
        yield Finding(FindingKind.MISSING, f"access of leaf {position}")


def _erasure_findings(transaction: Transaction) -> Iterator[Finding]:
    """Receipts of erasures are never erased, so each has a leaf and each leaf a receipt."""
    query = stored(transaction, LEAF, "commitment", "position").where(LEAF.c.kind == LeafKind.ERASURE)
    unclaimed = {row.commitment: row.position for row in transaction.connection.execute(query)}
    known: set[bytes] = set()
    for page in pages(
        transaction, stored(transaction, ERASURE, "id", "receipt", "last_receipt"), ERASURE.c.id
    ):
        for row in page:
            place = f"erasure {row.id}"
            if _says(row.receipt).get("identifier") != row.id:
                yield Finding(FindingKind.CHANGED, place)
            for receipt in (row.receipt, row.last_receipt):
                if receipt is None:
                    continue
                commitment = commit(erasure_salt(receipt), receipt) if isinstance(receipt, bytes) else b""
                if commitment in known:
                    yield Finding(FindingKind.EXTRA, place)
                elif unclaimed.pop(commitment, None) is None:
                    yield Finding(FindingKind.MISSING, f"leaf of {place}")
                known.add(commitment)
    for position in sorted(unclaimed.values()):
        yield Finding(FindingKind.MISSING, f"erasure of leaf {position}")


def _says(receipt: object) -> Mapping[str, object]:
    try:
        return parse_receipt(receipt).claims if isinstance(receipt, bytes) else {}
    except UnreadableReceipt:
        return {}
