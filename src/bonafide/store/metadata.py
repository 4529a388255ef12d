"""The metadata that every table belongs to, and the columns that they share."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKeyConstraint, MetaData, String

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

UNDER_NO_OPERATOR: Final = frozenset({"operator", "clock"})

ID: Final = String(36)
SHA256: Final = String(64)
WHO: Final = String(64)


def own_operator() -> Column[str]:
    """The first column of every key."""
    return Column("operator", String(63), primary_key=True)


def of(column: str, table: str) -> ForeignKeyConstraint:
    """A reference within the operator: a row cannot even speak of another operator's."""
    return ForeignKeyConstraint(["operator", column], [f"{table}.operator", f"{table}.id"])
