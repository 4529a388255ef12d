"""Whether the other way works as well: what came of sign-ups, and how soon, by who compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, and_, case, exists, func, literal, select, type_coerce

from bonafide.privacy import Manner, Now
from bonafide.service.sign_up import SignUpState
from bonafide.store import Transaction
from bonafide.store.schema import SEALED
from bonafide.store.sign_up_tables import SIGN_UP

# As `sign_up_links.manner_of`: those from before there was a choice were compared by a program.
_MANNER: Final[ColumnElement[Any]] = case(
    (SIGN_UP.c.manner.is_not(None), SIGN_UP.c.manner),
    (SIGN_UP.c.consent.is_not(None), literal(Manner.FACE_MATCHING.value)),
)
_DECIDED: Final = (SignUpState.ACCEPTED.value, SignUpState.REJECTED.value)


@dataclass(frozen=True, slots=True)
class Way:
    """Sign-ups of one manner: how they stand, and the time from their beginning to the decision that settled
    them, be it a machine's or a person's; the median, and what nine of ten took at most.
    """

    manner: Manner
    states: Mapping[SignUpState, int]
    median: timedelta | None
    ninetieth: timedelta | None

    @property
    def agreed(self) -> int:
        """All in which somebody agreed to this manner."""
        return sum(self.states.values())

    @property
    def decided(self) -> int:
        """Those that were accepted or rejected."""
        return sum(self.states.get(SignUpState(state), 0) for state in _DECIDED)

    @property
    def accepted(self) -> int:
        """Those that were accepted."""
        return self.states.get(SignUpState.ACCEPTED, 0)

    @property
    def share(self) -> float | None:
        """Accepted of decided, None where none was."""
        return self.accepted / self.decided if self.decided else None


def ways_of(transaction: Transaction, conditions: Sequence[ColumnElement[bool]], now: Now) -> tuple[Way, ...]:
    """Both ways, among the sign-ups that meet the conditions (the operator's own is one of them)."""
    query = (
        select(_MANNER.label("way"), _standing(now).label("standing"), func.count())
        .where(*conditions, _MANNER.is_not(None))
        .group_by("way", "standing")
    )
    states: dict[Manner, dict[SignUpState, int]] = {manner: {} for manner in Manner}
    for manner, state, count in transaction.connection.execute(query):
        states[Manner(manner)][SignUpState(state)] = count
    return tuple(
        Way(
            manner,
            states[manner],
            _span_at(transaction, conditions, manner, states[manner], 0.5),
            _span_at(transaction, conditions, manner, states[manner], 0.9),
        )
        for manner in Manner
    )


def _standing(now: Now) -> ColumnElement[Any]:
    """The state, of a case that nobody decided in time `expired`, as whoever asks is told."""
    pictures = exists().where(
        SEALED.c.operator == SIGN_UP.c.operator,
        SEALED.c.referred_case == SIGN_UP.c.referred_case,
        SEALED.c.deadline > now.retention,
    )
    lapsed = and_(SIGN_UP.c.state == SignUpState.WAITING.value, ~pictures)
    return case((lapsed, literal(SignUpState.EXPIRED.value)), else_=SIGN_UP.c.state)


def _span_at(
    transaction: Transaction,
    conditions: Sequence[ColumnElement[bool]],
    manner: Manner,
    states: Mapping[SignUpState, int],
    part: float,
) -> timedelta | None:
    """How long the sign-up took that stands at a part of those decided, the quickest first."""
    decided = sum(states.get(SignUpState(state), 0) for state in _DECIDED)
    if not decided:
        return None
    span = type_coerce(SIGN_UP.c.decided_at, BigInteger) - type_coerce(SIGN_UP.c.made_at, BigInteger)
    query = (
        select(span)
        .where(*conditions, _MANNER.in_((manner.value,)), SIGN_UP.c.state.in_(_DECIDED))
        .order_by(span)
        .offset(min(decided - 1, int(part * decided)))
        .limit(1)
    )
    found = transaction.connection.execute(query).scalar()
    return None if found is None else timedelta(milliseconds=int(found))
