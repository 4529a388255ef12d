"""Referred cases: nobody looks unseen, nobody decides unlooked, and then the pictures are gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from tests.conftest import on_each_database

from bonafide.errors import NotPermitted, RecordAltered, UsageError
from bonafide.evidence import check_receipt, parse_receipt
from bonafide.evidence.access import AccessRow
from bonafide.outcome import Outcome
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.sweep import sweep
from bonafide.service.review_reason import REASONS_FOR
from bonafide.store.schema import ACCESS, DECISION, SEALED
from bonafide.store.sealed import SealedRow

if TYPE_CHECKING:
    from tests.integration.service.conftest import Counter

OPERATOR = "counter.example"


@pytest.fixture
def referred(counter: Counter) -> str:
    _, token = counter.agrees()
    return counter.keeping.keep(counter.case(Outcome.REFER), token, counter.pictures("ours")).id


def accesses(counter: Counter) -> list[tuple[str, str, str | None]]:
    with counter.kept.store.read(OPERATOR) as transaction:
        found = transaction.all(AccessRow, ACCESS, order=[ACCESS.c.position])
    return [(row.who, row.action, row.referred_case) for row in found]


def pictures_left(counter: Counter) -> int:
    with counter.kept.store.read(OPERATOR) as transaction:
        return len(transaction.all(SealedRow, SEALED))


def test_cases_wait_oldest_first(counter: Counter, referred: str) -> None:
    counter.machine.passes(timedelta(minutes=1))
    _, token = counter.agrees()
    younger = counter.keeping.keep(counter.case(Outcome.REFER), token, counter.pictures("b")).id
    _, token = counter.agrees()
    counter.keeping.keep(counter.case(Outcome.ACCEPT), token, ())
    assert [case.id for case in counter.reviewing.waiting()] == [referred, younger]


def test_who_looks_is_in_the_log_and_sees_what_was_given(counter: Counter, referred: str) -> None:
    with counter.reviewing.opened(referred, "Wang Li") as opened:
        assert {(record.kind, bytes(record.content)) for record in opened} == {
            (str(picture.kind), picture.content) for picture in counter.pictures("ours")
        }
        assert accesses(counter) == [("Wang Li", "review", referred)]
    assert all(set(record.content) == {0} for record in opened)
    assert pictures_left(counter) == 3


def test_who_sees_nothing_is_in_the_log_too(counter: Counter, referred: str) -> None:
    def spoil(transaction: object) -> None:
        transaction.change(SEALED, SEALED.c.referred_case == referred, kind="selfie")  # type: ignore[attr-defined]

    counter.kept.store.write(OPERATOR, spoil)
    with pytest.raises(RecordAltered), counter.reviewing.opened(referred, "Wang Li"):
        raise AssertionError("opened")
    assert accesses(counter) == [("Wang Li", "review", referred)]


@pytest.mark.parametrize("outcome", [Outcome.ACCEPT, Outcome.REJECT])
def test_once_decided_the_pictures_are_gone(
    counter: Counter, referred: str, outcome: Outcome, everything: Callable[[], bytes]
) -> None:
    with counter.reviewing.opened(referred, "Wang Li"):
        pass
    made = counter.decides(referred, "Wang Li", outcome)
    assert (pictures_left(counter), counter.reviewing.waiting()) == (0, ())
    assert accesses(counter)[1:] == [("Wang Li", "decide", referred)]
    receipt = parse_receipt(made.receipt)
    assert check_receipt(receipt, (counter.signer.public_key,)).valid
    assert receipt.claims["statement"] == "reviewed"
    assert (receipt.claims["outcome"], receipt.claims["referral"]) == (outcome.value, referred)
    assert (receipt.claims["review_reasons"], receipt.claims["decided_by"]) == (
        [REASONS_FOR[outcome][0].value],
        "one",
    )
    assert b"Wang" not in made.receipt
    with counter.kept.store.read(OPERATOR) as transaction:
        first = transaction.one(DecisionRecord, DECISION, DECISION.c.id == referred)
        row = transaction.one(DecisionRecord, DECISION, DECISION.c.id == made.id)
    assert first
    assert row
    assert (row.subject, row.document_index) == (first.subject, first.document_index)
    assert row.outcome == outcome.value
    assert b"ours" not in everything()
    for late in (Outcome.ACCEPT, Outcome.REJECT):
        with pytest.raises(NotPermitted, match="not waiting"):
            counter.decides(referred, "Wang Li", late)
    with pytest.raises(NotPermitted, match="not waiting"), counter.reviewing.opened(referred, "Wang Li"):
        raise AssertionError("opened")


def test_nobody_decides_who_did_not_look(counter: Counter, referred: str) -> None:
    with counter.reviewing.opened(referred, "Wang Li"):
        pass
    with pytest.raises(NotPermitted, match="without having looked"):
        counter.decides(referred, "Zhao Min", Outcome.ACCEPT)
    assert pictures_left(counter) == 3
    assert [case.id for case in counter.reviewing.waiting()] == [referred]


def test_a_person_is_named(counter: Counter, referred: str) -> None:
    for unnamed in ("", " Wang", "Wang\nLi", "W" * 65):
        with pytest.raises(UsageError):
            counter.decides(referred, unnamed, Outcome.ACCEPT)
        with pytest.raises(UsageError), counter.reviewing.opened(referred, unnamed):
            raise AssertionError("opened")


@on_each_database
def test_of_many_who_decide_at_once_one_does(counter: Counter, referred: str) -> None:
    people = [f"reviewer {number}" for number in range(6)]
    for who in people:
        with counter.reviewing.opened(referred, who):
            pass
    gate = Barrier(len(people))

    def decide(who: str) -> bool:
        gate.wait()
        try:
            counter.decides(referred, who, Outcome.ACCEPT)
        except NotPermitted:
            return False
        return True

    with ThreadPoolExecutor(len(people)) as pool:
        assert sum(pool.map(decide, people)) == 1


def test_after_three_days_nobody_can_look_any_more(counter: Counter, referred: str) -> None:
    counter.machine.passes(timedelta(hours=72))
    assert counter.reviewing.waiting() == ()
    with pytest.raises(NotPermitted), counter.reviewing.opened(referred, "Wang Li"):
        raise AssertionError("opened")
    sweep(counter.kept.store, counter.kept.now().retention)
    assert pictures_left(counter) == 0


def test_a_case_that_is_none(counter: Counter, referred: str) -> None:
    assert referred
    with pytest.raises(NotPermitted, match="not waiting"), counter.reviewing.opened("nothing", "Wang Li"):
        raise AssertionError("opened")
