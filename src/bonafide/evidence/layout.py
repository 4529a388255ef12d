"""Where the files of a log lie, and how entries are bundled in them (C2SP tlog-tiles)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bonafide.errors import UnreadableData
from bonafide.evidence.tiles import TILE_WIDTH

CHECKPOINT_PATH: Final = "checkpoint"
_LENGTH_BYTES: Final = 2


def tile_path(level: int, number: int, width: int) -> str:
    """The path of a tile of 1 to 256 hashes."""
    return f"tile/{level}/{_numbered(number, width)}"


def bundle_path(number: int, width: int) -> str:
    """The path of a bundle of 1 to 256 entries."""
    return f"tile/entries/{_numbered(number, width)}"


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries, each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def parse_bundle(content: bytes, width: int) -> tuple[bytes, ...]:
    """The entries of a bundle that has as many. Raises `UnreadableData` for anything else."""
    entries: list[bytes] = []
    at = 0
    while at < len(content) and len(entries) < width:
        start = at + _LENGTH_BYTES
        end = start + int.from_bytes(content[at:start], "big")
        if end > len(content):
            break
        entries.append(content[start:end])
        at = end
    if at != len(content) or len(entries) != width:
        raise UnreadableData("What should be a log's entries are none", "Give the log as it was exported")
    return tuple(entries)


def _numbered(number: int, width: int) -> str:
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    path = "/".join(groups)
    return path if width == TILE_WIDTH else f"{path}.p/{width}"
