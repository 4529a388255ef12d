"""Statements composed once and then given to the driver as they are.

To compose a statement for every row, and to wrap its result, takes SQLAlchemy several times as long as the
database takes to carry it out. What is written for every record is therefore prepared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Insert, Select, Table, Update
from sqlalchemy.sql.compiler import SQLCompiler


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as its driver takes it, and its parameters: the name of each, and what its type makes of a
    value, if anything.
    """

    text: str
    parameters: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    positional: bool

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Values by name as the driver takes them. Raises `KeyError` if one is missing, and what their types
        raise.
        """
        if self.positional:
            return tuple(
                [given[name] if bind is None else bind(given[name]) for name, bind in self.parameters]
            )
        return {name: given[name] if bind is None else bind(given[name]) for name, bind in self.parameters}


@lru_cache(maxsize=128)
def prepared(statement: Update | Select[Any], dialect: Dialect) -> Prepared:
    """A statement for a kind of database. It is found again by itself, and is therefore to be made once."""
    return _prepare(statement, dialect)


@lru_cache(maxsize=128)
def insertion(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Prepared:
    """What inserts a row by the values of these columns. Raises `KeyError` for one that the table has not."""
    known = [table.columns[name].name for name in columns]  # SQLAlchemy would leave an unknown one out
    return _prepare(table.insert(), dialect, known)


def _prepare(
    statement: Insert | Update | Select[Any], dialect: Dialect, columns: list[str] | None = None
) -> Prepared:
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("no statement with values")
    kinds = {
        name: compiled.binds[name].type.dialect_impl(dialect)
        for name in compiled.positiontup or compiled.binds
    }
    return Prepared(
        compiled.string,
        tuple((name, kind.bind_processor(dialect)) for name, kind in kinds.items()),
        compiled.positional,
    )
