"""The log in the database: what commits with its leaf, what is proved, and what is found to be changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Table, update

from bonafide.errors import LogBroken, StoreUnusable, UnreadableData
from bonafide.evidence.checkpoint import log_key, signed_by_log
from bonafide.evidence.commitment import commit, opens
from bonafide.evidence.leaf import Leaf, LeafKind
from bonafide.evidence.log import (
    Appending,
    append,
    integrate,
    latest_checkpoint,
    prove_consistency,
    prove_inclusion,
)
from bonafide.evidence.merkle import verify_consistency, verify_inclusion
from bonafide.store import Store, Transaction
from bonafide.store.schema import CHECKPOINT, LEAF, LOG_HEAD, TILE
from bonafide.vault import FileSigner

A, B = "a.example", "b.example"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
SALT = bytes(range(32))


KEY = FileSigner(Ed25519PrivateKey.generate())


def log(store: Store, count: int, operator: str = A) -> tuple[int, ...]:
    entries = [Appending(LeafKind.DECISION, f"receipt {at}".encode(), SALT) for at in range(count)]
    return store.write(operator, lambda transaction: append(transaction, NOW, *entries))


def test_what_is_logged_is_proved(store: Store) -> None:
    assert log(store, 3) == (0, 1, 2)
    first = integrate(store, A, KEY, NOW)
    assert log(store, 600) == tuple(range(3, 603))
    second = integrate(store, A, KEY, NOW)
    assert integrate(store, A, KEY, NOW) == second, "without new leaves it is the last one again"
    assert (first.checkpoint.size, second.checkpoint.size) == (3, 603)
    assert signed_by_log(second, [log_key(A, KEY)])
    assert not signed_by_log(second, [log_key(B, KEY)])
    with store.read(A) as transaction:
        assert latest_checkpoint(transaction) == second
        leaves = transaction.all(Leaf, LEAF, order=[LEAF.c.position])
        assert opens(leaves[5].commitment, SALT, b"receipt 2")
        for position in (0, 2, 255, 256, 511, 512, 602):
            proof = prove_inclusion(transaction, position, 603)
            leaf = leaves[position].hash
            assert verify_inclusion(leaf, position, 603, proof, second.checkpoint.root)
        assert verify_inclusion(
            leaves[1].hash, 1, 3, prove_inclusion(transaction, 1, 3), first.checkpoint.root
        )
        proof = prove_consistency(transaction, 3, 603)
    assert verify_consistency(3, 603, first.checkpoint.root, second.checkpoint.root, proof)


def test_each_operator_has_a_log_of_its_own(store: Store) -> None:
    log(store, 2)
    log(store, 1, B)
    assert [integrate(store, operator, KEY, NOW).checkpoint.size for operator in (A, B)] == [2, 1]
    assert log(store, 1, B) == (1,)


def test_a_record_that_fails_takes_its_leaf_along(store: Store) -> None:
    log(store, 1)

    def fails(transaction: Transaction) -> None:
        append(transaction, NOW, Appending(LeafKind.DECISION, b"never", SALT))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write(A, fails)
    assert log(store, 1) == (1,)
    assert integrate(store, A, KEY, NOW).checkpoint.size == 2


def test_many_append_at_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        positions = list(pool.map(lambda _: log(store, 3), range(40)))
    assert sorted(at for found in positions for at in found) == list(range(120))
    with ThreadPoolExecutor(4) as pool:
        signed = set(pool.map(lambda _: bytes(integrate(store, A, KEY, NOW)), range(4)))
    assert len(signed) == 1


def test_an_empty_log_has_a_checkpoint(store: Store) -> None:
    assert integrate(store, A, KEY, NOW).checkpoint.size == 0


def _edit(transaction: Transaction, table: Table, values: dict[str, object]) -> None:
    transaction.connection.execute(update(table).values(values))


def _go_on(store: Store) -> None:
    log(store, 1)
    integrate(store, A, KEY, NOW)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (LOG_HEAD, {"size": 4}),
        (LOG_HEAD, {"size": 6}),
        (TILE, {"hashes": bytes(160)}),
        (TILE, {"hashes": bytes(32)}),
        (CHECKPOINT, {"size": 4}),
        (CHECKPOINT, {"note": b"nothing"}),
    ],
)
def test_a_log_that_contradicts_itself_signs_nothing(
    store: Store, table: Table, values: dict[str, object]
) -> None:
    log(store, 5)
    integrate(store, A, KEY, NOW)
    store.write(A, partial(_edit, table=table, values=values))
    # The database itself refuses a leaf in the place of another.
    with pytest.raises((LogBroken, UnreadableData, StoreUnusable)):
        _go_on(store)


def test_a_missing_leaf_is_told(store: Store) -> None:
    log(store, 5)
    store.write(A, lambda transaction: transaction.remove(LEAF, LEAF.c.position == 3))
    with pytest.raises(LogBroken):
        integrate(store, A, KEY, NOW)


def test_the_leaf_is_the_commitment_and_not_the_content(store: Store) -> None:
    log(store, 1)
    with store.read(A) as transaction:
        leaf = transaction.one(Leaf, LEAF)
    assert leaf is not None
    assert leaf.commitment == commit(SALT, b"receipt 0")
    assert b"receipt" not in leaf.entry
