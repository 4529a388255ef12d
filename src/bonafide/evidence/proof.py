"""What shows a customer that a content is in the log, offline (C2SP tlog-proof)."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bonafide.errors import UnreadableData
from bonafide.evidence.checkpoint import SignedCheckpoint, parse_checkpoint, parse_number
from bonafide.evidence.commitment import SALT_BYTES, commit
from bonafide.evidence.leaf import Leaf, LeafKind, milliseconds, moment_of
from bonafide.evidence.merkle import HASH_BYTES, MOST_PROOF_HASHES, verify_inclusion
from bonafide.evidence.note import strict_base64
from bonafide.evidence.trust import Trust, flaws_of

_FORMAT: Final = "c2sp.org/tlog-proof@v1"
_OPENING: Final = "bonafide-opening/1"
_MOST_BYTES: Final = 128 * 1024


@dataclass(frozen=True, slots=True)
class Opening:
    """What leads from a content to its leaf: the rest of the entry, and the salt of its commitment, 32 bytes.
    `made_at` has a time zone.
    """

    kind: LeafKind
    made_at: datetime
    salt: bytes = field(repr=False)

    def __bytes__(self) -> bytes:
        """The proof's extra data, by lines: its format, the kind, milliseconds since 1970, salt in base64."""
        salt = base64.b64encode(self.salt).decode()
        lines = (_OPENING, self.kind.value, str(milliseconds(self.made_at)), salt)
        return "".join(f"{line}\n" for line in lines).encode()


@dataclass(frozen=True, slots=True)
class EntryProof:
    """That a content is the `index`-th entry of the tree of a checkpoint; nothing of it is believed yet."""

    opening: Opening
    index: int
    hashes: tuple[bytes, ...]
    signed: SignedCheckpoint

    def __bytes__(self) -> bytes:
        """The proof's file."""
        lines = [
            _FORMAT,
            f"extra {base64.b64encode(bytes(self.opening)).decode()}",
            f"index {self.index}",
            *(base64.b64encode(step).decode() for step in self.hashes),
            "",
            "",
        ]
        return "\n".join(lines).encode() + bytes(self.signed)


class ProofFlaw(StrEnum):
    """What may be wrong with a proof."""

    OTHER_LOG = "other_log"
    NOT_SIGNED = "not_signed"
    WRONGLY_COSIGNED = "wrongly_cosigned"
    TOO_FEW_WITNESSES = "too_few_witnesses"
    NOT_IN_LOG = "not_in_log"
    """The content is not this entry of the checkpoint's tree: one of them was changed, or they belong to
    different things.
    """


@dataclass(frozen=True, slots=True)
class ProofCheck:
    """What checking found; a proof is valid only if nothing is wrong."""

    flaws: tuple[ProofFlaw, ...]

    @property
    def valid(self) -> bool:
        """Whether the log vouches for exactly this content."""
        return not self.flaws


def parse_proof(content: bytes) -> EntryProof:
    """Read a proof's file strictly. Raises `UnreadableData` for what is no proof of an entry of our logs."""
    head, blank, note = content.partition(b"\n\n")
    if not blank or len(content) > _MOST_BYTES:
        raise _unreadable()
    try:
        form, extra, index, *steps = head.decode("ascii").split("\n")
        if form != _FORMAT:
            raise ValueError("another format")
        hashes = tuple(map(strict_base64, steps))
        opening = _parse_opening(strict_base64(_after("extra ", extra)).decode("ascii"))
        number = parse_number(_after("index ", index))
    except ValueError:
        raise _unreadable() from None
    if len(hashes) > MOST_PROOF_HASHES or any(len(step) != HASH_BYTES for step in hashes):
        raise _unreadable()
    return EntryProof(opening, number, hashes, parse_checkpoint(note))


def check_proof(proof: EntryProof, content: bytes, trust: Trust) -> ProofCheck:
    """Check that the log vouches for a content, such as a receipt's file. Needs nothing else. Whether the
    receipt itself is genuine is for `check_receipt` to say.
    """
    flaws = [ProofFlaw(flaw) for flaw in flaws_of(proof.signed, trust)]
    opening, tree = proof.opening, proof.signed.checkpoint
    leaf = Leaf(proof.index, opening.kind, commit(opening.salt, content), opening.made_at)
    if not verify_inclusion(leaf.hash, proof.index, tree.size, proof.hashes, tree.root):
        flaws.append(ProofFlaw.NOT_IN_LOG)
    return ProofCheck(tuple(flaws))


def _parse_opening(text: str) -> Opening:
    form, kind, moment, salt, rest = text.split("\n")
    opening = Opening(LeafKind(kind), moment_of(moment), strict_base64(salt))
    if (form, rest) != (_OPENING, "") or len(opening.salt) != SALT_BYTES:
        raise ValueError("not what opens a commitment")
    return opening


def _after(word: str, line: str) -> str:
    if not line.startswith(word):
        raise ValueError("another line")
    return line.removeprefix(word)


def _unreadable() -> UnreadableData:
    return UnreadableData(
        "What should be a proof from a log is none",
        "Give the file that `bonafide audit prove` wrote, unopened",
    )
