"""What SQLite and PostgreSQL do each in their own way."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection


class Database(Protocol):
    """A database that can be read, written and tidied; safe to share between threads.

    Its methods raise what its driver raises.
    """

    def make(self) -> None:
        """Make what must be there before tables can be."""

    def is_made(self) -> bool:
        """Whether there is anything to connect to."""

    def check(self, connection: Connection) -> None:
        """Raise `StoreUnusable` for an account with which what we promise would not hold."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads all as of one moment."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that is on the disk when it ends well, and otherwise never was."""

    def upgrading(self) -> AbstractContextManager[Connection]:
        """A transaction that changes tables, alone among those that do."""

    def speak_for(self, connection: Connection, operator: str) -> None:
        """Let the transaction, from here on, see this operator's rows only."""

    def forget_deleted(self) -> bool:
        """See `Store.forget_deleted`."""

    def rewrite(self) -> bool:
        """See `Store.rewrite`."""

    def close(self) -> None:
        """Let go of every connection."""
