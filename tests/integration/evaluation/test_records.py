"""That the benchmark of safekeeping does what it counts, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select

from bonafide.evaluation.bench.case import passing_signer
from bonafide.evaluation.bench.records import OPERATOR, RECEIPT_BYTES, Records
from bonafide.evidence.log import latest_checkpoint
from bonafide.privacy.holdings import DecisionRecord
from bonafide.store import Store
from bonafide.store.epochs import epochs
from bonafide.store.schema import DECISION, LEAF, SEALED
from bonafide.store.sealed import SealedRow, open_from
from bonafide.vault import UnsafeFileHolder, Vault

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(UnsafeFileHolder(tmp_path / "vault"))


@pytest.fixture
def records(store: Store, vault: Vault) -> Records:
    return Records(store, vault, passing_signer(), NOW)


def count(store: Store, table: Table) -> int:
    with store.read(OPERATOR) as transaction:
        query = select(func.count()).select_from(table).where(table.c.operator == OPERATOR)
        return transaction.connection.execute(query).scalar_one()


def test_decisions_are_kept_with_a_leaf_each(store: Store, records: Records) -> None:
    records.decide()
    with ThreadPoolExecutor(3) as pool:
        records.decide_by_threads(7, pool, 3)
    records.decide_together(5, 2)
    records.append_leaves(5, 4)
    assert (count(store, DECISION), count(store, LEAF)) == (13, 18)
    with store.read(OPERATOR) as transaction:
        kept = transaction.all(DecisionRecord, DECISION, order=[DECISION.c.position])
    assert [row.position for row in kept] == list(range(13))
    assert {len(row.receipt) for row in kept} == {RECEIPT_BYTES}
    records.integrate()
    records.prove()
    with store.read(OPERATOR) as transaction:
        last = latest_checkpoint(transaction)
    assert last is not None
    assert last.checkpoint.size == 18


def test_sealed_records_come_under_each_new_epoch(store: Store, vault: Vault, records: Records) -> None:
    records.seal_kept(b"content", 3)
    records.open(records.seal(b"another"))
    for number in (2, 3):
        records.rotate()
        records.rewrap()
        assert epochs(store, OPERATOR)[-1].number == number
        with store.read(OPERATOR) as transaction:
            rows = transaction.all(SealedRow, SEALED)
        assert [row.epoch for row in rows] == [number] * 3
        assert all(open_from(vault, OPERATOR, row) == b"content" for row in rows)
