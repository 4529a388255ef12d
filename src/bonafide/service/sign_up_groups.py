"""Sign-ups by how they went, for error rates: counted by the database, nobody's in particular."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select

from bonafide.outcome import Reason
from bonafide.service.machine_codes import machine_codes
from bonafide.service.objections import ObjectionOutcome
from bonafide.service.review_reason import ReviewReason
from bonafide.service.reviewing import reasons_in
from bonafide.service.sign_up import MOST_TRIES, SignUpState
from bonafide.service.sign_up_days import DAY, date_of
from bonafide.store import Transaction
from bonafide.store.line_tables import LINE, OBJECTION
from bonafide.store.people_tables import OPINION
from bonafide.store.schema import DECISION
from bonafide.store.sign_up_tables import SIGN_UP

_COMPARED: Final = frozenset({Reason.MATCH_CONFIRMED, Reason.MATCH_DOUBTFUL, Reason.MATCH_REFUTED})
# Why a person compares where the customer asked for it: that is no doubt of the machine's.

# How many of those sign-ups that began on a day (UTC).
Days = Tally[date]


@dataclass(frozen=True, slots=True)
class Group:
    """So many sign-ups of a day that went alike; `codes` are the machine's, None where it did not decide.
    `tries` are those of all together.
    """

    day: date
    state: SignUpState
    codes: frozenset[str] | None
    referred: bool
    decided: bool
    tries: int
    number: int

    @property
    def compared(self) -> bool:
        """Whether the machine compared the faces."""
        return self.codes is not None and not self.codes.isdisjoint(_COMPARED)

    @property
    def matched(self) -> bool:
        """Whether it matched them."""
        return self.codes is not None and Reason.MATCH_CONFIRMED in self.codes

    @property
    def by_machine(self) -> bool:
        """Whether it was the machine's to decide, and it did, be it to refer."""
        return self.codes is not None and Reason.PERSON_ASKED not in self.codes

    @property
    def left_open(self) -> bool:
        """Whether it did not, and no person said if they are one."""
        by_person = self.referred and self.state is SignUpState.REJECTED
        return self.compared and not (self.matched or by_person or self.state is SignUpState.ACCEPTED)


def groups(transaction: Transaction, since: datetime) -> Iterator[Group]:
    """All sign-ups that began since a moment, which has a time zone."""
    codes, referred = machine_codes(), SIGN_UP.c.referred_case.is_not(None)
    tries = MOST_TRIES - SIGN_UP.c.tries_left
    what = (DAY, SIGN_UP.c.state, codes, referred, SIGN_UP.c.decision.is_not(None))
    untold = and_(codes.is_(None), referred)
    own = (SIGN_UP.c.operator == transaction.operator, SIGN_UP.c.made_at >= since)
    together = select(*what, func.sum(tries), func.count()).where(*own, ~untold).group_by(*what)
    for day, state, said, is_referred, decided, tried, number in transaction.connection.execute(together):
        yield Group(
            date_of(day),
            SignUpState(state),
            _codes(said, None),
            bool(is_referred),
            bool(decided),
            int(tried),
            number,
        )
    # Decided by people before the machine's reasons were kept beside.
    singly = select(DAY, SIGN_UP.c.state, SIGN_UP.c.decision.is_not(None), tries, DECISION.c.receipt)
    for day, state, decided, tried, receipt in transaction.connection.execute(
        singly.select_from(_with_receipt()).where(*own, untold)
    ):
        yield Group(
            date_of(day), SignUpState(state), _codes(None, receipt), True, bool(decided), int(tried), 1
        )


def found_two_people(transaction: Transaction, since: datetime) -> Days:
    """Those whose faces the machine matched, and a person rejected, having said that they show two people."""
    said = select(OPINION.c.id).where(
        OPINION.c.operator == SIGN_UP.c.operator,
        OPINION.c.referred_case == SIGN_UP.c.referred_case,
        OPINION.c.reason == ReviewReason.OTHER_PERSON,
    )
    return _matched(
        transaction, since, SIGN_UP.c.state == SignUpState.REJECTED, said.correlate(SIGN_UP).exists()
    )


def found_not_theirs(transaction: Transaction, since: datetime) -> Days:
    """Those accepted whose faces the machine matched, and whose line was found not to be theirs."""
    lines = (
        select(OBJECTION.c.id)
        .join(LINE, and_(LINE.c.operator == OBJECTION.c.operator, LINE.c.id == OBJECTION.c.line))
        .where(
            LINE.c.operator == SIGN_UP.c.operator,
            LINE.c.sign_up == SIGN_UP.c.id,
            OBJECTION.c.outcome == ObjectionOutcome.UPHELD,
        )
    )
    return _matched(
        transaction, since, SIGN_UP.c.state == SignUpState.ACCEPTED, lines.correlate(SIGN_UP).exists()
    )


def _matched(transaction: Transaction, since: datetime, *conditions: ColumnElement[bool]) -> Days:
    query = (
        select(DAY, machine_codes(), DECISION.c.receipt)
        .select_from(_with_receipt())
        .where(SIGN_UP.c.operator == transaction.operator, SIGN_UP.c.made_at >= since, *conditions)
    )
    found = Days()
    for day, said, receipt in transaction.connection.execute(query):
        if Reason.MATCH_CONFIRMED in (_codes(said, receipt) or ()):
            found[date_of(day)] += 1
    return found


def _with_receipt() -> Any:  # noqa: ANN401 - SQLAlchemy's own
    """Sign-ups, with the machine's receipt of those that it referred."""
    return SIGN_UP.outerjoin(
        DECISION,
        and_(DECISION.c.operator == SIGN_UP.c.operator, DECISION.c.id == SIGN_UP.c.referred_case),
    )


def _codes(said: str | None, receipt: bytes | None) -> frozenset[str] | None:
    if said is not None:
        return frozenset(said.split())
    reasons = reasons_in(receipt) if receipt is not None else None
    return None if reasons is None else frozenset(reasons)
