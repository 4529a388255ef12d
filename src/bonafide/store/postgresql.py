"""PostgreSQL: a role that row-level security binds, commits that wait for the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from bonafide.errors import StoreUnusable
from bonafide.store.quiet_engine import quiet_engine
from bonafide.store.schema import SEALED

# How long one waits for a connection, and for another's lock.
PATIENCE_SECONDS: Final = 5
# A server that fell silent is noticed within half a minute, not after TCP's quarter of an hour.
_CONNECTION: Final = {
    "connect_timeout": PATIENCE_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "application_name": "bonafide",
}
# One statement a transaction. Set for each, not for the session: a pooler may put any session behind it.
_SPEAK_FOR: Final = text(
    "SELECT set_config('bonafide.operator', :operator, true), set_config('synchronous_commit', 'on', true),"
    " set_config('lock_timeout', :patience, true)"
)
_UNBOUND: Final = text(
    "SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname IN (current_user, session_user)"
)
# Any number that nothing else locks by.
_UPGRADE_LOCK: Final = 0x626F6E6166696465
_PERSONAL: Final = (
    "outbox",
    "idempotency",
    "web_session",
    "ceremony",
    "invitation",
    "credential",
    "account",
    "opinion",
    "measurement",
    "known_case",
    "sign_up",
    "attempt",
    "approval",
    "break_glass",
    "access",
    "objection",
    "customer_session",
    "customer_code",
    "customer_passkey",
    "line",
    "counted",
    "decision",
    "referred_case",
    "consent",
    "subject",
)


class PostgreSQL:
    """A database of a server, by the URL of a role that owns its tables."""

    def __init__(self, url: URL) -> None:
        engine = quiet_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={name: value for name, value in _CONNECTION.items() if name not in url.query},
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=4,
            max_overflow=28,
            pool_timeout=PATIENCE_SECONDS,
        )
        self._writer = engine
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._tidier = engine.execution_options(isolation_level="AUTOCOMMIT")

    def make(self) -> None:
        pass

    def is_made(self) -> bool:
        return True

    def check(self, connection: Connection) -> None:
        if connection.execute(_UNBOUND).scalar():
            raise StoreUnusable(
                "The database's role is above row-level security, which keeps operators apart",
                "Use a role that is neither SUPERUSER nor BYPASSRLS, and let it own the database",
            )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
            yield connection

    def speak_for(self, connection: Connection, operator: str) -> None:
        connection.execute(_SPEAK_FOR, {"operator": operator, "patience": f"{PATIENCE_SECONDS}s"})

    def forget_deleted(self) -> bool:
        return self._vacuum((SEALED.name,), _PERSONAL)

    def rewrite(self) -> bool:
        return self._vacuum((*_PERSONAL, SEALED.name), ())

    def _vacuum(self, rewritten: tuple[str, ...], merely_vacuumed: tuple[str, ...]) -> bool:
        """Let dead rows go. A plain VACUUM leaves a dead row's bytes in its page until another row takes
        their place; only a rewritten table is without them.
        """
        notices: list[str] = []

        def keep(notice: psycopg.errors.Diagnostic) -> None:
            notices.append(notice.message_detail or "")

        with self._tidier.connect() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                connection.exec_driver_sql(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
                for table in merely_vacuumed:
                    connection.exec_driver_sql(f"VACUUM {table}")
                driver.add_notice_handler(keep)
                for table in rewritten:
                    connection.exec_driver_sql(f"VACUUM (FULL, VERBOSE) {table}")
            finally:
                connection.invalidate()  # and with it what was set for it
        # "0 dead row versions cannot be removed yet": the number comes first, in whatever language.
        left = [detail.split()[0] for detail in notices if detail[:1].isdecimal()]
        return left == ["0"] * len(rewritten)

    def close(self) -> None:
        self._writer.dispose()
