"""The tables as the migrations make them, and who may see what in them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, LargeBinary, inspect, select, text
from sqlalchemy.engine import make_url
from tests.integration.store.rows import LATER, NOW, EpochRow, HeadRow, LeafRow, SubjectRow
from tests.integration.store.signing_up import sign_up
from tests.postgresql import new_postgresql_database

from bonafide.errors import StoreUnusable
from bonafide.privacy.sign_up_rows import AttemptRow
from bonafide.privacy.sweep import sweep
from bonafide.store import Store, Transaction
from bonafide.store.metadata import METADATA, UNDER_NO_OPERATOR
from bonafide.store.migrations import REVISIONS, State, state_of
from bonafide.store.schema import (
    CONSENT,
    DECISION,
    EPOCH,
    LEAF,
    LOG_HEAD,
    OPERATOR,
    REFERRED_CASE,
    SEALED,
    SUBJECT,
)
from bonafide.store.sign_up_tables import ATTEMPT

A, B = "a.example", "b.example"


def on(store: Store, statement: str) -> None:
    """Change the database behind the store's back."""
    with store._database.writing() as connection:
        connection.execute(text(statement))


def test_the_steps_lead_to_the_tables_as_they_are_described(store: Store) -> None:
    def compare(transaction: Transaction) -> list[object]:
        context = MigrationContext.configure(transaction.connection)
        return list(compare_metadata(context, METADATA))

    assert store.write(A, compare) == []


