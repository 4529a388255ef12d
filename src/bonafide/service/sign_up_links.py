"""What a link opens, and whether it still does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bonafide.errors import InProgress, NotPermitted
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Manner, Now, purposes
from bonafide.privacy.now import not_set_back
from bonafide.privacy.referred_case import still_waiting
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.bearer import Bearer, BearerKind
from bonafide.service.sign_up import CLAIM_LIFE, SignUp, SignUpState
from bonafide.store import Transaction
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.wording.language import Language

# The states in which a link still leads to a decision as it is.
UNDECIDED: Final = (SignUpState.OPEN.value, SignUpState.AGREED.value)


def read_link(text: str, operator: str) -> Bearer:
    """A link of an operator's. Raises `NotPermitted` for whatever else it is."""
    bearer = Bearer.parse(BearerKind.LINK, text)
    if bearer is None or bearer.operator != operator:
        raise _unknown()
    return bearer


def row_of_link(transaction: Transaction, link: Bearer) -> SignUpRow:
    """The sign-up that a link opened once. Raises `NotPermitted` if it never did."""
    row = transaction.one(SignUpRow, SIGN_UP, SIGN_UP.c.id == link.id)
    if row is None or not link.matches(row.digest):
        raise _unknown()
    return row


def require_usable(row: SignUpRow, now: Now, *, declined: bool = False) -> None:
    """Raises `NotPermitted` for a link that was used or has run out. `declined`: not for one with which face
    matching was declined, where a person may be asked for by the same link.
    """
    if row.state not in UNDECIDED and not (declined and may_ask_for_person(row)):
        raise used()
    if _has_run_out(row, now):
        raise run_out()


def may_ask_for_person(row: SignUpRow) -> bool:
    """Whether somebody declined face matching where the other way goes by the same link."""
    return row.state == SignUpState.DECLINED and bool(purposes()[row.purpose].by_person)


def tries_of(row: SignUpRow, manner: Manner | None) -> int:
    """How often pictures may still be given in a manner. Where the tries are used up, a person may be asked
    once all the same, if that goes by the same link: they look at whatever is given.
    """
    asked = manner is Manner.PERSON and purposes()[row.purpose].by_person
    return row.tries_left + (1 if asked else 0)


def manner_of(row: SignUpRow) -> Manner | None:
    """Who compares; a program in a sign-up from before there was a choice."""
    if row.manner is None:
        return Manner.FACE_MATCHING if row.consent is not None else None
    return Manner(row.manner)


def used() -> NotPermitted:
    """Why a link opens nothing any more."""
    return NotPermitted("This link has been used", "Ask for a new one if something is left to be done")


def run_out() -> NotPermitted:
    """Why a link, or its tries in a manner, are of no use any more."""
    return NotPermitted("This link has run out", "Ask for a new one, or take the other way")


def busy() -> InProgress:
    """Why a link is not worked with at this moment."""
    return InProgress(
        "Pictures that were handed in with this link are being looked at", "Wait for the answer"
    )


def sign_up_of(row: SignUpRow, waiting: frozenset[str], now: Now) -> SignUp:
    """A sign-up as it stands; `waiting` are the cases that wait to be decided."""
    state = SignUpState(row.state)
    if (row.state in UNDECIDED and _has_run_out(row, now)) or (
        state is SignUpState.WAITING and row.referred_case not in waiting
    ):
        state = SignUpState.EXPIRED
    return SignUp(
        id=row.id,
        purpose=row.purpose,
        state=state,
        language=Language(row.language),
        reference=row.reference,
        return_address=row.return_address,
        attended=row.attended,
        agent=row.agent,
        shop=row.shop,
        made_at=row.made_at,
        expires_at=row.expires_at,
        tries_left=max(0, row.tries_left),
        outcome=Outcome(row.outcome) if row.outcome else None,
        reasons=tuple(Reason(code) for code in (row.reasons or "").split()),
        decision=row.decision,
        decided_at=row.decided_at,
        manner=manner_of(row),
    )


def sign_ups_of(transaction: Transaction, rows: Sequence[SignUpRow], now: Now) -> tuple[SignUp, ...]:
    """Sign-ups as they stand."""
    referred = [row.referred_case for row in rows if row.state == SignUpState.WAITING and row.referred_case]
    waiting = still_waiting(transaction, referred, now) if referred else frozenset()
    return tuple(sign_up_of(row, waiting, now) for row in rows)


def _has_run_out(row: SignUpRow, now: Now) -> bool:
    unclaimed = row.claimed_at is None or now.retention >= row.claimed_at + CLAIM_LIFE
    if unclaimed and tries_of(row, Manner.PERSON) <= 0:
        return True
    ends = not_set_back(now.wall, row.made_at) and now.wall < row.expires_at
    return not ends or now.retention >= row.deadline


def _unknown() -> NotPermitted:
    return NotPermitted("There is no such link", "Ask for a new one, or take the other way")
