"""What a unit of work can see and change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bonafide.store import Store, Transaction
from bonafide.store.schema import SUBJECT

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    made_at: datetime


def test_an_operator_sees_its_own_rows(store: Store) -> None:
    store.write("a.example", lambda work: work.add(SUBJECT, Row("1", NOW), Row("2", NOW)))
    store.write("b.example", lambda work: work.add(SUBJECT, Row("1", NOW)))
    with store.read("a.example") as found:
        assert found.all(Row, SUBJECT, order=[SUBJECT.c.id]) == (Row("1", NOW), Row("2", NOW))
        assert found.one(Row, SUBJECT, SUBJECT.c.id == "2") == Row("2", NOW)
    assert store.write("a.example", lambda work: work.remove(SUBJECT)) == 2
    with store.read("b.example") as found:
        assert found.all(Row, SUBJECT) == (Row("1", NOW),)


def test_a_row_is_added_once_and_says_so(store: Store) -> None:
    def add(transaction: Transaction) -> bool:
        return transaction.add_if_new(SUBJECT, Row("1", NOW))

    assert store.write("a.example", add)
    assert not store.write("a.example", add)
    assert store.write("b.example", add)
