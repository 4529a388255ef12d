"""A log in memory, made by the definition and not by the code that it tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bonafide.evidence.checkpoint import Checkpoint, SignedCheckpoint, log_key, sign_checkpoint
from bonafide.evidence.commitment import commit
from bonafide.evidence.cosignature import cosign
from bonafide.evidence.leaf import Leaf, LeafKind
from bonafide.evidence.merkle import root_of
from bonafide.evidence.note import Note, SignatureKind, VerifierKey
from bonafide.vault import FileSigner

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
OPERATOR = "a.example"
WITNESS_NAME = "b.example/witness"
LOG, OTHER, WITNESS = (
    FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)) for seed in (1, 2, 3)
)
LOG_KEY = log_key(OPERATOR, LOG)
WITNESS_KEY = VerifierKey.of(WITNESS_NAME, SignatureKind.COSIGNATURE, WITNESS)


def salt(position: int) -> bytes:
    return hashlib.sha256(b"salt %d" % position).digest()


def content(position: int) -> bytes:
    return b"receipt %d" % position


@dataclass(frozen=True)
class MadeUpLog:
    """Leaves and what anybody could derive of them."""

    leaves: tuple[Leaf, ...]

    @classmethod
    def of(cls, size: int) -> MadeUpLog:
        kinds = tuple(LeafKind)
        return cls(
            tuple(
                Leaf(
                    position,
                    kinds[position % 3],
                    commit(salt(position), content(position)),
                    NOW + timedelta(milliseconds=7 * position),
                )
                for position in range(size)
            )
        )

    def hashes(self) -> list[bytes]:
        return [leaf.hash for leaf in self.leaves]

    def signed(self, size: int, *, key: FileSigner = LOG, cosigned: bool = False) -> SignedCheckpoint:
        signed = sign_checkpoint(Checkpoint(f"{OPERATOR}/bonafide", size, root_of(self.hashes()[:size])), key)
        if not cosigned:
            return signed
        line = cosign(signed.note, WITNESS_NAME, WITNESS, NOW)
        return SignedCheckpoint(signed.checkpoint, Note(signed.note.text, (*signed.note.signatures, line)))

    def files(self, *, cosigned: bool = True, key: FileSigner = LOG) -> dict[str, bytes]:
        """The log as C2SP tlog-tiles lays it out; it has fewer than 65,536 leaves."""
        size = len(self.leaves)
        signed = self.signed(size, key=key, cosigned=cosigned)
        entries = [len(leaf.entry).to_bytes(2, "big") + leaf.entry for leaf in self.leaves]
        files = {"checkpoint": bytes(signed), **_cut("entries", entries)}
        level, hashes = 0, self.hashes()
        while hashes:
            files |= _cut(str(level), hashes)
            full = len(hashes) // 256
            hashes = [root_of(hashes[256 * at : 256 * (at + 1)]) for at in range(full)]
            level += 1
        return files


def _cut(level: str, parts: Sequence[bytes]) -> dict[str, bytes]:
    files = {}
    for start in range(0, len(parts), 256):
        some = parts[start : start + 256]
        rest = "" if len(some) == 256 else f".p/{len(some)}"
        files[f"tile/{level}/{start // 256:03}{rest}"] = b"".join(some)
    return files
