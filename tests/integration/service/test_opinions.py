"""One person decides a doubtful case; two decide a suspicious one, neither seeing the other's opinion."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from tests.conftest import on_each_database

from bonafide.decide import SIM_SIGNUP, SecondOpinion
from bonafide.errors import NotPermitted, UsageError
from bonafide.evidence import parse_receipt
from bonafide.evidence.access import AccessRow
from bonafide.outcome import Outcome, Reason
from bonafide.privacy.opinion import Opinion, Origin
from bonafide.service.case_picture import PictureKind
from bonafide.service.opinions import Opinions
from bonafide.service.review_reason import REASONS_FOR, ReviewReason
from bonafide.store.people_tables import OPINION
from bonafide.store.schema import ACCESS, REFERRED_CASE, SEALED
from bonafide.store.sealed import SealedRow

if TYPE_CHECKING:
    from tests.integration.service.conftest import Counter

OPERATOR = "counter.example"
AN, BO, SU = "An Li", "Bo Wu", "Su Qin"
SAME = ReviewReason.SAME_PERSON
ALTERED = ReviewReason.DOCUMENT_ALTERED


@pytest.fixture
def refers(counter: Counter) -> Callable[..., str]:
    def refer(*reasons: Reason) -> str:
        _, token = counter.agrees()
        case = replace(counter.case(Outcome.REFER), reasons=reasons or (Reason.MATCH_DOUBTFUL,))
        return counter.keeping.keep(case, token, counter.pictures("ours")).id

    return refer


@pytest.fixture
def suspicious(refers: Callable[..., str]) -> str:
    return refers(Reason.MATCH_CONFIRMED, Reason.DOCUMENT_TEXT_EDITED)


@pytest.fixture
def opinions(counter: Counter) -> Opinions:
    return Opinions(counter.kept, counter.reviewing)


def looks(counter: Counter, case: str, *people: str) -> None:
    for who in people:
        with counter.reviewing.picture(case, who, PictureKind.SELFIE) as opened:
            assert bytes(opened.content).startswith(b"ours selfie")


def on_record(counter: Counter) -> list[tuple[str, str, str]]:
    with counter.kept.store.read(OPERATOR) as transaction:
        found = transaction.all(Opinion, OPINION, order=[OPINION.c.given_at, OPINION.c.who])
    return [(each.who, each.outcome, each.reason) for each in found]


def pictures_left(counter: Counter) -> int:
    with counter.kept.store.read(OPERATOR) as transaction:
        return len(transaction.all(SealedRow, SEALED))


def wanted(opinions: Opinions, who: str, *, settles: bool = False) -> list[str]:
    return [case.id for case in opinions.wanted_of(who, reviews=not settles, settles=settles)]


def test_one_person_decides_a_doubtful_case(
    counter: Counter, opinions: Opinions, refers: Callable[..., str]
) -> None:
    case = refers()
    looks(counter, case, AN)
    seen = opinions.find(case, AN, reviews=True, settles=False)
    assert seen is not None
    assert (seen.reasons, seen.two_decide) == ((Reason.MATCH_DOUBTFUL,), False)
    assert seen.left == timedelta(hours=72)
    made = opinions.give(case, AN, Outcome.ACCEPT, SAME)
    assert made is not None
    assert parse_receipt(made.receipt).claims["outcome"] == "accept"
    assert on_record(counter) == [(AN, "accept", SAME)]
    assert pictures_left(counter) == 0
    assert wanted(opinions, BO) == []
    assert opinions.find(case, BO, reviews=True, settles=True) is None


def test_two_decide_a_suspicious_one_and_neither_sees_the_other(
    counter: Counter, opinions: Opinions, suspicious: str
) -> None:
    before = opinions.find(suspicious, BO, reviews=True, settles=False)
    looks(counter, suspicious, AN, BO)
    assert opinions.give(suspicious, AN, Outcome.REJECT, ALTERED) is None
    assert pictures_left(counter) == 3
    assert wanted(opinions, AN) == []
    assert wanted(opinions, BO) == [suspicious]
    # Nothing tells the second that they are the second.
    assert opinions.find(suspicious, BO, reviews=True, settles=False) == before
    assert before is not None
    assert before.two_decide
    with pytest.raises(NotPermitted, match="not wanted"):
        opinions.give(suspicious, AN, Outcome.REJECT, ALTERED)
    made = opinions.give(suspicious, BO, Outcome.REJECT, ReviewReason.DOCUMENT_NOT_ORIGINAL)
    assert made is not None
    assert parse_receipt(made.receipt).claims["outcome"] == "reject"
    assert pictures_left(counter) == 0
    assert [who for who, _, _ in on_record(counter)] == [AN, BO]


def test_a_supervisor_settles_a_disagreement(counter: Counter, opinions: Opinions, suspicious: str) -> None:
    looks(counter, suspicious, AN, BO, SU)
    assert wanted(opinions, SU, settles=True) == []
    opinions.give(suspicious, AN, Outcome.ACCEPT, SAME)
    with pytest.raises(NotPermitted, match="not wanted"):
        opinions.give(suspicious, SU, Outcome.ACCEPT, SAME, reviews=False, settles=True)
    assert opinions.give(suspicious, BO, Outcome.REJECT, ALTERED) is None
    # Neither a reviewer nor one of the two who is a supervisor as well.
    assert wanted(opinions, "Di Xu") == []
    assert opinions.find(suspicious, AN, reviews=True, settles=True) is None
    with pytest.raises(NotPermitted, match="not wanted"):
        opinions.give(suspicious, BO, Outcome.ACCEPT, SAME, settles=True)
    seen = opinions.find(suspicious, SU, reviews=False, settles=True)
    assert seen is not None
    assert seen.disputed
    assert {opinion.outcome for opinion in seen.opinions} == {"accept", "reject"}
    made = opinions.give(suspicious, SU, Outcome.REJECT, ALTERED, reviews=False, settles=True)
    assert made is not None
    assert len(on_record(counter)) == 3
    assert pictures_left(counter) == 0


@pytest.mark.parametrize(("first", "second"), [(Origin.KEY, Origin.COMMAND), (Origin.COMMAND, Origin.KEY)])
def test_of_two_opinions_at_most_one_comes_by_a_key_or_a_command(
    counter: Counter, opinions: Opinions, suspicious: str, first: Origin, second: Origin
) -> None:
    # Two names, and nothing that says that they are two people.
    one, other = (Opinions(counter.kept, counter.reviewing, origin) for origin in (first, second))
    looks(counter, suspicious, "till 7", "till 8", AN)
    assert [case.two_decide for case in one.wanted_of("till 7", reviews=True, settles=False)] == [True]
    assert one.give(suspicious, "till 7", Outcome.REJECT, ALTERED) is None
    for late in (one, other):
        assert late.wanted_of("till 8", reviews=True, settles=True) == ()
        with pytest.raises(NotPermitted, match="not wanted"):
            late.give(suspicious, "till 8", Outcome.REJECT, ALTERED)
    made = opinions.give(suspicious, AN, Outcome.REJECT, ReviewReason.DOCUMENT_NOT_ORIGINAL)
    assert made
    claims = parse_receipt(made.receipt).claims
    assert claims["decided_by"] == "two"
    assert claims["review_reasons"] == ["review.document_altered", "review.document_not_original"]


def test_a_key_gives_the_second_opinion_and_never_the_third(
    counter: Counter, opinions: Opinions, suspicious: str
) -> None:
    by_key = Opinions(counter.kept, counter.reviewing, Origin.KEY)
    looks(counter, suspicious, AN, "till 7", "till 8", SU)
    opinions.give(suspicious, AN, Outcome.ACCEPT, SAME)
    assert by_key.give(suspicious, "till 7", Outcome.REJECT, ALTERED) is None
    with pytest.raises(NotPermitted, match="not wanted"):
        by_key.give(suspicious, "till 8", Outcome.REJECT, ALTERED, settles=True)
    made = opinions.give(suspicious, SU, Outcome.ACCEPT, SAME, reviews=False, settles=True)
    assert made
    claims = parse_receipt(made.receipt).claims
    assert (claims["decided_by"], claims["review_reasons"]) == ("third", ["review.same_person"])


def test_how_many_decide_is_settled_when_a_case_is_opened(
    counter: Counter, opinions: Opinions, refers: Callable[..., str], suspicious: str
) -> None:
    _, token = counter.agrees()
    always = replace(SIM_SIGNUP, second_opinion=SecondOpinion.ALWAYS)
    doubtful = replace(counter.case(Outcome.REFER), policy=always)
    asked = counter.keeping.keep(doubtful, token, counter.pictures("ours")).id
    usual = refers()
    found = {case.id: case.two_decide for case in opinions.waiting()}
    assert found == {suspicious: True, asked: True, usual: False}
    # Of a case from before that was kept, its reasons and its purpose's policy of today say it.
    counter.kept.store.write(
        OPERATOR,
        lambda transaction: transaction.change(REFERRED_CASE, REFERRED_CASE.c.id.in_(found), two_decide=None),
    )
    assert {case.id: case.two_decide for case in opinions.waiting()} == {**found, asked: False}


@on_each_database
def test_of_two_opinions_at_once_the_later_sees_the_earlier(
    counter: Counter, opinions: Opinions, suspicious: str
) -> None:
    people = [f"reviewer {number}" for number in range(6)]
    looks(counter, suspicious, *people)
    gate = Barrier(len(people))

    def give(who: str) -> str:
        gate.wait()
        try:
            return "waits" if opinions.give(suspicious, who, Outcome.ACCEPT, SAME) is None else "decided"
        except NotPermitted:
            return "late"

    with ThreadPoolExecutor(len(people)) as pool:
        told = sorted(pool.map(give, people))
    assert told == ["decided", *["late"] * 4, "waits"]
    assert len(on_record(counter)) == 2


def test_nobody_gives_an_opinion_who_did_not_look(
    counter: Counter, opinions: Opinions, suspicious: str
) -> None:
    with pytest.raises(NotPermitted, match="without having looked"):
        opinions.give(suspicious, AN, Outcome.ACCEPT, SAME)
    assert on_record(counter) == []


def test_a_reason_fits_its_outcome(counter: Counter, opinions: Opinions, suspicious: str) -> None:
    looks(counter, suspicious, AN)
    for outcome, reason in (
        (Outcome.ACCEPT, ALTERED),
        (Outcome.REJECT, SAME),
        (Outcome.REFER, SAME),
    ):
        with pytest.raises(UsageError, match="no reason"):
            opinions.give(suspicious, AN, outcome, reason)
    assert on_record(counter) == []
    assert sorted(reason for reasons in REASONS_FOR.values() for reason in reasons) == sorted(ReviewReason)


def test_the_log_says_who_saw_which_picture_and_gave_an_opinion(
    counter: Counter, opinions: Opinions, suspicious: str
) -> None:
    looks(counter, suspicious, AN)
    opinions.give(suspicious, AN, Outcome.ACCEPT, SAME)
    with counter.kept.store.read(OPERATOR) as transaction:
        rows = transaction.all(AccessRow, ACCESS, order=[ACCESS.c.position])
        selfie = transaction.one(SealedRow, SEALED, SEALED.c.kind == "selfie")
    assert selfie is not None
    assert [(row.who, row.action, row.record) for row in rows] == [
        (AN, "review", selfie.id),
        (AN, "opinion", None),
    ]


def test_a_case_has_the_pictures_that_were_given(counter: Counter, suspicious: str) -> None:
    assert counter.reviewing.kinds(suspicious) == tuple(PictureKind)
    counter.kept.store.write(
        OPERATOR, lambda transaction: transaction.remove(SEALED, SEALED.c.kind == "document-back")
    )
    assert counter.reviewing.kinds(suspicious) == (PictureKind.DOCUMENT, PictureKind.SELFIE)
    with (
        pytest.raises(NotPermitted, match="no such picture"),
        counter.reviewing.picture(suspicious, AN, PictureKind.DOCUMENT_BACK),
    ):
        raise AssertionError("opened")


def test_nobodys_opinion_is_wanted_once_the_pictures_are_gone(
    counter: Counter, opinions: Opinions, suspicious: str
) -> None:
    looks(counter, suspicious, AN, BO)
    opinions.give(suspicious, AN, Outcome.ACCEPT, SAME)
    counter.machine.passes(timedelta(hours=72))
    assert wanted(opinions, BO) == []
    with pytest.raises(NotPermitted, match="not waiting"):
        opinions.give(suspicious, BO, Outcome.ACCEPT, SAME)
