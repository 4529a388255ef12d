"""Error rates are told by what came of sign-ups, whoever decided, and by nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

from tests.conftest import on_each_database
from tests.integration.service.conftest import OPERATOR, START, Desk

from bonafide.outcome import Outcome, Reason
from bonafide.privacy.kept_line import LineRow
from bonafide.service.error_rates import Count, ErrorRates, Measure, Watched, error_rates
from bonafide.service.lines import Lines
from bonafide.service.objections import ObjectionOutcome, Objections, make_objection
from bonafide.service.opinions import Opinions
from bonafide.service.review_reason import ReviewReason
from bonafide.service.sign_up import SignUpState
from bonafide.store.line_tables import LINE
from bonafide.store.sign_up_tables import SIGN_UP

AN = "An Li"
CONFIRMED, DOUBTFUL, REFUTED = Reason.MATCH_CONFIRMED, Reason.MATCH_DOUBTFUL, Reason.MATCH_REFUTED
EXPIRED = Reason.DOCUMENT_EXPIRED
NUMBERS = count(1)


def signs_up(desk: Desk, outcome: Outcome, *reasons: Reason) -> str:
    """Somebody new signs up, and the machine decides or refers."""
    sign_up, link = desk.begins()
    desk.verifier.number = f"L{next(NUMBERS):08}"
    desk.verifier.outcome, desk.verifier.reasons = outcome, reasons
    desk.submits(link)
    return sign_up


def decided(desk: Desk, outcome: Outcome, reason: ReviewReason, *reasons: Reason) -> str:
    """The same, and a person decides what was referred."""
    sign_up = signs_up(desk, Outcome.REFER, *reasons)
    case = desk.row(sign_up).referred_case
    assert case is not None
    with desk.counter.reviewing.opened(case, AN):
        pass
    assert Opinions(desk.counter.kept, desk.counter.reviewing).give(case, AN, outcome, reason)
    return sign_up


def counts(rates: ErrorRates) -> dict[Measure, tuple[int, int]]:
    return {each.measure: (each.total.errors, each.total.trials) for each in rates.watched}


def of(rates: ErrorRates, measure: Measure) -> Watched:
    return next(each for each in rates.watched if each.measure is measure)


@on_each_database
def test_each_is_counted_where_it_belongs(desk: Desk) -> None:
    accepted = [signs_up(desk, Outcome.ACCEPT, CONFIRMED) for _ in range(3)]
    signs_up(desk, Outcome.REJECT, REFUTED)
    signs_up(desk, Outcome.REFER, DOUBTFUL)  # and still waits
    signs_up(desk, Outcome.REFER, Reason.DOCUMENT_KIND_UNKNOWN)
    doubted = decided(desk, Outcome.ACCEPT, ReviewReason.SAME_PERSON, DOUBTFUL)
    decided(desk, Outcome.ACCEPT, ReviewReason.DOUBT_CLEARED, CONFIRMED, EXPIRED)
    decided(desk, Outcome.REJECT, ReviewReason.OTHER_PERSON, DOUBTFUL)
    decided(desk, Outcome.REJECT, ReviewReason.OTHER_PERSON, CONFIRMED, EXPIRED)
    decided(desk, Outcome.REJECT, ReviewReason.DOCUMENT_NOT_ACCEPTED, CONFIRMED, EXPIRED)
    lines = Lines(desk.service, OPERATOR)
    for number, sign_up, found in (
        ("+8613800000001", accepted[0], ObjectionOutcome.UPHELD),
        ("+8613800000002", accepted[1], ObjectionOutcome.DISMISSED),
        ("+8613800000003", doubted, ObjectionOutcome.UPHELD),
    ):
        line = lines.bind(sign_up, number).line
        assert line is not None
        objects(desk, line.id, found)
    rates = error_rates(desk.counter.kept, 30)
    assert counts(rates) == {
        Measure.FALSE_NON_MATCH: (1, 5),
        Measure.NOT_MATCHED: (4, 10),
        Measure.FALSE_MATCH: (1, 6),
        Measure.UPHELD: (1, 4),
        Measure.UNACQUIRED: (0, 11),
        Measure.REFERRED: (7, 11),
    }
    # The one that was refuted, and the one that waits.
    assert rates.left_open == 2
    # The API still says why a person decided: it does not say.
    row = desk.row(doubted)
    assert (row.reasons, row.machine_reasons) == (None, "match.doubtful")
    told = desk.sign_ups.find(doubted)
    assert told is not None
    assert told.reasons == ()


def objects(desk: Desk, line: str, found: ObjectionOutcome) -> None:
    kept = desk.counter.kept
    now = kept.now()
    with kept.store.read(OPERATOR) as transaction:
        row = transaction.one(LineRow, LINE, LINE.c.id == line)
    assert row is not None
    made = kept.store.write(OPERATOR, lambda transaction: make_objection(transaction, row, row.subject, now))
    assert Objections(desk.service, OPERATOR).decide(made.id, AN, found)


def test_what_was_decided_before_the_column_is_read_from_its_receipt(desk: Desk) -> None:
    decided(desk, Outcome.ACCEPT, ReviewReason.SAME_PERSON, DOUBTFUL)
    decided(desk, Outcome.REJECT, ReviewReason.OTHER_PERSON, CONFIRMED, EXPIRED)
    before = counts(error_rates(desk.counter.kept, 30))
    assert before[Measure.FALSE_NON_MATCH] == before[Measure.FALSE_MATCH] == (1, 1)
    store = desk.service.store
    store.write(OPERATOR, lambda transaction: transaction.change(SIGN_UP, machine_reasons=None))
    assert counts(error_rates(desk.counter.kept, 30)) == before


def test_whoever_asks_for_a_person_is_no_doubt_of_the_machines(desk: Desk) -> None:
    sign_up = signs_up(desk, Outcome.REFER, EXPIRED)
    store = desk.service.store
    store.write(
        OPERATOR, lambda transaction: transaction.change(SIGN_UP, reasons="person.asked document.expired")
    )
    found = counts(error_rates(desk.counter.kept, 30))
    assert found[Measure.REFERRED] == found[Measure.NOT_MATCHED] == (0, 0)
    assert desk.row(sign_up).state == SignUpState.WAITING


def test_tries_whose_pictures_could_not_be_judged(desk: Desk) -> None:
    sign_up, link = desk.begins()
    desk.verifier.outcome, desk.verifier.reasons = Outcome.REFER, (Reason.SELFIE_BLURRED,)
    for _ in range(2):
        assert desk.submits(link).again
    desk.verifier.outcome, desk.verifier.reasons = Outcome.ACCEPT, (CONFIRMED,)
    desk.submits(link)
    assert desk.state(sign_up) is SignUpState.ACCEPTED
    found = of(error_rates(desk.counter.kept, 7), Measure.UNACQUIRED)
    assert found.total == Count(2, 3)
    # Nothing is promised of it, and so nothing is said.
    assert (found.promised, found.state) == (None, None)


def test_weeks_begin_on_mondays_and_older_ones_are_not_in_it(desk: Desk) -> None:
    signs_up(desk, Outcome.ACCEPT, CONFIRMED)
    desk.counter.machine.passes(timedelta(days=6))  # from a Wednesday to a Tuesday
    decided(desk, Outcome.ACCEPT, ReviewReason.SAME_PERSON, DOUBTFUL)
    rates = error_rates(desk.counter.kept, 7)
    assert (rates.first, rates.last) == (date(2026, 11, 25), date(2026, 12, 1))
    assert of(rates, Measure.FALSE_NON_MATCH).weeks == (
        (date(2026, 11, 23), Count(0, 1)),
        (date(2026, 11, 30), Count(1, 1)),
    )
    assert of(error_rates(desk.counter.kept, 6), Measure.FALSE_NON_MATCH).total == Count(1, 1)
    assert START.date() == date(2026, 11, 25)
