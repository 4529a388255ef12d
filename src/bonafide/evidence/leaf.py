"""Leaves: what kind of thing happened, when, and a commitment to what it was."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from bonafide.errors import UnreadableData
from bonafide.evidence.merkle import HASH_BYTES, leaf_hash
from bonafide.evidence.note import strict_base64

_FORMAT: Final = "bonafide-leaf/1"
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DIGITS: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")


class LeafKind(StrEnum):
    """What a leaf commits to."""

    DECISION = "decision"
    """The receipt of a decision."""

    ACCESS = "access"
    """Somebody's access to what is kept (`AccessEvent`)."""

    ERASURE = "erasure"
    """The receipt of an erasure, or of the destruction of keys that makes its backups unreadable."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf as its row says it: `position` counts from 0, `commitment` is 32 bytes, and `made_at` has a
    time zone and whole milliseconds. `kind` is a `LeafKind` unless the row was changed.
    """

    position: int
    kind: str
    commitment: bytes
    made_at: datetime

    @property
    def entry(self) -> bytes:
        """What the tree's leaf is made of: nothing of the row can be changed without its changing."""
        return leaf_entry(self.kind, self.made_at, self.commitment)

    @property
    def hash(self) -> bytes:
        """The leaf's hash in the tree."""
        return leaf_hash(self.entry)


def leaf_entry(kind: str, made_at: datetime, commitment: bytes) -> bytes:
    """A leaf's bytes: lines with the format's name, kind, milliseconds since 1970, commitment in base64."""
    lines = (_FORMAT, kind, str(milliseconds(made_at)), base64.b64encode(commitment).decode())
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")


def parse_entry(position: int, entry: bytes) -> Leaf:
    """Read a leaf's bytes, which have one form only. Raises `UnreadableData` for anything else."""
    try:
        form, kind, moment, commitment, rest = entry.decode("ascii").split("\n")
        leaf = Leaf(position, LeafKind(kind), strict_base64(commitment), moment_of(moment))
    except ValueError:
        raise _unreadable() from None
    if (form, rest) != (_FORMAT, "") or len(leaf.commitment) != HASH_BYTES:
        raise _unreadable()
    return leaf


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970, as the store keeps a moment that has a time zone."""
    return (moment - _BEGINNING) // _MILLISECOND


def moment_of(text: str) -> datetime:
    """The moment of milliseconds in their one decimal form. Raises `ValueError` for anything else."""
    if not _DIGITS.fullmatch(text):
        raise ValueError("not milliseconds")
    try:
        return _BEGINNING + int(text) * _MILLISECOND
    except OverflowError:
        raise ValueError("no moment of a calendar") from None


def _unreadable() -> UnreadableData:
    return UnreadableData("What should be a log's entry is none", "Give the log as it was exported, unopened")
