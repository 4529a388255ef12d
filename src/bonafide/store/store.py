"""The database of one installation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from bonafide.errors import StoreUnusable
from bonafide.store.database import Database
from bonafide.store.faults import DATABASE_ERRORS, explained
from bonafide.store.migrations import State, migrate, revision_of, state_of
from bonafide.store.schema import OPERATOR
from bonafide.store.transaction import Transaction
from bonafide.store.url import database_of
from bonafide.store.writer import Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Operator:
    made_at: datetime


class Store:
    """SQLite or PostgreSQL; safe to share between threads, not between processes.

    Everything here raises `StoreUnusable` if the database is away, full, locked, read-only, of another
    version, or refuses a record. Then nothing was half done, and what comes after the fault has gone works.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = Writer(database)
        self._process = os.getpid()
        self._closed = False
        self._checked = False

    @classmethod
    def open(cls, url: str) -> Store:
        """The store of a URL: `sqlite:///FILE` or `postgresql://ROLE@HOST/DATABASE`. Nothing is connected to
        yet, and no file is made before `upgrade`. Raises `SettingInvalid` for any other URL.
        """
        return cls(database_of(url))

    def upgrade(self) -> None:
        """Make the tables, or bring them to this version, in one transaction; two may try at once."""
        self._usable()
        with _explained():
            try:
                self._database.make()
            except OSError as error:
                raise StoreUnusable(
                    f"The database's file cannot be made ({error.strerror})",
                    "Let this account write to the folder it shall lie in, or name another",
                ) from None
            with self._database.upgrading() as connection:
                self._database.check(connection)
                # What a newer version made is left alone.
                if state_of(revision_of(connection)) is State.NEWER:
                    raise _newer()
                migrate(connection)

    def revision(self) -> str | None:
        """The schema's revision in the database, None for a database without any."""
        self._usable()
        if not self._database.is_made():
            return None
        with _explained(), self._database.reading() as connection:
            return revision_of(connection)

    def state(self) -> State:
        """How the database's schema stands to this version's."""
        return state_of(self.revision())

    @contextmanager
    def read(self, operator: str) -> Iterator[Transaction]:
        """Read what an operator keeps, all of it as of one moment."""
        self._ready()
        with _explained(), self._database.reading() as connection:
            self._database.speak_for(connection, operator)
            yield Transaction(operator, connection)

    def write(self, operator: str, work: Callable[[Transaction], T]) -> T:
        """Do some work whole or not at all; when this returns it is on the disk.

        `work` may run together with that of other threads in one commit, each undone alone if it fails, and
        must not wait for them. What it raises is raised here, a database's error as `StoreUnusable`; none of
        these is for it to catch. Where it collides with another program's (a deadlock, a row that came or
        went meanwhile), it is undone and done again, at most three times: it changes nothing but by its
        transaction, or only what may be changed twice.

        Raises `UsageError` if called from within a unit of work. If the connection breaks while the commit is
        under way, `StoreUnusable` is raised though it may have been kept.
        """
        self._ready()
        return self._writer.write(operator, work)

    def operators(self) -> tuple[str, ...]:
        """The operators that have anything here."""
        self._ready()
        with _explained(), self._database.reading() as connection:
            return tuple(
                connection.execute(select(OPERATOR.c.operator).order_by(OPERATOR.c.operator)).scalars()
            )

    def begin_operator(self, operator: str, now: datetime) -> None:
        """List an operator among `operators`; one that is there is no error."""
        self.write(operator, lambda transaction: transaction.add_if_new(OPERATOR, _Operator(now)))

    def forget_deleted(self) -> bool:
        """Let no deleted byte stay in the database's own files: after an erasure.

        Returns whether nothing of it remains there; if somebody still reads what was before, some does, and
        it is to be called again.

        SQLite overwrote what was deleted at once (secure_delete), but for a rare copy that it had left in a
        page when it moved rows about; this writes the write-ahead log back into the file and cuts it to
        nothing. PostgreSQL keeps deleted rows until they are vacuumed; this rewrites
        the table with ciphertext and wrapped keys, which nobody can use meanwhile, and vacuums the others of
        personal data, whose dead rows (random identifiers, keyed hashes, receipts) may stay in their pages
        until others take their place. Its write-ahead log, its archives and all backups keep what they have
        until they are recycled: destroying the key of the epoch is what erases those.
        """
        self._ready()
        with _explained():
            return self._database.forget_deleted()

    def rewrite(self) -> bool:
        """Write everything that is kept anew, and so leave behind what `forget_deleted` may not reach: the
        copies in pages of SQLite, the dead rows of PostgreSQL.

        Takes time as the database is large, and with SQLite as much memory; nobody writes meanwhile. Returns
        what `forget_deleted` returns.
        """
        self._ready()
        with _explained():
            return self._database.rewrite()

    def close(self) -> None:
        """Finish what is being written and let go of the database."""
        if not self._closed:
            self._closed = True
            if self._process == os.getpid():
                self._writer.close()
                self._database.close()

    def _usable(self) -> None:
        if self._closed:
            raise StoreUnusable("The store has been closed", "Open it again")
        # Connections do not survive a fork, nor does the thread that writes.
        if self._process != os.getpid():
            raise StoreUnusable("The store was opened in another process", "Open it after the fork")

    def _ready(self) -> None:
        self._usable()
        if self._checked:
            return
        if self._database.is_made():
            with _explained(), self._database.reading() as connection:
                self._database.check(connection)
                state = state_of(revision_of(connection))
        else:
            state = State.EMPTY
        if state is State.NEWER:
            raise _newer()
        if state is not State.CURRENT:
            was = "has not been made yet" if state is State.EMPTY else "is of an older version of Bonafide"
            raise StoreUnusable(f"The store {was}", "Run `bonafide store upgrade`")
        self._checked = True


@contextmanager
def _explained() -> Iterator[None]:
    failed: BaseException | None = None
    try:
        yield
    except DATABASE_ERRORS as error:
        failed = explained(error)
    if failed is not None:
        raise failed from None


def _newer() -> StoreUnusable:
    return StoreUnusable(
        "The store is of a newer version of Bonafide", "Install that version, or a newer one"
    )
