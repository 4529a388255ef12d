"""One operator's view of the database, for the length of one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, CursorResult, Delete, Insert, Select, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPICursor

from bonafide.store.prepared import insertion, prepared

R = TypeVar("R")

_INSERT: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a unit of work reads and writes with; it ends with that unit.

    Every table of personal data is asked for this operator's rows only: statements name it, and PostgreSQL
    enforces it besides.
    """

    operator: str
    connection: Connection

    def add(self, table: Table, *rows: object) -> None:
        """Insert rows: dataclasses whose fields are the table's columns but `operator`."""
        if rows:
            names = _names(type(rows[0]))
            insert = insertion(table, ("operator", *names), self.connection.dialect)
            values: list[Any] = [
                insert.values({"operator": self.operator, **{name: getattr(row, name) for name in names}})
                for row in rows
            ]
            if len(values) == 1:
                self._cursor().execute(insert.text, values[0])
            else:
                self._cursor().executemany(insert.text, values)

    def run(self, statement: Update | Select[Any], **values: Any) -> DBAPICursor:  # noqa: ANN401
        """Carry out a statement that is made once and carried out for every record, and hence prepared; the
        driver's cursor. It names the operator as `of_operator`.
        """
        found = prepared(statement, self.connection.dialect)
        cursor = self._cursor()
        cursor.execute(found.text, found.values({"of_operator": self.operator, **values}))
        return cursor

    def add_if_new(self, table: Table, row: object) -> bool:
        """Insert a row unless one of its key is there, be it of this moment; whether there was none."""
        insert = _INSERT[self.connection.dialect.name](table).on_conflict_do_nothing()
        values = {name: getattr(row, name) for name in _names(type(row))}
        return self._count(insert.values(operator=self.operator, **values)) == 1

    def all(self, kind: type[R], table: Table, *conditions: Any, order: Sequence[Any] = ()) -> tuple[R, ...]:  # noqa: ANN401 - SQLAlchemy's own
        """The operator's rows of a table that meet the conditions, as dataclasses of a kind."""
        return self.chosen(kind, table.select().where(*conditions).order_by(*order), table)

    def one(self, kind: type[R], table: Table, *conditions: Any) -> R | None:  # noqa: ANN401
        """The operator's first row that meets the conditions."""
        return next(iter(self.chosen(kind, table.select().where(*conditions).limit(1), table)), None)

    def chosen(self, kind: type[R], query: Select[Any], table: Table) -> tuple[R, ...]:
        """The operator's rows of a query of one table."""
        wanted = query.with_only_columns(*(table.c[name] for name in _names(kind)))
        found = self.connection.execute(wanted.where(table.c.operator == self.operator))
        return tuple(kind(*row) for row in found)

    def change(self, table: Table, *conditions: Any, **values: Any) -> int:  # noqa: ANN401
        """Update the operator's rows that meet the conditions; how many there were."""
        return self._count(
            table.update().where(table.c.operator == self.operator, *conditions).values(**values)
        )

    def remove(self, table: Table, *conditions: Any) -> int:  # noqa: ANN401
        """Delete the operator's rows that meet the conditions; how many there were."""
        return self._count(table.delete().where(table.c.operator == self.operator, *conditions))

    def _cursor(self) -> DBAPICursor:
        return self.connection.connection.cursor()

    def _count(self, statement: Insert | Update | Delete) -> int:
        # Of an insertion, SQLAlchemy forgets by itself how many rows there were.
        done = self.connection.execute(statement, execution_options={"preserve_rowcount": True})
        if not isinstance(done, CursorResult):
            raise TypeError("a change has no cursor")
        return done.rowcount


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
