"""A disk, file, lock, connection or server that fails: one clear line, nothing half done, and on it goes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from tests.integration.store.conftest import Server
from tests.integration.store.rows import ConsentRow, SubjectRow

from bonafide.errors import SettingInvalid, StoreUnusable
from bonafide.store import Store, Transaction
from bonafide.store.schema import CONSENT, SUBJECT

A = "a.example"
NUMBER = "11010519491231002X"
sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
postgresql_only = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def add(store: Store, *names: str) -> None:
    store.write(A, lambda transaction: transaction.add(SUBJECT, *map(SubjectRow, names)))


def kept(store: Store) -> set[str]:
    with store.read(A) as transaction:
        return {row.id for row in transaction.all(SubjectRow, SUBJECT)}


@contextmanager
def refused(match: str) -> Iterator[None]:
    """Refused in one line that holds neither SQL nor a value, nor does anything that is shown with it."""
    with pytest.raises(StoreUnusable, match=match) as caught:
        yield
    line = str(caught.value)
    assert "\n" not in line
    shown = "".join(traceback.format_exception(caught.value, limit=0))
    for leak in (NUMBER, "INSERT", "SELECT", "[SQL", "DETAIL", "sqlite", "psycopg", "host="):
        assert leak not in shown


def test_what_contradicts_is_refused_without_being_repeated(store: Store) -> None:
    add(store, NUMBER)
    with refused("contradicts"):
        add(store, "1", NUMBER)
    with refused("contradicts"):
        store.write(A, lambda transaction: transaction.add(CONSENT, ConsentRow(NUMBER, "nobody")))
    assert kept(store) == {NUMBER}
    with refused("tables are not those"), store.read(A) as transaction:
        transaction.connection.execute(text(f"SELECT '{NUMBER}' FROM nowhere"))  # noqa: S608


def test_a_value_that_fits_no_column_is_the_callers_own_error(store: Store) -> None:
    from datetime import datetime

    with pytest.raises(ValueError, match=r"^a moment without a time zone$"):
        store.write(
            A,
            lambda transaction: transaction.add(SUBJECT, SubjectRow(NUMBER, datetime(2026, 1, 1))),
        )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///x.sqlite?mode=ro",
        "sqlite://host/x.sqlite",
        "mysql://role:hidden@host/database",
        "postgresql+psycopg2://role:hidden@host/database",
        "postgresql://role:hidden@host:port/database",
    ],
)
def test_other_urls_are_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingInvalid, match="BONAFIDE_DATABASE") as caught:
        Store.open(url)
    assert "hidden" not in "".join(traceback.format_exception(caught.value, limit=0))


# SQLite.


def test_its_files_are_of_this_account_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "b.sqlite"
    store = Store.open(f"sqlite:///{path}")
    store.upgrade()
    add(store, "1")
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {"b.sqlite": 0o600, "b.sqlite-wal": 0o600, "b.sqlite-shm": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    store.close()
    path.chmod(0o644)  # as a backup may restore it
    again = Store.open(f"sqlite:///{path}")
    assert kept(again) == {"1"}
    assert path.stat().st_mode & 0o777 == 0o600
    again.close()


@sqlite_only
def test_it_keeps_what_it_was_told_of_durability(store: Store) -> None:
    def pragmas(transaction: Transaction) -> list[object]:
        names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "temp_store")
        return [transaction.connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert store.write(A, pragmas) == ["wal", 2, 1, 1, 2]


@sqlite_only
@pytest.mark.parametrize("others", [0, 3])
def test_a_full_disk(store: Store, others: int) -> None:
    add(store, "before")

    def limit(pages: int) -> None:
        def work(transaction: Transaction) -> None:
            transaction.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        store.write(A, work)

    limit(1)  # as many as it has
    names = [NUMBER + "x" * 10 + str(number) for number in range(2000)]
    with ThreadPoolExecutor(others + 1) as pool:
        beside = [pool.submit(add, store, f"{number}") for number in range(others)]
        with refused("no room left"):
            add(store, *names)
    told = {f"{number}" for number in range(others) if beside[number].exception() is None}
    assert kept(store) == {"before"} | told
    limit(2**31)
    add(store, *names)
    assert kept(store) == {"before", *told, *names}


_UNPRIVILEGED = """
import os, resource, signal, sys
from tests.integration.store.test_faults import *
import bonafide.store.sqlite
limit = int(sys.argv[2])
store = Store.open(sys.argv[1])
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
elif os.geteuid() == 0:  # whom no file's mode stops
    os.setgid(65534)
    os.setuid(65534)
try:
    add(store, *(NUMBER + str(number) for number in range(20000)))
except StoreUnusable as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
if limit:
    add(store, "after")
    print(sorted(kept(store)))
