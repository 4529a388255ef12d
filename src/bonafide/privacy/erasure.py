"""Erasing somebody, with a receipt; and a second one when no backup can be opened any more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bonafide.errors import NotPermitted
from bonafide.evidence.leaf import LeafKind
from bonafide.evidence.log import Appending, append
from bonafide.evidence.receipt import Signer, serialise_receipt, sign_receipt
from bonafide.evidence.statements import ErasureClaims, UnreadableClaims, erasure_salt
from bonafide.privacy.holdings import HOLDINGS
from bonafide.privacy.kept_by_law import kept_by_law, let_go_with_the_line
from bonafide.privacy.now import Now
from bonafide.store import Store, Transaction
from bonafide.store.epochs import Epoch
from bonafide.store.schema import CONSENT, DECISION, EPOCH, ERASURE

# For how long after its end an epoch's key is held, for backups to be worth restoring. With the 30 days of an
# epoch that makes the 60 that people are promised (docs/your-face.md).
BACKUPS: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, by holding, and what says so. `epochs` are those whose keys could still open an older
    backup, `keys_gone_by` when the last of them goes at the latest, in retention time. `forgotten` is false
    while somebody still reads what was before, so that bytes of it remain until `Store.forget_deleted` is
    called again. `in_term` is how many lines the law has stay: `stays_until`, in retention time, is when the
    last of them goes; None if they were erased.
    """

    identifier: str
    rows: tuple[tuple[str, int], ...]
    epochs: tuple[int, ...]
    keys_gone_by: datetime | None
    receipt: bytes = field(repr=False)
    forgotten: bool = False
    in_term: int = 0
    stays_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """That something was erased; not whose."""

    id: str
    erased_at: datetime
    receipt: bytes = field(repr=False)
    epochs: str
    unreadable_at: datetime | None = None
    last_receipt: bytes | None = field(default=None, repr=False)


def subjects_of(transaction: Transaction, document_index: str) -> tuple[str, ...]:
    """Whom the decisions about a document are about, by `Vault.document_index`."""
    query = select(DECISION.c.subject).where(
        DECISION.c.operator == transaction.operator, DECISION.c.document_index == document_index
    )
    return tuple(transaction.connection.execute(query.distinct().order_by(DECISION.c.subject)).scalars())


def erase(
    store: Store,
    operator: str,
    subjects: Iterable[str],
    *,
    now: Now,
    identifier: Callable[[], str],
    signer: Signer,
    software: str,
    purpose: str | None = None,
    within_law: bool = False,
    first: Callable[[Transaction], None] = lambda _transaction: None,
) -> Erased:
    """Erase all that is kept of somebody, under however many identifiers, or only what rests on consents to
    one purpose, which must have been withdrawn. Data keys go with the records that they encrypt.

    `within_law` spares what the law makes stay of lines, which then goes when they do; without, that goes as
    well, and whoever wants it so answers for it.

    `first` is asked in the same unit of work, and whatever it raises leaves everything as it was. Somebody of
    whom nothing is kept, any more or ever, is no error. Raises `NotPermitted` if a consent to the
    purpose still stands, `StoreUnusable` as the store does.
    """
    whom = tuple(dict.fromkeys(subjects))

    def work(transaction: Transaction) -> Erased:
        first(transaction)
        if purpose is not None:
            _require_withdrawn(transaction, whom, purpose)
        law = kept_by_law(transaction, whom, now, purpose)
        staying = law.rows if within_law else frozenset[str]()
        rows = tuple(
            (
                holding.name,
                sum(holding.erase(transaction, subject, purpose, staying=staying) for subject in whom),
            )
            for holding in HOLDINGS
        )
        if within_law:
            let_go_with_the_line(transaction, law)
        epochs, gone_by = _living_epochs(transaction)
        claims = ErasureClaims(
            identifier=identifier(),
            issued_at=now.wall,
            purpose=purpose,
            erased=rows,
            epochs=epochs,
            keys_gone_by=gone_by,
            software=software,
        )
        receipt = serialise_receipt(sign_receipt(claims, signer))
        transaction.add(ERASURE, ErasureRow(claims.identifier, now.wall, receipt, json.dumps(epochs)))
        _log(transaction, receipt, now)
        return Erased(
            claims.identifier,
            rows,
            epochs,
            gone_by,
            receipt,
            in_term=law.lines,
            stays_until=law.until if within_law else None,
        )

    erased = store.write(operator, work)
    return replace(erased, forgotten=store.forget_deleted())


def finish_erasures(
    transaction: Transaction, *, now: Now, identifier: Callable[[], str], signer: Signer, software: str
) -> int:
    """Give the second receipt for each erasure whose last epoch's key is destroyed; how many there were."""
    destroyed = {epoch.number for epoch in transaction.all(Epoch, EPOCH, EPOCH.c.destroyed_at.is_not(None))}
    finished = 0
    for row in transaction.all(ErasureRow, ERASURE, ERASURE.c.unreadable_at.is_(None)):
        epochs = tuple(json.loads(row.epochs))
        if not destroyed.issuperset(epochs):
            continue
        claims = UnreadableClaims(
            identifier=identifier(),
            issued_at=now.wall,
            erasure=row.id,
            first_receipt=hashlib.sha256(row.receipt).hexdigest(),
            epochs=epochs,
            software=software,
        )
        receipt = serialise_receipt(sign_receipt(claims, signer))
        transaction.change(ERASURE, ERASURE.c.id == row.id, unreadable_at=now.wall, last_receipt=receipt)
        _log(transaction, receipt, now)
        finished += 1
    return finished


def receipts_of(transaction: Transaction, erasure: str) -> tuple[bytes, ...]:
    """The receipts of an erasure by its identifier: the first, and the second once there is one."""
    row = transaction.one(ErasureRow, ERASURE, ERASURE.c.id == erasure)
    if row is None:
        return ()
    return (row.receipt, row.last_receipt) if row.last_receipt is not None else (row.receipt,)


def _log(transaction: Transaction, receipt: bytes, now: Now) -> None:
    append(transaction, now.wall, Appending(LeafKind.ERASURE, receipt, erasure_salt(receipt)))


def _living_epochs(transaction: Transaction) -> tuple[tuple[int, ...], datetime | None]:
    """Every epoch with a key: what was erased before, such as the pictures of a decided case, lies in the
    backups of any of them.
    """
    living = transaction.all(Epoch, EPOCH, EPOCH.c.destroyed_at.is_(None), order=[EPOCH.c.number])
    if not living:
        return (), None
    return tuple(epoch.number for epoch in living), max(epoch.ends_at for epoch in living) + BACKUPS


def _require_withdrawn(transaction: Transaction, subjects: tuple[str, ...], purpose: str) -> None:
    stands = (
        select(CONSENT.c.id)
        .where(
            CONSENT.c.operator == transaction.operator,
            CONSENT.c.subject.in_(subjects),
            CONSENT.c.purpose == purpose,
            CONSENT.c.withdrawn_at.is_(None),
        )
        .limit(1)
    )
    if transaction.connection.execute(stands).first() is not None:
        raise NotPermitted("A consent to that purpose still stands", "Withdraw it first")
