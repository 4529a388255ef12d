"""A customer's proof: what it shows, and that nothing else passes for one."""

from __future__ import annotations

import base64
import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.evidence.made_up_log import (
    LOG,
    LOG_KEY,
    NOW,
    OTHER,
    WITNESS_KEY,
    MadeUpLog,
    content,
    salt,
)

from bonafide.errors import UnreadableData
from bonafide.evidence.checkpoint import SignedCheckpoint, log_key
from bonafide.evidence.leaf import LeafKind, parse_entry
from bonafide.evidence.merkle import inclusion_proof, root_of
from bonafide.evidence.proof import EntryProof, Opening, ProofFlaw, check_proof, parse_proof
from bonafide.evidence.trust import Trust
from bonafide.wording import Language, phrase

SIZE = 21
MADE_UP = MadeUpLog.of(SIZE)
SIGNED = MADE_UP.signed(SIZE, cosigned=True)
TRUST = Trust(LOG_KEY, (WITNESS_KEY,), 1)


def proof_of(index: int, signed: SignedCheckpoint = SIGNED) -> EntryProof:
    hashes = MADE_UP.hashes()[: signed.checkpoint.size]
    leaf = MADE_UP.leaves[index]
    path = inclusion_proof(
        index, len(hashes), lambda level, at: root_of(hashes[at << level : (at + 1) << level])
    )
    return EntryProof(Opening(LeafKind(leaf.kind), leaf.made_at, salt(index)), index, path, signed)


PROOF = proof_of(6)
WHOLE = bytes(PROOF)


def flaws(proof: EntryProof, what: bytes = content(6), trust: Trust = TRUST) -> tuple[ProofFlaw, ...]:
    check = check_proof(proof, what, trust)
    assert check.valid == (not check.flaws)
    return check.flaws


def test_every_entry_is_proved() -> None:
    for index in range(SIZE):
        proof = parse_proof(bytes(proof_of(index)))
        assert proof == proof_of(index)
        assert flaws(proof, content(index)) == ()


def test_a_proof_in_letters() -> None:
    lines = WHOLE.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[2] == "index 6"
    opening = base64.b64decode(lines[1].removeprefix("extra ")).decode().split("\n")
    assert opening[:2] == ["bonafide-opening/1", "decision"]
    assert opening[2] == str(int(NOW.timestamp()) * 1000 + 42)
    assert base64.b64decode(opening[3]) == salt(6)
    # The hashes, an empty line, and the checkpoint as it stands.
    end = lines.index("")
    assert [base64.b64decode(line) for line in lines[3:end]] == list(PROOF.hashes)
    assert "\n".join(lines[end + 1 :]).encode() == bytes(SIGNED)
    assert repr(salt(6)) not in repr(PROOF)


def test_a_log_of_one_has_a_proof_without_hashes() -> None:
    one = proof_of(0, MADE_UP.signed(1, cosigned=True))
    assert one.hashes == ()
    assert flaws(parse_proof(bytes(one)), content(0)) == ()


def test_what_is_wrong_has_a_name() -> None:
    assert flaws(PROOF, content(7)) == (ProofFlaw.NOT_IN_LOG,)
    assert flaws(PROOF, content(6) + b"\n") == (ProofFlaw.NOT_IN_LOG,)
    assert flaws(replace(PROOF, index=7)) == (ProofFlaw.NOT_IN_LOG,)
    assert flaws(replace(PROOF, hashes=PROOF.hashes[:-1])) == (ProofFlaw.NOT_IN_LOG,)
    for changed in ({"kind": LeafKind.ACCESS}, {"made_at": NOW}, {"salt": salt(7)}):
        assert flaws(replace(PROOF, opening=replace(PROOF.opening, **changed))) == (ProofFlaw.NOT_IN_LOG,)
    assert flaws(PROOF, trust=Trust(log_key("b.example", LOG))) == (ProofFlaw.OTHER_LOG,)
    assert flaws(PROOF, trust=Trust(log_key("a.example", OTHER))) == (ProofFlaw.NOT_SIGNED,)
    assert flaws(proof_of(6, MADE_UP.signed(SIZE))) == (ProofFlaw.TOO_FEW_WITNESSES,)
    assert flaws(replace(PROOF, signed=MADE_UP.signed(20)), trust=Trust(LOG_KEY)) == (ProofFlaw.NOT_IN_LOG,)
    assert flaws(proof_of(6, MADE_UP.signed(SIZE, key=OTHER)), content(7)) == (
        ProofFlaw.NOT_SIGNED,
        ProofFlaw.TOO_FEW_WITNESSES,
        ProofFlaw.NOT_IN_LOG,
    )


@pytest.mark.parametrize("language", Language)
def test_every_flaw_is_said_in_a_sentence(language: Language) -> None:
    said = {phrase(f"proof_{flaw}", language) for flaw in ProofFlaw}
    assert len(said) == len(ProofFlaw)
    assert all(sentence.endswith((".", "。")) for sentence in said)


@given(at=st.integers(0, len(WHOLE) - 1), by=st.binary(max_size=3), dropped=st.integers(0, 3))
def test_a_changed_proof_is_refused_or_not_valid(at: int, by: bytes, dropped: int) -> None:
    changed = WHOLE[:at] + by + WHOLE[at + dropped :]
    if changed == WHOLE:
        return
    with contextlib.suppress(UnreadableData):
        assert not check_proof(parse_proof(changed), content(6), TRUST).valid


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("extra ", "Extra "),
        lambda text: "\n".join(line for line in text.split("\n") if not line.startswith("extra ")),
        lambda text: text.replace("index 6", "index 06"),
        lambda text: text.replace("index 6", "index -6"),
        lambda text: text.replace("index 6", f"index {2**63}"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("index 6\n", "index 6\n" + ("A" * 43 + "=\n") * 60),
        lambda text: text.replace("index 6\n", "index 6\nAAAA\n"),
        lambda text: text.replace("index 6\n", "index 6\n\n", 1),
        lambda _: "",
        lambda text: text + " " * 200_000,
    ],
)
def test_no_other_form_is_read(change: object) -> None:
    assert callable(change)
    with pytest.raises(UnreadableData):
        parse_proof(change(WHOLE.decode()).encode())


@given(content=st.binary(max_size=200))
def test_hostile_files_are_refused_and_nothing_else(content: bytes) -> None:
    for prefix in (b"", b"c2sp.org/tlog-proof@v1\n", WHOLE[:200], WHOLE[:-100]):
        with contextlib.suppress(UnreadableData):
            assert parse_proof(prefix + content)


ENTRY = MADE_UP.leaves[4].entry


@given(at=st.integers(0, len(ENTRY)), by=st.binary(max_size=3), dropped=st.integers(0, 3))
def test_an_entry_has_one_form(at: int, by: bytes, dropped: int) -> None:
    assert parse_entry(4, ENTRY) == MADE_UP.leaves[4]
    changed = ENTRY[:at] + by + ENTRY[at + dropped :]
    with contextlib.suppress(UnreadableData):
        # Whatever is read says all that was written.
        assert parse_entry(4, changed).entry == changed
