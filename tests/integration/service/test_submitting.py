"""Handing in pictures: what costs a try, what is kept, and that of a thousand at once one is decided."""

from __future__ import annotations

import dataclasses
import random
import threading
import time
from collections import Counter as Count
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import on_each_database

from bonafide.errors import BonafideError, NotPermitted, StoreUnusable, TooManyTries, UnreadablePicture
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import purposes
from bonafide.privacy.consent import consent_of, withdraw
from bonafide.privacy.erasure import erase
from bonafide.privacy.holdings import HOLDINGS, DecisionRecord
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.privacy.sign_up_rows import AttemptRow
from bonafide.privacy.sweep import sweep
from bonafide.service.keeping import Keeping
from bonafide.service.retention import new_identifier
from bonafide.service.sign_up import SignUpState
from bonafide.store import Store
from bonafide.store.schema import DECISION, SEALED
from bonafide.store.sealed import SealedRow
from bonafide.store.sign_up_tables import ATTEMPT

if TYPE_CHECKING:
    from tests.integration.service.conftest import Desk

OPERATOR = "counter.example"
BLURRED = (Reason.SELFIE_BLURRED, Reason.DOCUMENT_TOO_DARK)


def takes_back(desk: Desk, made: str, link: str, how: str) -> None:
    """Somebody who agreed declines, withdraws or is erased."""
    if how == "declines":
        desk.sign_ups.decline(link)
    elif how == "withdraws":
        consent, now = desk.row(made).consent, desk.counter.kept.now()
        assert consent
        desk.service.store.write(
            OPERATOR, lambda transaction: withdraw(transaction, consent, purposes()["sim-signup"], now)
        )
    else:
        assert erases(desk, made)["sign-up"] == 1


def decisions(desk: Desk) -> tuple[DecisionRecord, ...]:
    with desk.service.store.read(OPERATOR) as transaction:
        return transaction.all(DecisionRecord, DECISION)


def attempts(desk: Desk) -> Count[str]:
    with desk.service.store.read(OPERATOR) as transaction:
        return Count(row.kind for row in transaction.all(AttemptRow, ATTEMPT))


def unjudged(desk: Desk) -> None:
    desk.verifier.outcome, desk.verifier.reasons, desk.verifier.number = Outcome.REFER, BLURRED, None


def unlocked(desk: Desk) -> None:
    """Let so much time pass that failures are no run of failures."""
    desk.counter.machine.passes(timedelta(minutes=2))


def erases(desk: Desk, made: str) -> dict[str, int]:
    subject, now = desk.row(made).subject, desk.counter.kept.now()
    assert subject
    erased = erase(
        desk.service.store,
        OPERATOR,
        [subject],
        now=now,
        identifier=new_identifier,
        signer=desk.service.signer,
        software="bonafide test",
    )
    return dict(erased.rows)


def test_pictures_that_cannot_be_judged_may_be_taken_again(
    desk: Desk, everything: Callable[[], bytes]
) -> None:
    made, link = desk.begins()
    unjudged(desk)
    for left in (4, 3):
        told = desk.submits(link)
        assert (told.state, told.outcome, told.reasons) == (SignUpState.AGREED, None, BLURRED)
        assert (told.tries_left, told.again) == (left, True)
        unlocked(desk)
    assert desk.state(made) is SignUpState.AGREED
    assert decisions(desk) == ()
    assert b"the face" not in everything()
    desk.verifier.outcome, desk.verifier.reasons = Outcome.ACCEPT, None
    told = desk.submits(link)
    assert (told.state, told.tries_left, told.again) == (SignUpState.ACCEPTED, 2, False)


def test_on_the_last_try_a_person_is_to_look(desk: Desk) -> None:
    made, link = desk.begins()
    unjudged(desk)
    for _ in range(4):
        assert desk.submits(link).again
        unlocked(desk)
    told = desk.submits(link)
    assert (told.state, told.outcome, told.tries_left) == (SignUpState.WAITING, Outcome.REFER, 0)
    assert not told.again
    assert desk.state(made) is SignUpState.WAITING
    with desk.service.store.read(OPERATOR) as transaction:
        assert len(transaction.all(SealedRow, SEALED)) == 3


