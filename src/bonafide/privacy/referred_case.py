"""A case that a person decides: its pictures stay until then, or for 72 hours, whichever ends first."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists

from bonafide.errors import NotPermitted
from bonafide.privacy.consent import standing
from bonafide.privacy.manner import Manner
from bonafide.privacy.now import Now
from bonafide.privacy.purpose import Kept, Purpose
from bonafide.privacy.token import Leave
from bonafide.store import Transaction
from bonafide.store.schema import REFERRED_CASE, SEALED


class CaseState(StrEnum):
    """Where a case stands. A lapsed one was not decided in time, and its pictures are gone."""

    WAITING = "waiting"
    DECIDED = "decided"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class ReferredCase:
    """A case that a person decides. `deadline` is the row's; each of its pictures has its own. `two_decide`
    is what its policy asked when it was opened, None of a case from before that was kept. `manner` is what
    the customer agreed to: that a program compared as well, or a person alone.
    """

    id: str
    subject: str
    consent: str
    purpose: str
    opened_at: datetime
    deadline: datetime
    decided_at: datetime | None = None
    two_decide: bool | None = None
    manner: str = Manner.FACE_MATCHING.value

    @property
    def by_person(self) -> bool:
        """Whether a person alone compares."""
        return self.manner == Manner.PERSON


def open_case(
    transaction: Transaction,
    purpose: Purpose,
    token: Leave,
    now: Now,
    identifier: Callable[[], str],
    *,
    two_decide: bool = True,
) -> ReferredCase:
    """A case for which pictures may be kept, to be sealed in the same transaction, each until
    `purpose.deadline(Kept.CASE_PICTURE, …)`. Whether two people decide it stays as it is said here, whatever
    a later version's policy asks.

    Raises `NotPermitted` without a consent on record that stands, or for a purpose that keeps no pictures of
    cases.
    """
    consent = standing(transaction, token, purpose, now)
    deadline = purpose.deadline(Kept.DECISION, now.retention)
    if deadline is None or Kept.CASE_PICTURE not in purpose.keeps:
        raise NotPermitted(
            "For this, no picture may be kept until a person decides",
            "Let a person decide at once, or refuse",
        )
    case = ReferredCase(
        identifier(),
        consent.subject,
        consent.id,
        purpose.name,
        now.wall,
        deadline,
        two_decide=two_decide,
        manner=consent.manner,
    )
    transaction.add(REFERRED_CASE, case)
    return case


def close_case(transaction: Transaction, case: str, now: Now) -> ReferredCase:
    """A person has decided: the pictures go. `Store.forget_deleted` comes after.

    Raises `NotPermitted` if there is no such case, it was decided before, or its pictures are gone.
    """
    found = waiting_case(transaction, case, now)
    # Of two who decide at once, one finds it decided.
    undecided = (REFERRED_CASE.c.id == case, REFERRED_CASE.c.decided_at.is_(None))
    if transaction.change(REFERRED_CASE, *undecided, decided_at=now.wall) != 1:
        raise _not_waiting()
    transaction.remove(SEALED, SEALED.c.referred_case == case)
    return replace(found, decided_at=now.wall)


def waiting_case(transaction: Transaction, case: str, now: Now) -> ReferredCase:
    """A case that waits to be decided. Raises `NotPermitted` if there is none, or not any more."""
    found = transaction.one(ReferredCase, REFERRED_CASE, REFERRED_CASE.c.id == case)
    if found is None or case_state(transaction, found, now) is not CaseState.WAITING:
        raise _not_waiting()
    return found


def waiting_cases(transaction: Transaction, now: Now) -> tuple[ReferredCase, ...]:
    """The cases that wait to be decided, oldest first."""
    return transaction.all(
        ReferredCase,
        REFERRED_CASE,
        REFERRED_CASE.c.decided_at.is_(None),
        _pictures_left(now),
        order=[REFERRED_CASE.c.opened_at, REFERRED_CASE.c.id],
    )


def still_waiting(transaction: Transaction, cases: Collection[str], now: Now) -> frozenset[str]:
    """Those of some cases that wait to be decided."""
    found = transaction.all(
        _Picture,
        REFERRED_CASE,
        REFERRED_CASE.c.id.in_(cases),
        REFERRED_CASE.c.decided_at.is_(None),
        _pictures_left(now),
    )
    return frozenset(row.id for row in found)


def case_state(transaction: Transaction, case: ReferredCase, now: Now) -> CaseState:
    """Where a case stands."""
    if case.decided_at is not None:
        return CaseState.DECIDED
    waits = transaction.one(
        _Picture, SEALED, SEALED.c.referred_case == case.id, SEALED.c.deadline > now.retention
    )
    return CaseState.WAITING if waits else CaseState.LAPSED


def lapsed_cases(transaction: Transaction, now: Now) -> int:
    """How many cases nobody decided in time."""
    undecided = REFERRED_CASE.c.decided_at.is_(None)
    return len(transaction.all(_Picture, REFERRED_CASE, undecided, ~_pictures_left(now)))


def _pictures_left(now: Now) -> ColumnElement[bool]:
    """Of a case's row, whether any of its pictures may still be looked at."""
    pictures = (
        SEALED.c.operator == REFERRED_CASE.c.operator,
        SEALED.c.referred_case == REFERRED_CASE.c.id,
        SEALED.c.deadline > now.retention,
    )
    return exists().where(*pictures).correlate(REFERRED_CASE)


@dataclass(frozen=True, slots=True)
class _Picture:
    id: str


def _not_waiting() -> NotPermitted:
    return NotPermitted(
        "The case is not waiting to be decided", "If nobody decided it in time, ask the customer to try again"
    )
