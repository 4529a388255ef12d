"""What went before at the counters: counts a sign-up, and sees which rules about patterns it sets off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select

from bonafide.decide import Counted, CounterRule, CounterRules, Finding, fired, referred
from bonafide.errors import NotPermitted
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Kept, purposes
from bonafide.privacy.counted_row import CountedRow
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.counter import Counter
from bonafide.service.verification import PersonCase, Verification
from bonafide.store import Transaction
from bonafide.store.counted_tables import COUNTED
from bonafide.vault import Vault

# Of a device, no more rows than these are looked through; so many are a pattern whatever they showed.
MOST_OF_DEVICE: Final = 2000

_UNMATCHED: Final = frozenset({Reason.MATCH_DOUBTFUL, Reason.MATCH_REFUTED})


@dataclass(frozen=True, slots=True)
class Judged:
    """A case in view of what went before, and the row by which it is counted itself."""

    case: Verification | PersonCase
    row: CountedRow


class CounterHistory:
    """What went before at an operator's counters; safe to share between threads."""

    def __init__(self, counter: Counter, operator: str) -> None:
        self._counter = counter
        self._operator = operator

    def judge(
        self,
        sign_up: SignUpRow,
        subject: str,
        case: Verification | PersonCase,
        device: str | None,
        hold: Callable[[Transaction], object],
    ) -> Judged:
        """See whether a case that the machine accepts has to be looked at; every other outcome stays. Where
        a person is to compare, who might accept, the rules that fire are told beside the other reasons.

        An acceptance is counted in a commit of its own before the rules look: of many at one moment, on any
        number of machines, each sees those that were counted before it. One that is then not kept stays
        counted until it is tried again or its deadline comes. `hold` begins that unit of work and raises if
        the sign-up is no longer the caller's.

        Raises `VaultClosed` and `StoreUnusable`, `NotPermitted` where the purpose does not let it be counted;
        then nobody is accepted.
        """
        now = self._counter.now()
        deadline = purposes()[sign_up.purpose].deadline(Kept.COUNTED, now.retention)
        if deadline is None:
            raise NotPermitted("For this purpose nothing is counted", "Take one that people sign up for")
        row = CountedRow(
            id=sign_up.id,
            subject=subject,
            purpose=sign_up.purpose,
            document=case.document_index,
            device=None if device is None else device_index(self._counter.vault, self._operator, device),
            agent=sign_up.agent if sign_up.attended else None,
            outcome=case.outcome.value,
            unmatched=not _UNMATCHED.isdisjoint(case.reasons),
            at=now.retention,
            deadline=deadline,
        )
        rules = self._counter.rules
        case = replace(case, rules=rules.digest)
        by_person = isinstance(case, PersonCase)
        if case.outcome is not Outcome.ACCEPT and not by_person:
            return Judged(case, row)

        def work(transaction: Transaction) -> None:
            hold(transaction)
            count_in(transaction, row)

        self._counter.store.write(self._operator, work)
        with self._counter.store.read(self._operator) as transaction:
            counts = counts_of(transaction, rules, row)
        seen = fired(rules, counts)
        found = referred(Finding(case.outcome, case.reasons), seen)
        if by_person:
            found = Finding(case.outcome, (*case.reasons, *seen))
        return Judged(
            replace(case, outcome=found.outcome, reasons=found.reasons),
            replace(row, outcome=found.outcome.value),
        )


def device_index(vault: Vault, operator: str, device: str) -> str:
    """What stands for a device in the counts of an operator."""
    return vault.index(operator, "counted-device", device)


def count_in(transaction: Transaction, row: CountedRow) -> None:
    """Count a sign-up, in place of what was counted of it before."""
    transaction.remove(COUNTED, COUNTED.c.id == row.id)
    transaction.add(COUNTED, row)


