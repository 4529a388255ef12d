"""Cases with a known answer: among the others and like them, and nothing comes of one but a measurement."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.conftest import on_each_database

from bonafide.errors import NotPermitted, UnreadablePicture, UsageError
from bonafide.evidence.access import AccessRow
from bonafide.outcome import Outcome, Reason
from bonafide.privacy.consent import withdraw
from bonafide.privacy.duration import Duration
from bonafide.privacy.holdings import HOLDINGS, DecisionRecord
from bonafide.privacy.known_case import MeasurementRow
from bonafide.privacy.purpose_file import purposes
from bonafide.privacy.sweep import sweep
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.figures import figures
from bonafide.service.known_cases import Answer, KnownCase, KnownCases
from bonafide.service.known_mixing import KnownMixing
from bonafide.service.known_plan import KnownPlan, known_plan
from bonafide.service.opinions import CaseToDecide
from bonafide.service.review_desk import ReviewDesk
from bonafide.service.review_reason import ReviewReason
from bonafide.service.reviewer_figures import ErrorRate, reviewer_figures
from bonafide.store.delivery_tables import OUTBOX
from bonafide.store.known_tables import KNOWN_CASE, MEASUREMENT
from bonafide.store.people_tables import OPINION
from bonafide.store.schema import ACCESS, DECISION, SEALED
from bonafide.store.sealed import SealedRow

if TYPE_CHECKING:
    from tests.integration.service.conftest import Counter

OPERATOR = "counter.example"
AN, BO, SU = "An Li", "Bo Wu", "Su Qin"
OTHER_PERSON = Answer(Outcome.REJECT, ReviewReason.OTHER_PERSON)
SAME_PERSON = Answer(Outcome.ACCEPT, ReviewReason.SAME_PERSON)
# After every opinion on a real case, at once.
EVERY_SECOND = KnownPlan(2, Duration(days=90), Duration(years=1), 0)


def drawn(shade: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 120)).save(file, "PNG")
    return file.getvalue()


PAIR = (
    CasePicture(PictureKind.DOCUMENT, drawn(1)),
    CasePicture(PictureKind.SELFIE, drawn(2)),
)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bonafide.service.known_mixing.known_plan", lambda: EVERY_SECOND)


@pytest.fixture
def known(counter: Counter) -> KnownCases:
    return KnownCases(counter.kept, counter.vault)


@pytest.fixture
def puts_in(known: KnownCases) -> Callable[..., KnownCase]:
    def put(answer: Answer = OTHER_PERSON, who: str = SU) -> KnownCase:
        return known.add(who, PAIR, (Reason.MATCH_DOUBTFUL,), answer, consent=None)

    return put


def desk(counter: Counter, who: str, *, settles: bool = False) -> ReviewDesk:
    return ReviewDesk(counter.kept, counter.vault, counter.signer, who, reviews=not settles, settles=settles)


def refers(counter: Counter, *reasons: Reason) -> str:
    _, token = counter.agrees()
    case = replace(counter.case(Outcome.REFER), reasons=reasons or (Reason.MATCH_DOUBTFUL,))
    return counter.keeping.keep(case, token, counter.pictures("ours")).id


def decides_a_real_one(counter: Counter, who: str = AN) -> None:
    case = refers(counter)
    with counter.reviewing.picture(case, who, PictureKind.SELFIE):
        pass
    counter.machine.passes(timedelta(minutes=1))
    counter.decides(case, who, Outcome.ACCEPT)
    counter.machine.passes(timedelta(minutes=5))


def meets(counter: Counter, who: str = AN) -> CaseToDecide:
    (case,) = desk(counter, who).queue()
    return case


def answers(counter: Counter, case: CaseToDecide, given: Answer, who: str = AN) -> Answer | None:
    with desk(counter, who).picture(case, PictureKind.SELFIE) as opened:
        assert bytes(opened.content) == drawn(2)
    counter.machine.passes(timedelta(seconds=40))
    return desk(counter, who).say(case, given.outcome, given.reason).right


def rows_left(counter: Counter) -> tuple[int, int]:
    with counter.kept.store.read(OPERATOR) as transaction:
        return tuple(  # type: ignore[return-value]
            len(transaction.connection.execute(table.select()).all()) for table in (KNOWN_CASE, SEALED)
        )


@pytest.mark.usefixtures("often")
def test_one_comes_among_the_others_and_looks_like_them(
    counter: Counter, puts_in: Callable[..., KnownCase]
) -> None:
    put = puts_in()
    assert desk(counter, AN).queue() == ()
    decides_a_real_one(counter)
    real = refers(counter)
    mixed, other = desk(counter, AN).queue()
    assert (other.id, put.id == mixed.id) == (real, False)
    assert len(mixed.id) == len(real)
    assert mixed.id[14] == real[14] == "4"
    assert (mixed.purpose, mixed.reasons, mixed.two_decide, mixed.opinions) == (
        other.purpose,
        other.reasons,
        other.two_decide,
        (),
    )
    # It came when they gave their last opinion, and goes as late as a real one.
    assert counter.machine.now - mixed.opened_at == timedelta(minutes=5)
    assert mixed.left == timedelta(hours=72) - timedelta(minutes=5)
    at_desk = desk(counter, AN)
    assert at_desk.kinds(mixed) == (PictureKind.DOCUMENT, PictureKind.SELFIE)
    # The same at each look, another for somebody else, and none for whoever knows it or settles.
    assert at_desk.find(mixed.id) == at_desk.queue()[0] == mixed
    decides_a_real_one(counter, BO)
    decides_a_real_one(counter, SU)
    for who in (BO, SU):
        assert mixed.id not in {case.id for case in desk(counter, who).queue()}
        assert desk(counter, who).find(mixed.id) is None
    assert len(desk(counter, BO).queue()) == 2
    assert [case.id for case in desk(counter, SU).queue()] == [real]
    assert desk(counter, AN, settles=True).queue() == ()


@pytest.mark.usefixtures("often")
def test_nothing_comes_of_an_answer_but_a_measurement(
    counter: Counter, puts_in: Callable[..., KnownCase]
) -> None:
    put = puts_in()
    decides_a_real_one(counter)
    mixed = meets(counter)
    with pytest.raises(NotPermitted, match="without having looked"):
        desk(counter, AN).say(mixed, Outcome.ACCEPT, ReviewReason.SAME_PERSON)
    before = _counted(counter)
    assert answers(counter, mixed, SAME_PERSON) == OTHER_PERSON
    assert _counted(counter) == before
    with counter.kept.store.read(OPERATOR) as transaction:
        (row,) = transaction.all(MeasurementRow, MEASUREMENT)
        looks = transaction.all(
            AccessRow, ACCESS, ACCESS.c.referred_case == mixed.id, order=[ACCESS.c.position]
        )
    assert (row.who, row.known_case, row.outcome, row.right_outcome) == (AN, put.id, "accept", "reject")
    assert row.given_at - row.looked_at == timedelta(seconds=40)
    assert [(look.who, look.action, look.purpose) for look in looks] == [
        (AN, "review", "review-testing"),
        (AN, "opinion", "review-testing"),
    ]
    # Once.
    assert desk(counter, AN).queue() == ()
    with pytest.raises(NotPermitted):
        KnownMixing(counter.kept, counter.vault).answer(mixed.id, AN, SAME_PERSON)


def _counted(counter: Counter) -> object:
    with counter.kept.store.read(OPERATOR) as transaction:
        tables = [
            len(transaction.connection.execute(table.select()).all()) for table in (DECISION, OPINION, OUTBOX)
        ]
    return tables, figures(counter.kept, 7).times, counter.reviewing.waiting()


@pytest.mark.usefixtures("often")
def test_nobody_meets_the_same_one_twice_in_a_while(
    counter: Counter, puts_in: Callable[..., KnownCase]
) -> None:
    puts_in()
    decides_a_real_one(counter)
    answers(counter, meets(counter), OTHER_PERSON)
    decides_a_real_one(counter)
    assert desk(counter, AN).queue() == ()
    puts_in()
    # The new one comes with the next turn, not into a queue that was seen.
    assert desk(counter, AN).queue() == ()
    decides_a_real_one(counter)
    assert desk(counter, AN).queue() == ()
    counter.machine.passes(timedelta(hours=73))
    decides_a_real_one(counter)
    assert meets(counter)
    counter.machine.passes(timedelta(days=91))
    decides_a_real_one(counter)
    assert answers(counter, meets(counter), OTHER_PERSON) == OTHER_PERSON


@pytest.mark.usefixtures("often")
def test_it_leaves_the_queue_when_a_real_ones_pictures_would_go(
    counter: Counter, puts_in: Callable[..., KnownCase]
) -> None:
    puts_in()
    decides_a_real_one(counter)
    mixed = meets(counter)
    counter.machine.passes(timedelta(hours=72))
    assert desk(counter, AN).queue() == ()
    with (
        pytest.raises(NotPermitted, match="not waiting"),
        KnownMixing(counter.kept, counter.vault).picture(mixed.id, AN, PictureKind.SELFIE),
    ):
        raise AssertionError("opened")


def test_as_many_come_as_the_plan_says(counter: Counter, puts_in: Callable[..., KnownCase]) -> None:
    plan = replace(known_plan(), one_in=5, minutes_late=0)
    puts_in()
    met = 0
    people = [f"reviewer {number}" for number in range(12)]
    for who in people:
        mixing = KnownMixing(counter.kept, counter.vault, plan)
        assert mixing.wanted_of(who) is None
        for opinion in range(1, 8):
            decides_a_real_one(counter, who)
            if mixing.wanted_of(who) is not None:
                met += opinion
                break
        else:
            raise AssertionError("none came within twice the mean less one")
    # Between two lie four on average, from one to seven.
    assert 2.5 < met / len(people) < 5.5


@on_each_database
@pytest.mark.usefixtures("often")
def test_figures_of_reviewers_have_exact_intervals(
    counter: Counter, puts_in: Callable[..., KnownCase]
) -> None:
    for right, given in (
        (OTHER_PERSON, SAME_PERSON),
        (OTHER_PERSON, Answer(Outcome.REJECT, ReviewReason.PICTURES_UNUSABLE)),
        (SAME_PERSON, SAME_PERSON),
    ):
        put = puts_in(right)
        decides_a_real_one(counter)
        answers(counter, meets(counter), given)
        assert KnownCases(counter.kept, counter.vault).remove(put.id)
    (found,) = reviewer_figures(counter.kept)
    assert (found.who, found.met, found.other_reason) == (AN, 3, 1)
    assert found.median == timedelta(seconds=40)
    assert (found.false_acceptances.errors, found.false_acceptances.trials) == (1, 2)
    # Of one in two, 95 %: 1 - sqrt(0.975) to sqrt(0.975).
    assert found.false_acceptances.low == pytest.approx(1 - 0.975**0.5)
    assert found.false_acceptances.high == pytest.approx(0.975**0.5)
    assert found.false_rejections.high == pytest.approx(0.975)
    assert replace(found.false_rejections, high=None) == ErrorRate(0, 1, 0.0, None)
    counter.machine.passes(timedelta(days=367))
    sweep(counter.kept.store, counter.kept.now().retention)
    assert reviewer_figures(counter.kept) == ()


def test_pictures_are_sealed_and_go_when_they_are_taken_out_or_due(
    counter: Counter, known: KnownCases, puts_in: Callable[..., KnownCase], everything: Callable[[], bytes]
) -> None:
    put, other = puts_in(), puts_in(SAME_PERSON)
    assert [case.id for case in known.all()] == [other.id, put.id] or put.made_at == other.made_at
    assert rows_left(counter) == (2, 4)
    with counter.kept.store.read(OPERATOR) as transaction:
        rows = transaction.all(SealedRow, SEALED)
    assert {(row.purpose, row.referred_case) for row in rows} == {("review-testing", None)}
    assert drawn(1)[:40] not in everything()
    assert known.remove(put.id)
    assert not known.remove(put.id)
    assert rows_left(counter) == (1, 2)
    counter.machine.passes(timedelta(days=180))
    assert known.all() == ()
    sweep(counter.kept.store, counter.kept.now().retention)
    assert rows_left(counter) == (0, 0)


def test_whoever_is_in_the_pictures_takes_them_back(
    counter: Counter, known: KnownCases, puts_in: Callable[..., KnownCase]
) -> None:
    put = puts_in()
    consent, token = counter.agrees("review-testing")
    theirs = known.add(SU, PAIR, (Reason.MATCH_DOUBTFUL,), SAME_PERSON, consent=consent.id)
    assert token.subject == consent.subject
    assert {case.consent for case in known.all()} == {put.consent, consent.id}
    with counter.kept.store.read(OPERATOR) as transaction:
        exported = {one.name: one.export(transaction, consent.subject) for one in HOLDINGS}
    assert [len(exported[name]) for name in ("known-case", "sealed", "consent")] == [1, 2, 1]
    purpose, now = purposes()["review-testing"], counter.kept.now()

    def takes_back(transaction: object) -> None:
        withdraw(transaction, consent.id, purpose, now)  # type: ignore[arg-type]
        for holding in HOLDINGS:
            holding.erase(transaction, consent.subject, purpose.name)  # type: ignore[arg-type]

    counter.kept.store.write(OPERATOR, takes_back)
    assert [case.id for case in known.all()] == [put.id]
    with pytest.raises(NotPermitted, match="withdrawn"):
        known.add(SU, PAIR, (Reason.MATCH_DOUBTFUL,), SAME_PERSON, consent=consent.id)
    assert theirs.id != put.id


def test_what_is_no_known_case_is_refused(counter: Counter, known: KnownCases) -> None:
    doubtful = (Reason.MATCH_DOUBTFUL,)
    signup, _ = counter.agrees()
    for pictures in (PAIR[:1], (*PAIR, PAIR[0]), ()):
        with pytest.raises(UsageError, match="a document and a selfie"):
            known.add(SU, pictures, doubtful, SAME_PERSON, consent=None)
    with pytest.raises(UsageError, match="without a reason"):
        known.add(SU, PAIR, (), SAME_PERSON, consent=None)
    wrong = Answer(Outcome.ACCEPT, ReviewReason.OTHER_PERSON)
    with pytest.raises(UsageError, match="no reason for this outcome"):
        known.add(SU, PAIR, doubtful, wrong, consent=None)
    broken = replace(PAIR[0], content=b"no picture")
    with pytest.raises(UnreadablePicture):
        known.add(SU, (broken, PAIR[1]), doubtful, SAME_PERSON, consent=None)
    for consent in (signup.id, "nobody's"):
        with pytest.raises(NotPermitted):
            known.add(SU, PAIR, doubtful, SAME_PERSON, consent=consent)
    with counter.kept.store.read(OPERATOR) as transaction:
        assert transaction.all(DecisionRecord, DECISION) == ()
    assert rows_left(counter) == (0, 0)
