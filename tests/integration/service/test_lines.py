"""Lines: none without an accepted decision, none twice, five for one document, and passed on by verifying."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.conftest import on_each_database
from tests.integration.service.conftest import OPERATOR, Counter
from tests.integration.service.line_desk import LineDesk

from bonafide.errors import UsageError, VaultClosed
from bonafide.outcome import LineReason, Outcome
from bonafide.privacy.erasure import erase
from bonafide.privacy.holdings import HOLDINGS
from bonafide.privacy.kept_line import WHILE_ACTIVE
from bonafide.privacy.sweep import sweep
from bonafide.service.line import Line, LineEnd
from bonafide.service.lines import Lines
from bonafide.service.retention import new_identifier
from bonafide.store.sealed import open_from
from bonafide.vault import UnsafeFileHolder, Vault

NUMBER = "+8613800000001"


@pytest.fixture
def desk(counter: Counter) -> LineDesk:
    return LineDesk(counter)


def numbers(start: int = 10) -> Callable[[], str]:
    """A number that nobody has, at each call."""
    taken = iter(range(start, 10_000))
    return lambda: f"+86138{next(taken):08}"


def test_a_line_rests_on_what_was_decided(desk: LineDesk, everything: Callable[[], bytes]) -> None:
    accepted = desk.accepts()
    bound = desk.lines().bind(accepted.sign_up, NUMBER)
    assert bound.refusal is None
    assert bound.line is not None
    assert bound.line.active
    assert (bound.line.sign_up, bound.line.decision, bound.line.shop) == (
        accepted.sign_up,
        accepted.decision,
        "shop 3",
    )
    (row,), (sealed,) = desk.rows(), desk.sealed()
    assert (row.subject, row.consent) == (accepted.subject, accepted.consent.id)
    assert (sealed.id, sealed.subject, sealed.deadline) == (row.id, row.subject, WHILE_ACTIVE)
    assert bytes(open_from(desk.counter.vault, OPERATOR, sealed)) == NUMBER.encode()
    for form in (NUMBER, NUMBER[1:], NUMBER[3:]):
        assert form.encode() not in everything()
    assert desk.lines().find(row.id) == bound.line
    assert desk.lines().with_number(NUMBER) == (bound.line,)
    assert desk.lines().with_number("+8613800000002") == ()
    assert desk.lines().find(new_identifier()) is None


@pytest.mark.parametrize("outcome", [Outcome.REFER, Outcome.REJECT])
def test_who_was_not_accepted_gets_no_line(desk: LineDesk, outcome: Outcome) -> None:
    accepted = desk.accepts(outcome=outcome)
    assert desk.lines().bind(accepted.sign_up, NUMBER).refusal is LineReason.NOT_ACCEPTED
    assert desk.lines().bind(new_identifier(), NUMBER).refusal is LineReason.NOT_ACCEPTED
    assert (desk.rows(), desk.sealed()) == ((), ())


def test_a_document_without_a_number_counts_no_lines(desk: LineDesk) -> None:
    assert desk.lines().bind(desk.accepts(None).sign_up, NUMBER).refusal is LineReason.DOCUMENT_UNSURE
    assert desk.rows() == ()


def test_a_sign_up_is_spent_on_one_line_for_good(desk: LineDesk) -> None:
    accepted, lines = desk.accepts(), desk.lines()
    line = lines.bind(accepted.sign_up, NUMBER).line
    assert line is not None
    assert lines.bind(accepted.sign_up, "+8613800000002").refusal is LineReason.ALREADY_BOUND
    lines.end(line.id)
    assert lines.bind(accepted.sign_up, "+8613800000002").refusal is LineReason.ALREADY_BOUND
    assert len(desk.rows()) == 1


def test_a_number_is_one_line_until_that_has_ended(desk: LineDesk) -> None:
    lines = desk.lines()
    first = lines.bind(desk.accepts("A1").sign_up, NUMBER).line
    assert first is not None
    other = desk.accepts("B2")
    assert lines.bind(other.sign_up, NUMBER).refusal is LineReason.TAKEN
    lines.end(first.id)
    again = lines.bind(other.sign_up, NUMBER).line
    assert again is not None
    assert {line.id for line in lines.with_number(NUMBER)} == {first.id, again.id}


@on_each_database
def test_the_sixth_line_of_one_document_is_refused(desk: LineDesk) -> None:
    lines, number = desk.lines(), numbers()
    made = [lines.bind(desk.accepts().sign_up, number()).line for _ in range(5)]
    sixth = desk.accepts()
    assert lines.bind(sixth.sign_up, number()).refusal is LineReason.LIMIT_REACHED
    assert lines.bind(desk.accepts("ANOTHER").sign_up, number()).line
    assert made[0] is not None
    lines.end(made[0].id)
    assert lines.bind(sixth.sign_up, number()).line
    assert lines.bind(desk.accepts().sign_up, number()).refusal is LineReason.LIMIT_REACHED
    assert desk.lines(most=6).bind(desk.accepts().sign_up, number()).line


def test_a_line_is_passed_on_by_verifying_anew_alone(desk: LineDesk) -> None:
    lines = desk.lines()
    line = lines.bind(desk.accepts("SELLER").sign_up, NUMBER).line
    assert line is not None
    refused = desk.accepts("BUYER", Outcome.REJECT)
    told = lines.transfer(line.id, refused.sign_up)
    assert told is not None
    assert told.refusal is LineReason.NOT_ACCEPTED
    assert lines.find(line.id) == line
    # Nor with the sign-up that it was bound by.
    told = lines.transfer(line.id, line.sign_up)
    assert told is not None
    assert told.refusal is LineReason.ALREADY_BOUND
    assert lines.find(line.id) == line

    buyer = desk.accepts("BUYER")
    told = lines.transfer(line.id, buyer.sign_up)
    assert told is not None
    assert told.line is not None
    old = lines.find(line.id)
    assert old is not None
    assert (old.active, old.ended_because) == (False, LineEnd.TRANSFERRED)
    assert told.line.sign_up == buyer.sign_up
    assert lines.with_number(NUMBER) in ((told.line, old), (old, told.line))
    new = next(row for row in desk.sealed() if row.id == told.line.id)
    assert new.subject == buyer.subject
    assert bytes(open_from(desk.counter.vault, OPERATOR, new)) == NUMBER.encode()
    again = lines.transfer(line.id, desk.accepts("THIRD").sign_up)
    assert again is not None
    assert again.refusal is LineReason.ENDED
    assert lines.transfer(new_identifier(), desk.accepts("THIRD").sign_up) is None


def test_whoever_has_five_may_pass_one_to_themselves_and_take_no_other(desk: LineDesk) -> None:
    lines, number = desk.lines(), numbers()
    made = [lines.bind(desk.accepts().sign_up, number()).line for _ in range(5)]
    others = lines.bind(desk.accepts("OTHER").sign_up, number()).line
    assert made[0] is not None
    assert others is not None
    told = lines.transfer(others.id, desk.accepts().sign_up)
    assert told is not None
    assert told.refusal is LineReason.LIMIT_REACHED
    kept = lines.find(others.id)
    assert kept == others
    own = lines.transfer(made[0].id, desk.accepts().sign_up)
    assert own is not None
    assert own.line is not None


def test_a_sign_up_does_not_keep(desk: LineDesk) -> None:
    accepted, other = desk.accepts("A1"), desk.accepts("B2")
    desk.counter.machine.passes(timedelta(days=3, seconds=-1))
    assert desk.lines().bind(accepted.sign_up, NUMBER).line
    desk.counter.machine.passes(timedelta(seconds=2))
    assert desk.lines().bind(other.sign_up, "+8613800000002").refusal is LineReason.NOT_ACCEPTED


def test_nothing_is_bound_on_a_consent_that_was_taken_back(desk: LineDesk) -> None:
    accepted = desk.accepts()
    desk.counter.withdraws(accepted.consent)
    assert desk.lines().bind(accepted.sign_up, NUMBER).refusal is LineReason.NOT_ACCEPTED


def test_nothing_is_bound_on_what_was_erased(desk: LineDesk) -> None:
    accepted = desk.accepts()
    erased(desk, accepted.subject)
    assert desk.lines().bind(accepted.sign_up, NUMBER).refusal is LineReason.NOT_ACCEPTED
    assert (desk.rows(), desk.sealed()) == ((), ())


def test_a_line_keeps_what_it_rests_on_and_goes_two_years_after_its_end(desk: LineDesk) -> None:
    accepted, kept = desk.accepts(), desk.counter.kept
    line = desk.lines().bind(accepted.sign_up, NUMBER).line
    assert line is not None
    desk.counter.machine.passes(timedelta(days=3650))
    sweep(kept.store, kept.now().retention)
    assert desk.lines().find(line.id) == line
    assert tables(desk) == {"line", "sealed", "decision", "consent", "subject"}
    ended = desk.lines().end(line.id)
    assert ended is not None
    assert ended.line is not None
    assert ended.line.ended_because is LineEnd.CANCELLED
    assert desk.lines().find(line.id) == ended.line
    again = desk.lines().end(line.id)
    assert again is not None
    assert again.refusal is LineReason.ENDED
    assert desk.lines().end(new_identifier()) is None
    desk.counter.machine.passes(timedelta(days=2 * 365 - 1))
    sweep(kept.store, kept.now().retention)
    assert desk.lines().find(line.id) is not None
    assert {row.deadline for row in desk.sealed()} == {row.deadline for row in desk.rows()}
    desk.counter.machine.passes(timedelta(days=2))
    sweep(kept.store, kept.now().retention)
    assert tables(desk) == set()


@on_each_database
def test_erasing_somebody_takes_their_lines(desk: LineDesk) -> None:
    accepted, stays = desk.accepts(), desk.accepts()
    lines = desk.lines()
    lines.bind(accepted.sign_up, NUMBER)
    other = lines.bind(stays.sign_up, "+8613800000002").line
    erased(desk, accepted.subject)
    assert [row.id for row in desk.rows()] == [other and other.id]
    assert lines.bind(desk.accepts("B2").sign_up, NUMBER).line


def test_another_operator_sees_none_of_it(desk: LineDesk) -> None:
    line = desk.lines().bind(desk.accepts().sign_up, NUMBER).line
    assert line is not None
    desk.counter.vault.begin_operator("other.example")
    desk.counter.kept.store.begin_operator("other.example", desk.counter.machine.now)
    others = Lines(desk.service(), "other.example")
    assert others.find(line.id) is None
    assert others.end(line.id) is None
    assert others.transfer(line.id, desk.accepts().sign_up) is None
    assert others.with_number(NUMBER) == ()
    assert others.page().lines == ()
    assert others.bind(desk.accepts("B2").sign_up, "+8613800000002").refusal is LineReason.NOT_ACCEPTED


@on_each_database
def test_pages_come_newest_first_and_leave_none_out(desk: LineDesk) -> None:
    lines, number = desk.lines(most=100), numbers()
    made = []
    for _ in range(7):
        bound = lines.bind(desk.accepts().sign_up, number()).line
        assert bound is not None
        made.append(bound)
        desk.counter.machine.passes(timedelta(milliseconds=len(made) % 2))  # some at the same moment
    found: list[Line] = []
    after = None
    while True:
        page = lines.page(after=after, most=3)
        found += page.lines
        after = page.after
        if after is None:
            break
        assert len(page.lines) == 3
    assert sorted(line.id for line in found) == sorted(line.id for line in made)
    assert [line.bound_at for line in found] == sorted((line.bound_at for line in made), reverse=True)
    for wrong in ("", "x", "1", ".a", "1.", "9" * 20 + ".a", "1." + "a" * 40):
        with pytest.raises(UsageError, match="no place in the list"):
            lines.page(after=wrong)
    with pytest.raises(UsageError, match="1 to 200"):
        lines.page(most=201)


@pytest.mark.parametrize(
    "number",
    ["", "13800000001", "+0138000000", "+86 138", "+861380000000100000", "+86１38000001", NUMBER + "\n"],
)
def test_a_number_has_one_form(desk: LineDesk, number: str) -> None:
    accepted = desk.accepts()
    with pytest.raises(UsageError, match=r"E\.164") as refused:
        desk.lines().bind(accepted.sign_up, number)
    assert not number.strip() or number.strip() not in str(refused.value)
    with pytest.raises(UsageError):
        desk.lines().with_number(number)


def test_without_its_keys_nothing_is_bound(desk: LineDesk) -> None:
    accepted = desk.accepts()
    elsewhere = LineDesk(
        Counter(
            desk.counter.kept,
            Vault(UnsafeFileHolder(desk.counter.folder / "away")),
            desk.counter.machine,
            desk.counter.folder,
        )
    )
    with pytest.raises(VaultClosed):
        elsewhere.lines().bind(accepted.sign_up, NUMBER)
    assert desk.rows() == ()
    assert desk.lines().bind(accepted.sign_up, NUMBER).line


def erased(desk: LineDesk, subject: str) -> None:
    kept = desk.counter.kept
    erase(
        kept.store,
        OPERATOR,
        [subject],
        now=kept.now(),
        identifier=new_identifier,
        signer=desk.counter.signer,
        software="bonafide test",
    )


def tables(desk: LineDesk) -> set[str]:
    """The tables that hold anything of anybody."""
    with desk.counter.kept.store.read(OPERATOR) as transaction:
        return {
            table.name
            for holding in HOLDINGS
            for table in holding.tables
            if transaction.connection.execute(table.select()).first() is not None
        }
