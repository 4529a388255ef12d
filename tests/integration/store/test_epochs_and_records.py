"""Sealed records through the life of their keys: moved, re-wrapped, copied and stolen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.integration.store.rows import LATER, NOW, ConsentRow, SubjectRow

from bonafide.errors import NotPermitted, RecordAltered, UsageError, VaultClosed
from bonafide.store import Store, Transaction
from bonafide.store.epochs import current_epoch, destroy_epoch, epochs, rotate
from bonafide.store.rewrap import Rewrapped, rewrap
from bonafide.store.schema import CONSENT, SEALED, SUBJECT
from bonafide.store.sealed import SealedRow, find, of_subject, open_from, seal_into
from bonafide.vault import UnsafeFileHolder, Vault

A, B = "a.example", "b.example"
PICTURE = b"\xff\xd8 the picture of nobody " * 40


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(UnsafeFileHolder(tmp_path / "keys"))
    for operator in (A, B):
        made.begin_operator(operator)
    return made


def keep(store: Store, vault: Vault, operator: str, *names: str, content: bytes = PICTURE) -> None:
    """One record for each name: of a subject, and by a consent, of that name."""
    epoch = current_epoch(store, vault, operator, NOW).number

    def work(transaction: Transaction) -> None:
        for name in names:
            transaction.add(SUBJECT, SubjectRow(name))
            transaction.add(CONSENT, ConsentRow(name, name))
            seal_into(
                transaction,
                vault,
                content,
                epoch=epoch,
                id=f"record-{name}",
                subject=name,
                consent=name,
                purpose="sim-signup",
                kind="selfie",
                made_at=NOW,
                deadline=LATER,
            )

    store.write(operator, work)


def kept(store: Store, operator: str, name: str) -> SealedRow:
    with store.read(operator) as transaction:
        found = find(transaction, f"record-{name}")
        assert found is not None
        assert of_subject(transaction, name) == (found,)
    return found


def test_a_record_opens_as_what_it_was(store: Store, vault: Vault) -> None:
    keep(store, vault, A, "1")
    row = kept(store, A, "1")
    assert open_from(vault, A, row) == PICTURE
    assert PICTURE[:8] not in row.ciphertext
    assert "b'" not in repr(row)


@pytest.mark.parametrize("column", ["subject", "purpose", "consent", "kind", "model_contract"])
def test_a_row_moved_by_hand_does_not_open(store: Store, vault: Vault, column: str) -> None:
    keep(store, vault, A, "1", "2")
    other = {"subject": "2", "consent": "2"}.get(column, "face-pay")

    def move(transaction: Transaction) -> None:
        transaction.change(SEALED, SEALED.c.id == "record-1", **{column: other})

    store.write(A, move)
    with store.read(A) as transaction:
        moved = find(transaction, "record-1")
    assert moved is not None
    with pytest.raises(RecordAltered):
        open_from(vault, A, moved)


def test_what_is_encrypted_does_not_open_in_another_row(store: Store, vault: Vault) -> None:
    keep(store, vault, A, "1", "2")
    keep(store, vault, B, "1")
    one, two, theirs = kept(store, A, "1"), kept(store, A, "2"), kept(store, B, "1")
    for operator, row in (
        (A, replace(one, ciphertext=two.ciphertext, nonce=two.nonce, wrapped_key=two.wrapped_key)),
        (A, replace(one, ciphertext=two.ciphertext)),
        (A, replace(one, wrapped_key=two.wrapped_key)),
        (B, one),
        (A, theirs),
    ):
        with pytest.raises(RecordAltered):
            open_from(vault, operator, row)


def test_epochs_follow_one_another(store: Store, vault: Vault) -> None:
    first = current_epoch(store, vault, A, NOW)
    assert current_epoch(store, vault, A, NOW + timedelta(days=29)) == first
    second = current_epoch(store, vault, A, NOW + timedelta(days=30))
    assert (first.number, second.number) == (1, 2)
    assert current_epoch(store, vault, A, NOW) == second, "a clock set back brings no old key back"
    assert current_epoch(store, vault, B, NOW).number == 1
    third = rotate(store, vault, A, NOW + timedelta(days=31))
    assert [epoch.number for epoch in epochs(store, A)] == [1, 2, 3]
    assert epochs(store, A)[1].ends_at == third.begins_at
    with pytest.raises(UsageError, match="30 days"):
        rotate(store, vault, A, NOW, timedelta(days=31))


def test_an_epoch_is_destroyed_only_when_nothing_lies_under_it(store: Store, vault: Vault) -> None:
    keep(store, vault, A, "1")
    with pytest.raises(NotPermitted, match="current"):
        destroy_epoch(store, vault, A, 1, NOW)
    second = rotate(store, vault, A, NOW)
    with pytest.raises(NotPermitted, match="Records still lie"):
        destroy_epoch(store, vault, A, 1, NOW)
    assert rewrap(store, vault, A, second.number) == Rewrapped(1, 0)
    assert destroy_epoch(store, vault, A, 1, NOW).destroyed_at == NOW
    assert destroy_epoch(store, vault, A, 1, LATER).destroyed_at == NOW, "twice is once"
    assert not vault.holds_epoch(A, 1)
    assert open_from(vault, A, kept(store, A, "1")) == PICTURE
    with pytest.raises(UsageError, match="no epoch 7"):
        destroy_epoch(store, vault, A, 7, NOW)


def test_a_copy_from_before_cannot_be_read_once_its_epoch_is_destroyed(store: Store, vault: Vault) -> None:
    keep(store, vault, A, "1")
    copied = kept(store, A, "1")
    assert open_from(vault, A, copied) == PICTURE
    second = rotate(store, vault, A, NOW)
    rewrap(store, vault, A, second.number)
    assert open_from(vault, A, copied) == PICTURE, "as long as the key lives a backup is worth something"
    destroy_epoch(store, vault, A, 1, NOW)
    with pytest.raises(VaultClosed):
        open_from(vault, A, copied)
    # Nor does the key that now wraps it open what was copied.
    with pytest.raises(RecordAltered):
        open_from(vault, A, replace(copied, epoch=second.number))


def test_nothing_is_sealed_under_a_destroyed_epoch(store: Store, vault: Vault) -> None:
    keep(store, vault, A, "1")
    rewrap(store, vault, A, rotate(store, vault, A, NOW).number)
    destroy_epoch(store, vault, A, 1, NOW)

    def work(transaction: Transaction) -> SealedRow:
        return seal_into(
            transaction,
            vault,
            PICTURE,
            epoch=1,
            id="late",
            subject="1",
            consent="1",
            purpose="sim-signup",
            kind="selfie",
            made_at=NOW,
            deadline=LATER,
        )

    with pytest.raises(VaultClosed):
        store.write(A, work)


class Killed(Exception):  # noqa: N818 - it stands for the end of a process
    """Where a test breaks off a re-wrapping."""


def test_rewrapping_shows_progress_and_goes_on_where_it_broke_off(store: Store, vault: Vault) -> None:
    keep(store, vault, A, *(f"{number:02}" for number in range(25)))
    second = rotate(store, vault, A, NOW)
    shown: list[tuple[int, int]] = []

    def breaking_off(done: int, total: int) -> None:
        shown.append((done, total))
        if done == 20:
            raise Killed

    with pytest.raises(Killed):
        rewrap(store, vault, A, second.number, progress=breaking_off, batch=10)
    assert shown == [(10, 25), (20, 25)]
    assert rewrap(store, vault, A, second.number, progress=lambda *told: shown.append(told)) == Rewrapped(
        5, 0
    )
    assert shown[-1] == (5, 5)
    for number in range(25):
        row = kept(store, A, f"{number:02}")
        assert row.epoch == second.number
        assert open_from(vault, A, row) == PICTURE


def test_a_record_with_an_altered_key_is_left_and_told(store: Store, vault: Vault) -> None:
    keep(store, vault, A, "1", "2", "3")

    def alter(transaction: Transaction) -> None:
        transaction.connection.execute(
            update(SEALED).where(SEALED.c.id == "record-2").values(wrapped_key=b"x" * 60)
        )

    store.write(A, alter)
    second = rotate(store, vault, A, NOW)
    assert rewrap(store, vault, A, second.number) == Rewrapped(2, 1)
    assert kept(store, A, "2").epoch == 1
    assert open_from(vault, A, kept(store, A, "3")) == PICTURE


def database_bytes(store: Store, database: str, folder: Path, dump: Callable[[Path], bytes]) -> bytes:
    """Everything that a thief of the database's files gets."""
    if database.startswith("sqlite"):
        return b"".join(path.read_bytes() for path in folder.glob("bonafide.sqlite*"))
    store.close()  # so that the server has written what it holds
    return dump(folder)


