"""A witness cosigns one history of a log, and no second one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bonafide.errors import SetupBroken, UnreadableData
from bonafide.evidence.checkpoint import Checkpoint, SignedCheckpoint, log_key, sign_checkpoint
from bonafide.evidence.cosignature import verify_cosignature
from bonafide.evidence.merkle import consistency_proof, leaf_hash, root_of
from bonafide.evidence.note import SignatureKind, VerifierKey
from bonafide.evidence.witness import AddCheckpoint, Answer, Refusal, Witness, parse_request
from bonafide.vault import FileSigner

NOW = datetime(2026, 11, 25, tzinfo=UTC)
NAME = "witness.example"


LOG, OTHER, WITNESS = (
    FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)) for seed in (1, 2, 3)
)
LEAVES = [leaf_hash(bytes([number])) for number in range(20)]
FORKED = [*LEAVES[:3], leaf_hash(b"another"), *LEAVES[4:]]


def signed(size: int, leaves: Sequence[bytes] = LEAVES, key: FileSigner = LOG) -> SignedCheckpoint:
    return sign_checkpoint(Checkpoint("a.example/bonafide", size, root_of(leaves[:size])), key)


def request(old: int, new: int, leaves: Sequence[bytes] = LEAVES, key: FileSigner = LOG) -> AddCheckpoint:
    proof = consistency_proof(
        old, new, lambda level, index: root_of(leaves[index << level : (index + 1) << level])
    )
    return AddCheckpoint(old, proof, signed(new, leaves, key))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return opened(tmp_path)


def opened(folder: Path) -> Witness:
    return Witness(folder / "witness.json", NAME, WITNESS, [log_key("a.example", LOG)])


def refused(answer: Answer) -> tuple[Refusal | None, int]:
    assert answer.cosignature is None
    return answer.refusal, answer.size


def test_it_cosigns_what_continues(witness: Witness, tmp_path: Path) -> None:
    key = VerifierKey.of(NAME, SignatureKind.COSIGNATURE, WITNESS)
    for old, new in ((0, 3), (3, 7), (7, 7), (7, 20)):
        answer = witness.add(parse_request(bytes(request(old, new))), NOW)
        assert answer.cosignature is not None
        assert verify_cosignature(answer.cosignature, signed(new).note, key)
        assert answer.size == new
        witness = opened(tmp_path)  # it remembers across restarts


def test_it_refuses_a_second_history(witness: Witness) -> None:
    assert witness.add(request(0, 7), NOW).cosignature
    assert refused(witness.add(request(7, 12, FORKED), NOW)) == (Refusal.FORK, 7)
    assert refused(witness.add(request(7, 7, FORKED), NOW)) == (Refusal.FORK, 7)
    assert refused(witness.add(request(0, 12, FORKED), NOW)) == (Refusal.CONFLICT, 7)
    assert refused(witness.add(request(3, 5), NOW)) == (Refusal.CONFLICT, 7)
    rollback = AddCheckpoint(7, (), signed(5))
    assert refused(witness.add(rollback, NOW)) == (Refusal.OLD_SIZE_TOO_LARGE, 7)
    unproved = replace(request(7, 12), proof=())
    assert refused(witness.add(unproved, NOW)) == (Refusal.FORK, 7)
    assert witness.add(request(7, 12), NOW).size == 12, "the honest log goes on"


def test_it_answers_for_the_logs_it_watches_alone(tmp_path: Path, witness: Witness) -> None:
    assert refused(witness.add(request(0, 3, key=OTHER), NOW)) == (Refusal.BAD_SIGNATURE, 0)
    stranger = Witness(tmp_path / "other.json", NAME, WITNESS, [log_key("b.example", LOG)])
    assert refused(stranger.add(request(0, 3), NOW)) == (Refusal.UNKNOWN_LOG, 0)
    begun = replace(request(0, 3), proof=(LEAVES[0],))
    assert refused(witness.add(begun, NOW)) == (Refusal.FORK, 0)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"format": "bonafide-witness/1", "logs": {"a": ["1", "YQ=="]}}']
)
def test_a_damaged_memory_is_no_new_beginning(tmp_path: Path, witness: Witness, content: bytes) -> None:
    assert witness.add(request(0, 3), NOW).cosignature
    (tmp_path / "witness.json").write_bytes(content)
    with pytest.raises(SetupBroken, match="damaged"):
        witness.add(request(0, 7, FORKED), NOW)


def test_a_memory_that_cannot_be_written_cosigns_nothing(tmp_path: Path) -> None:
    gone = Witness(tmp_path / "gone" / "witness.json", NAME, WITNESS, [log_key("a.example", LOG)])
    with pytest.raises(SetupBroken, match="cannot be"):
        gone.add(request(0, 3), NOW)


@given(at=st.integers(0, 400), by=st.binary(max_size=3), dropped=st.integers(0, 3))
def test_a_changed_request_is_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, by: bytes, dropped: int
) -> None:
    whole = bytes(request(3, 7))
    changed = whole[: at % len(whole)] + by + whole[at % len(whole) + dropped :]
    if changed == whole:
        return
    witness = opened(tmp_path_factory.mktemp("witness"))
    assert witness.add(request(0, 3), NOW).cosignature
    try:
        answer = witness.add(parse_request(changed), NOW)
    except UnreadableData:
        return
    assert answer.cosignature is None
