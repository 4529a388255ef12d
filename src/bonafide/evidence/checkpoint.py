"""Checkpoints (C2SP tlog-checkpoint): a log's name, its size and its root, in a signed note."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bonafide.errors import UnreadableData
from bonafide.evidence.merkle import EMPTY_ROOT, HASH_BYTES, MOST_LEAVES
from bonafide.evidence.note import (
    Note,
    SignatureKind,
    SigningKey,
    VerifierKey,
    made_by,
    parse_note,
    sign_note,
    strict_base64,
)

_LINES: Final = 3
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's tree at one size; `root` is 32 bytes."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the note it stands in, whose signatures are not believed yet."""

    checkpoint: Checkpoint
    note: Note

    def __bytes__(self) -> bytes:
        """The checkpoint's file."""
        return bytes(self.note)


def origin_of(operator: str) -> str:
    """What an operator's log calls itself, in checkpoints and as the name of its key."""
    return f"{operator}/bonafide"


def log_key(operator: str, key: SigningKey) -> VerifierKey:
    """What verifies the checkpoints of an operator's log."""
    return VerifierKey.of(origin_of(operator), SignatureKind.NOTE, key)


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> SignedCheckpoint:
    """A checkpoint signed by its log."""
    line = sign_note(checkpoint.text, checkpoint.origin, key)
    return SignedCheckpoint(checkpoint, Note(checkpoint.text, (line,)))


def parse_checkpoint(content: bytes) -> SignedCheckpoint:
    """Read a checkpoint strictly; lines after the third are signed, but mean nothing to us.

    Raises `UnreadableData` for what is no checkpoint.
    """
    note = parse_note(content)
    lines = note.text.split("\n")[:-1]
    if len(lines) < _LINES or not all(lines):
        raise _unreadable()
    origin, size, root = lines[:_LINES]
    try:
        checkpoint = Checkpoint(origin, parse_number(size), strict_base64(root))
    except ValueError:
        raise _unreadable() from None
    if len(checkpoint.root) != HASH_BYTES or (checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT):
        raise _unreadable()
    return SignedCheckpoint(checkpoint, note)


def parse_number(text: str) -> int:
    """A size or index below 2**63 in its one decimal form. Raises `ValueError` for anything else."""
    if not _DECIMAL.fullmatch(text) or int(text) > MOST_LEAVES:
        raise ValueError("not a size")
    return int(text)


def signed_by_log(signed: SignedCheckpoint, keys: Sequence[VerifierKey]) -> bool:
    """Whether one of the keys of the checkpoint's own log signed it, and none of them signed it wrongly."""
    own = [key for key in keys if key.name == signed.checkpoint.origin and key.kind is SignatureKind.NOTE]
    found = False
    for line in signed.note.signatures:
        key = made_by(line, own)
        if key is not None:
            if not key.verifies(line.signature, signed.note.text.encode()):
                return False
            found = True
    return found


def _unreadable() -> UnreadableData:
    return UnreadableData(
        "What should be a log's checkpoint is none", "Give it as the log or the witness wrote it, unopened"
    )