def test_a_stolen_database_tells_nothing_and_links_nobody(
    request: pytest.FixtureRequest, store: Store, database: str, vault: Vault, tmp_path: Path
) -> None:
    number = "110101199003078888"
    index = {operator: vault.document_index(operator, "CHN", number) for operator in (A, B)}
    assert index[A] != index[B]
    assert index[A] == vault.document_index(A, "chn", "1101 0119 9003 0788 88")
    for operator in (A, B):
        keep(store, vault, operator, "1", content=PICTURE + number.encode())
    ours, theirs = kept(store, A, "1"), kept(store, B, "1")
    for part in ("wrapped_key", "nonce", "ciphertext"):
        assert getattr(ours, part) != getattr(theirs, part)

    def dump(_: Path) -> bytes:
        folder: Path = request.getfixturevalue("postgresql_folder")
        return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    stolen = database_bytes(store, database, tmp_path, dump)
    assert b"record-1" in stolen, "the files are those that hold it"
    for secret in (PICTURE[:20], number.encode(), number.encode().hex().encode()):
        assert secret not in stolen
    # With every other file, but without the holder's, nothing opens.
    keys = tmp_path / "keys"
    shutil.rmtree(keys)
    with pytest.raises(VaultClosed):
        open_from(vault, A, ours)
