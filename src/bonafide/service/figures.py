"""What came of sign-ups, as a supervisor looks at it: counts and times, nobody's in particular."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from bonafide.outcome import Reason
from bonafide.privacy.referred_case import lapsed_cases, waiting_cases
from bonafide.service.machine_codes import machine_codes
from bonafide.service.retention import Retention
from bonafide.service.sign_up import MOST_TRIES, SignUpState
from bonafide.service.sign_up_days import DAY, Period, date_of
from bonafide.service.ways import Way, ways_of
from bonafide.store import Transaction
from bonafide.store.schema import REFERRED_CASE
from bonafide.store.sign_up_tables import SIGN_UP

# More shops or agents than anybody reads; the rest is in the API.
_MOST_ROWS: Final = 50
# Of each, so many must have been decided before a share says anything.
ENOUGH: Final = 20
# How far above the whole's an agent's share of acceptances of attended sign-ups stands out.
STANDS_OUT: Final = 0.10


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many sign-ups that began on a day (UTC) stand how."""

    day: date
    states: Mapping[SignUpState, int]

    @property
    def total(self) -> int:
        """All of that day."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Sign-ups of a shop, or those that an agent attended: how many were decided, how many accepted."""

    name: str
    begun: int
    decided: int
    accepted: int
    stands_out: bool

    @property
    def share(self) -> float | None:
        """Accepted of decided, None where none was."""
        return self.accepted / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Times:
    """How long people took to decide referred cases: of those decided, and of those that wait."""

    decided: int
    median: timedelta | None
    ninetieth: timedelta | None
    by_hours: tuple[tuple[int, int], ...]
    """So many took less than so many hours, and no less than those before."""
    waiting: int
    oldest: timedelta | None
    lapsed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of sign-ups that began in a period, from the first day to the last, both counted. `tries` is how often
    pictures were handed in, `unjudged` how often these let nothing be told.
    """

    first: date
    last: date
    days: tuple[DayCount, ...]
    reasons: tuple[tuple[Reason, int], ...]
    shops: tuple[ShareRow, ...]
    agents: tuple[ShareRow, ...]
    times: Times
    ways: tuple[Way, ...]
    tries: int
    unjudged: int

    @property
    def total(self) -> int:
        """All sign-ups of the period."""
        return sum(day.total for day in self.days)

    @property
    def failure_to_acquire(self) -> float | None:
        """The share of tries whose pictures could not be judged (ISO/IEC 19795-1: FTA), None without any."""
        return self.unjudged / self.tries if self.tries else None

    def of(self, state: SignUpState) -> int:
        """How many stand so."""
        return sum(day.states.get(state, 0) for day in self.days)


# Up to one hour, two, four …, and all that took longer, up to the 72 for which pictures stay.
_HOURS: Final = (1, 2, 4, 8, 24, 48, 72)


def figures(kept: Retention, days: int) -> Figures:
    """The figures of so many days up to today (UTC), as what is still kept tells them."""
    now = kept.now()
    period = Period.up_to(now, days)
    with kept.store.read(kept.operator) as transaction:
        own = (SIGN_UP.c.operator == kept.operator, SIGN_UP.c.made_at >= period.since)
        waiting = waiting_cases(transaction, now)
        return Figures(
            period.first,
            period.last,
            _days(transaction, own, period),
            _reasons(transaction, own),
            _shares(transaction, SIGN_UP.c.shop, *own),
            _shares(transaction, SIGN_UP.c.agent, *own, SIGN_UP.c.attended.is_(True)),
            _times(
                _spans(transaction, period.since),
                waiting=len(waiting),
                oldest=now.wall - waiting[0].opened_at if waiting else None,
                lapsed=lapsed_cases(transaction, now),
            ),
            ways_of(transaction, own, now),
            *_tries(transaction, own),
        )


def _days(
    transaction: Transaction, own: Sequence[ColumnElement[bool]], period: Period
) -> tuple[DayCount, ...]:
    query = select(DAY, SIGN_UP.c.state, func.count()).where(*own).group_by(DAY, SIGN_UP.c.state)
    counts: dict[date, dict[SignUpState, int]] = {}
    for number, state, count in transaction.connection.execute(query):
        counts.setdefault(date_of(number), {})[SignUpState(state)] = count
    every = (period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1))
    return tuple(DayCount(each, counts.get(each, {})) for each in every)


def _tries(transaction: Transaction, own: Sequence[ColumnElement[bool]]) -> tuple[int, int]:
    """Of each sign-up the last try may have been judged, and none before it."""
    query = select(func.sum(MOST_TRIES - SIGN_UP.c.tries_left), func.count(SIGN_UP.c.decision)).where(*own)
    tries, judged = transaction.connection.execute(query).one()
    return int(tries or 0), max(0, int(tries or 0) - judged)


def _reasons(transaction: Transaction, own: Sequence[ColumnElement[bool]]) -> tuple[tuple[Reason, int], ...]:
    said = machine_codes()
    query = select(said, func.count()).where(*own, said.is_not(None)).group_by(said)
    tally: Tally[Reason] = Tally()
    for codes, count in transaction.connection.execute(query):
        for code in (codes or "").split():
            tally[Reason(code)] += count
    return tuple(sorted(tally.items(), key=lambda item: (-item[1], item[0])))


def _shares(
    transaction: Transaction, column: ColumnElement[Any], *conditions: ColumnElement[bool]
) -> tuple[ShareRow, ...]:
    query = (
        select(column, SIGN_UP.c.state, func.count())
        .where(*conditions, column.is_not(None))
        .group_by(column, SIGN_UP.c.state)
    )
    states: dict[str, dict[str, int]] = {}
    for name, state, count in transaction.connection.execute(query):
        states.setdefault(name, {})[state] = count
    accepted = {name: of.get(SignUpState.ACCEPTED, 0) for name, of in states.items()}
    decided = {name: accepted[name] + of.get(SignUpState.REJECTED, 0) for name, of in states.items()}
    usual = sum(accepted.values()) / (sum(decided.values()) or 1)
    rows = [
        ShareRow(
            name,
            sum(of.values()),
            decided[name],
            accepted[name],
            decided[name] >= ENOUGH and accepted[name] / decided[name] - usual > STANDS_OUT,
        )
        for name, of in states.items()
    ]
    return tuple(sorted(rows, key=lambda row: (not row.stands_out, -row.begun, row.name))[:_MOST_ROWS])


def _spans(transaction: Transaction, since: datetime) -> list[timedelta]:
    query = select(REFERRED_CASE.c.opened_at, REFERRED_CASE.c.decided_at).where(
        REFERRED_CASE.c.operator == transaction.operator,
        REFERRED_CASE.c.opened_at >= since,
        REFERRED_CASE.c.decided_at.is_not(None),
    )
    return sorted(decided - opened for opened, decided in transaction.connection.execute(query))


def _times(spans: Sequence[timedelta], *, waiting: int, oldest: timedelta | None, lapsed: int) -> Times:
    def part(share: float) -> timedelta | None:
        return spans[min(len(spans) - 1, int(share * len(spans)))] if spans else None

    hours = [next((most for most in _HOURS if span < timedelta(hours=most)), _HOURS[-1]) for span in spans]
    by_hours = tuple((most, hours.count(most)) for most in _HOURS)
    return Times(len(spans), part(0.5), part(0.9), by_hours, waiting, oldest, lapsed)
