"""Objections: made by whoever a line stands under, decided in time by somebody whose name is logged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.conftest import on_each_database
from tests.integration.service.conftest import OPERATOR, Counter
from tests.integration.service.line_desk import LineDesk
from tests.integration.service.test_customers import bound, by_code, by_face
from tests.integration.service.test_lines import erased

from bonafide.errors import NotPermitted, UsageError
from bonafide.evidence.access import AccessRow
from bonafide.outcome import LineReason
from bonafide.privacy.export import export
from bonafide.privacy.sweep import sweep
from bonafide.service.line import LineEnd
from bonafide.service.objections import ObjectionOutcome, Objections, due_at
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.store.schema import ACCESS

NUMBER, OTHER = "+8613800000001", "+8613800000002"
UPHELD, DISMISSED = ObjectionOutcome.UPHELD, ObjectionOutcome.DISMISSED


@pytest.fixture
def desk(counter: Counter) -> LineDesk:
    return LineDesk(counter)


def objections(desk: LineDesk) -> Objections:
    return Objections(desk.service(), OPERATOR)


@pytest.mark.parametrize(
    ("made", "due"),
    [
        ("2026-11-25T09:00", "2026-12-02T09:00"),  # a Wednesday
        ("2026-11-27T23:59", "2026-12-04T23:59"),  # a Friday
        ("2026-11-28T10:00", "2026-12-04T10:00"),  # a Saturday
        ("2026-11-29T10:00", "2026-12-04T10:00"),
        ("2026-11-30T10:00", "2026-12-07T10:00"),
    ],
)
def test_it_is_due_after_five_working_days(made: str, due: str) -> None:
    said = datetime.fromisoformat(made).replace(tzinfo=UTC)
    assert due_at(said) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_line_that_is_not_theirs_ends(desk: LineDesk) -> None:
    # Somebody bound a line with a document that is not theirs; whose it is finds it by their own face.
    thief, owner = desk.accepts(), desk.accepts()
    line = bound(desk, thief)
    customer = by_face(desk, owner)
    (seen,) = customer.lines()
    made = customer.object(seen.line.id)
    assert made is not None
    assert made.objection is not None
    desk.counter.machine.passes(timedelta(days=7))
    (waiting,) = objections(desk).waiting()
    assert (waiting.objection, waiting.line) == (made.objection, line)
    assert (waiting.age, waiting.overdue) == (timedelta(days=7), True)
    decided = objections(desk).decide(made.objection.id, "reviewer 4", UPHELD)
    assert decided is not None
    assert decided.outcome is UPHELD
    assert decided == objections(desk).find(made.objection.id)
    assert objections(desk).waiting() == ()
    ended = desk.lines().find(line.id)
    assert ended is not None
    assert ended.ended_because is LineEnd.NOT_THEIRS
    assert {row.deadline for row in desk.sealed()} == {row.deadline for row in desk.rows()}
    with desk.counter.kept.store.read(OPERATOR) as transaction:
        (logged,) = transaction.all(AccessRow, ACCESS)
    assert (logged.who, logged.action, logged.record) == ("reviewer 4", "objection", decided.id)
    with pytest.raises(NotPermitted, match="decided before"):
        objections(desk).decide(decided.id, "reviewer 5", DISMISSED)
    assert objections(desk).find(decided.id) == decided
    kept = desk.counter.kept
    given = export(
        kept.store, desk.counter.vault, OPERATOR, [owner.subject], who="clerk",
        now=kept.now(), identifier=new_identifier, random=random_bytes,
    )  # fmt: skip
    assert "reviewer 4" in given.files[0].content.decode()


def test_one_that_was_dismissed_leaves_the_line_and_may_be_made_again(desk: LineDesk) -> None:
    accepted = desk.accepts()
    line = bound(desk, accepted)
    customer = by_code(desk)
    made = customer.object(line.id)
    assert made is not None
    assert made.objection is not None
    assert customer.object(line.id) == made  # while it waits, it is the same
    objections(desk).decide(made.objection.id, "reviewer", DISMISSED)
    assert desk.lines().find(line.id) == line
    again = customer.object(line.id)
    assert again is not None
    assert again.objection is not None
    assert again.objection.id != made.objection.id
    assert {each.outcome for each in customer.objections()} == {None, DISMISSED}
    desk.lines().end(line.id)
    objections(desk).decide(again.objection.id, "reviewer", UPHELD)
    ended = desk.lines().find(line.id)
    assert ended is not None
    assert ended.ended_because is LineEnd.CANCELLED
    refused = customer.object(line.id)
    assert refused is not None
    assert refused.refusal is LineReason.ENDED


def test_who_decides_is_named_and_what_is_decided_is_there(desk: LineDesk) -> None:
    accepted = desk.accepts()
    made = by_face(desk, accepted).object(bound(desk, accepted).id)
    assert made is not None
    assert made.objection is not None
    for nobody in ("", " reviewer", "two\nlines", "x" * 65):
        with pytest.raises(UsageError, match="named in one line"):
            objections(desk).decide(made.objection.id, nobody, UPHELD)
    assert objections(desk).decide(new_identifier(), "reviewer", UPHELD) is None
    assert Objections(desk.service(), "other.example").find(made.objection.id) is None
    assert Objections(desk.service(), "other.example").decide(made.objection.id, "reviewer", UPHELD) is None
    assert len(objections(desk).waiting()) == 1


def test_it_outlives_the_line_and_is_kept_for_three_years(desk: LineDesk) -> None:
    thief, owner = desk.accepts(), desk.accepts()
    made = by_face(desk, owner).object(bound(desk, thief).id)
    assert made is not None
    assert made.objection is not None
    erased(desk, thief.subject)
    (waiting,) = objections(desk).waiting()
    assert waiting.line is None
    assert objections(desk).decide(made.objection.id, "reviewer", UPHELD)
    kept = desk.counter.kept
    desk.counter.machine.passes(timedelta(days=3 * 365 - 1))
    sweep(kept.store, kept.now().retention)
    assert objections(desk).find(made.objection.id)
    desk.counter.machine.passes(timedelta(days=3))
    sweep(kept.store, kept.now().retention)
    assert objections(desk).find(made.objection.id) is None


@on_each_database
def test_the_first_due_comes_first(desk: LineDesk) -> None:
    made = []
    for at, number in enumerate((NUMBER, OTHER)):
        accepted = desk.accepts(f"D{at}")
        objected = by_face(desk, accepted).object(bound(desk, accepted, number).id)
        assert objected is not None
        assert objected.objection is not None
        made.append(objected.objection)
        desk.counter.machine.passes(timedelta(hours=1))
    waiting = objections(desk).waiting()
    assert [each.objection for each in waiting] == made
    assert not any(each.overdue for each in waiting)
