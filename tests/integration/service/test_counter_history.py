"""Patterns across sign-ups: each rule refers above its number and within its time, not before, not after, not
for another operator, and not for what was erased.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text
from tests.conftest import on_each_database

from bonafide.decide import Counted, CounterRule, CounterRules, shipped_rules
from bonafide.decide.counter_rules import REASON_OF
from bonafide.errors import NotPermitted, StoreUnusable
from bonafide.evidence import parse_receipt
from bonafide.outcome import Outcome, Reason
from bonafide.privacy.counted_row import CountedRow
from bonafide.privacy.erasure import erase
from bonafide.privacy.export import export
from bonafide.privacy.sweep import sweep
from bonafide.service import counter_history
from bonafide.service.counter import Counter as ServiceCounter
from bonafide.service.counter_history import count_in, counts_of, device_index
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.service.sign_up import SignUpState, Told
from bonafide.store import Store, Transaction
from bonafide.store.counted_tables import COUNTED
from bonafide.store.schema import SUBJECT

if TYPE_CHECKING:
    from tests.integration.service.conftest import Desk

OPERATOR, OTHER = "counter.example", "other.example"
ACCEPTED = (Reason.MATCH_CONFIRMED, Reason.PRESENCE_ATTENDED, Reason.DOCUMENT_CONSISTENT)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Subject:
    id: str
    made_at: datetime


def rule(counts: Counted, most: int, within: timedelta = HOUR) -> CounterRule:
    return CounterRule("one", counts, within, most, REASON_OF[counts], "a test")


def under(desk: Desk, *rules: CounterRule) -> None:
    """The desk works under these rules from now on."""
    desk.service = replace(desk.service, rules=CounterRules(rules))


def signs_up(
    desk: Desk,
    number: str | None = "L898902C3",
    *,
    agent: str | None = None,
    device: str | None = None,
    outcome: Outcome = Outcome.ACCEPT,
    reasons: tuple[Reason, ...] | None = None,
) -> tuple[str, Told]:
    """Somebody new signs up at this moment."""
    made, link = desk.begins(attended=agent is not None, agent=agent)
    desk.verifier.number, desk.verifier.outcome, desk.verifier.reasons = number, outcome, reasons
    return made, desk.submits(link, device)


def accepts(told: Told) -> bool:
    """Whether somebody was accepted; if not, that they were referred."""
    assert told.outcome in (Outcome.ACCEPT, Outcome.REFER)
    return told.outcome is Outcome.ACCEPT


def counted(desk: Desk) -> tuple[CountedRow, ...]:
    with desk.service.store.read(OPERATOR) as transaction:
        return transaction.all(CountedRow, COUNTED, order=[COUNTED.c.at, COUNTED.c.id])


def decides(desk: Desk, outcome: Outcome) -> None:
    """A person decides the case that waits."""
    (case,) = desk.counter.reviewing.waiting()
    with desk.counter.reviewing.opened(case.id, "Wang Li"):
        pass
    desk.counter.decides(case.id, "Wang Li", outcome)


def test_the_third_sign_up_with_one_document_is_referred_and_says_why(desk: Desk) -> None:
    under(desk, rule(Counted.DOCUMENT_SIGN_UPS, 2))
    assert [accepts(signs_up(desk)[1]) for _ in range(2)] == [True, True]
    made, told = signs_up(desk)
    assert (told.state, told.outcome, told.again) == (SignUpState.WAITING, Outcome.REFER, False)
    assert told.reasons == (*ACCEPTED, Reason.PATTERN_SAME_DOCUMENT)
    found = desk.sign_ups.find(made)
    assert found
    assert (found.state, found.reasons) == (SignUpState.WAITING, told.reasons)
    receipt = desk.sign_ups.receipt(made)
    assert receipt
    claims = parse_receipt(receipt).claims
    assert (claims["outcome"], claims["reasons"]) == ("refer", [str(reason) for reason in told.reasons])
    assert claims["rules"] == desk.service.rules.digest
    # Another document is another matter, and a person decides this one as any other.
    assert accepts(signs_up(desk, "X1")[1])
    decides(desk, Outcome.ACCEPT)
    assert desk.state(made) is SignUpState.ACCEPTED


def test_a_document_that_was_not_read_is_no_document(desk: Desk) -> None:
    under(desk, rule(Counted.DOCUMENT_SIGN_UPS, 1), rule(Counted.DOCUMENT_REFUSALS, 0))
    signs_up(desk, None, outcome=Outcome.REJECT)
    assert [accepts(signs_up(desk, None)[1]) for _ in range(3)] == [True] * 3


@pytest.mark.parametrize(
    ("counts", "most"),
    [
        (Counted.DOCUMENT_SIGN_UPS, 1),
        (Counted.DEVICE_DOCUMENTS, 1),
        (Counted.AGENT_ACCEPTANCES, 1),
        (Counted.AGENT_RUN, 1),
        (Counted.DOCUMENT_REFUSALS, 0),
    ],
)
def test_a_rule_looks_back_as_long_as_it_says(desk: Desk, counts: Counted, most: int) -> None:
    under(desk, rule(counts, most))
    number = "D0"

    def again() -> Told:
        nonlocal number
        number = "D1" if counts is Counted.DEVICE_DOCUMENTS and number == "D0" else "D0"
        return signs_up(desk, number, agent="agent 7", device="tablet 3")[1]

    def begins() -> None:
        if counts is Counted.DOCUMENT_REFUSALS:
            signs_up(desk, "D0", outcome=Outcome.REJECT)
        else:
            assert accepts(again())

    begins()
    desk.counter.machine.passes(HOUR - SECOND)
    late = again()
    assert not accepts(late)
    assert late.reasons[len(ACCEPTED) :] == (REASON_OF[counts],)
    # Once the hour is over, it begins anew.
    desk.counter.machine.passes(HOUR * 2)
    begins()
    desk.counter.machine.passes(HOUR)
    assert accepts(again())


def test_one_device_with_many_documents(desk: Desk) -> None:
    under(desk, rule(Counted.DEVICE_DOCUMENTS, 2))
    for number in ("D1", "D2", "D1", "D2", None, "D1"):
        assert accepts(signs_up(desk, number, device="tablet 3")[1])
    # Whatever came of the others: each was shown.
    assert not accepts(signs_up(desk, "D3", device="tablet 3")[1])
    assert accepts(signs_up(desk, "D3", device="tablet 4")[1])
    assert accepts(signs_up(desk, "D4")[1])
    assert not accepts(signs_up(desk, "D1", device="tablet 3")[1])


def test_a_device_that_is_never_still_is_a_pattern(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter_history, "MOST_OF_DEVICE", 4)
    under(desk, rule(Counted.DEVICE_DOCUMENTS, 2))
    outcomes = [accepts(signs_up(desk, "D1", device="tablet 3")[1]) for _ in range(4)]
    assert outcomes == [True, True, True, False]


def test_a_device_is_kept_as_a_keyed_hash(desk: Desk, everything: Callable[[], bytes]) -> None:
    signs_up(desk, device="tablet-of-the-south-gate")
    desk.counter.machine.passes(SECOND)
    signs_up(desk)
    first, second = counted(desk)
    assert first.device == device_index(desk.counter.vault, OPERATOR, "tablet-of-the-south-gate")
    assert second.device is None
    assert device_index(desk.counter.vault, OPERATOR, "tablet") != device_index(
        desk.counter.vault, OPERATOR, "tablet 2"
    )
    assert b"south-gate" not in everything()


def test_an_agent_who_accepts_too_many_in_an_hour(desk: Desk) -> None:
    under(desk, rule(Counted.AGENT_ACCEPTANCES, 2))
    number = iter(f"D{at}" for at in range(20))

    def by(agent: str | None, outcome: Outcome = Outcome.ACCEPT) -> Told:
        return signs_up(desk, next(number), agent=agent, outcome=outcome)[1]

    assert accepts(by("agent 7"))
    # Only acceptances count, and only the agent's own; who is named where nobody attends vouches for nothing.
    by("agent 7", Outcome.REJECT)
    by("agent 7", Outcome.REFER)
    decides(desk, Outcome.ACCEPT)
    made, link = desk.begins(attended=False, agent="agent 7")
    desk.verifier.number, desk.verifier.outcome = next(number), Outcome.ACCEPT
    assert accepts(desk.submits(link))
    assert accepts(by("agent 7"))
    found = by("agent 7")
    assert not accepts(found)
    assert found.reasons == (*ACCEPTED, Reason.PATTERN_AGENT_RUN)
    assert accepts(by("agent 8"))
    assert accepts(by(None))
    # What was referred is no acceptance: as the first leaves the hour, one more is accepted.
    desk.counter.machine.passes(HOUR)
    assert accepts(by("agent 7"))
    assert desk.state(made) is SignUpState.ACCEPTED


def test_a_run_ends_with_any_other_outcome(desk: Desk) -> None:
    under(desk, rule(Counted.AGENT_RUN, 2))
    number = iter(f"D{at}" for at in range(30))

    def by(agent: str, outcome: Outcome = Outcome.ACCEPT) -> Told:
        desk.counter.machine.passes(SECOND)
        return signs_up(desk, next(number), agent=agent, outcome=outcome)[1]

    assert [accepts(by("agent 7")) for _ in range(2)] == [True, True]
    by("agent 7", Outcome.REJECT)
    assert [accepts(by("agent 7")) for _ in range(2)] == [True, True]
    # Another's rejection ends nothing.
    by("agent 8", Outcome.REJECT)
    assert not accepts(by("agent 7"))
    # The referral itself is another outcome, unless and until more follow.
    assert [accepts(by("agent 7")) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("outcome", "reasons", "flips"),
    [
        (Outcome.REJECT, (Reason.MATCH_REFUTED,), True),
        (Outcome.REFER, (Reason.MATCH_DOUBTFUL,), True),
        (Outcome.REFER, (Reason.MATCH_CONFIRMED, Reason.PRESENCE_NOT_SHOWN), False),
        (Outcome.REFER, (Reason.MATCH_CONFIRMED, Reason.DOCUMENT_EXPIRED), False),
        (Outcome.ACCEPT, None, False),
    ],
)
def test_an_acceptance_after_no_match_is_looked_at(
    desk: Desk, outcome: Outcome, reasons: tuple[Reason, ...] | None, flips: bool
) -> None:
    under(desk, rule(Counted.DOCUMENT_REFUSALS, 0))
    signs_up(desk, outcome=outcome, reasons=reasons)
    told = signs_up(desk)[1]
    assert accepts(told) is not flips
    assert (Reason.PATTERN_OUTCOME_FLIP in told.reasons) is flips
    assert accepts(signs_up(desk, "another")[1])


def test_a_person_who_finds_the_match_ends_the_doubt(desk: Desk) -> None:
    under(desk, rule(Counted.DOCUMENT_REFUSALS, 0))
    signs_up(desk, outcome=Outcome.REFER)
    assert not accepts(signs_up(desk)[1])
    for case in desk.counter.reviewing.waiting():
        with desk.counter.reviewing.opened(case.id, "Wang Li"):
            pass
        desk.counter.decides(case.id, "Wang Li", Outcome.ACCEPT)
    assert accepts(signs_up(desk)[1])


def test_a_person_who_rejects_is_a_refusal(desk: Desk) -> None:
    under(desk, rule(Counted.DOCUMENT_REFUSALS, 0))
    signs_up(desk, outcome=Outcome.REFER, reasons=(Reason.MATCH_CONFIRMED, Reason.DOCUMENT_READING_UNSURE))
    decides(desk, Outcome.REJECT)
    assert not accepts(signs_up(desk)[1])


@pytest.mark.parametrize("outcome", [Outcome.REFER, Outcome.REJECT])
def test_any_other_outcome_stays_as_it_is(desk: Desk, outcome: Outcome) -> None:
    under(desk, rule(Counted.DOCUMENT_SIGN_UPS, 1), replace(rule(Counted.DOCUMENT_REFUSALS, 0), name="two"))
    for _ in range(3):
        told = signs_up(desk, outcome=outcome)[1]
        assert (told.outcome, len(told.reasons)) == (outcome, 1)
        assert not told.reasons[0].startswith("pattern.")
    assert len(counted(desk)) == 3


def test_pictures_that_decide_nothing_are_not_counted(desk: Desk) -> None:
    _, told = signs_up(desk, outcome=Outcome.REFER, reasons=(Reason.SELFIE_BLURRED,))
    assert told.again
    assert counted(desk) == ()


def test_several_rules_tell_all_their_reasons(desk: Desk) -> None:
    under(
        desk,
        rule(Counted.AGENT_ACCEPTANCES, 1),
        replace(rule(Counted.DOCUMENT_SIGN_UPS, 1), name="two"),
        replace(rule(Counted.AGENT_RUN, 1), name="three"),
    )
    signs_up(desk, agent="agent 7")
    told = signs_up(desk, agent="agent 7")[1]
    assert told.reasons[3:] == (Reason.PATTERN_AGENT_RUN, Reason.PATTERN_SAME_DOCUMENT)


def test_who_was_referred_for_a_pattern_has_not_failed(desk: Desk) -> None:
    under(desk, rule(Counted.DEVICE_DOCUMENTS, 1))
    for at in range(8):
        signs_up(desk, f"D{at}", device="tablet 3")
    # Eight failures would have locked the tablet.
    assert signs_up(desk, "D9", device="tablet 3")[1].outcome is Outcome.REFER


def test_another_operators_sign_ups_do_not_count(desk: Desk) -> None:
    under(desk, rule(Counted.DOCUMENT_SIGN_UPS, 1), rule(Counted.DOCUMENT_REFUSALS, 0))
    signs_up(desk)
    (row,) = counted(desk)
    now = desk.counter.machine.now
    for most in (rule(Counted.DOCUMENT_SIGN_UPS, 1), rule(Counted.AGENT_RUN, 1)):
        # The very same row, hashes and all, at another operator.
        with desk.service.store.read(OTHER) as transaction:
            assert counts_of(transaction, CounterRules((most,)), row) == {"one": 0}
    desk.service.store.begin_operator(OTHER, now)
    theirs = replace(row, id=new_identifier(), outcome="reject", unmatched=True, agent="agent 7")

    def keeps(transaction: Transaction) -> None:
        transaction.add(SUBJECT, _Subject(theirs.subject, now))
        for _ in range(5):
            count_in(transaction, replace(theirs, id=new_identifier()))

    desk.service.store.write(OTHER, keeps)
    every = [rule(kind, 1) for kind in Counted]
    with desk.service.store.read(OPERATOR) as transaction:
        for one in every:
            assert counts_of(transaction, CounterRules((one,)), replace(row, agent="agent 7"))["one"] <= 1
    with desk.service.store.read(OTHER) as transaction:
        assert counts_of(transaction, CounterRules((every[0],)), row)["one"] == 2


def test_what_was_erased_does_not_count(desk: Desk) -> None:
    under(desk, rule(Counted.DOCUMENT_SIGN_UPS, 1))
    made, _ = signs_up(desk)
    assert not accepts(signs_up(desk)[1])
    for row in counted(desk):
        erases(desk, row.subject)
    assert counted(desk) == ()
    assert accepts(signs_up(desk)[1])
    assert desk.sign_ups.find(made) is None


def test_it_goes_after_thirty_days_and_the_sign_up_stays(desk: Desk) -> None:
    made, _ = signs_up(desk, device="tablet 3")
    desk.counter.machine.passes(timedelta(days=30) - SECOND)
    sweep(desk.service.store, desk.counter.kept.now().retention)
    assert len(counted(desk)) == 1
    desk.counter.machine.passes(SECOND)
    sweep(desk.service.store, desk.counter.kept.now().retention)
    assert counted(desk) == ()
    assert desk.state(made) is SignUpState.ACCEPTED


def test_an_export_has_it(desk: Desk) -> None:
    signs_up(desk, agent="agent 7", device="tablet 3")
    (row,) = counted(desk)
    exported = export(
        desk.service.store,
        desk.counter.vault,
        OPERATOR,
        [row.subject],
        who="clerk",
        now=desk.counter.kept.now(),
        identifier=new_identifier,
        random=random_bytes,
    )
    assert row.device
    assert row.device.encode() in exported.files[0].content


@on_each_database
@pytest.mark.parametrize("fault", ["ALTER TABLE counted RENAME TO gone", "DROP TABLE counted"])
def test_without_what_went_before_nobody_is_accepted(desk: Desk, fault: str) -> None:
    made, link = desk.begins()

    def breaks() -> None:
        desk.service.store.write(OPERATOR, lambda found: found.connection.execute(text(fault)))

    desk.verifier.meanwhile = breaks
    with pytest.raises(StoreUnusable):
        desk.submits(link)
    row = desk.row(made)
    assert (row.state, row.outcome, row.decision, row.tries_left) == ("agreed", None, None, 5)
    assert desk.sign_ups.receipt(made) is None


def test_when_the_rules_cannot_look_nobody_is_accepted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made, link = desk.begins()
    read = Store.read

    def away(store: Store, operator: str) -> object:
        # Once it is counted, nothing can be read.
        if counted_there:
            raise StoreUnusable("The database is away", "Wait")
        return read(store, operator)

    counted_there: list[object] = []
    original = counter_history.count_in

    def counts(transaction: Transaction, row: CountedRow) -> None:
        original(transaction, row)
        counted_there.append(row)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "read", away)
        patched.setattr(counter_history, "count_in", counts)
        with pytest.raises(StoreUnusable):
            desk.submits(link)
    assert counted_there
    assert desk.state(made) is SignUpState.AGREED
    # It was counted, and when it is handed in again it is counted once.
    assert len(counted(desk)) == 1
    under(desk, rule(Counted.DOCUMENT_SIGN_UPS, 1))
    assert accepts(desk.submits(link))
    assert len(counted(desk)) == 1


@on_each_database
def test_of_many_at_one_moment_no_more_than_the_rule_allows_are_accepted(desk: Desk) -> None:
    under(desk, rule(Counted.DOCUMENT_SIGN_UPS, 2))
    links = [desk.begins()[1] for _ in range(8)]
    together = threading.Barrier(len(links), timeout=60)
    desk.verifier.meanwhile = together.wait
    told: list[Told] = []
    threads = [threading.Thread(target=lambda link=link: told.append(desk.submits(link))) for link in links]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcomes = [one.outcome for one in told]
    assert len(outcomes) == 8
    assert outcomes.count(Outcome.ACCEPT) <= 2
    assert set(outcomes) <= {Outcome.ACCEPT, Outcome.REFER}


def test_who_is_erased_meanwhile_is_not_counted(desk: Desk) -> None:
    made, link = desk.begins()
    subject = desk.row(made).subject
    assert subject
    desk.verifier.meanwhile = lambda: erases(desk, subject)
    with pytest.raises(NotPermitted, match="went on"):
        desk.submits(link)
    assert counted(desk) == ()


def test_ours_are_in_force_unless_others_are(desk: Desk) -> None:
    open_now = desk.service
    fresh = ServiceCounter(
        open_now.settings, open_now.store, open_now.clock, open_now.vault, open_now.signer, open_now.verifier
    )
    assert fresh.rules == shipped_rules()
    desk.service = fresh
    assert [accepts(signs_up(desk)[1]) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    "database", ["sqlite"], indirect=True
)  # PostgreSQL's plans depend on how much there is
def test_every_count_goes_by_an_index(desk: Desk) -> None:
    signs_up(desk, agent="agent 7", device="tablet 3")
    (row,) = counted(desk)
    ran: list[tuple[str, tuple[object, ...]]] = []

    def hear(_1: object, _2: object, statement: str, values: tuple[object, ...], *_: object) -> None:
        ran.append((statement, values))

    with desk.service.store.read(OPERATOR) as transaction:
        event.listen(transaction.connection, "before_cursor_execute", hear)
        for kind in Counted:
            counts_of(transaction, CounterRules((rule(kind, 3),)), row)
        event.remove(transaction.connection, "before_cursor_execute", hear)
        plans = [
            " ".join(
                str(line[-1])
                for line in transaction.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            )
            for statement, values in ran
        ]
    assert len(plans) == len(Counted)
    for plan in plans:
        assert "SEARCH counted USING" in plan
        assert "at>?" in plan


def erases(desk: Desk, subject: str) -> None:
    erase(
        desk.service.store,
        OPERATOR,
        [subject],
        now=desk.counter.kept.now(),
        identifier=new_identifier,
        signer=desk.counter.signer,
        software="bonafide test",
    )
