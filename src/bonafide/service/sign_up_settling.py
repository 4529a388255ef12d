"""What a decision does to its sign-up, in the decision's own unit of work."""

from __future__ import annotations

from typing import Final

from bonafide.outcome import Outcome
from bonafide.privacy import Now
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.announcing import announce
from bonafide.service.counter_history import settle_counted
from bonafide.service.sign_up import SignUpState
from bonafide.store import Transaction
from bonafide.store.sign_up_tables import SIGN_UP

STATE_OF: Final = {
    Outcome.ACCEPT: SignUpState.ACCEPTED,
    Outcome.REFER: SignUpState.WAITING,
    Outcome.REJECT: SignUpState.REJECTED,
}


def begin_to_settle(transaction: Transaction, case: str, outcome: Outcome) -> None:
    """Take hold of a referred case's sign-up, if it is of one, before anything else is written: whoever
    erases takes its row first as well, so that of two at once one waits for the other.
    """
    of_case = (SIGN_UP.c.referred_case == case, SIGN_UP.c.state == SignUpState.WAITING)
    transaction.change(SIGN_UP, *of_case, state=STATE_OF[outcome].value)


def settle(transaction: Transaction, case: str, made: DecisionRecord, now: Now) -> None:
    """A person has decided a case: so has its sign-up been, if it is of one."""
    row = transaction.one(SignUpRow, SIGN_UP, SIGN_UP.c.referred_case == case)
    if row is None:
        return
    transaction.change(
        SIGN_UP,
        SIGN_UP.c.id == row.id,
        outcome=made.outcome,
        # Those of the machine are why it referred, not why a person decided.
        machine_reasons=SIGN_UP.c.reasons,
        reasons=None,
        decision=made.id,
        decided_at=made.decided_at,
        deadline=made.deadline,
    )
    settle_counted(transaction, row.id, Outcome(made.outcome))
    announce(transaction, f"sign-up.{row.state}", row.id, now)