@pytest.mark.parametrize(
    ("reasons", "again"),
    [
        ((Reason.MATCH_DOUBTFUL,), False),
        ((Reason.MATCH_DOUBTFUL, Reason.DOCUMENT_UNREADABLE), False),
        ((Reason.MATCH_CONFIRMED, Reason.PRESENCE_ATTENDED, Reason.DOCUMENT_UNREADABLE), True),
        ((Reason.MATCH_CONFIRMED, Reason.PRESENCE_NOT_SHOWN, Reason.DOCUMENT_SIDE_MISSING), True),
        ((Reason.MATCH_CONFIRMED, Reason.PRESENCE_ATTENDED, Reason.DOCUMENT_SCREEN), False),
        ((Reason.MATCH_CONFIRMED, Reason.PRESENCE_NOT_SHOWN, Reason.DOCUMENT_CONSISTENT), False),
        ((Reason.SELFIE_NO_FACE,), True),
        ((), False),
    ],
)
def test_better_pictures_are_asked_for_only_where_they_help(
    desk: Desk, reasons: tuple[Reason, ...], again: bool
) -> None:
    _, link = desk.begins()
    desk.verifier.outcome, desk.verifier.reasons = Outcome.REFER, reasons
    told = desk.submits(link)
    assert told.again is again
    assert told.state is (SignUpState.AGREED if again else SignUpState.WAITING)
    # Which checks went well is not told to whoever tries again.
    assert not again or set(told.reasons).isdisjoint({Reason.MATCH_CONFIRMED, Reason.PRESENCE_ATTENDED})


def test_damaged_pictures_cost_a_try_and_in_the_end_all(desk: Desk) -> None:
    made, link = desk.begins()

    def damaged() -> None:
        raise UnreadablePicture("Selfie: it is damaged", "Take it again")

    desk.verifier.meanwhile = damaged
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(UnreadablePicture):
            desk.submits(link)
        assert desk.row(made).tries_left == left
        unlocked(desk)
    desk.verifier.meanwhile = lambda: None
    with pytest.raises(NotPermitted, match="run out"):
        desk.submits(link)
    assert decisions(desk) == ()
    # What is left is a person (test_by_person.py).
    assert desk.state(made) is SignUpState.AGREED


@pytest.mark.parametrize("fault", [ZeroDivisionError, KeyboardInterrupt, MemoryError])
def test_what_we_did_wrong_costs_no_try(desk: Desk, fault: type[BaseException]) -> None:
    made, link = desk.begins()

    def broken() -> None:
        assert desk.row(made).tries_left == 4
        raise fault

    desk.verifier.meanwhile = broken
    for _ in range(7):
        with pytest.raises(fault):
            desk.submits(link)
        assert desk.row(made).tries_left == 5
    desk.verifier.meanwhile = lambda: None
    assert desk.submits(link).state is SignUpState.ACCEPTED
    assert attempts(desk) == {}


