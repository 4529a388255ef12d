"""Customers' passkeys: made by who has shown who they are, and opening no more and no longer than that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.authenticator import Authenticator
from tests.conftest import on_each_database
from tests.integration.service.conftest import OPERATOR, Counter
from tests.integration.service.line_desk import Accepted, LineDesk
from tests.integration.service.test_customers import NUMBER, OTHER, asked, bound, session

from bonafide.outcome import LineReason
from bonafide.privacy.erasure import erase
from bonafide.privacy.kept_line import SessionRow
from bonafide.privacy.sweep import sweep
from bonafide.service.authenticators import Asked, Site
from bonafide.service.customer_access import CustomerAccess, LetIn
from bonafide.service.customer_passkeys import (
    MOST_PASSKEYS,
    CustomerPasskeys,
    OwnPasskey,
    PasskeyRefusal,
)
from bonafide.service.customer_session import CustomerSession, How, end_session
from bonafide.service.customers import Customer
from bonafide.service.objections import ObjectionOutcome, Objections
from bonafide.service.retention import new_identifier
from bonafide.store.line_tables import CUSTOMER_SESSION

SITE = Site("https://lines.example", "lines.example")


@pytest.fixture
def desk(counter: Counter) -> LineDesk:
    return LineDesk(counter)


def passkeys(desk: LineDesk) -> CustomerPasskeys:
    return CustomerPasskeys(desk.service())


def by_link(desk: LineDesk, accepted: Accepted) -> CustomerSession:
    return session(desk, CustomerAccess(desk.service()).by_link(accepted.link))


def by_code(desk: LineDesk, number: str = NUMBER) -> CustomerSession:
    code = asked(desk, number)
    return session(desk, CustomerAccess(desk.service()).by_code(code.request, code.code))


def makes(desk: LineDesk, who: CustomerSession, device: Authenticator | None = None) -> Authenticator:
    device = device or Authenticator(SITE.origin)
    begun = passkeys(desk).ask_new(who, SITE)
    assert isinstance(begun, Asked)
    made = passkeys(desk).make(who, begun.ceremony, device.makes(begun.options), SITE)
    assert isinstance(made, OwnPasskey), made
    return device


def comes_in(desk: LineDesk, device: Authenticator, operator: str = OPERATOR) -> LetIn:
    begun = passkeys(desk).ask(operator, SITE)
    return passkeys(desk).enter(operator, begun.ceremony, device.answers(begun.options), SITE)


def is_refused(told: LetIn) -> bool:
    return (told.session, told.refusal) == (None, LineReason.CUSTOMER_UNKNOWN)


def test_one_that_was_made_after_a_face_check_lets_in_and_shows_what_that_did(
    desk: LineDesk, everything: Callable[[], bytes]
) -> None:
    accepted = desk.accepts()
    bound(desk, accepted)
    elsewhere = bound(desk, desk.accepts(), OTHER)  # another sign-up with the same document
    who = by_link(desk, accepted)
    device = makes(desk, who)
    assert device.owner == UUID(accepted.subject).bytes
    let_in = comes_in(desk, device)
    assert let_in.expires_at == desk.counter.machine.now + timedelta(minutes=30)
    found = session(desk, let_in)
    assert (found.subject, found.how, found.line) == (accepted.subject, How.PASSKEY, None)
    customer = Customer(desk.service(), found)
    seen = {own.line.id: own for own in customer.lines()}
    assert (len(seen), seen[elsewhere.id].ends_in) == (2, "0002")
    assert {own.number for own in seen.values()} == {None}
    (mine,) = passkeys(desk).of(found)
    assert mine.used_at is not None
    assert (mine.used_at.hour, mine.of_line) == (0, False)
    assert b"customer-passkey" in customer.export().files[0].content
    # Another of one that somebody has taken is not made of it.
    assert passkeys(desk).ask_new(found, SITE) is PasskeyRefusal.NOT_FRESH
    assert passkeys(desk).make(found, "x", "{}", SITE) is PasskeyRefusal.NOT_FRESH
    assert let_in.session is not None
    assert let_in.session.rpartition("/")[2].encode() not in everything()


def test_what_was_asked_is_answered_once_in_time_and_in_its_own_session(desk: LineDesk) -> None:
    who, stranger = by_link(desk, desk.accepts()), by_link(desk, desk.accepts("B2"))
    device = Authenticator(SITE.origin)
    begun = passkeys(desk).ask_new(who, SITE)
    assert isinstance(begun, Asked)
    answer = device.makes(begun.options)
    assert passkeys(desk).make(stranger, begun.ceremony, answer, SITE) is PasskeyRefusal.RUN_OUT
    late = passkeys(desk).ask_new(who, SITE)
    assert isinstance(late, Asked)
    assert isinstance(passkeys(desk).make(who, begun.ceremony, answer, SITE), OwnPasskey)
    assert passkeys(desk).make(who, begun.ceremony, answer, SITE) is PasskeyRefusal.RUN_OUT
    again = passkeys(desk).ask_new(who, SITE)
    assert isinstance(again, Asked)
    # An authenticator is told of the passkey that it has; one that makes it anew all the same is refused.
    assert '"excludeCredentials": [{' in again.options
    assert passkeys(desk).make(who, again.ceremony, device.makes(again.options), SITE) is PasskeyRefusal.WRONG
    asked_in = passkeys(desk).ask(OPERATOR, SITE)
    used = device.answers(asked_in.options)
    assert passkeys(desk).enter(OPERATOR, asked_in.ceremony, used, SITE).session
    assert is_refused(passkeys(desk).enter(OPERATOR, asked_in.ceremony, used, SITE))
    asked_in = passkeys(desk).ask(OPERATOR, SITE)
    used = device.answers(asked_in.options)
    desk.counter.machine.passes(timedelta(minutes=5))
    assert is_refused(passkeys(desk).enter(OPERATOR, asked_in.ceremony, used, SITE))
    other = Authenticator(SITE.origin, handle=b"another handle of some bytes")
    assert passkeys(desk).make(who, late.ceremony, other.makes(late.options), SITE) is PasskeyRefusal.RUN_OUT
    end_session(desk.counter.kept.store, who, desk.counter.kept.now())
    gone = passkeys(desk).ask_new(who, SITE)
    assert isinstance(gone, Asked)
    assert passkeys(desk).make(who, gone.ceremony, other.makes(gone.options), SITE) is PasskeyRefusal.RUN_OUT


@pytest.mark.parametrize(
    "wrong",
    [
        {"flags": 0x01},  # nobody was verified
        {"flags": 0x04},  # nobody was there
        {"origin": "https://evil.example"},
        {"cross_origin": True},
        {"owner": bytes(16)},
        {"uses": 0},  # the count does not grow
        {"handle": b"no handle that anybody knows"},
        {"key": Authenticator("").key},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_no_other_answer_lets_in_and_all_are_refused_alike(desk: LineDesk, wrong: dict[str, object]) -> None:
    device = makes(desk, by_link(desk, desk.accepts()))
    assert is_refused(comes_in(desk, replace(device, **wrong)))  # type: ignore[arg-type]
    assert comes_in(desk, device).session


def test_an_answer_that_is_none_makes_nothing_and_lets_nobody_in(desk: LineDesk) -> None:
    who = by_link(desk, desk.accepts())
    device = makes(desk, who)
    for answer in ("", "{}", "[]", "x" * 20_000, '{"id": "a"}'):
        begun = passkeys(desk).ask_new(who, SITE)
        assert isinstance(begun, Asked)
        assert passkeys(desk).make(who, begun.ceremony, answer, SITE) is PasskeyRefusal.WRONG
        asked_in = passkeys(desk).ask(OPERATOR, SITE)
        assert is_refused(passkeys(desk).enter(OPERATOR, asked_in.ceremony, answer, SITE))
    unverified = Authenticator(SITE.origin, handle=b"another handle of some bytes", flags=0x01)
    begun = passkeys(desk).ask_new(who, SITE)
    assert isinstance(begun, Asked)
    made = passkeys(desk).make(who, begun.ceremony, unverified.makes(begun.options), SITE)
    assert made is PasskeyRefusal.WRONG
    assert is_refused(comes_in(desk, device, "other.example"))


@on_each_database
def test_of_two_copies_at_once_one_is_let_in(desk: LineDesk) -> None:
    device = makes(desk, by_link(desk, desk.accepts()))
    begun = [passkeys(desk).ask(OPERATOR, SITE) for _ in range(6)]
    answers = [replace(device).answers(each.options) for each in begun]  # all with the same count
    told: list[LetIn] = []
    threads = [
        threading.Thread(
            target=lambda at=at: told.append(
                passkeys(desk).enter(OPERATOR, begun[at].ceremony, answers[at], SITE)
            )
        )
        for at in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.session is not None for each in told) == [False] * 5 + [True]


def test_several_are_made_listed_and_removed(desk: LineDesk) -> None:
    who = by_link(desk, desk.accepts())
    devices = []
    for at in range(MOST_PASSKEYS):
        device = Authenticator(SITE.origin, handle=f"handle number {at:03}".encode())
        devices.append(makes(desk, who, device))
        desk.counter.machine.passes(timedelta(seconds=1))
    assert passkeys(desk).ask_new(who, SITE) is PasskeyRefusal.TOO_MANY
    lost, kept = session(desk, comes_in(desk, devices[0])), session(desk, comes_in(desk, devices[1]))
    stranger = by_link(desk, desk.accepts("B2"))
    first = passkeys(desk).of(kept)[0]
    assert not passkeys(desk).remove(stranger, first.id)
    assert passkeys(desk).of(stranger) == ()
    assert passkeys(desk).remove(kept, first.id)
    assert not passkeys(desk).remove(kept, first.id)
    assert len(passkeys(desk).of(kept)) == MOST_PASSKEYS - 1
    assert is_refused(comes_in(desk, devices[0]))
    # Whoever has come in by a passkey is out; who removed it, and who came by a link, are not.
    assert not stands(desk, lost)
    assert stands(desk, kept)
    assert stands(desk, who)


def stands(desk: LineDesk, who: CustomerSession) -> bool:
    with desk.counter.kept.store.read(OPERATOR) as transaction:
        row = transaction.one(SessionRow, CUSTOMER_SESSION, CUSTOMER_SESSION.c.id == who.id)
    return row is not None and desk.counter.kept.now().retention < row.good_until


def test_one_that_was_made_by_a_code_ends_with_that_line(desk: LineDesk) -> None:
    seller, buyer = desk.accepts("A1"), desk.accepts("B2")
    line = bound(desk, seller)
    device = makes(desk, by_code(desk))
    late = by_code(desk)
    begun = passkeys(desk).ask_new(late, SITE)
    assert isinstance(begun, Asked)
    (mine,) = passkeys(desk).of(session(desk, comes_in(desk, device)))
    assert mine.of_line
    told = desk.lines().transfer(line.id, buyer.sign_up)
    assert told is not None
    assert told.line is not None
    # Whoever had the line in hand comes in no more, and the new customer sees nothing of theirs.
    assert is_refused(comes_in(desk, device))
    other = Authenticator(SITE.origin, handle=b"another handle of some bytes")
    made = passkeys(desk).make(late, begun.ceremony, other.makes(begun.options), SITE)
    assert made is PasskeyRefusal.RUN_OUT
    (bought,) = Customer(desk.service(), by_code(desk)).lines()
    assert bought.line.id == told.line.id


def test_one_of_a_line_that_passed_on_shows_that_it_ended_and_nothing_of_the_buyers(desk: LineDesk) -> None:
    seller, buyer = desk.accepts("A1"), desk.accepts("B2")
    line = bound(desk, seller)
    device = makes(desk, by_link(desk, seller))
    desk.lines().transfer(line.id, buyer.sign_up)
    bound(desk, desk.accepts("B2"), OTHER)
    (sold,) = Customer(desk.service(), session(desk, comes_in(desk, device))).lines()
    assert (sold.line.id, sold.line.active) == (line.id, False)


def test_whoever_used_somebody_elses_document_is_shut_out_when_that_is_found(desk: LineDesk) -> None:
    thief, owner = desk.accepts(), desk.accepts()
    line = bound(desk, thief)
    stolen, inside = makes(desk, by_link(desk, thief)), by_code(desk)
    own = makes(desk, by_link(desk, owner), Authenticator(SITE.origin, handle=b"the owner's own handle"))
    customer = Customer(desk.service(), session(desk, comes_in(desk, own)))
    made = customer.object(line.id)
    assert made is not None
    assert made.objection is not None
    Objections(desk.service(), OPERATOR).decide(made.objection.id, "An Li", ObjectionOutcome.UPHELD)
    assert is_refused(comes_in(desk, stolen))
    assert not stands(desk, inside)
    assert comes_in(desk, own).session


def test_they_go_with_an_erasure_and_with_a_withdrawal_that_leaves_nothing(desk: LineDesk) -> None:
    for withdraws in (True, False):
        accepted = desk.accepts()
        line = bound(desk, accepted)
        device = makes(desk, by_link(desk, accepted))
        customer = Customer(desk.service(), session(desk, comes_in(desk, device)))
        customer.withdraw(accepted.consent.id)
        assert comes_in(desk, device).session  # a line stands, and what it opens with it
        desk.lines().end(line.id)
        done = customer.withdraw(accepted.consent.id) if withdraws else customer.erase()
        assert done is not None
        assert done.erased is not None
        assert dict(done.erased.rows)["customer-passkey"] == 1
        assert is_refused(comes_in(desk, device))


def test_staff_erase_them_as_well(desk: LineDesk) -> None:
    accepted = desk.accepts()
    device = makes(desk, by_link(desk, accepted))
    kept = desk.counter.kept
    erased = erase(
        kept.store,
        OPERATOR,
        [accepted.subject],
        now=kept.now(),
        identifier=new_identifier,
        signer=desk.counter.signer,
        software="bonafide test",
    )
    assert dict(erased.rows)["customer-passkey"] == 1
    assert is_refused(comes_in(desk, device))


def test_one_lives_as_long_as_what_it_opens(desk: LineDesk) -> None:
    idle, holder = desk.accepts(), desk.accepts("B2")
    bound(desk, holder)
    unused = makes(desk, by_link(desk, idle))
    used = makes(desk, by_link(desk, holder), Authenticator(SITE.origin, handle=b"another one's own handle"))
    store, clock = desk.counter.kept.store, desk.counter.kept
    desk.counter.machine.passes(timedelta(days=3 * 365 - 1))
    sweep(store, clock.now().retention)
    assert comes_in(desk, unused).session
    desk.counter.machine.passes(timedelta(days=10))
    sweep(store, clock.now().retention)
    sweep(store, clock.now().retention)
    assert is_refused(comes_in(desk, unused))
    assert comes_in(desk, used).session
