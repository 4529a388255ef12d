"""Customers come in, see what is theirs, and have their rights; nobody else does."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.conftest import on_each_database
from tests.integration.service.conftest import OPERATOR, Counter
from tests.integration.service.line_desk import Accepted, LineDesk
from tests.integration.service.test_lines_model import open_desk

from bonafide.cli.erased import erased_lines
from bonafide.evidence import parse_receipt
from bonafide.evidence.access import AccessRow
from bonafide.outcome import LineReason, Outcome
from bonafide.privacy import Kept, purposes
from bonafide.privacy.consent import Age, Giver, give
from bonafide.privacy.erasure import erase
from bonafide.privacy.holding import Holding
from bonafide.privacy.holdings import HOLDINGS
from bonafide.privacy.sweep import sweep
from bonafide.service.bearer import SECRET_BYTES, Bearer, BearerKind
from bonafide.service.customer_access import MOST_CODES, Code, CustomerAccess, LetIn
from bonafide.service.customer_session import CustomerSession, How, end_session, session_of
from bonafide.service.customers import Customer, Standing
from bonafide.service.line import Line, LineEnd
from bonafide.service.retention import new_identifier
from bonafide.store import Store
from bonafide.store.line_tables import CUSTOMER_CODE
from bonafide.store.schema import ACCESS
from bonafide.wording import Language

NUMBER, OTHER, UNKNOWN = "+8613800000001", "+8613800000002", "+8613800000009"


@pytest.fixture
def desk(counter: Counter) -> LineDesk:
    return LineDesk(counter)


def access(desk: LineDesk) -> CustomerAccess:
    return CustomerAccess(desk.service())


def bound(desk: LineDesk, accepted: Accepted, number: str = NUMBER) -> Line:
    line = desk.lines().bind(accepted.sign_up, number).line
    assert line is not None
    return line


def asked(desk: LineDesk, number: str = NUMBER) -> Code:
    code = access(desk).ask_code(OPERATOR, number).code
    assert code is not None
    return code


def session(desk: LineDesk, let_in: LetIn) -> CustomerSession:
    assert let_in.session is not None
    found = session_of(desk.counter.kept.store, let_in.session, desk.counter.kept.now())
    assert found is not None
    return found


def by_face(desk: LineDesk, accepted: Accepted) -> Customer:
    return Customer(desk.service(), session(desk, access(desk).by_link(accepted.link)))


def by_code(desk: LineDesk, number: str = NUMBER) -> Customer:
    code = asked(desk, number)
    return Customer(desk.service(), session(desk, access(desk).by_code(code.request, code.code)))


def is_refused(told: LetIn, reason: LineReason = LineReason.CUSTOMER_UNKNOWN) -> bool:
    return (told.session, told.expires_at, told.refusal) == (None, None, reason)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


def test_a_link_that_was_accepted_lets_in_once(desk: LineDesk, everything: Callable[[], bytes]) -> None:
    accepted = desk.accepts()
    desk.counter.machine.passes(timedelta(minutes=9))
    let_in = access(desk).by_link(accepted.link)
    found = session(desk, let_in)
    assert (found.operator, found.subject, found.how, found.line) == (
        OPERATOR,
        accepted.subject,
        How.FACE,
        None,
    )
    assert let_in.expires_at == desk.counter.machine.now + timedelta(minutes=30)
    assert let_in.session is not None
    assert let_in.session.rpartition("/")[2].encode() not in everything()
    assert is_refused(access(desk).by_link(accepted.link))


def test_a_link_lets_in_for_ten_minutes(desk: LineDesk) -> None:
    accepted = desk.accepts()
    desk.counter.machine.passes(timedelta(minutes=10))
    assert is_refused(access(desk).by_link(accepted.link))
    later = desk.accepts("B2")
    desk.counter.machine.passes(-timedelta(minutes=11))
    assert is_refused(access(desk).by_link(later.link))


@pytest.mark.parametrize("outcome", [Outcome.REFER, Outcome.REJECT])
def test_no_other_link_lets_in(desk: LineDesk, outcome: Outcome) -> None:
    accepted = desk.accepts(outcome=outcome)
    assert is_refused(access(desk).by_link(accepted.link))
    good = desk.accepts("B2")
    made_up = Bearer.made_of(BearerKind.LINK, OPERATOR, good.sign_up, bytes(SECRET_BYTES)).text
    elsewhere = good.link.replace(OPERATOR, "other.example")
    for link in ("", "bfl/x", made_up, elsewhere, good.link.replace("bfl/", "bfs/"), good.link + "x"):
        assert is_refused(access(desk).by_link(link))
    assert access(desk).by_link(good.link).session


def test_of_many_who_come_with_one_link_one_is_let_in(postgresql_database: str, tmp_path: Path) -> None:
    desk = open_desk(tmp_path, postgresql_database)
    second = Store.open(postgresql_database)
    accepted = desk.accepts()
    bound(desk, accepted)
    code = asked(desk)
    doors = (access(desk), CustomerAccess(desk.service(second)))
    told: list[LetIn] = []
    codes: list[LetIn] = []
    threads = [
        threading.Thread(target=lambda at=at: told.append(doors[at % 2].by_link(accepted.link)))
        for at in range(10)
    ]
    threads += [
        threading.Thread(target=lambda at=at: codes.append(doors[at % 2].by_code(code.request, code.code)))
        for at in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in (told, codes):
        assert len(each) == 10
        assert sum(let_in.session is not None for let_in in each) == 1
    second.close()
    desk.counter.kept.store.close()


def test_a_session_ends(desk: LineDesk) -> None:
    store, clock = desk.counter.kept.store, desk.counter.kept
    text = access(desk).by_link(desk.accepts().link).session
    other = access(desk).by_link(desk.accepts("B2").link).session
    assert text is not None
    assert other is not None
    found = session_of(store, text, clock.now())
    assert found is not None
    for not_it in ("", text[:-1], text.replace("bfs/", "bfk/"), text.replace(OPERATOR, "other.example")):
        assert session_of(store, not_it, clock.now()) is None
    mixed = f"{text.rpartition('/')[0]}/{other.rpartition('/')[2]}"
    assert session_of(store, mixed, clock.now()) is None
    desk.counter.machine.passes(timedelta(minutes=29))
    assert session_of(store, text, clock.now()) == found
    end_session(store, found, clock.now())
    assert session_of(store, text, clock.now()) is None
    desk.counter.machine.passes(timedelta(minutes=1))
    assert session_of(store, other, clock.now()) is None


def test_a_code_to_the_line_lets_in_once(desk: LineDesk, everything: Callable[[], bytes]) -> None:
    accepted = desk.accepts()
    line = bound(desk, accepted)
    code = asked(desk)
    assert (len(code.code), code.code.isdecimal()) == (8, True)
    assert code.code.encode() not in everything()
    assert code.code not in repr(code)
    found = session(desk, access(desk).by_code(code.request, code.code))
    assert (found.subject, found.how, found.line) == (accepted.subject, How.CODE, line.id)
    assert is_refused(access(desk).by_code(code.request, code.code))


def test_a_number_that_is_no_line_is_answered_alike(desk: LineDesk) -> None:
    line = bound(desk, desk.accepts())
    bound(desk, desk.accepts("B2"), OTHER)
    for number in (OTHER, UNKNOWN):
        code = asked(desk, number)
        assert code.request.startswith(f"{OPERATOR}/")
        for _ in range(4):
            assert is_refused(access(desk).by_code(code.request, wrong(code.code)))
    with desk.counter.kept.store.read(OPERATOR) as transaction:
        rows = transaction.connection.execute(select(CUSTOMER_CODE.c.tries_left)).scalars().all()
    assert set(rows) == {1}  # both were counted
    code = asked(desk, UNKNOWN)
    assert is_refused(access(desk).by_code(code.request, code.code))
    # And now both numbers are locked alike, for the fifth failure of one and of the other.
    other = asked(desk, OTHER)
    assert is_refused(access(desk).by_code(other.request, wrong(other.code)))
    for number, each in ((UNKNOWN, code), (OTHER, other)):
        assert is_refused(access(desk).by_code(each.request, each.code), LineReason.CUSTOMER_LOCKED)
        assert access(desk).ask_code(OPERATOR, number).refusal is LineReason.CUSTOMER_LOCKED
    assert desk.lines().find(line.id) == line
    desk.counter.machine.passes(timedelta(hours=1, minutes=1))
    again = asked(desk, OTHER)
    assert access(desk).by_code(again.request, again.code).session


def test_a_code_has_five_tries_and_ten_minutes(desk: LineDesk) -> None:
    bound(desk, desk.accepts())
    code = asked(desk)
    for _ in range(5):
        assert is_refused(access(desk).by_code(code.request, wrong(code.code)))
        desk.counter.machine.passes(timedelta(minutes=1))
    assert is_refused(access(desk).by_code(code.request, code.code))
    late = asked(desk)
    desk.counter.machine.passes(timedelta(minutes=10))
    assert is_refused(access(desk).by_code(late.request, late.code))
    first, second = asked(desk), asked(desk)
    assert is_refused(access(desk).by_code(first.request, first.code))  # the newer one took its place
    assert access(desk).by_code(second.request, second.code).session
    for request in ("", "x", f"{OPERATOR}/{new_identifier()}", second.request.replace(OPERATOR, "o.example")):
        assert is_refused(access(desk).by_code(request, second.code))
    desk.counter.machine.passes(timedelta(minutes=10))
    good = asked(desk)
    for text in ("", "1234567", "１２３４５６７８", "123456789", good.code + "\n"):
        assert is_refused(access(desk).by_code(good.request, text))
    assert access(desk).by_code(good.request, good.code).session  # no try was counted for those


def test_nobody_is_flooded_with_codes(desk: LineDesk) -> None:
    for number in (NUMBER, UNKNOWN):
        told = [access(desk).ask_code(OPERATOR, number).refusal for _ in range(MOST_CODES + 1)]
        assert told == [None] * MOST_CODES + [LineReason.CUSTOMER_LOCKED]
    desk.counter.machine.passes(timedelta(minutes=10))
    assert asked(desk)


def test_a_code_for_a_line_that_has_ended_lets_nobody_in(desk: LineDesk) -> None:
    line = bound(desk, desk.accepts())
    code = asked(desk)
    desk.lines().end(line.id)
    assert is_refused(access(desk).by_code(code.request, code.code))


def test_a_customer_sees_every_line_in_their_name_and_little_of_others(desk: LineDesk) -> None:
    first, second, stranger = desk.accepts(shop="shop 1"), desk.accepts(shop="shop 2"), desk.accepts("B2")
    mine, theirs = bound(desk, first), bound(desk, second, OTHER)
    bound(desk, stranger, "+8613800000003")
    desk.lines().end(theirs.id)
    customer = by_face(desk, first)
    seen = {own.line.id: own for own in customer.lines()}
    assert seen.keys() == {mine.id, theirs.id}
    assert (seen[mine.id].ends_in, seen[mine.id].number) == ("0001", None)
    assert (seen[theirs.id].ends_in, seen[theirs.id].number) == ("0002", None)
    assert (seen[theirs.id].line.shop, seen[theirs.id].line.active) == ("shop 2", False)
    # Of the other sign-up with the same document, nothing else.
    assert [consent.id for consent in customer.consents()] == [first.consent.id]
    assert [decision.id for decision in customer.decisions()] == [first.decision]
    kept = customer.export().files[0].content.decode()
    assert first.consent.id in kept
    for hidden in (second.consent.id, second.subject, str(second.decision), theirs.id):
        assert hidden not in kept


def test_a_code_shows_the_whole_number_of_its_own_line_alone(desk: LineDesk) -> None:
    mine = bound(desk, desk.accepts())
    other = bound(desk, desk.accepts(), OTHER)
    seen = {own.line.id: own for own in by_code(desk).lines()}
    assert (seen[mine.id].ends_in, seen[mine.id].number) == ("0001", NUMBER)
    assert (seen[other.id].ends_in, seen[other.id].number) == ("0002", None)
    assert NUMBER not in repr(seen)


def test_a_decision_is_shown_with_its_receipt(desk: LineDesk) -> None:
    accepted = desk.accepts()
    (decision,) = by_face(desk, accepted).decisions()
    assert (decision.id, decision.outcome, decision.purpose) == (
        accepted.decision,
        Outcome.ACCEPT,
        "sim-signup",
    )
    assert parse_receipt(decision.receipt).claims["identifier"] == accepted.decision
    assert decision.proof is None  # no checkpoint covers it yet


@on_each_database
def test_an_export_has_the_number_and_is_in_the_log_first(desk: LineDesk) -> None:
    accepted = desk.accepts()
    line = bound(desk, accepted)
    export = by_face(desk, accepted).export()
    with zipfile.ZipFile(io.BytesIO(export.as_zip())) as archive:
        assert archive.read(f"line/{line.id}") == NUMBER.encode()
        document = json.loads(archive.read("kept.json"))
    (kept,) = document["kept"]
    (row,) = kept["line"]
    assert (row["id"], row["deadline"]) == (line.id, "9999-12-31T00:00:00.000Z")
    with desk.counter.kept.store.read(OPERATOR) as transaction:
        (logged,) = transaction.all(AccessRow, ACCESS)
    assert (logged.who, logged.action, logged.record) == ("customer", "export", accepted.subject)


def test_nothing_is_erased_under_a_line_that_stands(desk: LineDesk) -> None:
    accepted = desk.accepts()
    line = bound(desk, accepted)
    customer = by_face(desk, accepted)
    assert customer.erase().refusal is LineReason.ACTIVE
    told = customer.withdraw(accepted.consent.id)
    assert told is not None
    assert told.consent.withdrawn_at is not None
    assert (told.erased, told.stays) == (None, LineReason.ACTIVE)
    assert desk.lines().find(line.id) == line
    assert len(customer.decisions()) == 1
    desk.lines().end(line.id)
    done = customer.withdraw(accepted.consent.id)
    assert done is not None
    assert done.erased is not None
    # The sign-up goes, and of the line what the law makes stay stays.
    gone = dict(done.erased.rows)
    assert (gone["sign-up"], gone["line"], gone["decision"], done.stays) == (1, 0, 0, LineReason.KEPT)
    assert (len(customer.lines()), len(customer.decisions()), len(customer.consents())) == (1, 1, 1)


def test_what_the_law_makes_stay_of_an_ended_line_stays_for_its_term_and_nothing_else(
    desk: LineDesk, everything: Callable[[], bytes]
) -> None:
    accepted = desk.accepts()
    line = bound(desk, accepted)
    customer = by_face(desk, accepted)
    assert (customer.standing().active, customer.standing().in_term, customer.standing().until) == (
        1,
        0,
        None,
    )
    customer.object(line.id)
    desk.lines().end(line.id)
    ends = purposes()["sim-signup"].deadline(Kept.LINE, desk.counter.kept.now().retention)
    assert customer.standing() == Standing(0, 1, ends)
    done = customer.erase()
    assert done.erased is not None
    assert (done.stays, done.erased.stays_until, done.erased.in_term) == (LineReason.KEPT, ends, 1)
    gone = dict(done.erased.rows)
    assert (gone["sign-up"], gone["objection"], gone["customer-session"]) == (1, 1, 1)
    left = {holding.name: len(rows_of(desk, holding, accepted.subject)) for holding in HOLDINGS}
    assert {name for name, count in left.items() if count} == {
        "line",
        "sealed",
        "decision",
        "consent",
        "subject",
    }
    assert accepted.link.rpartition("/")[2].encode() not in everything()
    # It goes by itself when the two years are over, what it rests on with it.
    machine = desk.counter.machine
    machine.passes(timedelta(days=2 * 365))
    sweep(desk.counter.kept.store, desk.counter.kept.now().retention)
    assert len(desk.rows()) == 1
    machine.passes(timedelta(days=2))
    sweep(desk.counter.kept.store, desk.counter.kept.now().retention)
    assert accepted.subject.encode() not in everything()


def rows_of(desk: LineDesk, holding: Holding, subject: str) -> Sequence[object]:
    with desk.counter.kept.store.read(OPERATOR) as transaction:
        return holding.export(transaction, subject)


def test_staff_may_erase_within_the_term_and_are_told_so(desk: LineDesk) -> None:
    accepted = desk.accepts()
    line = bound(desk, accepted)
    desk.lines().end(line.id)
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
    assert (dict(erased.rows)["line"], erased.in_term, erased.stays_until) == (1, 1, None)
    (told,) = [text for text in erased_lines(erased, Language.ENGLISH) if "MIIT" in text]
    assert told.startswith("1 line(s)")


def test_a_customer_erases_everything_and_is_out(desk: LineDesk) -> None:
    accepted, other = desk.accepts(), desk.accepts()
    bound(desk, other, OTHER)  # in the same name, but another's record
    text = access(desk).by_link(accepted.link).session
    assert text is not None
    customer = Customer(desk.service(), session(desk, LetIn(text, None)))
    erased = customer.erase().erased
    assert erased is not None
    assert parse_receipt(erased.receipt).claims["statement"] == "erased"
    assert session_of(desk.counter.kept.store, text, desk.counter.kept.now()) is None
    assert desk.lines().bind(accepted.sign_up, NUMBER).refusal is LineReason.NOT_ACCEPTED
    assert len(by_code(desk, OTHER).lines()) == 1


def test_a_purpose_stays_while_another_consent_to_it_stands(desk: LineDesk) -> None:
    accepted = desk.accepts()
    kept, now, purpose = desk.counter.kept, desk.counter.kept.now(), purposes()["sim-signup"]
    second = kept.store.write(
        OPERATOR,
        lambda transaction: give(
            transaction,
            purpose,
            version=purpose.version,
            language=Language.ENGLISH,
            giver=Giver.PERSON,
            age=Age.ADULT,
            now=now,
            identifier=new_identifier,
            subject=accepted.subject,
        ),
    )
    customer = by_face(desk, accepted)
    told = customer.withdraw(accepted.consent.id)
    assert told is not None
    assert told.stays is LineReason.CONSENT_STANDS
    assert len(customer.decisions()) == 1
    told = customer.withdraw(second.id)
    assert told is not None
    assert told.erased is not None
    assert customer.decisions() == ()


def test_nobody_reaches_what_is_anothers(desk: LineDesk) -> None:
    accepted, stranger = desk.accepts(), desk.accepts("B2")
    line = bound(desk, accepted)
    customer = by_face(desk, stranger)
    assert customer.lines() == ()
    assert customer.object(line.id) is None
    assert customer.object(new_identifier()) is None
    assert customer.withdraw(accepted.consent.id) is None
    assert accepted.subject not in customer.export().files[0].content.decode()
    customer.erase()
    assert desk.lines().find(line.id) == line
    assert by_face(desk, accepted).consents()[0].withdrawn_at is None


def test_erasing_somebody_ends_what_they_opened(desk: LineDesk) -> None:
    accepted = desk.accepts()
    bound(desk, accepted)
    code = asked(desk)
    text = access(desk).by_link(accepted.link).session
    assert text is not None
    kept = desk.counter.kept
    erase(
        kept.store,
        OPERATOR,
        [accepted.subject],
        now=kept.now(),
        identifier=new_identifier,
        signer=desk.counter.signer,
        software="bonafide test",
    )
    assert session_of(kept.store, text, kept.now()) is None
    assert is_refused(access(desk).by_code(code.request, code.code))


def test_whose_line_passed_on_sees_that_it_ended(desk: LineDesk) -> None:
    seller, buyer = desk.accepts("A1"), desk.accepts("B2")
    line = bound(desk, seller)
    told = desk.lines().transfer(line.id, buyer.sign_up)
    assert told is not None
    assert told.line is not None
    (sold,) = by_face(desk, seller).lines()
    assert (sold.line.id, sold.line.ended_because) == (line.id, LineEnd.TRANSFERRED)
    (bought,) = by_code(desk).lines()
    assert (bought.line.id, bought.number) == (told.line.id, NUMBER)