def settle_counted(transaction: Transaction, sign_up: str, outcome: Outcome) -> None:
    """A person has decided: a rejection counts as one; after an acceptance, nobody is taken for unmatched any
    more, but the machine did not accept.
    """
    settled = {"outcome": outcome.value} if outcome is Outcome.REJECT else {"unmatched": False}
    transaction.change(COUNTED, COUNTED.c.id == sign_up, **settled)


def counts_of(transaction: Transaction, rules: CounterRules, row: CountedRow) -> Mapping[str, int]:
    """What each rule counts at the moment of a sign-up that was counted in, by the rule's name. Beyond one
    more than a rule allows, nothing is counted.
    """
    return {rule.name: _COUNTS[rule.counts](transaction, rule, row) for rule in rules.rules}


def _sign_ups_of_document(transaction: Transaction, rule: CounterRule, row: CountedRow) -> int:
    return _up_to(transaction, rule, row, COUNTED.c.document, row.document)


def _refusals_of_document(transaction: Transaction, rule: CounterRule, row: CountedRow) -> int:
    refused = or_(COUNTED.c.outcome == Outcome.REJECT.value, COUNTED.c.unmatched)
    before = (refused, COUNTED.c.id != row.id)
    return _up_to(transaction, rule, row, COUNTED.c.document, row.document, *before)


def _documents_of_device(transaction: Transaction, rule: CounterRule, row: CountedRow) -> int:
    if row.device is None:
        return 0
    shown = (
        select(COUNTED.c.document)
        .where(*_within(transaction, rule, row), COUNTED.c.device == row.device)
        .order_by(COUNTED.c.at.desc())
        .limit(MOST_OF_DEVICE)
        .subquery()
    )
    counted = select(func.count(shown.c.document.distinct()), func.count()).select_from(shown)
    documents, rows = transaction.connection.execute(counted).one()
    return rule.most + 1 if rows >= MOST_OF_DEVICE else int(documents)


def _acceptances_of_agent(transaction: Transaction, rule: CounterRule, row: CountedRow) -> int:
    accepted = COUNTED.c.outcome == Outcome.ACCEPT.value
    return _up_to(transaction, rule, row, COUNTED.c.agent, row.agent, accepted)


def _run_of_agent(transaction: Transaction, rule: CounterRule, row: CountedRow) -> int:
    if row.agent is None:
        return 0
    latest = (
        select(COUNTED.c.outcome)
        .where(*_within(transaction, rule, row), COUNTED.c.agent == row.agent)
        .order_by(COUNTED.c.at.desc(), COUNTED.c.id)
        .limit(rule.most + 1)
    )
    outcomes = transaction.connection.execute(latest).scalars().all()
    broken = (at for at, outcome in enumerate(outcomes) if outcome != Outcome.ACCEPT.value)
    return next(broken, len(outcomes))


def _up_to(
    transaction: Transaction,
    rule: CounterRule,
    row: CountedRow,
    column: ColumnElement[Any],
    value: str | None,
    *conditions: ColumnElement[bool],
) -> int:
    """How many rows have a value, up to one more than the rule allows; none have none."""
    if value is None:
        return 0
    some = (
        select(COUNTED.c.id)
        .where(*_within(transaction, rule, row), column == value, *conditions)
        .limit(rule.most + 1)
        .subquery()
    )
    return transaction.connection.execute(select(func.count()).select_from(some)).scalar_one()


def _within(transaction: Transaction, rule: CounterRule, row: CountedRow) -> tuple[ColumnElement[bool], ...]:
    since: datetime = row.at - rule.within
    return COUNTED.c.operator == transaction.operator, COUNTED.c.at > since


_COUNTS: Final[Mapping[Counted, Callable[[Transaction, CounterRule, CountedRow], int]]] = {
    Counted.DOCUMENT_SIGN_UPS: _sign_ups_of_document,
    Counted.DOCUMENT_REFUSALS: _refusals_of_document,
    Counted.DEVICE_DOCUMENTS: _documents_of_device,
    Counted.AGENT_ACCEPTANCES: _acceptances_of_agent,
    Counted.AGENT_RUN: _run_of_agent,
}
