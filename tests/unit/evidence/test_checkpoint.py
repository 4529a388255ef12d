"""Notes, checkpoints and cosignatures in C2SP's formats, read strictly."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bonafide.errors import UnreadableData
from bonafide.evidence.checkpoint import (
    Checkpoint,
    SignedCheckpoint,
    log_key,
    origin_of,
    parse_checkpoint,
    parse_number,
    sign_checkpoint,
    signed_by_log,
)
from bonafide.evidence.commitment import commit, opens
from bonafide.evidence.cosignature import cosign, cosigned, verify_cosignature
from bonafide.evidence.leaf import Leaf, LeafKind, milliseconds, moment_of
from bonafide.evidence.merkle import EMPTY_ROOT
from bonafide.evidence.note import (
    Note,
    SignatureKind,
    VerifierKey,
    parse_note,
    parse_signatures,
    parse_vkey,
    strict_base64,
)
from bonafide.vault import FileSigner

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)


LOG, OTHER, WITNESS = (
    FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)) for seed in (1, 2, 3)
)
LOG_KEY = log_key("mobile.example", LOG)
WITNESS_KEY = VerifierKey.of("witness.example", SignatureKind.COSIGNATURE, WITNESS)
CHECKPOINT = Checkpoint(origin_of("mobile.example"), 42, hashlib.sha256(b"tree").digest())
SIGNED = sign_checkpoint(CHECKPOINT, LOG)


def with_lines(*lines: object) -> SignedCheckpoint:
    return parse_checkpoint("\n".join([CHECKPOINT.text, *map(str, lines), ""]).encode())


def test_a_checkpoint_in_letters() -> None:
    root = base64.b64encode(CHECKPOINT.root).decode()
    lines = bytes(SIGNED).decode().split("\n")
    assert lines[:4] == ["mobile.example/bonafide", "42", root, ""]
    name, encoded = lines[4].removeprefix("\N{EM DASH} ").split(" ")
    decoded = base64.b64decode(encoded)
    # C2SP signed-note: the key's id is over its name, a newline, the kind of signature and the key.
    material = b"mobile.example/bonafide\n\x01" + LOG.public_key.public_bytes_raw()
    assert (name, decoded[:4]) == ("mobile.example/bonafide", hashlib.sha256(material).digest()[:4])
    LOG.public_key.verify(decoded[4:], CHECKPOINT.text.encode())
    assert lines[5:] == [""]
    assert parse_checkpoint(bytes(SIGNED)) == SIGNED


def test_only_the_logs_own_key_signs_for_it() -> None:
    assert signed_by_log(SIGNED, [LOG_KEY])
    assert not signed_by_log(SIGNED, [])
    assert not signed_by_log(SIGNED, [log_key("mobile.example", OTHER)])
    assert not signed_by_log(SIGNED, [VerifierKey.of("other.example/bonafide", SignatureKind.NOTE, LOG)])
    assert not signed_by_log(SIGNED, [replace(LOG_KEY, kind=SignatureKind.COSIGNATURE)])
    larger = sign_checkpoint(replace(CHECKPOINT, size=43), LOG)
    mixed = SignedCheckpoint(CHECKPOINT, Note(CHECKPOINT.text, larger.note.signatures))
    assert not signed_by_log(mixed, [LOG_KEY])


def test_a_witness_says_when_and_for_which_tree() -> None:
    line = cosign(SIGNED.note, "witness.example", WITNESS, NOW)
    assert verify_cosignature(line, SIGNED.note, WITNESS_KEY)
    time = int.from_bytes(line.signature[:8], "big")
    assert time == int(NOW.timestamp())
    WITNESS.public_key.verify(line.signature[8:], f"cosignature/v1\ntime {time}\n{CHECKPOINT.text}".encode())
    both = with_lines(SIGNED.note.signatures[0], line)
    assert cosigned(both, [WITNESS_KEY]).meets(1)
    assert signed_by_log(both, [LOG_KEY])
    later = replace(line, signature=(time + 1).to_bytes(8, "big") + line.signature[8:])
    assert not verify_cosignature(later, SIGNED.note, WITNESS_KEY)
    wrong = cosigned(with_lines(SIGNED.note.signatures[0], later), [WITNESS_KEY])
    assert wrong.wrong == (WITNESS_KEY,)
    assert not wrong.meets(0)
    assert not cosigned(SIGNED, [WITNESS_KEY]).meets(1)
    other_tree = sign_checkpoint(replace(CHECKPOINT, size=43), LOG)
    assert not verify_cosignature(line, other_tree.note, WITNESS_KEY)


def test_one_witness_under_two_names_is_one() -> None:
    names = ("witness.example", "again.example")
    lines = [cosign(SIGNED.note, name, WITNESS, NOW) for name in names]
    keys = [VerifierKey.of(name, SignatureKind.COSIGNATURE, WITNESS) for name in names]
    found = cosigned(with_lines(*lines), keys)
    assert found.by == tuple(keys)
    assert found.meets(1)
    assert not found.meets(2)


def test_a_key_is_handed_over_in_one_form() -> None:
    for key in (LOG_KEY, WITNESS_KEY):
        assert parse_vkey(f"{key}\n") == key
    text = str(LOG_KEY)
    for wrong in ("", "name", text[:-4], text.replace("+", "-"), text.replace("/", " "), f"x{text}"):
        with pytest.raises(UnreadableData):
            parse_vkey(wrong)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("42", "042"),
        lambda text: text.replace("42", "-1"),
        lambda text: text.replace("42", "9223372036854775808"),
        lambda text: text.replace("42", "0"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("\N{EM DASH}", "-"),
        lambda text: text + text.split("\n\n")[1],
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text[text.index("\n") + 1 :],
        lambda text: text.replace("=\n", "\n", 1),
        lambda _: "",
    ],
)
def test_no_other_form_is_read(change: object) -> None:
    assert callable(change)
    with pytest.raises(UnreadableData):
        parse_checkpoint(change(bytes(SIGNED).decode()).encode())


@given(
    at=st.integers(0, len(bytes(SIGNED)) - 1),
    by=st.binary(max_size=3),
    dropped=st.integers(0, 3),
)
def test_a_changed_checkpoint_is_refused_or_not_signed(at: int, by: bytes, dropped: int) -> None:
    whole = bytes(SIGNED)
    changed = whole[:at] + by + whole[at + dropped :]
    if changed == whole:
        return
    try:
        read = parse_checkpoint(changed)
    except UnreadableData:
        return
    assert not signed_by_log(read, [LOG_KEY])


@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_hostile_notes_are_refused_and_nothing_else(content: bytes) -> None:
    for read in (parse_note, parse_checkpoint, lambda found: parse_signatures(found.decode("latin-1"))):
        with contextlib.suppress(UnreadableData):
            assert read(content)


def test_a_number_and_base64_have_one_form() -> None:
    assert parse_number("0") == 0
    assert parse_number(str(2**63 - 1)) == 2**63 - 1
    for wrong in ("", "00", "+1", " 1", "1\n", "１", str(2**63)):
        with pytest.raises(ValueError, match="not a size"):
            parse_number(wrong)
    for wrong in ("YQ", "YR==", "Y Q==", "YQ==\n", "ä"):
        with pytest.raises(ValueError, match=r"."):
            strict_base64(wrong)


def test_an_empty_log_has_the_empty_root() -> None:
    empty = sign_checkpoint(Checkpoint("mobile.example/bonafide", 0, EMPTY_ROOT), LOG)
    assert parse_checkpoint(bytes(empty)) == empty


@given(salt=st.binary(min_size=32, max_size=32), content=st.binary(max_size=50), other=st.binary(max_size=50))
def test_a_commitment_opens_to_one_content(salt: bytes, content: bytes, other: bytes) -> None:
    commitment = commit(salt, content)
    assert opens(commitment, salt, content)
    assert opens(commitment, salt, other) == (content == other)
    assert not opens(commitment, bytes(32 * [salt[0] ^ 1]), content)
    # What moves from the salt into the content, or back, is something else.
    assert not opens(commitment, salt[:-1], salt[-1:] + content)
    with pytest.raises(ValueError, match="32 random bytes"):
        commit(salt[:-1], content)


def test_nothing_of_a_leaf_can_be_changed_without_its_hash() -> None:
    leaf = Leaf(7, LeafKind.DECISION, commit(bytes(32), b"receipt"), NOW)
    for changed in (
        replace(leaf, kind=LeafKind.ACCESS),
        replace(leaf, commitment=bytes(32)),
        replace(leaf, made_at=NOW.replace(microsecond=1000)),
    ):
        assert changed.hash != leaf.hash
    assert moment_of(str(milliseconds(NOW))) == NOW
    for wrong in ("", "-0", "01", "1.0", "9" * 15, "1e3"):
        with pytest.raises(ValueError, match="no"):
            moment_of(wrong)
