"""SQLite: one file, one writer, write-ahead logging, nothing deleted left behind."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, event
from sqlalchemy.pool import QueuePool

from bonafide.errors import StoreUnusable
from bonafide.store.quiet_engine import quiet_engine

# How long one waits for another program's lock.
PATIENCE_SECONDS: Final = 5.0
_CHECKPOINT_PATIENCE_MS: Final = 200
_OPEN_TO_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

_PRAGMAS: Final = (
    "synchronous = FULL",  # a commit is on the disk before it is acknowledged,
    "fullfsync = ON",  # on macOS too, whose fsync alone does not see to that
    "secure_delete = ON",  # deleted bytes are overwritten where they lie (see `rewrite`)
    "temp_store = MEMORY",  # and none of them goes through a temporary file
    "foreign_keys = ON",
)


class SQLite:
    """A file of this account's own. Its `-wal` and `-shm` take after it, by SQLite's rule."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = quiet_engine(
            "sqlite://",
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=4,
            max_overflow=28,
            pool_timeout=PATIENCE_SECONDS,
        )
        event.listen(self._engine, "begin", _begin)

    def make(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))

    def is_made(self) -> bool:
        return self._path.exists()

    def check(self, connection: Connection) -> None:
        pass

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._engine.execution_options(bonafide_writes=True).begin() as connection:
            yield connection

    def upgrading(self) -> AbstractContextManager[Connection]:
        return self.writing()

    def speak_for(self, connection: Connection, operator: str) -> None:
        pass

    def forget_deleted(self) -> bool:
        """Write the log back into the file and cut it to nothing, once no reader needs it any more."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with contextlib.closing(self._connect()) as connection:
            # Who waits for readers keeps writers waiting: briefly, then, and again.
            connection.execute(f"PRAGMA busy_timeout = {_CHECKPOINT_PATIENCE_MS}")
            while True:
                try:
                    (busy, _frames, _written) = connection.execute(
                        "PRAGMA wal_checkpoint(TRUNCATE)"
                    ).fetchone()
                except sqlite3.OperationalError as error:
                    # What says so of a reader in the way says it otherwise of another checkpoint.
                    if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                        raise
                    busy = True
                if not busy:
                    return True
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.02)

    def rewrite(self) -> bool:
        with contextlib.closing(self._connect()) as connection:
            connection.execute("VACUUM")
        return self.forget_deleted()

    def close(self) -> None:
        self._engine.dispose()

    def _connect(self) -> sqlite3.Connection:
        for suffix in ("", "-wal", "-shm"):
            _shut(self._path.with_name(self._path.name + suffix))
        # SQLAlchemy's way with sqlite3 on every Python: the driver begins nothing by itself, `_begin` does.
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=rw",  # a file that went away is an error, not a new database
            uri=True,
            timeout=PATIENCE_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
                raise StoreUnusable(
                    "The database's file lies where SQLite cannot keep a write-ahead log",
                    "Move it to a disk of this machine, not of the network",
                )
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection


def _begin(connection: Connection) -> None:
    # A reader that turned writer could find the database moved on and fail: writers say so at once.
    writes = connection.get_execution_options().get("bonafide_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _shut(path: Path) -> None:
    """Take from other accounts what a copy or a restored backup may have given them."""
    with contextlib.suppress(OSError):
        mode = path.stat().st_mode
        if mode & _OPEN_TO_OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OPEN_TO_OTHERS)
