"""The regulator's view: the facts of an impact assessment (PIPL, articles 55 and 56), as counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Table, func, select

from bonafide.privacy.now import Now
from bonafide.privacy.purpose import Kept, Purpose
from bonafide.privacy.referred_case import lapsed_cases
from bonafide.store import Transaction
from bonafide.store.counted_tables import COUNTED
from bonafide.store.epochs import Epoch
from bonafide.store.line_tables import LINE, OBJECTION
from bonafide.store.people_tables import OPINION
from bonafide.store.schema import ACCESS, CONSENT, DECISION, EPOCH, ERASURE, REFERRED_CASE, SEALED
from bonafide.store.sign_up_tables import SIGN_UP

# Order 19 of 2025 of CAC and MPS: who stores the face data of so many people files with the provincial CAC.
FILING: Final = 100_000
NEAR_FILING: Final = 80_000
FILING_WORKING_DAYS: Final = 30

_BY_PURPOSE: Final = (SEALED, DECISION, REFERRED_CASE, OPINION, SIGN_UP, CONSENT, LINE, OBJECTION, COUNTED)
# The numbers of lines are sealed as well, and are no faces.
_OF_FACES: Final = SEALED.c.kind != Kept.LINE


class FilingState(StrEnum):
    """How the number of people whose face data is stored stands to that from which it is to be filed."""

    BELOW = "below"
    NEAR = "near"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Filing:
    """`people` are those whose face data is stored. `file_by` is the last day for filing, if it is known when
    the number was reached: 30 working days from Monday to Friday; public holidays, which this does not know,
    come on top.
    """

    people: int
    state: FilingState
    file_by: date | None = None


@dataclass(frozen=True, slots=True)
class GroupErrorRate:
    """How often a model errs for one group of people, as its calibration measured it."""

    group: str
    false_match_rate: float
    false_non_match_rate: float | None


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """A model, its contract and calibration by digest, and its error rates at what the policy promises."""

    name: str
    contract: str
    calibration: str | None
    error_rates: tuple[GroupErrorRate, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptCount:
    """How many rows of a holding there are for a purpose, and the first and last deadline among them, in
    retention time. One before this moment means that nobody swept, `WHILE_ACTIVE` that a line has not ended.
    """

    holding: str
    purpose: str
    rows: int
    next_deadline: datetime
    last_deadline: datetime


@dataclass(frozen=True, slots=True)
class AccessCount:
    """How often somebody did something with what is kept, in the period."""

    who: str
    action: str
    times: int


@dataclass(frozen=True, slots=True)
class PrivacyReport:
    """What an operator keeps and does, as counted at `at`; accesses and erasures since `since`. `withdrawn`
    are consents on record that were taken back, `lapsed_cases` those that nobody decided in time, `overdue`
    rows past their deadline, `unfinished_erasures` those whose backups can still be opened.
    """

    operator: str
    at: datetime
    since: datetime
    purposes: tuple[Purpose, ...]
    kept: tuple[KeptCount, ...]
    overdue: int
    withdrawn: int
    lapsed_cases: int
    accesses: tuple[AccessCount, ...]
    erasures: int
    unfinished_erasures: int
    epochs: tuple[Epoch, ...]
    models: tuple[ModelInUse, ...]
    filing: Filing


def privacy_report(
    transaction: Transaction,
    *,
    now: Now,
    since: datetime,
    purposes: Mapping[str, Purpose],
    models: Sequence[ModelInUse],
    reached_on: date | None = None,
) -> PrivacyReport:
    """Count what one operator keeps. `since` has a time zone; `reached_on` is the day on which the face data
    of 100,000 people was first stored, if known.
    """
    return PrivacyReport(
        operator=transaction.operator,
        at=now.wall,
        since=since,
        purposes=tuple(purposes.values()),
        kept=_kept(transaction),
        overdue=sum(_count(transaction, table, table.c.deadline <= now.retention) for table in _BY_PURPOSE),
        withdrawn=_count(transaction, CONSENT, CONSENT.c.withdrawn_at.is_not(None)),
        lapsed_cases=lapsed_cases(transaction, now),
        accesses=_accesses(transaction, since),
        erasures=_count(transaction, ERASURE, ERASURE.c.erased_at >= since),
        unfinished_erasures=_count(transaction, ERASURE, ERASURE.c.unreadable_at.is_(None)),
        epochs=transaction.all(Epoch, EPOCH, order=[EPOCH.c.number]),
        models=tuple(models),
        filing=filing(_people(transaction), reached_on),
    )


def filing(people: int, reached_on: date | None = None) -> Filing:
    """How so many people stand to the duty to file; `reached_on` as for the report."""
    if people < FILING:
        return Filing(people, FilingState.NEAR if people >= NEAR_FILING else FilingState.BELOW)
    file_by = working_days_after(reached_on, FILING_WORKING_DAYS) if reached_on else None
    return Filing(people, FilingState.REACHED, file_by)


def reached_by(transaction: Transaction) -> date | None:
    """The day (UTC) on which the face data of 100,000 people was stored at the latest, None below: when the
    last of as many came of whom some is stored now. It was earlier if others were erased since.
    """
    came = (
        select(func.min(SEALED.c.made_at).label("at"))
        .where(SEALED.c.operator == transaction.operator, _OF_FACES)
        .group_by(SEALED.c.subject)
        .order_by("at")
        .offset(FILING - 1)
        .limit(1)
    )
    found = transaction.connection.execute(came).scalar()
    return None if found is None else found.astimezone(UTC).date()


def working_days_after(day: date, number: int) -> date:
    """The last of so many days from Monday to Friday, counted from the day after."""
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def _kept(transaction: Transaction) -> tuple[KeptCount, ...]:
    counts = []
    for table in _BY_PURPOSE:
        query = (
            select(
                table.c.purpose,
                func.count(),
                func.min(table.c.deadline),
                func.max(table.c.deadline),
            )
            .where(table.c.operator == transaction.operator)
            .group_by(table.c.purpose)
            .order_by(table.c.purpose)
        )
        counts += [KeptCount(table.name, *row) for row in transaction.connection.execute(query)]
    return tuple(counts)


def _accesses(transaction: Transaction, since: datetime) -> tuple[AccessCount, ...]:
    query = (
        select(ACCESS.c.who, ACCESS.c.action, func.count())
        .where(ACCESS.c.operator == transaction.operator, ACCESS.c.at >= since)
        .group_by(ACCESS.c.who, ACCESS.c.action)
        .order_by(ACCESS.c.who, ACCESS.c.action)
    )
    return tuple(AccessCount(*row) for row in transaction.connection.execute(query))


def _people(transaction: Transaction) -> int:
    query = select(func.count(SEALED.c.subject.distinct())).where(
        SEALED.c.operator == transaction.operator, _OF_FACES
    )
    return transaction.connection.execute(query).scalar_one()


def _count(transaction: Transaction, table: Table, *conditions: ColumnElement[bool]) -> int:
    query = (
        select(func.count()).select_from(table).where(table.c.operator == transaction.operator, *conditions)
    )
    return transaction.connection.execute(query).scalar_one()
