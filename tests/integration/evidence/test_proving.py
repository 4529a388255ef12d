"""Proofs and exports out of the database, and cosignatures into it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from tests.integration.evidence.kept_log import (
    LOG,
    NOW,
    OPERATOR,
    TRUST,
    fill,
    finish_an_erasure,
)

from bonafide.errors import LogBroken, UnreadableData, UsageError
from bonafide.evidence.audit import audit_export
from bonafide.evidence.checkpoint import log_key
from bonafide.evidence.cosignature import cosigned
from bonafide.evidence.export import ExportedFiles, export_log
from bonafide.evidence.leaf import LeafKind
from bonafide.evidence.log import integrate, latest_checkpoint
from bonafide.evidence.note import SignatureKind, VerifierKey
from bonafide.evidence.proof import check_proof, parse_proof
from bonafide.evidence.proving import prove_record
from bonafide.evidence.records import records_of
from bonafide.evidence.trust import Trust
from bonafide.evidence.witness import Witness, parse_request
from bonafide.evidence.witnessing import Cosigning, add_cosignature, request_cosignature
from bonafide.store import Store
from bonafide.store.schema import ACCESS, DECISION, ERASURE, LEAF, TILE
from bonafide.vault import FileSigner

NAMES = ("b.example/witness", "c.example/witness")
KEYS = tuple(FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)) for seed in (7, 8))
WITNESSES = tuple(
    VerifierKey.of(name, SignatureKind.COSIGNATURE, key) for name, key in zip(NAMES, KEYS, strict=True)
)


def watched(store: Store, folder: Path, number: int = 0, old_size: int = 0) -> bytes:
    """What a witness answers to a request from a size."""
    watching = Witness(folder / f"{number}.json", NAMES[number], KEYS[number], [log_key(OPERATOR, LOG)])
    with store.read(OPERATOR) as transaction:
        request = request_cosignature(transaction, old_size)
    answer = watching.add(parse_request(bytes(request)), NOW)
    assert answer.cosignature is not None, answer.refusal
    return f"{answer.cosignature}\n".encode()


def test_every_record_is_proved(store: Store) -> None:
    fill(store, (40, 60))
    with store.read(OPERATOR) as transaction:
        kinds = set()
        for table in (DECISION, ACCESS, ERASURE):
            for identifier in transaction.connection.execute(select(table.c.id)).scalars().all():
                (record,) = records_of(transaction, identifier)
                proof = prove_record(transaction, record)
                assert proof is not None
                assert proof.signed.checkpoint.size == 60
                assert check_proof(parse_proof(bytes(proof)), record.content, TRUST).valid
                assert not check_proof(proof, record.content + b" ", TRUST).valid
                kinds.add(record.kind)
        assert kinds == set(LeafKind)
        assert records_of(transaction, "nothing") == ()


def test_both_receipts_of_an_erasure_are_proved(store: Store) -> None:
    fill(store, (60,))
    with store.read(OPERATOR) as transaction:
        identifier = transaction.connection.execute(select(ERASURE.c.id).limit(1)).scalar_one()
    finish_an_erasure(store, identifier)
    with store.read(OPERATOR) as transaction:
        first, second = records_of(transaction, identifier)
        assert prove_record(transaction, first) is not None
        assert prove_record(transaction, second) is None, "no checkpoint covers it yet"
    integrate(store, OPERATOR, LOG, NOW)
    with store.read(OPERATOR) as transaction:
        proof = prove_record(transaction, second)
    assert proof is not None
    assert check_proof(proof, second.content, TRUST).valid
    assert not check_proof(proof, first.content, TRUST).valid


def test_what_the_log_does_not_hold_is_not_proved(store: Store) -> None:
    fill(store, (60,))
    with store.read(OPERATOR) as transaction:
        identifier = transaction.connection.execute(select(DECISION.c.id).limit(1)).scalar_one()
    store.write(OPERATOR, lambda transaction: transaction.change(DECISION, salt=bytes(32)))
    with store.read(OPERATOR) as transaction:
        (record,) = records_of(transaction, identifier)
        with pytest.raises(LogBroken):
            prove_record(transaction, record)
    store.write(OPERATOR, lambda transaction: transaction.remove(LEAF, LEAF.c.kind == LeafKind.ERASURE))
    with store.read(OPERATOR) as transaction:
        identifier = transaction.connection.execute(select(ERASURE.c.id).limit(1)).scalar_one()
        (record,) = records_of(transaction, identifier)
        with pytest.raises(LogBroken):
            prove_record(transaction, record)


def test_cosignatures_gather_under_their_checkpoint(store: Store, tmp_path: Path) -> None:
    fill(store, (40,))
    first, second = watched(store, tmp_path, 0), watched(store, tmp_path, 1)
    assert add_cosignature(store, OPERATOR, first, WITNESSES[0]) is Cosigning.ADDED
    assert add_cosignature(store, OPERATOR, first, WITNESSES[0]) is Cosigning.KNOWN
    assert add_cosignature(store, OPERATOR, first + second, WITNESSES[1]) is Cosigning.ADDED
    assert add_cosignature(store, OPERATOR, first, WITNESSES[1]) is Cosigning.OF_NO_CHECKPOINT
    with store.read(OPERATOR) as transaction:
        signed = latest_checkpoint(transaction)
    assert signed is not None
    assert cosigned(signed, WITNESSES).by == WITNESSES
    assert len(signed.note.signatures) == 3, "the log's own stayed"
    # Continued from where the witness is.
    fill(store, (50,), done=40)
    again = watched(store, tmp_path, 0, 40)
    assert add_cosignature(store, OPERATOR, again, WITNESSES[0]) is Cosigning.ADDED


def test_an_answer_may_come_after_the_next_checkpoint(store: Store, tmp_path: Path) -> None:
    fill(store, (40,))
    answer = watched(store, tmp_path)
    with store.read(OPERATOR) as transaction:
        identifier = transaction.connection.execute(select(DECISION.c.id).limit(1)).scalar_one()
    fill(store, (50,), done=40)
    assert add_cosignature(store, OPERATOR, answer, WITNESSES[0]) is Cosigning.ADDED
    with store.read(OPERATOR) as transaction:
        (record,) = records_of(transaction, identifier)
        proof = prove_record(transaction, record)
        newest = latest_checkpoint(transaction)
    assert newest is not None
    assert len(newest.note.signatures) == 1
    assert proof is not None
    # Proved by the checkpoint that a witness vouches for, though there is a newer one.
    assert proof.signed.checkpoint.size == 40
    assert check_proof(proof, record.content, Trust(TRUST.log, WITNESSES[:1], 1)).valid


@pytest.mark.parametrize("answer", [b"", b"no", b"\xff\n", "\N{EM DASH} b.example/witness AAAA\n".encode()])
def test_what_is_no_answer_is_refused(store: Store, answer: bytes) -> None:
    fill(store, (5,))
    with pytest.raises(UnreadableData):
        add_cosignature(store, OPERATOR, answer, WITNESSES[0])


def test_a_request_needs_a_checkpoint_and_a_size_within_it(store: Store) -> None:
    with store.read(OPERATOR) as transaction, pytest.raises(UsageError, match="no checkpoint"):
        request_cosignature(transaction, 0)
    fill(store, (5,))
    with store.read(OPERATOR) as transaction, pytest.raises(UsageError, match="fewer leaves"):
        request_cosignature(transaction, 6)


def test_an_export_is_the_same_every_time_and_valid(store: Store, tmp_path: Path) -> None:
    earlier = fill(store)
    folders = (tmp_path / "one", tmp_path / "deep" / "other")
    folders[0].mkdir()
    for folder in folders:
        with store.read(OPERATOR) as transaction:
            assert export_log(transaction, folder) == earlier[-1]
    one, other = (dict(ExportedFiles(folder)) for folder in folders)
    assert one == other
    assert audit_export(one, TRUST, earlier).findings == ()
    assert sorted(path for path in one if not path.startswith("tile/entries")) == [
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
    ]
    assert {path.name for path in tmp_path.iterdir()} >= {"one", "deep"}
    assert not any(path.name.startswith(".") for path in tmp_path.rglob("*")), "no draft is left"


def test_an_export_tells_nothing_of_anybody(store: Store, tmp_path: Path) -> None:
    fill(store, (60,))
    with store.read(OPERATOR) as transaction:
        export_log(transaction, tmp_path / "log")
        secrets = [
            *transaction.connection.execute(select(DECISION.c.salt)).scalars(),
            *transaction.connection.execute(select(ACCESS.c.salt)).scalars(),
            *transaction.connection.execute(select(DECISION.c.receipt)).scalars(),
            b"reviewer 7",
            b"sim-signup",
        ]
    everything = b"".join(ExportedFiles(tmp_path / "log").values())
    assert len(secrets) > 8
    assert not [secret for secret in secrets if secret in everything]


def test_an_export_is_written_over_nothing(store: Store, tmp_path: Path) -> None:
    fill(store, (5,))
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    for folder in (full, full / "mine.txt"):
        with store.read(OPERATOR) as transaction, pytest.raises(UsageError, match="cannot be written"):
            export_log(transaction, folder)
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
    assert (full / "mine.txt").read_text() == "mine"


def test_others_may_read_an_export_as_they_may_the_accounts_files(store: Store, tmp_path: Path) -> None:
    fill(store, (5,))
    mask = os.umask(0o022)
    try:
        with store.read(OPERATOR) as transaction:
            export_log(transaction, tmp_path / "log")
    finally:
        os.umask(mask)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o755


def test_a_log_that_contradicts_itself_is_not_exported(store: Store, tmp_path: Path) -> None:
    with store.read(OPERATOR) as transaction, pytest.raises(UsageError, match="no checkpoint"):
        export_log(transaction, tmp_path / "log")
    fill(store, (60,))
    # Tiles are made anew, so that what is exported fits the entries.
    store.write(OPERATOR, lambda transaction: transaction.remove(TILE))
    with store.read(OPERATOR) as transaction:
        export_log(transaction, tmp_path / "log")
    store.write(
        OPERATOR, lambda transaction: transaction.change(LEAF, LEAF.c.position == 3, commitment=bytes(32))
    )
    with store.read(OPERATOR) as transaction, pytest.raises(LogBroken):
        export_log(transaction, tmp_path / "other")
    store.write(OPERATOR, lambda transaction: transaction.remove(LEAF, LEAF.c.position == 3))
    with store.read(OPERATOR) as transaction, pytest.raises(LogBroken):
        export_log(transaction, tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(("other", "."))] == []
