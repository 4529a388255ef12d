"""What is deleted is in no byte of the database's files."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from tests.conftest import later_on_postgresql
from tests.integration.store.rows import ConsentRow, EpochRow, PictureRow, SubjectRow

from bonafide.store import Store, Transaction
from bonafide.store.schema import CONSENT, EPOCH, SEALED, SUBJECT

A = "a.example"
Search = Callable[[bytes], bool]


@pytest.fixture
def on_disk(database: str, request: pytest.FixtureRequest) -> Callable[[Store], Search]:
    """How to look for bytes in the files of a database: all of SQLite's, the tables of PostgreSQL's."""

    def sqlite(_store: Store) -> Search:
        path = Path(str(make_url(database).database))
        return lambda what: any(what in file.read_bytes() for file in path.parent.iterdir())

    def postgresql(store: Store) -> Search:
        folder: Path = request.getfixturevalue("postgresql_folder")

        def search(what: bytes) -> bool:
            tidier = store._database._tidier  # type: ignore[attr-defined]
            with tidier.connect() as connection:
                oid = connection.execute(
                    text("SELECT oid FROM pg_database WHERE datname = current_database()")
                ).scalar_one()
            # As after a checkpoint, which writes every page and drops the files of tables written anew.
            checkpoint(folder)
            files = [file for file in (folder / "base" / str(oid)).iterdir() if file.is_file()]
            assert files
            return any(what in file.read_bytes() for file in files)

        return search

    return sqlite if database.startswith("sqlite") else postgresql


def checkpoint(folder: Path) -> None:
    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute("CHECKPOINT")


def fill(store: Store, secret: bytes) -> None:
    def work(transaction: Transaction) -> None:
        transaction.add(EPOCH, EpochRow())
        transaction.add(SUBJECT, SubjectRow("s"))
        transaction.add(CONSENT, ConsentRow("c", "s"))
        # One that fits into a page with others, one that does not, and others that stay.
        big = secrets.token_bytes(30_000)
        for name, ciphertext in (
            ("stays", b"another"),
            ("short", secret),
            ("long", secret + big + secret),
            ("stays too", b"another"),
        ):
            transaction.add(
                SEALED,
                PictureRow(name, "s", "c", None, ciphertext, wrapped_key=secret if "s" in name else b""),
            )
        transaction.change(SEALED, SEALED.c.ciphertext == b"another", wrapped_key=b"other")

    store.write(A, work)


def erase(store: Store) -> None:
    gone = store.write(A, lambda transaction: transaction.remove(SEALED, SEALED.c.ciphertext != b"another"))
    assert gone == 2


def test_nothing_deleted_is_left(store: Store, on_disk: Callable[[Store], Search]) -> None:
    secret, search = secrets.token_bytes(32), on_disk(store)
    fill(store, secret)
    assert search(secret)
    erase(store)
    assert search(secret)  # which is why there is something to do
    assert store.forget_deleted()
    assert not search(secret)
    with store.read(A) as transaction:
        found = transaction.all(PictureRow, SEALED, order=[SEALED.c.id])
    assert [row.id for row in found] == ["stays", "stays too"]


def test_who_still_reads_keeps_it_there(
    store: Store, on_disk: Callable[[Store], Search], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bonafide.store.sqlite.PATIENCE_SECONDS", 0.3)
    secret, search = secrets.token_bytes(32), on_disk(store)
    fill(store, secret)
    reads, go = threading.Event(), threading.Event()

    def read() -> None:
        with store.read(A) as transaction:
            # Of another table on PostgreSQL, where a reader of this one would make the rewriting wait.
            transaction.all(SubjectRow, SUBJECT)
            reads.set()
            assert go.wait(20)

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read)
        assert reads.wait(10)
        erase(store)
        assert store.forget_deleted() is False
        assert search(secret)
        # Meanwhile others write.
        store.write(A, lambda transaction: transaction.add(SUBJECT, SubjectRow("2")))
        go.set()
        reader.result()
    assert store.forget_deleted()
    assert not search(secret)


def test_forgetting_goes_on_beside_writers(store: Store) -> None:
    def write(number: int) -> None:
        store.write(A, lambda transaction: transaction.add(SUBJECT, SubjectRow(f"{number}")))

    with ThreadPoolExecutor(2) as pool:
        writing = pool.map(write, range(100))
        assert store.forget_deleted()
        list(writing)
    with store.read(A) as transaction:
        assert len(transaction.all(SubjectRow, SUBJECT)) == 100


@later_on_postgresql
def test_what_was_moved_about_before_it_was_deleted_is_gone_once_all_is_written_anew(
    store: Store, on_disk: Callable[[Store], Search]
) -> None:
    names = [f"person-{secrets.token_hex(12)}" for _ in range(250)]
    store.write(A, lambda transaction: transaction.add(SUBJECT, *map(SubjectRow, names)))
    chosen = secrets.SystemRandom()
    left = set(names)
    # In no order, and some at a time, so that the pages of a tree are joined in many ways.
    while len(left) > 20:
        gone = chosen.sample(sorted(left), min(60, len(left) - 20))
        store.write(
            A,
            lambda transaction, gone=gone: transaction.remove(SUBJECT, SUBJECT.c.id.in_(gone)),  # type: ignore[misc]
        )
        left -= set(gone)
    assert store.rewrite()
    found = on_disk(store)
    assert [name for name in names if name not in left and found(name.encode())] == []
    with store.read(A) as transaction:
        assert {row.id for row in transaction.all(SubjectRow, SUBJECT)} == left
    assert all(found(name.encode()) for name in left)
