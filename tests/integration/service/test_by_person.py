"""The other way: a person compares, no program looks at a face, and it leads as far as the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import on_each_database

from bonafide.decide import shipped_rules
from bonafide.errors import InProgress, NotPermitted, TooManyTries
from bonafide.evidence import check_receipt, parse_receipt
from bonafide.outcome import LineReason, Outcome, Reason
from bonafide.privacy import Kept, Manner, purposes
from bonafide.privacy.consent import Consent, person_token, standing, token
from bonafide.privacy.erasure import erase
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.referred_case import ReferredCase
from bonafide.privacy.token import issue
from bonafide.service.claim import Claims
from bonafide.service.figures import figures
from bonafide.service.lines import Lines
from bonafide.service.opinions import Opinions
from bonafide.service.retention import new_identifier
from bonafide.service.review_reason import ReviewReason
from bonafide.service.sign_up import MOST_TRIES, SignUpState
from bonafide.service.sign_up_links import read_link
from bonafide.store.schema import CONSENT, DECISION, REFERRED_CASE, SEALED
from bonafide.store.sealed import SealedRow
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.wording import Language

if TYPE_CHECKING:
    from tests.integration.service.conftest import Desk

OPERATOR = "counter.example"
PURPOSE = purposes()["sim-signup"]


def chooses(desk: Desk, link: str) -> None:
    assert desk.agrees(link, manner=Manner.PERSON).manner is Manner.PERSON


def consents(desk: Desk) -> dict[str, Consent]:
    with desk.service.store.read(OPERATOR) as transaction:
        return {consent.manner: consent for consent in transaction.all(Consent, CONSENT)}


def case_of(desk: Desk) -> ReferredCase:
    (case,) = desk.counter.reviewing.waiting()
    return case


def decides(desk: Desk, case: str, outcome: Outcome, who: str = "reviewer 1") -> object:
    with desk.counter.reviewing.opened(case, who):
        pass
    reason = ReviewReason.SAME_PERSON if outcome is Outcome.ACCEPT else ReviewReason.OTHER_PERSON
    return Opinions(desk.counter.kept, desk.counter.reviewing).give(case, who, outcome, reason)


# What went before: nothing, agreeing, declining, both, and trying in vain.
BEFORE: dict[str, Callable[[Desk, str], object]] = {
    "nothing": lambda _desk, _link: None,
    "agreed": lambda desk, link: desk.agrees(link),
    "agreed, declined": lambda desk, link: (desk.agrees(link), desk.sign_ups.decline(link)),
}


@on_each_database
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE.keys())
def test_from_declining_to_a_line(desk: Desk, before: Callable[[Desk, str], object]) -> None:
    made, link = desk.opens(reference="order-1")
    before(desk, link)
    chooses(desk, link)
    told = desk.submits(link)
    assert (told.state, told.outcome, told.again) == (SignUpState.WAITING, Outcome.REFER, False)
    assert told.reasons[0] is Reason.PERSON_ASKED
    assert (desk.verifier.calls, desk.verifier.prepared) == (0, 1)
    found = desk.sign_ups.find(made)
    assert found
    assert (found.state, found.manner) == (SignUpState.WAITING, Manner.PERSON)

    agreed = consents(desk)
    assert agreed["person"].withdrawn_at is None
    assert agreed["person"].text_digest == PURPOSE.text_digest(Language.ENGLISH, Manner.PERSON)
    assert all(each.withdrawn_at for manner, each in agreed.items() if manner != "person")
    case = case_of(desk)
    assert (case.by_person, case.consent) == (True, agreed["person"].id)
    assert Opinions(desk.counter.kept, desk.counter.reviewing).find(
        case.id, "reviewer 1", reviews=True, settles=False
    )

    referral = desk.sign_ups.receipt(made)
    desk.counter.machine.passes(timedelta(hours=2))
    assert decides(desk, case.id, Outcome.ACCEPT)
    assert desk.state(made) is SignUpState.ACCEPTED
    decision = desk.sign_ups.receipt(made)
    assert referral
    assert decision
    for receipt in map(parse_receipt, (referral, decision)):
        assert check_receipt(receipt, (desk.service.signer.public_key,)).valid
        assert receipt.claims["manner"] == "person"
        assert {"detector", "recogniser", "calibration", "false_match_rate"}.isdisjoint(receipt.claims)
    assert parse_receipt(decision).claims["referral"] == parse_receipt(referral).claims["identifier"]
    with desk.service.store.read(OPERATOR) as transaction:
        assert transaction.all(SealedRow, SEALED) == ()
    bound = Lines(desk.service, OPERATOR).bind(made, "+8613800138000")
    assert bound.line is not None


def test_a_rejection_settles_it_too_and_no_line_comes_of_it(desk: Desk) -> None:
    made, link = desk.opens()
    chooses(desk, link)
    desk.submits(link)
    decides(desk, case_of(desk).id, Outcome.REJECT)
    assert desk.state(made) is SignUpState.REJECTED
    refusal = Lines(desk.service, OPERATOR).bind(made, "+8613800138000").refusal
    assert refusal is LineReason.NOT_ACCEPTED


def test_either_agreement_takes_the_other_back_until_pictures_are_given(desk: Desk) -> None:
    _, link = desk.begins()
    for manner in (Manner.PERSON, Manner.FACE_MATCHING, Manner.PERSON, Manner.PERSON):
        assert desk.agrees(link, manner=manner).manner is manner
    with desk.service.store.read(OPERATOR) as transaction:
        kept = transaction.all(Consent, CONSENT, order=[CONSENT.c.withdrawn_at.is_(None)])
    assert [each.withdrawn_at is None for each in kept] == [False, False, False, True]
    assert len({each.subject for each in kept}) == 1
    desk.submits(link)
    with pytest.raises(NotPermitted, match="used"):
        desk.agrees(link)
    with pytest.raises(NotPermitted, match="used"):
        chooses(desk, link)
    assert desk.verifier.calls == 0


def test_face_matching_that_is_under_way_is_let_go(desk: Desk) -> None:
    made, link = desk.begins()
    desk.verifier.meanwhile = lambda: chooses(desk, link)
    with pytest.raises(NotPermitted):
        desk.submits(link)
    with desk.service.store.read(OPERATOR) as transaction:
        assert transaction.all(DecisionRecord, DECISION) == ()
    assert desk.state(made) is SignUpState.AGREED
    desk.verifier.meanwhile = lambda: None
    told = desk.submits(link)
    assert (told.state, told.tries_left) == (SignUpState.WAITING, 3)
    assert desk.counter.reviewing.waiting()[0].by_person


def test_a_token_to_one_manner_is_none_to_the_other(desk: Desk) -> None:
    _, link = desk.opens()
    chooses(desk, link)
    now, store = desk.counter.kept.now(), desk.service.store
    agreed = consents(desk)["person"]
    with store.read(OPERATOR) as transaction:
        leave = person_token(transaction, agreed.id, PURPOSE, now)
        assert standing(transaction, leave, PURPOSE, now) == agreed
        with pytest.raises(NotPermitted, match="another manner"):
            token(transaction, agreed.id, PURPOSE, now)
        # Nor is anything kept under a token of the wrong type.
        wrong = issue(PURPOSE, leave.good_until, leave.subject, leave.consent)
        with pytest.raises(NotPermitted, match="on record"):
            standing(transaction, wrong, PURPOSE, now)
    desk.agrees(link)
    with store.read(OPERATOR) as transaction, pytest.raises(NotPermitted, match="another manner"):
        person_token(transaction, consents(desk)["face-matching"].id, PURPOSE, now)
    # Whoever changes a row's manner has not the words with it.
    store.write(
        OPERATOR,
        lambda transaction: transaction.change(
            CONSENT, CONSENT.c.manner == "face-matching", manner=Manner.PERSON.value
        ),
    )
    with store.read(OPERATOR) as transaction:
        turned = next(each for each in transaction.all(Consent, CONSENT) if each.withdrawn_at is None)
        with pytest.raises(NotPermitted, match="other words"):
            person_token(transaction, turned.id, PURPOSE, now)


def test_what_locks_face_matching_leaves_the_other_way_open(desk: Desk) -> None:
    _, link = desk.begins()
    desk.verifier.outcome, desk.verifier.reasons = Outcome.REFER, (Reason.SELFIE_BLURRED,)
    for _ in range(4):
        assert desk.submits(link, device="till 7").again
    chooses(desk, link)
    told = desk.submits(link, device="till 7")
    assert (told.state, told.tries_left) == (SignUpState.WAITING, 0)


def used_up(desk: Desk) -> str:
    """The link of a sign-up whose tries are used up, each without anything to decide by."""
    made, link = desk.begins()
    claims = Claims(desk.service, OPERATOR)
    for _ in range(MOST_TRIES):
        claims.let_go(claims.take(read_link(link, OPERATOR), None), ())
    assert desk.row(made).tries_left == 0
    return link


def test_when_the_tries_are_used_up_a_person_is_asked_once(desk: Desk) -> None:
    link = used_up(desk)
    for _ in range(3):
        with pytest.raises(NotPermitted, match="run out"):
            desk.submits(link)
        # To and fro between the manners gives no program another look.
        chooses(desk, link)
        desk.agrees(link)
    chooses(desk, link)
    desk.verifier.doubts, desk.verifier.number = (Reason.DOCUMENT_UNREADABLE,), None
    told = desk.submits(link)
    assert (told.state, told.again, told.tries_left) == (SignUpState.WAITING, False, 0)
    assert desk.verifier.calls == 0


def test_that_once_is_used_up_too(desk: Desk) -> None:
    link = used_up(desk)
    chooses(desk, link)
    claims = Claims(desk.service, OPERATOR)
    claims.let_go(claims.take(read_link(link, OPERATOR), None), ())
    for manner in Manner:
        with pytest.raises(NotPermitted, match="run out"):
            desk.agrees(link, manner=manner)
    with pytest.raises(NotPermitted, match="run out"):
        desk.submits(link)


def test_a_document_that_cannot_be_read_is_asked_for_again_and_locks_in_the_end(desk: Desk) -> None:
    _, link = desk.opens()
    chooses(desk, link)
    desk.verifier.doubts, desk.verifier.number = (Reason.DOCUMENT_UNREADABLE,), None
    for left in (4, 3, 2, 1):
        told = desk.submits(link, device="till 7")
        assert (told.again, told.tries_left, told.reasons) == (True, left, (Reason.DOCUMENT_UNREADABLE,))
    # On the last try a person looks all the same.
    told = desk.submits(link, device="till 7")
    assert (told.again, told.state) == (False, SignUpState.WAITING)
    _, another = desk.opens()
    chooses(desk, another)
    with pytest.raises(TooManyTries, match="choose that a program compares"):
        desk.submits(another, device="till 7")


def test_patterns_and_signs_of_an_attack_are_told_beside_it(desk: Desk) -> None:
    desk.verifier.doubts = (Reason.DOCUMENT_SCREEN,)
    _, link = desk.opens(attended=True, agent="agent 7")
    chooses(desk, link)
    told = desk.submits(link)
    assert told.reasons[:1] == (Reason.PERSON_ASKED,)
    assert Reason.DOCUMENT_SCREEN in told.reasons
    opinions = Opinions(desk.counter.kept, desk.counter.reviewing)
    seen = opinions.find(case_of(desk).id, "reviewer 1", reviews=True, settles=False)
    assert seen
    assert (seen.by_person, seen.two_decide) == (True, True)
    assert decides(desk, seen.id, Outcome.ACCEPT) is None
    assert decides(desk, seen.id, Outcome.ACCEPT, "reviewer 2")


def test_a_document_with_too_many_sign_ups_is_told_to_who_decides(desk: Desk) -> None:
    desk.service = replace(desk.service, rules=shipped_rules())
    for count in range(3):
        _, link = desk.opens()
        chooses(desk, link)
        told = desk.submits(link)
        assert (Reason.PATTERN_SAME_DOCUMENT in told.reasons) is (count == 2)
        assert told.state is SignUpState.WAITING


def test_withdrawing_and_erasing_reach_it(desk: Desk) -> None:
    made, link = desk.opens()
    chooses(desk, link)
    desk.submits(link)
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
    assert dict(erased.rows)["sealed"] == 3
    with desk.service.store.read(OPERATOR) as transaction:
        for table in (SIGN_UP, CONSENT, REFERRED_CASE, SEALED, DECISION):
            assert transaction.connection.execute(table.select()).all() == []


def test_a_case_lasts_as_long_as_its_pictures_and_no_longer(desk: Desk) -> None:
    made, link = desk.opens()
    chooses(desk, link)
    desk.submits(link)
    assert PURPOSE.keeps[Kept.CASE_PICTURE].hours == 72
    desk.counter.machine.passes(timedelta(hours=72))
    assert desk.state(made) is SignUpState.EXPIRED
    _, person = figures(desk.counter.kept, 30).ways
    assert (person.agreed, person.states) == (1, {SignUpState.EXPIRED: 1})


def test_figures_tell_whether_the_other_way_works_as_well(desk: Desk) -> None:
    for _ in range(2):
        _, link = desk.begins()
        desk.submits(link)
    for hours, outcome in ((1, Outcome.ACCEPT), (2, Outcome.REJECT), (3, Outcome.ACCEPT)):
        _, link = desk.opens()
        chooses(desk, link)
        desk.submits(link)
        desk.counter.machine.passes(timedelta(hours=hours))
        decides(desk, case_of(desk).id, outcome)
    _, link = desk.opens()
    desk.sign_ups.decline(link)
    face, person = figures(desk.counter.kept, 30).ways
    assert (face.manner, face.agreed, face.accepted, face.share) == (Manner.FACE_MATCHING, 2, 2, 1.0)
    assert (face.median, face.ninetieth) == (timedelta(0), timedelta(0))
    assert (person.agreed, person.decided, person.accepted) == (3, 3, 2)
    assert (person.median, person.ninetieth) == (timedelta(hours=2), timedelta(hours=3))


def test_who_agreed_to_the_other_manner_meanwhile_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, link = desk.begins()
    monkeypatch.setattr("bonafide.service.agreeing._change", lambda *_arguments: None)
    with pytest.raises(InProgress):
        chooses(desk, link)


def test_a_purpose_without_the_other_way_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    without = {**purposes(), "sim-signup": replace(PURPOSE, by_person={})}
    for module in ("agreeing", "sign_up_links"):
        monkeypatch.setattr(f"bonafide.service.{module}.purposes", lambda: without)
    _, link = desk.opens()
    with pytest.raises(NotPermitted, match="that manner"):
        chooses(desk, link)
    desk.sign_ups.decline(link)
    with pytest.raises(NotPermitted, match="used"):
        desk.sign_ups.opened(link)
