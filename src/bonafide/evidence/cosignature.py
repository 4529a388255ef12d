"""Cosignatures (C2SP tlog-cosignature, Ed25519, v1): what a witness says of a checkpoint, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bonafide.evidence.checkpoint import SignedCheckpoint
from bonafide.evidence.note import Note, SignatureKind, SignatureLine, SigningKey, VerifierKey, made_by

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_TIME_BYTES: Final = 8
_BYTES: Final = _TIME_BYTES + 64


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Which of the trusted witnesses cosigned a checkpoint, and which of them did so wrongly."""

    by: tuple[VerifierKey, ...]
    wrong: tuple[VerifierKey, ...]

    def meets(self, quorum: int) -> bool:
        """Whether that many witnesses, each with a key of its own, cosigned, and none wrongly."""
        return not self.wrong and len({key.public_key for key in self.by}) >= quorum


def cosign(note: Note, name: str, key: SigningKey, now: datetime) -> SignatureLine:
    """A witness's signature of a checkpoint's text and the moment, which has a time zone."""
    time = (now - _BEGINNING) // _SECOND
    if time <= 0:
        raise ValueError("a cosignature has a time after 1970")
    verifier = VerifierKey.of(name, SignatureKind.COSIGNATURE, key)
    signature = key.sign(_message(note.text, time))
    return SignatureLine(name, verifier.key_id, time.to_bytes(_TIME_BYTES, "big") + signature)


def verify_cosignature(line: SignatureLine, note: Note, key: VerifierKey) -> bool:
    """Whether a line is the witness's cosignature of a note's text, at whatever time."""
    if key.kind is not SignatureKind.COSIGNATURE or len(line.signature) != _BYTES:
        return False
    time = int.from_bytes(line.signature[:_TIME_BYTES], "big")
    if not 0 < time < 2**63:
        return False
    return key.verifies(line.signature[_TIME_BYTES:], _message(note.text, time))


def cosigned(signed: SignedCheckpoint, witnesses: Sequence[VerifierKey]) -> Cosigned:
    """What the trusted witnesses said; the lines of others are ignored, as the specification demands."""
    by: list[VerifierKey] = []
    wrong: list[VerifierKey] = []
    for line in signed.note.signatures:
        key = made_by(line, witnesses)
        if key is not None:
            (by if verify_cosignature(line, signed.note, key) else wrong).append(key)
    return Cosigned(tuple(by), tuple(wrong))


def _message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
