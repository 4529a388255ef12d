"""Which database a URL names."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bonafide.errors import SettingInvalid
from bonafide.store.database import Database
from bonafide.store.postgresql import PostgreSQL
from bonafide.store.sqlite import SQLite


def database_of(url: str) -> Database:
    """The database of a URL: `sqlite:///FILE`, or `postgresql://…` with what libpq takes.

    Raises `SettingInvalid`, which does not repeat the URL: it may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise _no_database() from None
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return PostgreSQL(parsed)
    if parsed.drivername == "sqlite" and _is_file(parsed):
        return SQLite(Path(str(parsed.database)).absolute())
    raise _no_database()


def _is_file(url: URL) -> bool:
    # In memory nothing lasts; options (a read-only mode, another locking) would undo what we rely on.
    return bool(url.database) and url.database != ":memory:" and url.host is None and not url.query


def _no_database() -> SettingInvalid:
    return SettingInvalid(
        "The database's URL is neither of a file for SQLite nor of PostgreSQL",
        "Set BONAFIDE_DATABASE to sqlite:////FOLDER/FILE or postgresql://ROLE@HOST/DATABASE",
    )
