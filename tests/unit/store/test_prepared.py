"""Statements as drivers take them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Dialect, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bonafide.store.prepared import insertion, prepared
from bonafide.store.schema import EPOCH, LEAF

SQLITE = sqlite.dialect()
POSTGRESQL = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LEAF_COLUMNS = ("operator", "position", "kind", "commitment", "made_at")
VALUES = {"made_at": NOW, "kind": "decision", "commitment": b"c" * 32, "position": 7, "operator": "a.example"}
IN_MS = 1_795_608_000_000


def test_sqlite_takes_values_by_place() -> None:
    found = insertion(LEAF, LEAF_COLUMNS, SQLITE)
    assert (
        found.text
        == "INSERT INTO leaf (operator, position, kind, commitment, made_at) VALUES (?, ?, ?, ?, ?)"
    )
    assert found.values(VALUES) == ("a.example", 7, "decision", memoryview(b"c" * 32), IN_MS)


def test_postgresql_takes_values_by_name() -> None:
    found = insertion(LEAF, LEAF_COLUMNS, POSTGRESQL)
    assert "%(commitment)s" in found.text
    values = found.values(VALUES)
    assert isinstance(values, dict)
    assert values.keys() == set(LEAF_COLUMNS)
    assert (values["made_at"], values["kind"]) == (IN_MS, "decision")


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
def test_a_column_that_is_not_given_is_not_written(dialect: Dialect) -> None:
    found = insertion(EPOCH, ("operator", "number", "begins_at", "ends_at"), dialect)
    assert "destroyed_at" not in found.text
    with pytest.raises(KeyError, match="length"):
        insertion(EPOCH, ("operator", "number", "length"), dialect)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
def test_values_are_what_their_columns_take_or_refused(dialect: Dialect) -> None:
    found = insertion(LEAF, LEAF_COLUMNS, dialect)
    with pytest.raises(ValueError, match="time zone"):
        found.values({**VALUES, "made_at": datetime(2026, 11, 25)})
    with pytest.raises(KeyError):
        found.values({"operator": "a.example"})


def test_a_statement_that_is_made_once_is_prepared_once_for_each_database() -> None:
    changing = (
        update(EPOCH).where(EPOCH.c.number == bindparam("which")).values(destroyed_at=bindparam("destroyed"))
    )
    assert prepared(changing, SQLITE) is prepared(changing, SQLITE)
    assert prepared(changing, SQLITE).values({"which": 1, "destroyed": NOW}) == (IN_MS, 1)
    assert prepared(changing, POSTGRESQL).values({"which": 1, "destroyed": NOW}) == {
        "which": 1,
        "destroyed": IN_MS,
    }
    reading = select(EPOCH.c.number).where(EPOCH.c.operator == bindparam("of_operator"))
    assert prepared(reading, SQLITE).values({"of_operator": "a.example"}) == ("a.example",)
