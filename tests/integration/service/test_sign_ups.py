"""A link, once: what it opens, who agrees or declines, and how each sign-up ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bonafide.errors import NotPermitted, UsageError
from bonafide.evidence import check_receipt, parse_receipt
from bonafide.evidence.checkpoint import log_key
from bonafide.evidence.log import integrate
from bonafide.evidence.proof import check_proof, parse_proof
from bonafide.evidence.trust import Trust
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Now, purposes
from bonafide.privacy.consent import Age, Consent, Giver
from bonafide.privacy.erasure import erase
from bonafide.privacy.sweep import sweep
from bonafide.service.bearer import Bearer, BearerKind
from bonafide.service.retention import new_identifier
from bonafide.service.sign_up import SignUpState
from bonafide.service.sign_up_order import Wanted
from bonafide.service.sign_ups import SignUps
from bonafide.store.schema import CONSENT
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.wording import Language

if TYPE_CHECKING:
    from tests.integration.service.conftest import Desk

OPERATOR = "counter.example"
WANTED = Wanted(
    language=Language.CHINESE,
    reference="order:2026-11.7",
    return_address="https://shop.example/done?order=7",
    attended=True,
    agent="agent 7",
    shop="南门店",
)


def consents(desk: Desk) -> tuple[Consent, ...]:
    with desk.service.store.read(OPERATOR) as transaction:
        return transaction.all(Consent, CONSENT)


def refused(desk: Desk, link: str, why: str) -> None:
    """Nothing can be done with a link."""
    uses: list[Callable[[], object]] = [
        lambda: desk.sign_ups.opened(link),
        lambda: desk.agrees(link),
        lambda: desk.submits(link),
    ]
    calls = desk.verifier.calls
    for use in uses:
        with pytest.raises(NotPermitted, match=why):
            use()
    assert desk.verifier.calls == calls


def test_a_link_is_shown_once_and_opens_what_was_wanted(desk: Desk, everything: Callable[[], bytes]) -> None:
    made, link = desk.sign_ups.create(WANTED)
    now = desk.counter.machine.now
    assert made.state is SignUpState.OPEN
    assert (made.made_at, made.expires_at, made.tries_left) == (now, now + timedelta(minutes=30), 5)
    assert (made.purpose, made.language, made.attended) == ("sim-signup", Language.CHINESE, True)
    assert (made.reference, made.return_address) == (WANTED.reference, WANTED.return_address)
    assert (made.agent, made.shop) == (WANTED.agent, WANTED.shop)
    assert (made.outcome, made.reasons, made.decision, made.decided_at) == (None, (), None, None)
    assert desk.sign_ups.find(made.id) == desk.sign_ups.opened(link) == made
    assert made.id.encode() in everything()
    assert link.rpartition("/")[2].encode() not in everything()
    assert (desk.sign_ups.receipt(made.id), desk.sign_ups.proof(made.id)) == (None, None)


def test_another_operator_has_no_such_sign_up_and_no_such_link(desk: Desk) -> None:
    made, link = desk.opens()
    other = SignUps(desk.service, "other.example")
    assert (other.find(made), other.receipt(made), other.proof(made)) == (None, None, None)
    assert other.page().sign_ups == ()
    for use in (other.opened, other.decline):
        with pytest.raises(NotPermitted, match="no such link"):
            use(link)
    assert desk.state(made) is SignUpState.OPEN


def test_a_link_with_another_secret_opens_nothing(desk: Desk) -> None:
    made, link = desk.begins()
    _, other = desk.begins()
    for secret in (bytes(32), bytes(31) + b"1"):
        refused(desk, Bearer.made_of(BearerKind.LINK, OPERATOR, made, secret).text, "no such link")
    refused(desk, f"bfl/{OPERATOR}/{made}/{other.rpartition('/')[2]}", "no such link")
    assert desk.sign_ups.opened(link).id == made


def test_who_agrees_is_on_record_and_may_agree_twice(desk: Desk) -> None:
    made, link = desk.opens()
    agreed = desk.agrees(link)
    assert agreed.state is SignUpState.AGREED
    assert desk.agrees(link) == agreed == desk.sign_ups.opened(link) == desk.sign_ups.find(made)
    (consent,) = consents(desk)
    row = desk.row(made)
    assert (row.consent, row.subject) == (consent.id, consent.subject)
    assert (consent.purpose, consent.language, consent.giver) == ("sim-signup", "en", "person")


def test_who_may_not_agree_takes_the_other_way(desk: Desk) -> None:
    made, link = desk.opens()
    version = purposes()["sim-signup"].version
    for again in range(2):
        with pytest.raises(NotPermitted, match="guardian"):
            desk.agrees(link, Age.UNDER_14)
        with pytest.raises(NotPermitted, match="words"):
            desk.sign_ups.agree(
                link, version=version + 1, language=Language.ENGLISH, giver=Giver.PERSON, age=Age.ADULT
            )
        # Nor if somebody had agreed before.
        assert desk.state(made) is (SignUpState.AGREED if again else SignUpState.OPEN)
        if not again:
            desk.agrees(link, Age.UNDER_14, Giver.GUARDIAN)
    assert len(consents(desk)) == 1
    assert desk.sign_ups.decline(link).state is SignUpState.DECLINED


def test_nobody_hands_in_pictures_without_having_agreed(desk: Desk) -> None:
    made, link = desk.opens()
    with pytest.raises(NotPermitted, match="Nobody has agreed"):
        desk.submits(link)
    assert (desk.verifier.calls, desk.state(made)) == (0, SignUpState.OPEN)


@pytest.mark.parametrize("agreed", [False, True])
def test_who_declines_is_not_asked_again_for_their_face(desk: Desk, agreed: bool) -> None:
    made, link = desk.begins() if agreed else desk.opens()
    declined = desk.sign_ups.decline(link)
    assert declined.state is SignUpState.DECLINED
    assert desk.sign_ups.decline(link) == declined == desk.sign_ups.find(made)
    # The link goes on to the other way, and to nothing else.
    assert desk.sign_ups.opened(link) == declined
    with pytest.raises(NotPermitted, match="used"):
        desk.agrees(link)
    with pytest.raises(NotPermitted, match="Nobody has agreed"):
        desk.submits(link)
    assert desk.verifier.calls == 0
    # Whoever had agreed does no more.
    assert [consent.withdrawn_at is not None for consent in consents(desk)] == [True] * agreed


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.ACCEPT, SignUpState.ACCEPTED),
        (Outcome.REJECT, SignUpState.REJECTED),
        (Outcome.REFER, SignUpState.WAITING),
    ],
)
def test_what_was_decided_is_decided_once(desk: Desk, outcome: Outcome, state: SignUpState) -> None:
    made, link = desk.begins(attended=True, agent="agent 7")
    desk.verifier.outcome = outcome
    desk.counter.machine.passes(timedelta(minutes=5))
    told = desk.submits(link)
    assert (told.state, told.outcome, told.again, told.tries_left) == (state, outcome, False, 4)
    found = desk.sign_ups.find(made)
    assert found
    assert (found.state, found.outcome, found.reasons) == (state, outcome, told.reasons)
    assert found.decided_at == desk.counter.machine.now
    receipt = desk.sign_ups.receipt(made)
    assert receipt
    claims = parse_receipt(receipt).claims
    assert check_receipt(parse_receipt(receipt), (desk.service.signer.public_key,)).valid
    assert (claims["identifier"], claims["outcome"]) == (found.decision, outcome.value)
    assert claims["attended"] is True
    refused(desk, link, "used")
    with pytest.raises(NotPermitted, match="used"):
        desk.sign_ups.decline(link)
    assert desk.verifier.calls == 1


def test_its_decision_is_proved_once_a_checkpoint_covers_it(desk: Desk) -> None:
    made, link = desk.begins()
    desk.submits(link)
    assert desk.sign_ups.proof(made) is None
    integrate(desk.service.store, OPERATOR, desk.service.signer, desk.counter.machine.now)
    proof, receipt = desk.sign_ups.proof(made), desk.sign_ups.receipt(made)
    assert proof
    assert receipt
    trust = Trust(log_key(OPERATOR, desk.service.signer))
    assert check_proof(parse_proof(proof), receipt, trust).valid
    assert not check_proof(parse_proof(proof), receipt + b" ", trust).valid


@pytest.mark.parametrize("outcome", [Outcome.ACCEPT, Outcome.REJECT])
def test_a_person_settles_what_was_referred(desk: Desk, outcome: Outcome) -> None:
    made, link = desk.begins()
    desk.verifier.outcome = Outcome.REFER
    desk.submits(link)
    before = desk.sign_ups.find(made)
    assert before
    assert before.decision
    (case,) = desk.counter.reviewing.waiting()
    assert case.id == before.decision
    desk.counter.machine.passes(timedelta(hours=1))
    with desk.counter.reviewing.opened(case.id, "Wang Li") as opened:
        pictures = {record.kind: bytes(record.content) for record in opened}
    assert set(pictures) == {"document", "document-back", "selfie"}
    decided = desk.counter.decides(case.id, "Wang Li", outcome)
    after = desk.sign_ups.find(made)
    assert after
    assert after.state == {Outcome.ACCEPT: "accepted", Outcome.REJECT: "rejected"}[outcome]
    assert (after.outcome, after.reasons, after.decision) == (outcome, (), decided.id)
    assert after.decided_at == desk.counter.machine.now
    assert desk.sign_ups.receipt(made) == decided.receipt
    refused(desk, link, "used")


def test_a_case_of_no_sign_up_is_settled_as_before(desk: Desk) -> None:
    _, token = desk.counter.agrees()
    case = desk.counter.keeping.keep(
        desk.counter.case(Outcome.REFER), token, desk.counter.pictures("ours")
    ).id
    with desk.counter.reviewing.opened(case, "Wang Li"):
        pass
    desk.counter.decides(case, "Wang Li", Outcome.ACCEPT)
    assert desk.sign_ups.page().sign_ups == ()


def test_what_nobody_decided_in_time_is_over(desk: Desk) -> None:
    made, link = desk.begins()
    desk.verifier.outcome = Outcome.REFER
    desk.submits(link)
    desk.counter.machine.passes(timedelta(hours=71))
    assert desk.state(made) is SignUpState.WAITING
    desk.counter.machine.passes(timedelta(hours=1))
    assert desk.state(made) is SignUpState.EXPIRED
    assert [one.state for one in desk.sign_ups.page().sign_ups] == [SignUpState.EXPIRED]
    sweep(desk.service.store, desk.counter.machine.now)
    assert desk.state(made) is SignUpState.EXPIRED
    refused(desk, link, "used")


def test_a_link_runs_out(desk: Desk) -> None:
    links = {state: begin() for state, begin in (("open", desk.opens), ("agreed", desk.begins))}
    desk.counter.machine.passes(timedelta(minutes=30, milliseconds=-1))
    for made, link in links.values():
        assert desk.sign_ups.opened(link).state == desk.state(made) != SignUpState.EXPIRED
    desk.counter.machine.passes(timedelta(milliseconds=1))
    for made, link in links.values():
        refused(desk, link, "run out")
        assert desk.state(made) is SignUpState.EXPIRED
        with pytest.raises(NotPermitted, match="run out"):
            desk.sign_ups.decline(link)


def test_a_clock_that_is_set_back_prolongs_no_link(desk: Desk) -> None:
    _, link = desk.begins()
    desk.counter.machine.now -= timedelta(minutes=11)  # the boot clock goes back as well: a restart
    refused(desk, link, "run out")


@pytest.mark.parametrize("agreed", [False, True])
def test_a_sign_up_of_which_nothing_came_goes_a_day_later(desk: Desk, agreed: bool) -> None:
    made, link = desk.begins() if agreed else desk.opens()
    desk.counter.machine.passes(timedelta(days=1, minutes=30, milliseconds=-1))
    sweep(desk.service.store, desk.counter.machine.now)
    assert desk.state(made) is SignUpState.EXPIRED
    desk.counter.machine.passes(timedelta(milliseconds=1))
    sweep(desk.service.store, desk.counter.machine.now)
    assert desk.sign_ups.find(made) is None
    refused(desk, link, "no such link")
    assert len(consents(desk)) == agreed


def test_a_decided_sign_up_goes_with_its_decision(desk: Desk) -> None:
    made, link = desk.begins()
    desk.submits(link)
    ends = purposes()["sim-signup"].deadline("decision", desk.counter.machine.now)  # type: ignore[arg-type]
    assert desk.row(made).deadline == ends
    assert ends
    desk.counter.machine.now = ends - timedelta(milliseconds=1)
    sweep(desk.service.store, desk.counter.machine.now)
    assert desk.sign_ups.receipt(made)
    desk.counter.machine.now = ends
    sweep(desk.service.store, desk.counter.machine.now)
    assert desk.sign_ups.find(made) is None


def test_a_sign_up_that_a_person_decided_keeps_no_decision_beyond_its_time(desk: Desk) -> None:
    made, link = desk.begins()
    desk.verifier.outcome = Outcome.REFER
    desk.submits(link)
    first = purposes()["sim-signup"].deadline("decision", desk.counter.machine.now)  # type: ignore[arg-type]
    (case,) = desk.counter.reviewing.waiting()
    desk.counter.machine.passes(timedelta(hours=48))
    with desk.counter.reviewing.opened(case.id, "Wang Li"):
        pass
    desk.counter.decides(case.id, "Wang Li", Outcome.ACCEPT)
    assert first
    desk.counter.machine.now = first
    gone = {one.holding: one.rows for one in sweep(desk.service.store, first).gone}
    assert gone["decision"] == 1
    assert "sign-up" not in gone
    assert desk.state(made) is SignUpState.ACCEPTED
    assert desk.sign_ups.receipt(made)


def test_it_goes_when_its_person_is_erased(desk: Desk, everything: Callable[[], bytes]) -> None:
    made, link = desk.begins(reference="order-77")
    kept, _ = desk.begins()
    desk.verifier.outcome = Outcome.REFER
    desk.submits(link)
    now = desk.counter.kept.now()
    subject = desk.row(made).subject
    assert subject
    erased = erase(
        desk.service.store,
        OPERATOR,
        [subject],
        now=Now(now.wall, now.retention),
        identifier=new_identifier,
        signer=desk.service.signer,
        software="bonafide test",
    )
    assert dict(erased.rows)["sign-up"] == 1
    assert desk.sign_ups.find(made) is None
    assert desk.sign_ups.find(kept)
    assert b"order-77" not in everything()
    refused(desk, link, "no such link")


def test_pages_go_through_all_newest_first(desk: Desk) -> None:
    made = []
    for number in range(7):
        made.append(desk.opens()[0])
        if number % 3 == 0:
            desk.counter.machine.passes(timedelta(milliseconds=1))
    with desk.service.store.read(OPERATOR) as transaction:
        order = [
            row.id
            for row in transaction.connection.execute(
                SIGN_UP.select().order_by(SIGN_UP.c.made_at.desc(), SIGN_UP.c.id.desc())
            )
        ]
    assert sorted(order) == sorted(made)
    for most in (1, 2, 3, 6, 7, 200):
        found, after = [], None
        while True:
            page = desk.sign_ups.page(after=after, most=most)
            assert len(page.sign_ups) <= most
            found += [one.id for one in page.sign_ups]
            if page.after is None:
                break
            after = page.after
            if most == 3:  # what begins meanwhile moves nothing
                desk.counter.machine.passes(timedelta(seconds=1))
                order.insert(0, desk.opens()[0])
        assert found == order[-len(found) :]
        assert len(found) >= 7


@pytest.mark.parametrize("after", ["", "x", "1.2", "9" * 15 + "." + "0" * 36, "-1." + "0" * 36, "1.' OR 1"])
def test_a_page_that_is_none_is_refused(desk: Desk, after: str) -> None:
    with pytest.raises(UsageError):
        desk.sign_ups.page(after=after)
    for most in (0, -1, 201):
        with pytest.raises(UsageError):
            desk.sign_ups.page(most=most)


def test_reasons_that_stand_for_nobody_attending_are_told(desk: Desk) -> None:
    _, link = desk.begins()
    desk.verifier.outcome = Outcome.REFER
    desk.verifier.reasons = (Reason.MATCH_CONFIRMED, Reason.PRESENCE_NOT_SHOWN)
    told = desk.submits(link)
    assert (told.state, told.reasons) == (SignUpState.WAITING, desk.verifier.reasons)
