"""What went wrong with a database, in words that hold no SQL, no value and no address."""

from __future__ import annotations

import sqlite3
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from bonafide.errors import StoreUnusable

# Whatever a database's driver raises, with and without SQLAlchemy around it.
DATABASE_ERRORS: Final = (SQLAlchemyError, sqlite3.Error, psycopg.Error)

_AWAY = ("The database cannot be reached", "See that it runs and may be reached from here, then try again")
_FULL = ("The database has no room left on its disk", "Make room, then try again; nothing was half done")
_READ_ONLY = (
    "The database may only be read",
    "Let this account write its files and their folder, and see that the disk is not mounted read-only",
)
_LOCKED = (
    "Another program holds the database locked",
    "Find what else has it open (a backup, a console), then try again",
)
_DAMAGED = (
    "The database's file is damaged, or no database",
    "Stop whatever writes to it and put it back from a backup",
)
_FAILING = (
    "The disk under the database failed, or may grow no file further",
    "Look at the system's log, the disk's room and this account's limits, then try again",
)
_CONTRADICTION = (
    "The database refused a record that contradicts what it holds",
    "Do not write it again; if this recurs, report it",
)
_OTHER_SCHEMA = ("The database's tables are not those of this version", "Run `bonafide store upgrade`")
_REFUSED = (
    "The database does not let this account in",
    "See that the database is there, that the role may use it, and that the password is right",
)
_NOT_ALLOWED = (
    "The database does not allow this account what it asked for",
    "Make its role the owner of the tables; another operator's rows are never allowed",
)
_BUSY = ("The database has no connection free", "Try again later, or let it take more connections")
_UNEXPECTED = ("The database did not do what it was asked to", "Look at its log; if this recurs, report it")

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _FAILING,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: (
        "The database's file cannot be opened",
        "See that it is there, and that this account may read and write it and its folder",
    ),
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CONSTRAINT: _CONTRADICTION,
    sqlite3.SQLITE_ERROR: _OTHER_SCHEMA,
}
# By SQLSTATE (PostgreSQL's documentation, appendix A), whole or its class.
_POSTGRESQL: Final = {
    "08": _AWAY,
    "57P01": _AWAY,
    "57P02": _AWAY,
    "57P03": _AWAY,
    "53100": _FULL,
    "53": _BUSY,
    "25006": ("The database may only be read", "Name the primary server, not a standby"),
    "55P03": _LOCKED,
    "40": _LOCKED,
    "23": _CONTRADICTION,
    "28": _REFUSED,
    "3D": _REFUSED,
    "42501": _NOT_ALLOWED,
    "42": _OTHER_SCHEMA,
    "58": _FAILING,
}

# Serialisation failure, deadlock; and a row that refers to what went, or is referred to by what came, since
# this work looked.
_PASSING: Final = frozenset({"40001", "40P01", "23503"})


def explained(error: BaseException) -> BaseException:
    """A database's error as `StoreUnusable`, without anything it says of statements, values or places; any
    other error as it is.
    """
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        # A value that no database was asked about: it could not be bound to its column.
        return error.orig or StoreUnusable(*_UNEXPECTED)
    if isinstance(error, DATABASE_ERRORS):
        return StoreUnusable(*_words(error))
    return error


def is_passing(error: BaseException) -> bool:
    """Whether the database refused work only for what others did at that moment, so that the same work may
    go through when it is done again.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, psycopg.Error) and cause.sqlstate in _PASSING


def undone() -> StoreUnusable:
    """What those are told whose work was undone with another's."""
    return StoreUnusable("The database broke off before anything was kept", "Try again")


def _words(error: BaseException) -> tuple[str, str]:
    if isinstance(error, NoConnectionFree):
        return _BUSY
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, _UNEXPECTED)
    if isinstance(cause, psycopg.Error):
        state = cause.sqlstate
        if state is None:  # it did not come from the server: there is none, or no more
            return _AWAY if isinstance(cause, psycopg.OperationalError) else _UNEXPECTED
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2], _UNEXPECTED)
    return _UNEXPECTED
