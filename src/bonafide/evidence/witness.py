"""A witness (C2SP tlog-witness): remembers each log's last checkpoint, and cosigns what continues it.

It holds one small file, a key, and no personal data, and knows nobody's database. It cannot see what a log
says, only that the log never says two things.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from bonafide.errors import SetupBroken, UnreadableData
from bonafide.evidence.checkpoint import (
    SignedCheckpoint,
    parse_checkpoint,
    parse_number,
    signed_by_log,
)
from bonafide.evidence.cosignature import cosign
from bonafide.evidence.merkle import HASH_BYTES, MOST_PROOF_HASHES, verify_consistency
from bonafide.evidence.note import SignatureLine, SigningKey, VerifierKey, strict_base64
from bonafide.vault.private_file import replace_file

_FORMAT: Final = "bonafide-witness/1"
_MOST_BYTES: Final = 128 * 1024


class Refusal(StrEnum):
    """Why a witness does not cosign; in the order in which the specification has it look."""

    UNKNOWN_LOG = "unknown-log"
    BAD_SIGNATURE = "bad-signature"
    OLD_SIZE_TOO_LARGE = "old-size-too-large"
    CONFLICT = "conflict"
    """The witness remembers another size than the request begins from; `size` tells it."""

    FORK = "fork"
    """The new tree does not continue the old one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness says to a request: its cosignature, or why there is none. `size` is that of the last
    checkpoint it cosigned of this log, 0 for none.
    """

    cosignature: SignatureLine | None
    refusal: Refusal | None
    size: int


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size of the last cosigned checkpoint, a proof from it, and the new checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    signed: SignedCheckpoint

    def __bytes__(self) -> bytes:
        """The request's body, as the specification has it."""
        lines = [f"old {self.old_size}", *(base64.b64encode(step).decode() for step in self.proof), "", ""]
        return "\n".join(lines).encode() + bytes(self.signed)


def parse_request(content: bytes) -> AddCheckpoint:
    """Read an add-checkpoint request strictly. Raises `UnreadableData` for anything else."""
    head, blank, note = content.partition(b"\n\n")
    if not blank or len(content) > _MOST_BYTES:
        raise _unreadable()
    try:
        first, *steps = head.decode("ascii").split("\n")
        word, space, size = first.partition(" ")
        proof = tuple(map(strict_base64, steps))
        old_size = parse_number(size)
    except ValueError:
        raise _unreadable() from None
    if (word, space) != ("old", " ") or len(proof) > MOST_PROOF_HASHES:
        raise _unreadable()
    if any(len(step) != HASH_BYTES for step in proof):
        raise _unreadable()
    return AddCheckpoint(old_size, proof, parse_checkpoint(note))


class Witness:
    """Cosigns with one key what it remembers in one file; several processes may ask at once."""

    def __init__(self, state: Path, name: str, key: SigningKey, logs: Sequence[VerifierKey]) -> None:
        self._state = state
        self._name = name
        self._key = key
        self._logs = tuple(logs)

    def add(self, request: AddCheckpoint, now: datetime) -> Answer:
        """Cosign the request's checkpoint if it continues the last one, which is remembered before anybody is
        told. Raises `SetupBroken` if the file of what is remembered is damaged or cannot be written.
        """
        signed = request.signed
        origin, size = signed.checkpoint.origin, signed.checkpoint.size
        own = [key for key in self._logs if key.name == origin]
        if not own:
            return Answer(None, Refusal.UNKNOWN_LOG, 0)
        with self._remembered() as known:
            old_size, old_root = known.get(origin, (0, b""))
            refusal = _refusal(request, own, old_size, old_root)
            if refusal is not None:
                return Answer(None, refusal, old_size)
            known[origin] = (size, signed.checkpoint.root)
            self._remember(known)
        return Answer(cosign(signed.note, self._name, self._key, now), None, size)

    @contextlib.contextmanager
    def _remembered(self) -> Iterator[dict[str, tuple[int, bytes]]]:
        try:
            with self._state.with_name(self._state.name + ".lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield self._read()
        except OSError as error:
            raise SetupBroken(
                f"What the witness remembers cannot be read or written ({error.strerror})",
                "Let this account read and write the folder of its file",
            ) from None

    def _read(self) -> dict[str, tuple[int, bytes]]:
        if not self._state.exists():
            return {}
        try:
            document = json.loads(self._state.read_bytes())
            if document["format"] != _FORMAT:
                raise ValueError("another format")
            return {
                origin: (parse_number(size), _root(root)) for origin, (size, root) in document["logs"].items()
            }
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            # Beginning anew would let a log begin anew as well.
            raise SetupBroken(
                "The file of what the witness remembers is damaged",
                "Put it back from a backup, the newest there is",
            ) from None

    def _remember(self, known: dict[str, tuple[int, bytes]]) -> None:
        logs = {
            origin: [str(size), base64.b64encode(root).decode()] for origin, (size, root) in known.items()
        }
        content = (json.dumps({"format": _FORMAT, "logs": logs}, indent=1, sort_keys=True) + "\n").encode()
        replace_file(self._state, content)


def _refusal(
    request: AddCheckpoint, keys: Sequence[VerifierKey], old_size: int, old_root: bytes
) -> Refusal | None:
    new = request.signed.checkpoint
    if not signed_by_log(request.signed, keys):
        return Refusal.BAD_SIGNATURE
    if request.old_size > new.size:
        return Refusal.OLD_SIZE_TOO_LARGE
    if request.old_size != old_size:
        return Refusal.CONFLICT
    # Everything continues an empty log, and needs no proof of it.
    continues = not request.proof
    if old_size:
        continues = verify_consistency(old_size, new.size, old_root, new.root, request.proof)
    return None if continues else Refusal.FORK


def _root(text: str) -> bytes:
    root = strict_base64(text)
    if len(root) != HASH_BYTES:
        raise ValueError("not a root")
    return root


def _unreadable() -> UnreadableData:
    return UnreadableData(
        "What should be a request to a witness is none", "Give it as the log wrote it, unopened"
    )
