"""An operator's office: people who agree, are referred and decided about, with time and chance held still."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bonafide.evidence.leaf import LeafKind
from bonafide.evidence.log import Appending, append
from bonafide.privacy.consent import Age, Consent, Giver, give, token
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.now import Now
from bonafide.privacy.purpose import Kept, Purpose
from bonafide.privacy.purpose_file import purposes
from bonafide.privacy.referred_case import ReferredCase, open_case
from bonafide.store import Store, Transaction
from bonafide.store.epochs import current_epoch
from bonafide.store.schema import DECISION
from bonafide.store.sealed import SealedRow, seal_into
from bonafide.vault import FileSigner, UnsafeFileHolder, Vault
from bonafide.wording.language import Language

OPERATOR = "a.example"
OTHER = "b.example"
START = datetime(2026, 11, 25, 9, tzinfo=UTC)


@dataclass
class Office:
    """One operator, on one store. Its wall clock and retention time agree unless a test sets one."""

    store: Store
    vault: Vault
    operator: str = OPERATOR
    now: Now = field(default_factory=lambda: Now(START, START))
    signer: FileSigner = field(
        default_factory=lambda: FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    )

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self.store.begin_operator(self.operator, self.now.wall)
        self.vault.begin_operator(self.operator)

    def identifier(self) -> str:
        return f"{self.operator[0]}-{next(self._numbers):08}"

    def random(self, size: int) -> bytes:
        return hashlib.shake_256(self.identifier().encode()).digest(size)

    def passes(self, span: timedelta) -> None:
        self.now = Now(self.now.wall + span, self.now.retention + span)

    def gives(self, name: str = "sim-signup", subject: str | None = None, age: Age = Age.ADULT) -> Consent:
        purpose = purposes()[name]
        return self.store.write(
            self.operator,
            lambda transaction: give(
                transaction,
                purpose,
                version=purpose.version,
                language=Language.CHINESE,
                giver=Giver.PERSON,
                age=age,
                now=self.now,
                identifier=self.identifier,
                subject=subject,
            ),
        )

    def keeps(
        self, consent: Consent, plaintext: bytes, kind: Kept = Kept.CASE_PICTURE
    ) -> tuple[ReferredCase | None, SealedRow]:
        """A case with its picture, or a template."""
        purpose = purposes()[consent.purpose]
        epoch = current_epoch(self.store, self.vault, self.operator, self.now.retention).number

        def work(transaction: Transaction) -> tuple[ReferredCase | None, SealedRow]:
            case = None
            if kind is Kept.CASE_PICTURE:
                allowed = token(transaction, consent.id, purpose, self.now)
                case = open_case(transaction, purpose, allowed, self.now, self.identifier)
            row = seal_into(
                transaction,
                self.vault,
                plaintext,
                epoch=epoch,
                id=self.identifier(),
                subject=consent.subject,
                consent=consent.id,
                purpose=purpose.name,
                kind=kind,
                made_at=self.now.wall,
                deadline=self._deadline(purpose, kind),
                referred_case=case.id if case else None,
            )
            return case, row

        return self.store.write(self.operator, work)

    def decides(self, consent: Consent, number: str = "A1234567") -> DecisionRecord:
        purpose = purposes()[consent.purpose]
        index = self.vault.document_index(self.operator, "UTO", number)

        def work(transaction: Transaction) -> DecisionRecord:
            receipt, salt = b"receipt of " + consent.id.encode(), self.random(32)
            (position,) = append(transaction, self.now.wall, Appending(LeafKind.DECISION, receipt, salt))
            row = DecisionRecord(
                self.identifier(),
                consent.subject,
                consent.id,
                purpose.name,
                self.now.wall,
                "accept",
                receipt,
                index,
                position,
                salt,
                self._deadline(purpose, Kept.DECISION),
            )
            transaction.add(DECISION, row)
            return row

        return self.store.write(self.operator, work)

    def _deadline(self, purpose: Purpose, kind: Kept) -> datetime:
        deadline = purpose.deadline(kind, self.now.retention)
        assert deadline is not None
        return deadline


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(UnsafeFileHolder(tmp_path / "vault"))


@pytest.fixture
def office(store: Store, vault: Vault) -> Office:
    return Office(store, vault)


@pytest.fixture
def other(store: Store, vault: Vault) -> Office:
    """Another operator on the same store and holder."""
    return Office(store, vault, OTHER)
