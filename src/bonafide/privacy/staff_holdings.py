"""What is kept of those who work with it: erasing a customer leaves it, and it goes when it is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, or_, select

from bonafide.evidence.access import AccessRow
from bonafide.privacy.holding import NobodysOwn, remove_some, unless_rested_on
from bonafide.store import Transaction
from bonafide.store.line_tables import OBJECTION
from bonafide.store.people_tables import ACCOUNT, CREDENTIAL, INVITATION, WEB_SESSION
from bonafide.store.schema import ACCESS, APPROVAL, BREAK_GLASS, CONSENT, DECISION, REFERRED_CASE, SEALED


@dataclass(frozen=True, slots=True)
class Accesses(NobodysOwn):
    """Who opened what of somebody, for as long as its identifiers lead to them. Erasing somebody leaves these
    rows: they speak of staff, and of identifiers that then lead nowhere.
    """

    name: str = "access"
    tables: tuple[Table, ...] = (ACCESS,)

    def export(self, transaction: Transaction, subject: str) -> Sequence[object]:
        own = [
            select(table.c.id).where(table.c.operator == transaction.operator, table.c.subject == subject)
            for table in (CONSENT, DECISION, SEALED, OBJECTION)
        ]
        cases = select(REFERRED_CASE.c.id).where(
            REFERRED_CASE.c.operator == transaction.operator, REFERRED_CASE.c.subject == subject
        )
        theirs = or_(
            ACCESS.c.record == subject,
            *(ACCESS.c.record.in_(records) for records in own),
            ACCESS.c.referred_case.in_(cases),
        )
        return transaction.all(AccessRow, ACCESS, theirs, order=[ACCESS.c.at, ACCESS.c.id])

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        return remove_some(transaction, ACCESS, ACCESS.c.deadline <= now, most=most)


@dataclass(frozen=True, slots=True)
class BreakGlasses(NobodysOwn):
    """Requests to open something out of the ordinary, and who approved. Of staff, like accesses; each that
    was used is an access besides.
    """

    name: str = "break-glass"
    tables: tuple[Table, ...] = (BREAK_GLASS, APPROVAL)

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        due = (
            select(BREAK_GLASS.c.id)
            .where(BREAK_GLASS.c.operator == transaction.operator, BREAK_GLASS.c.deadline <= now)
            .order_by(BREAK_GLASS.c.id)
            .limit(most)
        )
        ids = [row.id for row in transaction.connection.execute(due)]
        approvals = transaction.remove(APPROVAL, APPROVAL.c.break_glass.in_(ids))
        return approvals + transaction.remove(BREAK_GLASS, BREAK_GLASS.c.id.in_(ids))


@dataclass(frozen=True, slots=True)
class OfStaff(NobodysOwn):
    """Rows that speak of staff alone, and go when they are due."""

    name: str
    table: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.table,)

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        return remove_some(transaction, self.table, self.table.c.deadline <= now, most=most)


@dataclass(frozen=True, slots=True)
class StaffAccounts(NobodysOwn):
    """Accounts that ended, as long as the log may speak of them; how they entered went with their end."""

    name: str = "account"
    tables: tuple[Table, ...] = (CREDENTIAL, ACCOUNT)

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        resting = tuple(table.c.account for table in (CREDENTIAL, INVITATION, WEB_SESSION))
        return remove_some(
            transaction, ACCOUNT, ACCOUNT.c.deadline <= now, *unless_rested_on(ACCOUNT, resting), most=most
        )
