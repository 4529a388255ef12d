"""An access and its leaf are one; receipts of erasures verify like all others."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bonafide.errors import StoreUnusable
from bonafide.evidence import check_receipt, parse_receipt, serialise_receipt, sign_receipt
from bonafide.evidence.access import AccessEvent, AccessRow, Action, record_access
from bonafide.evidence.commitment import opens
from bonafide.evidence.leaf import Leaf, LeafKind
from bonafide.evidence.statements import ErasureClaims, UnreadableClaims
from bonafide.store import Store, Transaction
from bonafide.store.schema import ACCESS, LEAF
from bonafide.vault import FileSigner

OPERATOR = "a.example"
NOW = datetime(2026, 11, 25, 7, 30, 0, 5000, tzinfo=UTC)
SALT = bytes(range(32))
EVENT = AccessEvent("1", "reviewer 7", Action.REVIEW, "sim-signup", "case", None, NOW)


def record(transaction: Transaction) -> AccessRow:
    return record_access(transaction, EVENT, deadline=NOW + timedelta(days=9), salt=SALT)


def test_an_access_is_a_row_and_a_leaf(store: Store) -> None:
    row = store.write(OPERATOR, record)
    with store.read(OPERATOR) as transaction:
        assert transaction.all(AccessRow, ACCESS) == (row,)
        (leaf,) = transaction.all(Leaf, LEAF)
    assert (leaf.position, leaf.kind) == (row.position, LeafKind.ACCESS)
    assert row.event == EVENT
    assert opens(leaf.commitment, SALT, row.event.content())


def test_one_that_cannot_be_recorded_is_not_logged(store: Store) -> None:
    store.write(OPERATOR, record)
    with pytest.raises(StoreUnusable):
        store.write(OPERATOR, record)
    with store.read(OPERATOR) as transaction:
        assert len(transaction.all(Leaf, LEAF)) == 1


@pytest.mark.parametrize("name", [field.name for field in fields(AccessEvent)])
def test_the_leaf_commits_to_every_part(name: str) -> None:
    change: dict[str, Any] = {name: NOW + timedelta(seconds=1) if name == "at" else "another"}
    assert replace(EVENT, **change).content() != EVENT.content()


ERASED = ErasureClaims("1", NOW, "loyalty", (("sealed", 2), ("consent", 1)), (3, 4), NOW, "bonafide 0")
CLAIMS = (
    ERASED,
    replace(ERASED, purpose=None, epochs=(), keys_gone_by=None),
    UnreadableClaims("2", NOW, "1", "0" * 64, (3, 4), "bonafide 0"),
)


@pytest.mark.parametrize("claims", CLAIMS, ids=["of a purpose", "of all", "unreadable"])
def test_receipts_of_erasures_verify(claims: ErasureClaims | UnreadableClaims) -> None:
    key = FileSigner(Ed25519PrivateKey.generate())
    receipt = parse_receipt(serialise_receipt(sign_receipt(claims, key)))
    assert check_receipt(receipt, (key.public_key,)).valid
    assert receipt.claims == claims.as_document()
    changed = replace(receipt, claims={**receipt.claims, "epochs": ["9"]})
    assert not check_receipt(changed, (key.public_key,)).valid


def test_a_receipt_says_what_was_erased() -> None:
    document = ERASED.as_document()
    assert document["statement"] == "erased"
    assert document["erased"] == ["sealed: 2", "consent: 1"]
    assert document["keys_gone_by"] == "2026-11-25T07:30:00Z"
    assert "purpose" not in CLAIMS[1].as_document()
