"""Records that only the vault opens: pictures of a referred case, templates where a purpose keeps one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bonafide.errors import VaultClosed
from bonafide.store.schema import EPOCH, SEALED
from bonafide.store.transaction import Transaction
from bonafide.vault.binding import Binding
from bonafide.vault.envelope import Sealed
from bonafide.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A sealed record: whose and what for in the clear, by random identifiers; what it says encrypted."""

    id: str
    subject: str
    consent: str
    purpose: str
    referred_case: str | None
    kind: str
    model_contract: str
    epoch: int
    wrapped_key: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)
    made_at: datetime
    deadline: datetime

    def binding(self, operator: str) -> Binding:
        """What it is sealed with: in another's row it does not open."""
        return Binding(
            operator, self.subject, self.purpose, self.consent, self.id, self.kind, self.model_contract
        )


def seal_into(
    transaction: Transaction,
    vault: Vault,
    plaintext: bytes | bytearray,
    *,
    epoch: int,
    id: str,  # noqa: A002 - as the column
    subject: str,
    consent: str,
    purpose: str,
    kind: str,
    made_at: datetime,
    deadline: datetime,
    referred_case: str | None = None,
    model_contract: str = "",
) -> SealedRow:
    """Seal and keep a record under an epoch, which cannot be destroyed meanwhile; the caller wipes what was
    sealed. Raises `VaultClosed` if the holder cannot be reached or the epoch has been destroyed.
    """
    hold(transaction, epoch)
    binding = Binding(transaction.operator, subject, purpose, consent, id, kind, model_contract)
    sealed = vault.seal(plaintext, binding, epoch)
    row = SealedRow(
        id,
        subject,
        consent,
        purpose,
        referred_case,
        kind,
        model_contract,
        sealed.epoch,
        sealed.wrapped_key,
        sealed.nonce,
        sealed.ciphertext,
        made_at,
        deadline,
    )
    transaction.add(SEALED, row)
    return row


def find(transaction: Transaction, record: str) -> SealedRow | None:
    """A record, sealed."""
    return transaction.one(SealedRow, SEALED, SEALED.c.id == record)


def of_case(transaction: Transaction, case: str) -> tuple[SealedRow, ...]:
    """The records of a referred case, sealed."""
    return transaction.all(SealedRow, SEALED, SEALED.c.referred_case == case, order=[SEALED.c.id])


def of_subject(transaction: Transaction, subject: str) -> tuple[SealedRow, ...]:
    """Every record of a person, sealed."""
    return transaction.all(SealedRow, SEALED, SEALED.c.subject == subject, order=[SEALED.c.id])


def open_from(vault: Vault, operator: str, row: SealedRow) -> bytearray:
    """What a record says; the caller wipes it. Raises `RecordAltered` if it was changed or is not the row's
    own, `VaultClosed` without its key.
    """
    return vault.open(Sealed(row.epoch, row.wrapped_key, row.nonce, row.ciphertext), row.binding(operator))


def hold(transaction: Transaction, epoch: int) -> None:
    """Keep an epoch from being destroyed until this transaction ends. Raises `VaultClosed` if it has been."""
    query = (
        select(EPOCH.c.destroyed_at)
        .where(EPOCH.c.operator == transaction.operator, EPOCH.c.number == epoch)
        .with_for_update(read=True, key_share=True)  # SQLite has one writer, and knows no such lock
    )
    found = transaction.connection.execute(query).first()
    if found is None or found.destroyed_at is not None:
        raise VaultClosed(
            "The epoch under which this is sealed has been destroyed, or never began",
            "Seal it under the current epoch",
        )
