"""Hashes of a tree in tiles of height 8 (C2SP tlog-tiles): 256 of them to a tile, so that a proof reads few.

A tile (level, number) holds the hashes of the complete subtrees of 256**level leaves, from the one numbered
256 * number on. Only a full tile has a hash in the level above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bonafide.evidence.merkle import EMPTY_ROOT, HASH_BYTES, HashReader, node_hash, root_of

_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << _HEIGHT

# The bytes of the tile (level, number).
TileReader = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile as far as it is filled: `hashes` is 1 to 256 hashes of 32 bytes, one after the other."""

    level: int
    number: int
    hashes: bytes


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of every tile of a tree, lowest level first; a level's last may be partial."""
    level = 0
    while size > 0:
        full, rest = divmod(size, TILE_WIDTH)
        yield from ((level, number, TILE_WIDTH) for number in range(full))
        if rest:
            yield level, full, rest
        level, size = level + 1, full


def has_tile(size: int, level: int, number: int) -> bool:
    """Whether a tree of that size has such a tile."""
    return level >= 0 and 0 <= number << _HEIGHT < size >> _HEIGHT * level


def tile_count(size: int) -> int:
    """How many tiles a tree has."""
    count = 0
    while size > 0:
        count += -(-size // TILE_WIDTH)
        size //= TILE_WIDTH
    return count


def hash_reader(read: TileReader) -> HashReader:
    """A reader of complete subtrees' hashes out of tiles, each of which it reads once."""
    known: dict[tuple[int, int], list[bytes]] = {}

    def hash_at(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, _HEIGHT)
        first = index << height
        name = (tile_level, first >> _HEIGHT)
        if name not in known:
            known[name] = split_hashes(read(*name))
        place = first % TILE_WIDTH
        hashes = known[name][place : place + (1 << height)]
        if len(hashes) != 1 << height:
            raise LookupError("the tile is not as wide as the tree's size says")
        return root_of(hashes)

    return hash_at


def split_hashes(hashes: bytes) -> list[bytes]:
    """The hashes of a tile, one by one."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


class Edge:
    """The right edge of a tree: the partial tiles, which are all that one needs to make it grow."""

    def __init__(self, size: int = 0, partial: Sequence[Sequence[bytes]] = ()) -> None:
        """`partial` has the hashes of each level's partial tile, lowest first, as many as the size says."""
        tiles = edge_tiles(size)
        if [len(hashes) for hashes in partial] != [width for _, width in tiles]:
            raise LookupError("the partial tiles are not as wide as the tree's size says")
        self._size = size
        self._partial = [list(hashes) for hashes in partial]
        self._full = [number for number, _ in tiles]

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def grow(self, hashes: Sequence[bytes]) -> Iterator[Tile]:
        """Append leaves' hashes; the tiles that this filled, and in the end the partial ones it touched."""
        touched: set[int] = set()
        left = list(hashes)
        while left:
            room = TILE_WIDTH - (len(self._partial[0]) if self._partial else 0)
            taken, left = left[:room], left[room:]
            self._size += len(taken)
            yield from self._add(0, taken, touched)
        yield from (tile for tile in self.partial_tiles() if tile.level in touched)

    def partial_tiles(self) -> Iterator[Tile]:
        """The partial tiles as they are, lowest level first."""
        for level, hashes in enumerate(self._partial):
            if hashes:
                yield Tile(level, self._full[level], b"".join(hashes))

    def root(self) -> bytes:
        """The root of the tree as it is."""
        found: bytes | None = None
        for hashes in self._partial:
            # The lower levels lie to the right of the higher.
            if hashes:
                found = _fold(hashes, found)
        return EMPTY_ROOT if found is None else found

    def _add(self, level: int, hashes: list[bytes], touched: set[int]) -> Iterator[Tile]:
        if level == len(self._partial):
            self._partial.append([])
            self._full.append(0)
        touched.add(level)
        partial = self._partial[level]
        partial += hashes
        if len(partial) == TILE_WIDTH:
            yield Tile(level, self._full[level], b"".join(partial))
            above = root_of(partial)
            self._partial[level] = []
            self._full[level] += 1
            yield from self._add(level + 1, [above], touched)


def edge_tiles(size: int) -> list[tuple[int, int]]:
    """Number and width of the partial tile of each level, lowest first; a width of 0 is of no tile yet."""
    tiles = []
    while size > 0:
        size, rest = divmod(size, TILE_WIDTH)
        tiles.append((size, rest))
    return tiles


def _fold(hashes: list[bytes], right: bytes | None) -> bytes:
    """The hash over complete subtrees of one height and the incomplete rest to their right."""
    parts: list[bytes] = []
    start = 0
    while start < len(hashes):
        width = 1 << (len(hashes) - start).bit_length() - 1
        parts.append(root_of(hashes[start : start + width]))
        start += width
    found = parts.pop() if right is None else right
    while parts:
        found = node_hash(parts.pop(), found)
    return found
