"""An operator's log with what is kept of some of its leaves, the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.integration.store.rows import ConsentRow, DecisionRow, SubjectRow

from bonafide.evidence import serialise_receipt, sign_receipt
from bonafide.evidence.access import AccessEvent, Action, record_access
from bonafide.evidence.audit import AuditReport
from bonafide.evidence.audit_store import audit_store
from bonafide.evidence.checkpoint import SignedCheckpoint, log_key
from bonafide.evidence.leaf import LeafKind
from bonafide.evidence.log import Appending, append, integrate
from bonafide.evidence.statements import ErasureClaims, UnreadableClaims, erasure_salt
from bonafide.evidence.trust import Trust
from bonafide.store import Store, Transaction
from bonafide.store.schema import CONSENT, DECISION, ERASURE, SUBJECT
from bonafide.vault import FileSigner

OPERATOR: Final = "a.example"
NOW: Final = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
# Checkpoints after so many leaves; the tree then has a tile over another.
SIZES: Final = (40, 256, 300)
LOG, OTHER, RECEIPTS = (
    FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)) for seed in (1, 2, 3)
)
TRUST: Final = Trust(log_key(OPERATOR, LOG))
_KINDS: Final = ("erased", "decision", "access", "erasure", "erased", "decision", "unreadable")


@dataclass(frozen=True)
class ErasureRow:
    id: str
    erased_at: datetime
    receipt: bytes
    epochs: str = "[]"
    unreadable_at: datetime | None = None
    last_receipt: bytes | None = None


@dataclass(frozen=True)
class _Said:
    """What a receipt of a decision says, as far as an audit looks."""

    identifier: str
    outcome: str

    def as_document(self) -> dict[str, str | bool | list[str]]:
        return {"identifier": self.identifier, "purpose": "sim-signup", "outcome": self.outcome}


def fill(store: Store, sizes: tuple[int, ...] = SIZES, done: int = 0) -> list[SignedCheckpoint]:
    """Log and keep, up to each of the sizes; the checkpoints made on the way."""
    store.begin_operator(OPERATOR, NOW)
    signed = []
    for size in sizes:
        store.write(OPERATOR, partial(keep, first=done, last=size))
        signed.append(integrate(store, OPERATOR, LOG, NOW))
        done = size
    return signed


def keep(transaction: Transaction, first: int, last: int) -> None:
    for number in range(first, last):
        # Most of what was logged is erased, as it is in a log of some years.
        kind = _KINDS[number % len(_KINDS)] if number % 17 < 3 else "erased"
        salt = hashlib.sha256(b"%d" % number).digest()
        now = NOW + timedelta(seconds=number)
        identifier = f"{number:08}"
        if kind == "decision":
            said = _Said(identifier, ("accept", "refer")[number % 2])
            receipt = serialise_receipt(sign_receipt(said, RECEIPTS))
            (position,) = append(transaction, now, Appending(LeafKind.DECISION, receipt, salt))
            row = DecisionRow(
                identifier, identifier, identifier, position, decided_at=now, receipt=receipt, salt=salt
            )
            transaction.add(SUBJECT, SubjectRow(identifier))
            transaction.add(CONSENT, ConsentRow(identifier, identifier))
            transaction.add(DECISION, replace(row, outcome=said.outcome))
        elif kind == "access":
            event = AccessEvent(identifier, "reviewer 7", Action.REVIEW, "sim-signup", "case", None, now)
            record_access(transaction, event, deadline=NOW + timedelta(days=1000), salt=salt)
        elif kind in ("erasure", "unreadable"):
            claims = ErasureClaims(identifier, now, None, (("decision", 1),), (), None, "bonafide 0")
            kept = ErasureRow(identifier, now, serialise_receipt(sign_receipt(claims, RECEIPTS)))
            append(transaction, now, Appending(LeafKind.ERASURE, kept.receipt, erasure_salt(kept.receipt)))
            transaction.add(ERASURE, kept)
        else:
            append(transaction, now, Appending(LeafKind.DECISION, b"erased", salt))


def finish_an_erasure(store: Store, identifier: str) -> None:
    """Give an erasure its second receipt."""
    claims = UnreadableClaims("second", NOW, identifier, "0" * 64, (), "bonafide 0")
    receipt = serialise_receipt(sign_receipt(claims, RECEIPTS))

    def work(transaction: Transaction) -> None:
        append(transaction, NOW, Appending(LeafKind.ERASURE, receipt, erasure_salt(receipt)))
        transaction.change(ERASURE, ERASURE.c.id == identifier, last_receipt=receipt, unreadable_at=NOW)

    store.write(OPERATOR, work)


def audited(store: Store, earlier: Sequence[SignedCheckpoint] = (), operator: str = OPERATOR) -> AuditReport:
    with store.read(operator) as transaction:
        return audit_store(transaction, TRUST, earlier, NOW)


class _Undone(Exception):  # noqa: N818 - it says what became of the work
    def __init__(self, report: AuditReport | None) -> None:
        self.report = report


def audited_after(
    store: Store, change: Callable[[Transaction], object], earlier: Sequence[SignedCheckpoint] = ()
) -> AuditReport | None:
    """What an audit finds after a change, which is undone; None if it changed nothing."""

    def work(transaction: Transaction) -> None:
        changed = change(transaction)
        raise _Undone(None if changed is False else audit_store(transaction, TRUST, earlier, NOW))

    with pytest.raises(_Undone) as undone:
        store.write(OPERATOR, work)
    report: AuditReport | None = undone.value.report
    return report
