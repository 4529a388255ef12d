"""The database of one installation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text

from bonafide.store.schema import METADATA
from bonafide.store.transaction import Transaction

T = TypeVar("T")


class Store:
    """SQLite or PostgreSQL; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Store:
        """Open the database of a URL, which `upgrade` has made."""
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":

            @event.listens_for(engine, "connect")
            def _connect(dbapi: Any, _record: Any) -> None:  # noqa: ANN401
                dbapi.isolation_level = None
                for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
                    dbapi.execute(f"PRAGMA {pragma}")

            @event.listens_for(engine, "begin")
            def _begin(connection: Connection) -> None:
                connection.exec_driver_sql("BEGIN IMMEDIATE")

        return cls(engine)

    def upgrade(self) -> None:
        """Make or migrate the tables."""
        METADATA.create_all(self._engine)

    @contextmanager
    def read(self, operator: str) -> Iterator[Transaction]:
        """Read what an operator keeps, all of it as of one moment."""
        with self._engine.begin() as connection:
            self._as_operator(connection, operator)
            yield Transaction(operator, connection)

    def write(self, operator: str, work: Callable[[Transaction], T]) -> T:
        """Do some work whole or not at all; when this returns it is on the disk.

        `work` may run together with that of other threads in one commit, each undone alone if it fails, and
        must not wait for them. What it raises is raised here.
        """
        with self._engine.begin() as connection:
            self._as_operator(connection, operator)
            return work(Transaction(operator, connection))

    def operators(self) -> tuple[str, ...]:
        """The operators that have anything here."""
        with self._engine.begin() as connection:
            return tuple(
                connection.execute(text("SELECT operator FROM operator ORDER BY operator")).scalars()
            )

    def forget_deleted(self) -> None:
        """Let no deleted byte stay in the database's own files: after an erasure."""

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _as_operator(self, connection: Connection, operator: str) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('bonafide.operator', :o, true)"), {"o": operator})
