"""All stores of personal data. A table that none of these names fails a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Table

from bonafide.privacy.consent import Consent, Subject
from bonafide.privacy.counted_row import CountedRow
from bonafide.privacy.delivery_holdings import Answers, Messages
from bonafide.privacy.holding import Holding, remove_some, unless_rested_on
from bonafide.privacy.kept_line import CodeRow, LineRow, ObjectionRow, SessionRow
from bonafide.privacy.known_case import KnownCaseRow
from bonafide.privacy.opinion import Opinion
from bonafide.privacy.passkey_holding import Passkeys
from bonafide.privacy.referred_case import ReferredCase
from bonafide.privacy.sign_up_rows import AttemptRow, SignUpRow
from bonafide.privacy.staff_holdings import Accesses, BreakGlasses, OfStaff, StaffAccounts
from bonafide.store import Transaction
from bonafide.store.counted_tables import COUNTED
from bonafide.store.known_tables import KNOWN_CASE, MEASUREMENT
from bonafide.store.line_tables import CUSTOMER_CODE, CUSTOMER_PASSKEY, CUSTOMER_SESSION, LINE, OBJECTION
from bonafide.store.people_tables import CEREMONY, INVITATION, OPINION, WEB_SESSION
from bonafide.store.schema import CONSENT, DECISION, REFERRED_CASE, SEALED, SUBJECT
from bonafide.store.sealed import SealedRow
from bonafide.store.sign_up_tables import ATTEMPT, SIGN_UP


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """What is kept of a decision: its signed receipt, a keyed hash of the document's number, its place in
    the log.
    """

    id: str
    subject: str
    consent: str
    purpose: str
    decided_at: datetime
    outcome: str
    receipt: bytes
    document_index: str | None
    position: int
    salt: bytes
    deadline: datetime


@dataclass(frozen=True, slots=True)
class OwnRows:
    """Rows that name the person and the purpose."""

    name: str
    table: Table
    kind: type[Any]
    # Columns of other tables that refer to this one's rows, which then stay until those have gone.
    resting: tuple[ColumnElement[Any], ...] = field(default=(), repr=False)
    # Whether it goes with one purpose, or stays to say what was agreed and withdrawn.
    goes_with_purpose: bool = True

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.table,)

    def export(self, transaction: Transaction, subject: str) -> Sequence[object]:
        return transaction.all(
            self.kind, self.table, self.table.c.subject == subject, order=[self.table.c.id]
        )

    def erase(
        self,
        transaction: Transaction,
        subject: str,
        purpose: str | None = None,
        *,
        staying: frozenset[str] = frozenset(),
    ) -> int:
        if purpose is not None and not self.goes_with_purpose:
            return 0
        of_purpose = () if purpose is None else (self.table.c.purpose == purpose,)
        spared = (self.table.c.id.not_in(staying),) if staying else ()
        return transaction.remove(self.table, self.table.c.subject == subject, *of_purpose, *spared)

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        return remove_some(
            transaction,
            self.table,
            self.table.c.deadline <= now,
            *unless_rested_on(self.table, self.resting),
            most=most,
        )


_OF_SUBJECTS: Final = (
    CONSENT,
    DECISION,
    REFERRED_CASE,
    SEALED,
    SIGN_UP,
    ATTEMPT,
    COUNTED,
    OPINION,
    KNOWN_CASE,
    LINE,
    OBJECTION,
    CUSTOMER_SESSION,
    CUSTOMER_CODE,
    CUSTOMER_PASSKEY,
)


@dataclass(frozen=True, slots=True)
class Subjects:
    """The identifiers that everything else hangs on: they go with the last of it."""

    name: str = "subject"
    tables: tuple[Table, ...] = (SUBJECT,)

    def export(self, transaction: Transaction, subject: str) -> Sequence[object]:
        return transaction.all(Subject, SUBJECT, SUBJECT.c.id == subject)

    def erase(
        self,
        transaction: Transaction,
        subject: str,
        purpose: str | None = None,
        *,
        staying: frozenset[str] = frozenset(),
    ) -> int:
        if purpose is not None or subject in staying:
            return 0
        return transaction.remove(SUBJECT, SUBJECT.c.id == subject)

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:  # noqa: ARG002
        resting = tuple(table.c.subject for table in _OF_SUBJECTS)
        return remove_some(transaction, SUBJECT, *unless_rested_on(SUBJECT, resting), most=most)


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was tried in vain. Erasing somebody leaves the keyed hashes until their hour is over, or whoever
    tries in vain would begin anew with an erasure; nothing leads from them to anybody then.
    """

    name: str = "attempt"
    tables: tuple[Table, ...] = (ATTEMPT,)

    def export(self, transaction: Transaction, subject: str) -> Sequence[object]:
        return transaction.all(
            AttemptRow, ATTEMPT, ATTEMPT.c.subject == subject, order=[ATTEMPT.c.at, ATTEMPT.c.id]
        )

    def erase(
        self,
        transaction: Transaction,
        subject: str,
        purpose: str | None = None,  # noqa: ARG002
        *,
        staying: frozenset[str] = frozenset(),  # noqa: ARG002
    ) -> int:
        return transaction.change(ATTEMPT, ATTEMPT.c.subject == subject, subject=None)

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        return remove_some(transaction, ATTEMPT, ATTEMPT.c.deadline <= now, most=most)


# In the order in which they are erased: what rests on something goes before it.
HOLDINGS: Final[tuple[Holding, ...]] = (
    # First: whoever decides a sign-up takes its row first, so that of two at once one waits for the other.
    OwnRows("sign-up", SIGN_UP, SignUpRow),
    Attempts(),
    OwnRows("counted", COUNTED, CountedRow),
    OwnRows("objection", OBJECTION, ObjectionRow),
    OwnRows("customer-session", CUSTOMER_SESSION, SessionRow, goes_with_purpose=False),
    OwnRows("customer-code", CUSTOMER_CODE, CodeRow, goes_with_purpose=False),
    OwnRows("line", LINE, LineRow),
    OwnRows("known-case", KNOWN_CASE, KnownCaseRow),
    OwnRows("sealed", SEALED, SealedRow),
    OwnRows("decision", DECISION, DecisionRecord, resting=(SIGN_UP.c.decision, LINE.c.decision)),
    OwnRows("opinion", OPINION, Opinion),
    OwnRows("case", REFERRED_CASE, ReferredCase, resting=(SEALED.c.referred_case, OPINION.c.referred_case)),
    OwnRows(
        "consent",
        CONSENT,
        Consent,
        resting=(
            SIGN_UP.c.consent,
            SEALED.c.consent,
            DECISION.c.consent,
            REFERRED_CASE.c.consent,
            LINE.c.consent,
            KNOWN_CASE.c.consent,
        ),
        goes_with_purpose=False,
    ),
    Passkeys(),
    Subjects(),
    Accesses(),
    BreakGlasses(),
    Messages(),
    Answers(),
    OfStaff("measurement", MEASUREMENT),
    OfStaff("web session", WEB_SESSION),
    OfStaff("ceremony", CEREMONY),
    OfStaff("invitation", INVITATION),
    StaffAccounts(),
)
