"""Opinions of people on referred cases: one decides; where much hangs on it, two who do not see each
other's, and a third where they disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from bonafide.errors import NotPermitted, UsageError
from bonafide.evidence.review_claims import DecidedBy
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Manner, Now
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.opinion import Opinion, Origin
from bonafide.privacy.referred_case import ReferredCase, waiting_case, waiting_cases
from bonafide.privacy.staff import require_staff_name
from bonafide.service.keeping import KeptDecision
from bonafide.service.retention import Retention, new_identifier
from bonafide.service.review_reason import REASONS_FOR, ReviewReason
from bonafide.service.reviewing import Reviewing, log_opinion, reasons_of, require_looked, two_decide
from bonafide.store import Transaction
from bonafide.store.people_tables import OPINION
from bonafide.store.schema import REFERRED_CASE, SEALED
from bonafide.store.sign_up_tables import SIGN_UP

_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class CaseToDecide:
    """A case that waits for somebody's opinion. `left` is how long its pictures stay, `two_decide` whether
    another's opinion is asked as well, be it first or second. `opinions` are those given, shown only to
    whoever settles a disagreement.
    """

    id: str
    purpose: str
    opened_at: datetime
    left: timedelta
    reasons: tuple[Reason, ...]
    two_decide: bool
    opinions: tuple[Opinion, ...] = ()
    manner: Manner = Manner.FACE_MATCHING
    # Whether its answer is known, which no page says and nobody is told before they answered.
    known: bool = False

    @property
    def by_person(self) -> bool:
        """Whether a person alone compares, as the customer wished: no program looked at a face."""
        return self.manner is Manner.PERSON

    @property
    def disputed(self) -> bool:
        """Whether two disagree, so that a supervisor decides."""
        return len(self.opinions) >= _TWO


class Opinions:
    """Shows people the cases that want theirs, and decides by what they say; safe to share between threads.

    `reviews` and `settles` say what whoever asks may do: give one of the first opinions, or the third.
    `origin` is how they came. A key and a command go by whatever name they are given, so that of the opinions
    on a case that two decide at most one comes by either, and never the third: behind two keys there may be
    one person.
    """

    def __init__(self, kept: Retention, reviewing: Reviewing, origin: Origin = Origin.ACCOUNT) -> None:
        self._kept = kept
        self._reviewing = reviewing
        self._origin = origin

    def waiting(self) -> tuple[CaseToDecide, ...]:
        """Every case that waits, whoever's opinion it wants, oldest first; nobody's is shown."""
        now = self._kept.now()
        with self._kept.store.read(self._kept.operator) as transaction:
            found = [_seen(transaction, case, now) for case in waiting_cases(transaction, now)]
        return tuple(replace(case, opinions=()) for case in found)

    def wanted_of(self, who: str, *, reviews: bool, settles: bool) -> tuple[CaseToDecide, ...]:
        """The cases that want somebody's opinion, oldest first."""
        now = self._kept.now()
        with self._kept.store.read(self._kept.operator) as transaction:
            found = [_seen(transaction, case, now) for case in waiting_cases(transaction, now)]
        return tuple(
            case for each in found if (case := self._shown(each, who, reviews=reviews, settles=settles))
        )

    def find(self, case: str, who: str, *, reviews: bool, settles: bool) -> CaseToDecide | None:
        """A case that wants somebody's opinion; None for any other."""
        now = self._kept.now()
        with self._kept.store.read(self._kept.operator) as transaction:
            try:
                seen = _seen(transaction, waiting_case(transaction, case, now), now)
            except NotPermitted:
                return None
        return self._shown(seen, who, reviews=reviews, settles=settles)

    def give(
        self,
        case: str,
        who: str,
        outcome: Outcome,
        reason: ReviewReason,
        *,
        reviews: bool = True,
        settles: bool = False,
    ) -> KeptDecision | None:
        """Give an opinion on a case that the same person has looked at. What came of it: the decision, its
        pictures gone; None where another's opinion is wanted first.

        Raises `UsageError` for a reason that is none for this outcome, `NotPermitted` for somebody who did
        not look or whose opinion is not wanted, and for a case that does not wait to be decided.
        """
        require_staff_name(who)
        if reason not in REASONS_FOR.get(outcome, ()):
            raise UsageError("That is no reason for this outcome", "Choose one that is listed with it")
        now = self._kept.now()
        identifier = new_identifier()

        def work(transaction: Transaction) -> DecisionRecord | None:
            _hold(transaction, case)
            waiting = waiting_case(transaction, case, now)
            seen = _seen(transaction, waiting, now)
            if self._shown(seen, who, reviews=reviews, settles=settles) is None:
                raise NotPermitted(
                    "Your opinion on this case is not wanted, or was given", "Take another case"
                )
            require_looked(transaction, case, who)
            transaction.add(
                OPINION,
                Opinion(
                    identifier,
                    waiting.subject,
                    waiting.purpose,
                    case,
                    who,
                    outcome.value,
                    reason.value,
                    now.wall,
                    waiting.deadline,
                    self._origin.value,
                ),
            )
            before = seen.opinions
            agreed = len(before) == 1 and before[0].outcome == outcome.value
            if seen.two_decide and not agreed and not seen.disputed:
                log_opinion(transaction, waiting, who, now)
                return None
            return self._reviewing.decide_within(
                transaction,
                case,
                who,
                outcome,
                now,
                reasons=(reason, ReviewReason(before[0].reason)) if agreed else (reason,),
                decided_by=DecidedBy.TWO if agreed else _alone(seen),
            )

        made = self._kept.store.write(self._kept.operator, work)
        if made is None:
            return None
        self._kept.store.forget_deleted()
        return KeptDecision(made.id, made.receipt, made.position, waiting=False)

    def _shown(self, case: CaseToDecide, who: str, *, reviews: bool, settles: bool) -> CaseToDecide | None:
        """A case as somebody sees it, if it wants their opinion."""
        if any(opinion.who == who for opinion in case.opinions):
            return None
        entered = self._origin is Origin.ACCOUNT
        if case.disputed:
            return case if settles and entered else None
        if not reviews or not (entered or all(opinion.by_account for opinion in case.opinions)):
            return None
        # Without the other's opinion, and without a sign that there is one.
        return replace(case, opinions=())


def _seen(transaction: Transaction, case: ReferredCase, now: Now) -> CaseToDecide:
    reasons = reasons_of(transaction, case.id)
    until = select(func.min(SEALED.c.deadline)).where(
        SEALED.c.operator == transaction.operator, SEALED.c.referred_case == case.id
    )
    deadline = transaction.connection.execute(until).scalar() or now.retention
    given = transaction.all(
        Opinion, OPINION, OPINION.c.referred_case == case.id, order=[OPINION.c.given_at, OPINION.c.id]
    )
    return CaseToDecide(
        case.id,
        case.purpose,
        case.opened_at,
        deadline - now.retention,
        reasons or (),
        two_decide(case, reasons),
        given,
        Manner(case.manner),
    )


def _alone(case: CaseToDecide) -> DecidedBy:
    return DecidedBy.THIRD if case.disputed else DecidedBy.ONE


def _hold(transaction: Transaction, case: str) -> None:
    """Of two who give an opinion at once, one waits; the sign-up first, as whoever decides or erases. SQLite
    has one writer, and knows no such lock.
    """
    for column, identifier in ((SIGN_UP.c.referred_case, SIGN_UP.c.id), (REFERRED_CASE.c.id,) * 2):
        query = select(identifier).where(column == case, column.table.c.operator == transaction.operator)
        transaction.connection.execute(query.with_for_update())