"""


def elsewhere(path: Path, limit: int = 0) -> list[str]:
    """What another process says that writes with less right: to files up to a size, or as nobody."""
    done = subprocess.run(
        [sys.executable, "-c", _UNPRIVILEGED, f"sqlite:///{path}", str(limit)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    return done.stdout.splitlines()


@sqlite_only
def test_a_disk_that_refuses(store: Store, database: str) -> None:
    add(store, "before")
    path = Path(str(make_url(database).database))
    assert elsewhere(path, limit=600_000) == [
        "The disk under the database failed, or may grow no file further. Look at the system's log, the "
        "disk's room and this account's limits, then try again.",
        "['after', 'before']",
    ]


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that other accounts may enter."""
    folder = Path(tempfile.mkdtemp(prefix="bonafide-store-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_read_only_file(shared_folder: Path) -> None:
    path = shared_folder / "b.sqlite"
    store = Store.open(f"sqlite:///{path}")
    store.upgrade()
    add(store, "before")
    store.close()
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
    path.chmod(0o400)
    said = elsewhere(path)
    assert len(said) == 1
    assert said[0].startswith(("The database may only be read", "The database's file cannot be opened"))
    path.chmod(0o600)
    again = Store.open(f"sqlite:///{path}")
    add(again, "after")
    assert kept(again) == {"before", "after"}
    again.close()


@sqlite_only
def test_a_locked_file(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bonafide.store.sqlite.PATIENCE_SECONDS", 0.1)
    store = Store.open(database)
    store.upgrade()
    with closing(sqlite3.connect(str(make_url(database).database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with refused("holds the database locked"):
            add(store, "1")
        with refused("holds the database locked"):
            store.upgrade()
        assert kept(store) == set()  # readers go on
        other.execute("ROLLBACK")
    add(store, "2")
    assert kept(store) == {"2"}
    store.close()


@sqlite_only
@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"\xff" * 5000, b"a letter to a friend\n" * 500])
def test_a_damaged_file(database: str, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bonafide.sqlite").write_bytes(content)
    store = Store.open(database)
    with refused("damaged, or no database"):
        add(store, "1")
    store.close()


@sqlite_only
def test_a_file_that_goes_away_comes_not_back_empty(store: Store, database: str, tmp_path: Path) -> None:
    add(store, "1")
    store.close()
    again = Store.open(database)
    (tmp_path / "bonafide.sqlite").rename(tmp_path / "away")
    with refused("not been made"):
        kept(again)
    (tmp_path / "away").rename(tmp_path / "bonafide.sqlite")
    assert kept(again) == {"1"}
    again.close()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store.open(f"sqlite:///{tmp_path / 'file' / 'b.sqlite'}")
    with refused("cannot be made"):
        store.upgrade()
    store.close()


# PostgreSQL.


def end_own_connection(transaction: Transaction) -> None:
    transaction.add(SUBJECT, SubjectRow("half-done"))
    transaction.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


@postgresql_only
def test_a_lost_connection(store: Store) -> None:
    add(store, "before")
    with refused("cannot be reached"):
        store.write(A, end_own_connection)
    with refused("cannot be reached"), store.read(A) as transaction:
        transaction.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    add(store, "after")
    assert kept(store) == {"before", "after"}


@postgresql_only
def test_a_connection_lost_with_several_waiting(store: Store) -> None:
    busy, go = threading.Event(), threading.Event()

    def hold(_transaction: Transaction) -> None:
        busy.set()
        assert go.wait(10)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(store.write, A, hold)
        assert busy.wait(10)
        works: list[Callable[[], object]] = [
            lambda: add(store, "1"),
            lambda: store.write(A, end_own_connection),
            lambda: add(store, "2"),
        ]
        waiting = [pool.submit(work) for work in works]
        while store._writer._waiting.qsize() < len(works):
            time.sleep(0.001)
        go.set()
        first.result()
        for future in waiting:
            with refused("broke off|cannot be reached"):
                future.result()
    assert kept(store) == set()


@postgresql_only
def test_connections_cut_from_outside_are_made_anew(store: Store, postgresql_folder: Path) -> None:
    add(store, "1")
    assert kept(store) == {"1"}
    with psycopg.connect(host=str(postgresql_folder), user="postgres", autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bonafide'"
        )
    add(store, "2")
    assert kept(store) == {"1", "2"}


@postgresql_only
def test_a_server_that_is_away(store: Store, postgresql: Server) -> None:
    add(store, "before")
    postgresql.stop()
    with refused("cannot be reached"):
        add(store, "lost")
    with refused("cannot be reached"):
        kept(store)
    with refused("cannot be reached"):
        store.forget_deleted()
    postgresql.start()
    add(store, "after")
    assert kept(store) == {"before", "after"}


@postgresql_only
def test_a_server_that_is_killed_keeps_what_it_acknowledged(store: Store, postgresql: Server) -> None:
    add(store, "acknowledged")
    postgresql.kill()
    with refused("cannot be reached"):
        add(store, "lost")
    postgresql.start()
    assert kept(store) == {"acknowledged"}


@postgresql_only
def test_a_locked_table(store: Store, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bonafide.store.postgresql.PATIENCE_SECONDS", 0.2)
    url = make_url(database)
    with (
        psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=url.database) as other,
        other.transaction(),
    ):
        other.execute("LOCK TABLE subject")
        with refused("holds the database locked"):
            add(store, "1")
        with refused("holds the database locked"):
            kept(store)
    add(store, "2")
    assert kept(store) == {"2"}


@postgresql_only
def test_a_database_or_role_that_is_not_there(database: str) -> None:
    url = make_url(database)
    for wrong in (url.set(database="nowhere"), url.set(username="nobody")):
        store = Store.open(wrong.render_as_string(hide_password=False))
        with refused("cannot be reached|does not let this account in"):
            store.operators()
        store.close()


@postgresql_only
def test_it_waits_for_the_disk_whatever_its_role_was_told(database: str, postgresql_folder: Path) -> None:
    role = make_url(database).username
    with psycopg.connect(host=str(postgresql_folder), user="postgres", autocommit=True) as admin:
        admin.execute(f"ALTER ROLE {role} SET synchronous_commit = off".encode())
    store = Store.open(database)
    store.upgrade()

    def settings(transaction: Transaction) -> list[object]:
        names = ("synchronous_commit", "transaction_isolation", "transaction_read_only")
        return [transaction.connection.execute(text(f"SHOW {name}")).scalar() for name in names]

    assert store.write(A, settings) == ["on", "read committed", "off"]
    with store.read(A) as transaction:
        assert settings(transaction)[1:] == ["repeatable read", "on"]
    with refused("may only be read"), store.read(A) as transaction:
        transaction.add(SUBJECT, SubjectRow("1"))
    store.close()