def test_a_changed_table_would_be_noticed(store: Store) -> None:
    on(store, "ALTER TABLE subject ADD COLUMN nickname VARCHAR(64)")

    def compare(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    assert store.write(A, lambda transaction: compare(transaction.connection)) != []


def test_the_steps_are_those_that_are_named() -> None:
    config = Config()
    config.set_main_option("script_location", "bonafide.store:migrations")
    script = ScriptDirectory.from_config(config)
    assert tuple(step.revision for step in script.walk_revisions())[::-1] == REVISIONS
    assert all(not hasattr(step.module, "downgrade") for step in script.walk_revisions())


def test_upgrading_again_changes_nothing(store: Store) -> None:
    store.write(A, lambda transaction: transaction.add(SUBJECT, SubjectRow("1")))
    store.upgrade()
    assert store.state() is State.CURRENT
    assert store.revision() == REVISIONS[-1]
    with store.read(A) as transaction:
        assert transaction.one(SubjectRow, SUBJECT) == SubjectRow("1")


def _upgrade(url: str, answers: multiprocessing.SimpleQueue[str]) -> None:
    store = Store.open(url)
    store.upgrade()
    answers.put(store.state())
    store.close()


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_store_of_an_earlier_version_keeps_its_rows(database: str, revision: str) -> None:
    store = Store.open(database)
    store._database.make()
    with store._database.upgrading() as connection:
        config = Config()
        config.set_main_option("script_location", "bonafide.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    def fill(transaction: Transaction) -> None:
        transaction.add_if_new(LOG_HEAD, HeadRow(0))
        transaction.add_if_new(EPOCH, EpochRow())
        sign_up(transaction, "decided", referred=False)
        sign_up(transaction, "referred", referred=True)

    kept = [SUBJECT, CONSENT, DECISION, REFERRED_CASE, SEALED, LEAF, LOG_HEAD, EPOCH]

    def there(transaction: Transaction) -> list[list[str]]:
        seen = inspect(transaction.connection)
        return [[str(column["name"]) for column in seen.get_columns(table.name)] for table in kept]

    def said(transaction: Transaction) -> str:
        # What a later step adds to a table is not compared.
        queries = [
            select(*(table.c[name] for name in names)) for table, names in zip(kept, columns, strict=True)
        ]
        return repr([transaction.connection.execute(query).all() for query in queries])

    with store._database.writing() as connection:
        store._database.speak_for(connection, A)
        fill(Transaction(A, connection))
    with store._database.reading() as connection:
        store._database.speak_for(connection, A)
        columns = there(Transaction(A, connection))
        before = said(Transaction(A, connection))
    assert "referred" in before
    assert store.state() is State.OLDER
    store.upgrade()
    assert store.state() is State.CURRENT
    with store.read(A) as transaction:
        assert said(transaction) == before
        # Whoever agreed before there was a choice agreed to face matching.
        manners = {row.manner for row in transaction.connection.execute(CONSENT.select())}
        manners |= {row.manner for row in transaction.connection.execute(REFERRED_CASE.select())}
        assert manners == {"face-matching"}
    # What is new lies beside it, and what is due goes.
    attempt = AttemptRow("1", "decided", "device", "0" * 64, NOW, LATER)
    store.write(A, lambda transaction: transaction.add(ATTEMPT, attempt))
    assert {gone.holding for gone in sweep(store, LATER).gone} == set()
    store.begin_operator(A, NOW)
    assert {"attempt", "decision", "subject"} <= {gone.holding for gone in sweep(store, LATER).gone}
    store.close()


def test_several_may_upgrade_at_once(database: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.SimpleQueue()
    processes = [spawn.Process(target=_upgrade, args=(database, answers)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert [answers.get() for _ in processes] == [State.CURRENT] * 3


def test_what_has_no_tables_asks_to_be_upgraded(database: str, tmp_path: Path) -> None:
    store = Store.open(database)
    assert store.state() is State.EMPTY
    with pytest.raises(StoreUnusable, match=r"not been made.*`bonafide store upgrade`"):
        store.write(A, lambda _transaction: None)
    assert list(tmp_path.iterdir()) == []  # asking made nothing
    store.upgrade()
    assert store.operators() == ()
    store.close()


@pytest.mark.parametrize(("revision", "remedy"), [("0000", "Install that version"), ("9999", "Install that")])
def test_a_newer_store_is_left_alone(store: Store, database: str, revision: str, remedy: str) -> None:
    on(store, f"UPDATE alembic_version SET version_num = '{revision}'")  # noqa: S608
    other = Store.open(database)
    for use in (other.operators, other.upgrade):
        with pytest.raises(StoreUnusable, match=remedy):
            use()
    assert other.state() is State.NEWER
    other.close()


def test_an_older_store_asks_to_be_upgraded(
    store: Store, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bonafide.store.migrations.REVISIONS", (*REVISIONS, "9999"))
    assert store.state() is State.OLDER
    other = Store.open(database)
    with pytest.raises(StoreUnusable, match=r"older version.*`bonafide store upgrade`"):
        other.operators()
    other.close()
    assert state_of("10000") is State.NEWER


def test_a_broken_step_leaves_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_tables: str) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("bonafide.store.migrations.operators.keep_apart", broken)
    store = Store.open(database)
    with pytest.raises(RuntimeError):
        store.upgrade()
    assert store.state() is State.EMPTY
    monkeypatch.undo()
    store.upgrade()
    assert store.state() is State.CURRENT
    store.close()


# Row-level security: what PostgreSQL enforces besides.


@pytest.fixture
def both(postgresql_folder: Path) -> Store:
    """A store on PostgreSQL in which two operators keep something."""
    store = Store.open(new_postgresql_database(postgresql_folder))
    store.upgrade()
    for operator in (A, B):
        store.begin_operator(operator, NOW)
        store.write(operator, lambda transaction: transaction.add(SUBJECT, SubjectRow("1")))
    return store


def test_every_table_under_an_operator_is_under_a_policy(both: Store) -> None:
    query = text(
        "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
        " WHERE relrowsecurity AND relforcerowsecurity AND polcmd = '*' AND polpermissive"
        " AND pg_get_expr(polqual, polrelid) = pg_get_expr(polwithcheck, polrelid)"
        " AND pg_get_expr(polqual, polrelid) LIKE '%operator%current_setting(''bonafide.operator''%'"
    )
    with both.read(A) as transaction:
        under_policy = set(transaction.connection.execute(query).scalars())
    assert under_policy == set(METADATA.tables) - UNDER_NO_OPERATOR
    for name in METADATA.tables.keys() - UNDER_NO_OPERATOR:
        assert "operator" in METADATA.tables[name].primary_key.columns


def executing(statement: str) -> Callable[[Transaction], None]:
    def work(transaction: Transaction) -> None:
        transaction.connection.execute(text(statement))

    return work


def test_hand_written_sql_sees_and_changes_nothing_of_another_operator(both: Store) -> None:
    def counts(transaction: Transaction) -> list[int]:
        run = transaction.connection.execute
        return [
            len(run(text("SELECT * FROM subject WHERE operator = 'b.example'")).all()),
            run(text("UPDATE subject SET made_at = 0 WHERE operator = 'b.example'")).rowcount,
            run(text("DELETE FROM subject WHERE operator = 'b.example'")).rowcount,
            len(run(text("SELECT * FROM subject")).all()),
        ]

    assert both.write(A, counts) == [0, 0, 0, 1]
    for statement in (
        "INSERT INTO subject (operator, id, made_at) VALUES ('b.example', '2', 0)",
        "UPDATE subject SET operator = 'b.example'",
    ):
        with pytest.raises(StoreUnusable, match="does not allow"):
            both.write(A, executing(statement))
    with both.read(B) as transaction:
        assert transaction.all(SubjectRow, SUBJECT) == (SubjectRow("1"),)
        assert set(transaction.connection.execute(select(OPERATOR.c.operator)).scalars()) == {A, B}


def test_who_speaks_for_nobody_sees_nothing(both: Store) -> None:
    with both._database.reading() as connection:
        assert connection.execute(text("SELECT * FROM subject")).all() == []
    # Not even after somebody spoke on the same connection.
    with both.read(A):
        pass
    with both._database.reading() as connection:
        assert connection.execute(text("SELECT * FROM subject")).all() == []


@pytest.mark.parametrize("above", ["SUPERUSER", "BYPASSRLS"])
def test_a_role_above_row_level_security_is_refused(postgresql_folder: Path, above: str) -> None:
    url = new_postgresql_database(postgresql_folder)
    role = make_url(url).username
    store = Store.open(url)
    store.upgrade()
    store.close()
    with psycopg.connect(
        host=str(postgresql_folder), user="postgres", dbname="postgres", autocommit=True
    ) as admin:
        admin.execute(f"ALTER ROLE {role} {above}".encode())
    again = Store.open(url)
    for use in (again.operators, again.upgrade, lambda: again.write(A, lambda _transaction: None)):
        with pytest.raises(StoreUnusable, match="above row-level security"):
            use()
    again.close()


def test_what_is_erased_stays_in_no_statistics(both: Store, postgresql_folder: Path) -> None:
    leaves = [LeafRow(position, b"commitment") for position in range(50)]
    both.write(A, lambda transaction: transaction.add(LEAF, *leaves))
    with both._database.reading() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    with psycopg.connect(host=str(postgresql_folder), user="postgres", dbname=name, autocommit=True) as admin:
        admin.execute("ANALYZE")
        sampled = set(admin.execute("SELECT tablename, attname FROM pg_stats").fetchall())
        targets = admin.execute(
            "SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
            " WHERE attstattarget = 0"
        ).fetchall()
    assert ("leaf", "position") in sampled
    assert ("leaf", "commitment") not in sampled
    binary = {
        (table.name, column.name)
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    as_text = {
        ("decision", "document_index"),
        ("sign_up", "reference"),
        ("sign_up", "return_address"),
        ("attempt", "key"),
        ("counted", "document"),
        ("counted", "device"),
        ("line", "number_index"),
        ("line", "document_index"),
        ("customer_session", "document_index"),
        ("customer_session", "digest"),
        ("customer_code", "number_index"),
        ("customer_code", "code_index"),
        ("customer_passkey", "document_index"),
        ("customer_passkey", "handle"),
    }
    assert set(targets) == binary | as_text
