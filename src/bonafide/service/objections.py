"""Objections: somebody says that a line in their name is not theirs, and a person looks into it in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from bonafide.errors import NotPermitted
from bonafide.evidence.access import Action
from bonafide.outcome import LineReason
from bonafide.privacy import Kept, Now, purpose_named, purposes
from bonafide.privacy.kept_access import log_access
from bonafide.privacy.kept_line import LineRow, ObjectionRow
from bonafide.privacy.report import working_days_after
from bonafide.privacy.staff import require_staff_name
from bonafide.service.announcing import announce
from bonafide.service.counter import Counter
from bonafide.service.line import Line, LineEnd, LineRefused
from bonafide.service.line_limit import take_turn
from bonafide.service.lines import end_line
from bonafide.service.moment import as_kept
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.store import Transaction
from bonafide.store.line_tables import CUSTOMER_PASSKEY, CUSTOMER_SESSION, LINE, OBJECTION

# MIIT's notice in force since 1 December 2019 has an objection looked into at once, and names no number.
WORKING_DAYS: Final = 5


class ObjectionOutcome(StrEnum):
    """What a person found."""

    UPHELD = "upheld"
    """The line is not theirs, and has ended."""

    DISMISSED = "dismissed"
    """The line stays."""


@dataclass(frozen=True, slots=True)
class Objection:
    """That somebody said a line is not theirs, never who. Moments have a time zone; it is to be decided by
    `due_at`, five days from Monday to Friday (UTC) after it was made, at the same hour.
    """

    id: str
    line: str
    made_at: datetime
    due_at: datetime
    decided_at: datetime | None
    outcome: ObjectionOutcome | None

    @classmethod
    def of(cls, row: ObjectionRow) -> Objection:
        """What may be told of what is kept."""
        outcome = ObjectionOutcome(row.outcome) if row.outcome is not None else None
        return cls(row.id, row.line, row.made_at, row.due_at, row.decided_at, outcome)


@dataclass(frozen=True, slots=True)
class WaitingObjection:
    """An objection that a person must decide, how old it is, and the line, None if that was erased since."""

    objection: Objection
    line: Line | None
    age: timedelta
    overdue: bool


class Objections:
    """What people object to at one operator; safe to share between threads."""

    def __init__(self, counter: Counter, operator: str) -> None:
        self._kept = counter.kept(operator)

    def waiting(self) -> tuple[WaitingObjection, ...]:
        """The objections that wait to be decided, the one due first at the head."""
        now = self._kept.now()
        with self._kept.store.read(self._kept.operator) as transaction:
            rows = transaction.all(
                ObjectionRow,
                OBJECTION,
                OBJECTION.c.decided_at.is_(None),
                order=[OBJECTION.c.due_at, OBJECTION.c.id],
            )
            found = transaction.all(LineRow, LINE, LINE.c.id.in_([row.line for row in rows]))
        lines = {row.id: Line.of(row) for row in found}
        return tuple(
            WaitingObjection(
                Objection.of(row),
                lines.get(row.line),
                max(now.wall - row.made_at, timedelta(0)),
                now.wall >= row.due_at,
            )
            for row in rows
        )

    def find(self, objection: str) -> Objection | None:
        """An objection, decided or not."""
        with self._kept.store.read(self._kept.operator) as transaction:
            row = transaction.one(ObjectionRow, OBJECTION, OBJECTION.c.id == objection)
        return Objection.of(row) if row is not None else None

    def decide(self, objection: str, who: str, outcome: ObjectionOutcome) -> Objection | None:
        """Decide an objection, in whose log it is who did: upheld, its line has ended when this returns. None
        if there is no such objection.

        Raises `UsageError` for somebody who is not named in one short line, `NotPermitted` for an objection
        that was decided before.
        """
        require_staff_name(who)
        now = self._kept.now()

        def work(transaction: Transaction) -> ObjectionRow | None:
            take_turn(transaction)
            row = transaction.one(ObjectionRow, OBJECTION, OBJECTION.c.id == objection)
            return _decided(transaction, row, who, outcome, now) if row is not None else None

        row = self._kept.store.write(self._kept.operator, work)
        return Objection.of(row) if row is not None else None


def make_objection(transaction: Transaction, line: LineRow, subject: str, now: Now) -> ObjectionRow:
    """Somebody in whose name a line stands says that it is not theirs. While that waits to be decided, saying
    it again is the same objection. Raises `LineRefused` for a line that has ended.
    """
    if line.ended_at is not None:
        raise LineRefused(LineReason.ENDED)
    row = ObjectionRow(
        id=new_identifier(),
        subject=subject,
        purpose=line.purpose,
        line=line.id,
        made_at=as_kept(now.wall),
        due_at=due_at(as_kept(now.wall)),
        decided_at=None,
        outcome=None,
        deadline=_deadline(line.purpose, now),
    )
    if transaction.add_if_new(OBJECTION, row):
        announce(transaction, "objection.made", row.id, now)
        return row
    waiting = (OBJECTION.c.line == line.id, OBJECTION.c.decided_at.is_(None))
    return transaction.one(ObjectionRow, OBJECTION, *waiting) or row


def due_at(made_at: datetime) -> datetime:
    """Until when an objection of a moment, with a time zone, is to be decided. Public holidays are not known
    here, so that it may be due earlier than a calendar of workdays says.
    """
    day = made_at.astimezone(UTC).date()
    return made_at + (working_days_after(day, WORKING_DAYS) - day)


def _decided(
    transaction: Transaction, row: ObjectionRow, who: str, outcome: ObjectionOutcome, now: Now
) -> ObjectionRow:
    at, deadline = as_kept(now.wall), _deadline(row.purpose, now)
    # Of two who decide at once, one finds it decided.
    waiting = (OBJECTION.c.id == row.id, OBJECTION.c.decided_at.is_(None))
    values = {"decided_at": at, "outcome": outcome.value, "deadline": deadline}
    if transaction.change(OBJECTION, *waiting, **values) != 1:
        raise NotPermitted("The objection was decided before", "See what was found; it can be made anew")
    line = transaction.one(LineRow, LINE, LINE.c.id == row.line)
    if outcome is ObjectionOutcome.UPHELD and line is not None and line.ended_at is None:
        end_line(transaction, line, LineEnd.NOT_THEIRS, now)
        if line.subject != row.subject:
            _shut_out(transaction, line.subject, now)
        announce(transaction, "line.ended", line.id, now)
    announce(transaction, "objection.decided", row.id, now)
    log_access(
        transaction,
        who,
        Action.OBJECTION,
        now,
        identifier=new_identifier,
        random=random_bytes,
        purpose=row.purpose,
        record=row.id,
    )
    return replace(row, decided_at=at, outcome=outcome.value, deadline=deadline)


def _shut_out(transaction: Transaction, subject: str, now: Now) -> None:
    """Whoever used somebody else's document looks at what stands under it no longer."""
    transaction.remove(CUSTOMER_PASSKEY, CUSTOMER_PASSKEY.c.subject == subject)
    good = (CUSTOMER_SESSION.c.subject == subject, CUSTOMER_SESSION.c.good_until > now.retention)
    transaction.change(CUSTOMER_SESSION, *good, good_until=now.retention)


def _deadline(purpose: str, now: Now) -> datetime:
    """An objection is a record of processing, kept as long as a decision, from when it was last touched."""
    return purpose_named(purpose, purposes()).deadline(Kept.DECISION, now.retention) or now.retention