def test_what_cannot_be_kept_costs_no_try(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made, link = desk.begins()
    before = repr(desk.row(made))

    def full(*_arguments: object, **_options: object) -> None:
        raise StoreUnusable("The disk is full", "Make room")

    with monkeypatch.context() as broken:
        broken.setattr(Keeping, "keep", full)
        with pytest.raises(StoreUnusable):
            desk.submits(link)
    assert repr(desk.row(made)) == before
    assert desk.submits(link).state is SignUpState.ACCEPTED


def test_a_fault_after_the_decision_undoes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made, link = desk.begins()
    keep = Keeping.keep

    def lost(self: Keeping, *arguments: object, **options: object) -> None:
        keep(self, *arguments, **options)  # type: ignore[arg-type]
        raise StoreUnusable("The connection broke", "Try again")

    with monkeypatch.context() as broken:
        broken.setattr(Keeping, "keep", lost)
        with pytest.raises(StoreUnusable):
            desk.submits(link)
    assert (desk.state(made), desk.row(made).tries_left) == (SignUpState.ACCEPTED, 4)
    assert len(decisions(desk)) == 1


@on_each_database
def test_while_one_is_looked_at_no_other_is(desk: Desk) -> None:
    made, link = desk.begins()
    refusals = []

    def meanwhile() -> None:
        for _ in range(3):
            with pytest.raises(NotPermitted, match="being looked at") as refused:
                desk.submits(link)
            refusals.append(refused)
        assert desk.state(made) is SignUpState.AGREED

    desk.verifier.meanwhile = meanwhile
    assert desk.submits(link).tries_left == 4
    assert (desk.verifier.calls, len(refusals)) == (1, 3)


def test_whoever_takes_longer_than_a_minute_is_taken_over(desk: Desk) -> None:
    made, link = desk.begins()
    told = []

    def slow() -> None:
        desk.verifier.meanwhile = lambda: None
        desk.counter.machine.passes(timedelta(seconds=60, milliseconds=-1))
        with pytest.raises(NotPermitted, match="being looked at"):
            desk.submits(link)
        desk.counter.machine.passes(timedelta(milliseconds=1))
        desk.verifier.outcome = Outcome.REJECT
        told.append(desk.submits(link))
        desk.verifier.outcome = Outcome.ACCEPT

    desk.verifier.meanwhile = slow
    with pytest.raises(NotPermitted, match="went on without"):
        desk.submits(link)
    assert [one.state for one in told] == [SignUpState.REJECTED]
    assert desk.state(made) is SignUpState.REJECTED
    assert len(decisions(desk)) == 1


def test_whoever_was_taken_over_decides_nothing_even_if_nothing_was_decided(desk: Desk) -> None:
    made, link = desk.begins()

    def slow() -> None:
        desk.verifier.meanwhile = lambda: None
        desk.counter.machine.passes(timedelta(seconds=60))
        unjudged(desk)
        assert desk.submits(link).again
        desk.verifier.outcome, desk.verifier.reasons = Outcome.ACCEPT, None

    desk.verifier.meanwhile = slow
    with pytest.raises(NotPermitted, match="went on without"):
        desk.submits(link)
    assert decisions(desk) == ()
    assert (desk.state(made), desk.row(made).tries_left) == (SignUpState.AGREED, 3)
    assert desk.submits(link).state is SignUpState.ACCEPTED


def test_whoever_dies_with_the_last_try_leaves_none(desk: Desk) -> None:
    made, link = desk.begins()
    unjudged(desk)
    for _ in range(4):
        desk.submits(link)
        unlocked(desk)
    claim = desk.verifier.meanwhile

    def dies() -> None:
        desk.counter.machine.passes(timedelta(seconds=60))
        with pytest.raises(NotPermitted, match="run out"):
            desk.submits(link)
        raise SystemExit

    desk.verifier.meanwhile = dies
    with pytest.raises(SystemExit):
        desk.submits(link)
    # Still its own: the fault was ours, and gave the try back.
    desk.verifier.meanwhile = claim
    assert (desk.state(made), desk.row(made).tries_left) == (SignUpState.AGREED, 1)


@pytest.mark.parametrize("what", ["declines", "withdraws", "erased"])
def test_what_somebody_takes_back_meanwhile_is_not_decided(desk: Desk, what: str) -> None:
    made, link = desk.begins()
    desk.verifier.meanwhile = lambda: takes_back(desk, made, link, what)
    with pytest.raises(NotPermitted):
        desk.submits(link)
    assert decisions(desk) == ()
    desk.verifier.meanwhile = lambda: None
    if what == "declines":
        assert desk.state(made) is SignUpState.DECLINED
    elif what == "withdraws":
        assert (desk.state(made), desk.row(made).tries_left) == (SignUpState.AGREED, 4)
    else:
        assert desk.sign_ups.find(made) is None
    with pytest.raises(NotPermitted):
        desk.submits(link)


# Attempt limits.


def fails(desk: Desk, times: int, *, device: str | None, number: str | None) -> None:
    """So many sign-ups of so many people fail at once."""
    desk.verifier.outcome, desk.verifier.reasons, desk.verifier.number = Outcome.REJECT, None, number
    for _ in range(times):
        assert desk.submits(desk.begins()[1], device).outcome is Outcome.REJECT
    desk.verifier.outcome = Outcome.ACCEPT


def test_a_device_is_locked_for_an_hour_after_five_failures(
    desk: Desk, everything: Callable[[], bytes]
) -> None:
    fails(desk, 5, device="tablet by the door", number=None)
    calls = desk.verifier.calls
    made, link = desk.begins()
    with pytest.raises(TooManyTries, match="A trained employee then compares you with your document"):
        desk.submits(link, "tablet by the door")
    assert (desk.verifier.calls, desk.row(made).tries_left) == (calls, 5)
    assert desk.submits(desk.begins()[1], "tablet at the till").outcome is Outcome.ACCEPT
    assert desk.submits(desk.begins()[1]).outcome is Outcome.ACCEPT
    assert b"tablet by" not in everything()
    desk.counter.machine.passes(timedelta(hours=1, milliseconds=-1))
    _, link = desk.begins()
    with pytest.raises(TooManyTries):
        desk.submits(link, "tablet by the door")
    desk.counter.machine.passes(timedelta(milliseconds=1))
    assert desk.submits(link, "tablet by the door").outcome is Outcome.ACCEPT


def test_a_document_is_locked_whoever_shows_it_wherever(desk: Desk) -> None:
    fails(desk, 5, device=None, number="L898902C3")
    made, link = desk.begins()
    kept = len(decisions(desk))
    with pytest.raises(TooManyTries):
        desk.submits(link, "another tablet")
    assert desk.row(made).tries_left == 4
    assert desk.row(made).claim is None
    assert len(decisions(desk)) == kept
    desk.verifier.number = "L898902C4"
    assert desk.submits(link).outcome is Outcome.ACCEPT
    # Being refused for it prolongs nothing.
    assert attempts(desk) == {"document": 5, "subject": 5}


def test_four_failures_or_slow_ones_lock_nothing(desk: Desk) -> None:
    fails(desk, 4, device="tablet", number="L898902C3")
    desk.counter.machine.passes(timedelta(minutes=3, milliseconds=1))
    fails(desk, 4, device="tablet", number="L898902C3")
    assert desk.submits(desk.begins()[1], "tablet").outcome is Outcome.ACCEPT


def test_who_is_only_unattended_fails_nothing(desk: Desk) -> None:
    desk.verifier.outcome = Outcome.REFER
    desk.verifier.reasons = (Reason.MATCH_CONFIRMED, Reason.PRESENCE_NOT_SHOWN, Reason.DOCUMENT_CONSISTENT)
    for _ in range(6):
        assert desk.submits(desk.begins()[1], "kiosk").state is SignUpState.WAITING
    assert attempts(desk) == {}


def test_one_who_tries_and_tries_is_locked(desk: Desk) -> None:
    _, link = desk.begins()
    unjudged(desk)
    for _ in range(4):
        assert desk.submits(link, "phone").again
    assert desk.submits(link, "phone").state is SignUpState.WAITING
    assert attempts(desk) == {"subject": 5, "device": 5}
    with pytest.raises(TooManyTries):
        desk.submits(desk.begins()[1], "phone")


def test_failures_are_forgotten_within_the_hour_and_their_person_at_once(desk: Desk) -> None:
    made, link = desk.begins()
    fails(desk, 4, device="tablet", number=None)
    desk.verifier.outcome = Outcome.REJECT
    desk.submits(link, "tablet")
    subject = desk.row(made).subject
    assert erases(desk, made)["attempt"] == 2
    with desk.service.store.read(OPERATOR) as transaction:
        rows = transaction.all(AttemptRow, ATTEMPT)
    assert len(rows) == 10
    assert subject not in {row.subject for row in rows}
    # Nobody begins anew by having themselves erased.
    with pytest.raises(TooManyTries):
        desk.submits(desk.begins()[1], "tablet")
    desk.counter.machine.passes(timedelta(minutes=63, milliseconds=-1))
    sweep(desk.service.store, desk.counter.machine.now)
    assert sum(attempts(desk).values()) == 10
    desk.counter.machine.passes(timedelta(milliseconds=1))
    sweep(desk.service.store, desk.counter.machine.now)
    assert attempts(desk) == {}


@pytest.mark.parametrize("device", ["", "x" * 513])
def test_a_device_has_a_name_or_none(desk: Desk, device: str) -> None:
    made, link = desk.begins()
    with pytest.raises(BonafideError):
        desk.submits(link, device)
    assert (desk.verifier.calls, desk.row(made).tries_left) == (0, 5)


# At once.


def at_once(times: int, work: Callable[[int], object]) -> Count[str]:
    """What came of doing something so many times at once: outcomes and refusals."""
    gate = threading.Event()

    def one(number: int) -> str:
        assert gate.wait(60)
        try:
            return str(work(number))
        except NotPermitted as refused:
            return refused.problem

    with ThreadPoolExecutor(times) as pool:
        futures = [pool.submit(one, number) for number in range(times)]
        gate.set()
        return Count(future.result() for future in futures)


@on_each_database
def test_of_a_thousand_uses_of_one_link_one_wins(desk: Desk) -> None:
    made, link = desk.begins(attended=True, agent="agent 7")
    looking = threading.Event()
    desk.verifier.meanwhile = looking.set
    found = at_once(1000, lambda _: desk.submits(link).state)
    refusals = found["Pictures that were handed in with this link are being looked at"]
    refusals += found["This link has been used"]
    assert (found["accepted"], refusals) == (1, 999)
    assert looking.is_set()
    assert desk.verifier.calls == len(decisions(desk)) == 1
    assert (desk.state(made), desk.row(made).tries_left) == (SignUpState.ACCEPTED, 4)


@on_each_database
def test_of_many_who_agree_at_once_one_does(desk: Desk) -> None:
    made, link = desk.opens()
    found = at_once(50, lambda _: desk.agrees(link).state)
    assert found == {"agreed": 50}
    with desk.service.store.read(OPERATOR) as transaction:
        consent = consent_of(transaction, desk.row(made).consent or "")
        assert consent
        assert consent.subject == desk.row(made).subject
    assert at_once(50, lambda number: (desk.submits if number % 2 else desk.sign_ups.decline)(link).state)
    assert desk.state(made) in (SignUpState.ACCEPTED, SignUpState.DECLINED)
    assert len(decisions(desk)) == (desk.state(made) is SignUpState.ACCEPTED)


@pytest.fixture
def elsewhere(desk: Desk, database: str) -> Iterator[Desk]:
    """The same counter, as another process has it."""
    store = Store.open(database)
    clock = RetentionClock(store, desk.counter.machine.read)
    yield dataclasses.replace(desk, service=dataclasses.replace(desk.service, store=store, clock=clock))
    store.close()


@on_each_database
def test_of_many_uses_in_two_processes_one_wins(desk: Desk, elsewhere: Desk) -> None:
    for _ in range(5):
        made, link = desk.begins()
        calls = desk.verifier.calls

        def one(number: int, link: str = link) -> object:
            return (desk, elsewhere)[number % 2].submits(link).state

        found = at_once(40, one)
        assert (found["accepted"], sum(found.values())) == (1, 40)
        assert desk.verifier.calls == calls + 1
        assert desk.row(made).tries_left == 4
    assert len(decisions(desk)) == 5


def test_who_is_erased_while_they_are_decided_about_leaves_nothing(desk: Desk, elsewhere: Desk) -> None:
    ends = Count[str]()
    for number in range(40):
        outcome = (Outcome.ACCEPT, Outcome.REFER, Outcome.REJECT)[number % 3]
        desk.verifier.outcome = outcome
        made, link = desk.begins()
        subject = desk.row(made).subject
        assert subject

        def one(which: int, of: str = made, link: str = link) -> object:
            if which == 0:
                time.sleep(random.uniform(0, 0.03))  # noqa: S311
                return erases(elsewhere, of)["subject"]
            return desk.submits(link).state

        ends += at_once(2, one)
        with desk.service.store.read(OPERATOR) as transaction:
            left = {holding.name: holding.export(transaction, subject) for holding in HOLDINGS}
        assert not any(left.values()), left
        unlocked(desk)
    # Each was erased, and either decided about before or refused; nobody was told that the database failed.
    assert ends["1"] == 40
    assert sum(ends.values()) == 80
    assert set(ends) <= {
        "1",
        "accepted",
        "waiting",
        "rejected",
        "The sign-up went on without these pictures",
    } | {"There is no such link"}


def test_who_is_erased_while_a_person_decides_leaves_nothing(desk: Desk, elsewhere: Desk) -> None:
    desk.verifier.outcome = Outcome.REFER
    for _ in range(15):
        made, link = desk.begins()
        desk.submits(link)
        row = desk.row(made)
        assert row.subject
        assert row.referred_case
        with desk.counter.reviewing.opened(row.referred_case, "Wang Li"):
            pass

        def one(which: int, case: str = row.referred_case, of: str = made) -> object:
            time.sleep(random.uniform(0, 0.01))  # noqa: S311
            if which == 0:
                return erases(elsewhere, of)["subject"]
            return desk.counter.decides(case, "Wang Li", Outcome.ACCEPT).waiting

        found = at_once(2, one)
        assert found["1"] == 1
        with desk.service.store.read(OPERATOR) as transaction:
            left = {
                holding.name: holding.export(transaction, row.subject)
                for holding in HOLDINGS
                if holding.name != "access"
            }
        assert not any(left.values()), left
        unlocked(desk)
