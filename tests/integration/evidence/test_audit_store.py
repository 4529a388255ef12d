"""The log is audited where it is kept, and whatever was done to its rows is found."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Executable, Table, Update, delete, func, insert, select, update
from tests.integration.evidence.kept_log import (
    LOG,
    NOW,
    OPERATOR,
    RECEIPTS,
    audited,
    audited_after,
    fill,
    finish_an_erasure,
)

from bonafide.evidence.audit import AuditReport
from bonafide.evidence.checkpoint import Checkpoint, origin_of, sign_checkpoint
from bonafide.evidence.log import integrate
from bonafide.evidence.merkle import EMPTY_ROOT
from bonafide.privacy.erasure import erase
from bonafide.privacy.now import Now
from bonafide.store import Store, Transaction
from bonafide.store.schema import ACCESS, CHECKPOINT, DECISION, ERASURE, LEAF, LOG_HEAD, TILE


def found(report: AuditReport) -> set[tuple[str, str]]:
    return {(finding.kind.value, finding.place) for finding in report.findings}


def test_an_honest_log_is_valid_at_every_moment(store: Store) -> None:
    assert audited(store) == AuditReport(None, ())
    signed = fill(store)
    assert audited(store, signed) == AuditReport(300, ())
    # What no checkpoint covers yet is no fault.
    finish_an_erasure(store, _first_record(store, ERASURE))
    assert audited(store, signed) == AuditReport(300, ())
    integrate(store, OPERATOR, LOG, NOW)
    assert audited(store, signed) == AuditReport(301, ())


def test_what_is_erased_is_no_fault(store: Store) -> None:
    fill(store, (60,))
    with store.read(OPERATOR) as transaction:
        (subject,) = transaction.connection.execute(select(DECISION.c.subject).limit(1)).one()
    numbers = iter(range(9))
    erase(
        store,
        OPERATOR,
        [subject],
        now=Now(NOW, NOW),
        identifier=lambda: f"erasure {next(numbers)}",
        signer=RECEIPTS,
        software="bonafide 0",
    )
    integrate(store, OPERATOR, LOG, NOW)
    assert audited(store) == AuditReport(61, ())


def test_an_empty_log_is_valid_and_must_have_the_empty_root(store: Store) -> None:
    integrate(store, OPERATOR, LOG, NOW)
    assert audited(store) == AuditReport(0, ())
    checkpoint = Checkpoint(origin_of(OPERATOR), 0, EMPTY_ROOT)
    assert audited(store, [sign_checkpoint(checkpoint, LOG)]).valid


def test_one_operators_audit_is_of_its_own_log(store: Store) -> None:
    fill(store, (5,))
    assert audited(store, operator="b.example") == AuditReport(None, ())


def test_what_is_wrong_is_said_with_its_place(store: Store) -> None:
    signed = fill(store, (40, 60))
    dropped = delete(LEAF).where(LEAF.c.position == 7)
    edited = update(LEAF).where(LEAF.c.position == 7).values(commitment=bytes(32))
    unknown = update(LEAF).where(LEAF.c.position == 7).values(kind="unknown")
    first = _first_record(store, DECISION)
    access = _first_record(store, ACCESS)
    erasure = _first_record(store, ERASURE)
    checkpoint = update(CHECKPOINT).where(CHECKPOINT.c.size == 40)
    for statement, expected in (
        (dropped, {("missing", "leaf 7"), ("changed", "head")}),
        (edited, {("changed", "leaf 7"), ("changed", "tile 0/0"), *_CHECKPOINTS}),
        (unknown, {("malformed", "leaf 7"), ("changed", "leaf 7"), ("changed", "tile 0/0"), *_CHECKPOINTS}),
        (update(LOG_HEAD).values(size=59), {("changed", "head")}),
        (delete(LOG_HEAD), {("missing", "head")}),
        (delete(TILE), {("missing", "tile 0/0")}),
        (insert(TILE).values(operator=OPERATOR, level=3, number=0, hashes=b"x"), {("extra", "tile 3/0")}),
        (checkpoint.values(note=b"x"), {("malformed", "checkpoint 40")}),
        (checkpoint.values(note=bytes(signed[1])), {("changed", "checkpoint 40")}),
        (checkpoint.values(size=41), {("changed", "checkpoint 41")}),
        (checkpoint.values(size=61), {("missing", "leaf 60")}),
        (_of(DECISION, first).values(salt=bytes(32)), {("changed", f"decision {first}")}),
        (_of(DECISION, first).values(outcome="reject"), {("changed", f"decision {first}")}),
        (_of(DECISION, first).values(position=60), {("missing", f"leaf of decision {first}")}),
        (_of(ACCESS, access).values(who="nobody"), {("changed", f"access {access}")}),
        (
            delete(ACCESS).where(ACCESS.c.id == access),
            {("missing", f"access of leaf {int(access)}")},
        ),
        (_of(ERASURE, erasure).values(id="another"), {("changed", "erasure another")}),
        (delete(ERASURE).where(ERASURE.c.id == erasure), {("missing", f"erasure of leaf {int(erasure)}")}),
    ):
        report = audited_after(store, partial(_execute, statement=statement))
        assert report is not None
        assert found(report) == expected, str(statement)
    assert audited(store).valid, "each was undone"


_CHECKPOINTS: Final = (("changed", "checkpoint 40"), ("changed", "checkpoint 60"))


def _execute(transaction: Transaction, statement: Executable) -> object:
    return transaction.connection.execute(statement)


def _of(table: Table, identifier: str) -> Update:
    return update(table).where(table.c.id == identifier)


def _first_record(store: Store, table: Table) -> str:
    with store.read(OPERATOR) as transaction:
        identifier: str = transaction.connection.execute(select(func.min(table.c.id))).scalar_one()
    return identifier


def test_values_of_types_that_nobody_writes_are_told(tmp_path: Path) -> None:
    """SQLite keeps whatever it is given, in whichever column; PostgreSQL refuses them."""
    store = Store.open(f"sqlite:///{tmp_path / 'records.sqlite'}")
    store.upgrade()
    fill(store, (60,))
    columns = [(table, column) for table in _TABLES for column in table.columns if column.name in _AUDITED]
    assert len(columns) == 20
    for value in ("text", 1.5, b"\xff\x00", 2**62, -1):
        for table, column in columns:
            report = audited_after(store, partial(_put, table=table, column=column.name, value=value))
            assert report is not None
            assert not report.valid, (table.name, column.name, value)
    store.close()


def _put(transaction: Transaction, table: Table, column: str, value: object) -> None:
    """A value in one row's column, past everything that would look at its type."""
    statement = f"UPDATE {table.name} SET {column} = ? WHERE rowid = (SELECT max(rowid) FROM {table.name})"  # noqa: S608
    transaction.connection.exec_driver_sql(statement, (value,))


_TABLES: Final = (LEAF, LOG_HEAD, TILE, CHECKPOINT, DECISION, ACCESS)
_AUDITED: Final = {
    *("position", "kind", "commitment", "size", "hashes", "level", "number", "note"),
    *("receipt", "salt", "purpose", "outcome", "who", "action", "at"),
}
