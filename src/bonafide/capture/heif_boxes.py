"""The boxes of a HEIF file: which items it has, what describes them, and where their bytes lie.

ISO/IEC 14496-12 section 8.11 (boxes, `meta`) and ISO/IEC 23008-12 (items and their properties), as far as a
still picture needs. Whatever is not as those say is a `ValueError`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_MOST_BOXES: Final = 10_000
# libheif's own limit; 25 megapixels in tiles of 256 pixels are 400.
MOST_ITEMS: Final = 1000
_MOST_EXTENTS: Final = 4000
_IN_FILE: Final = 0
_IN_IDAT: Final = 1
_TO_THE_END: Final = 0
_LONG_SIZE: Final = 1


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its type, its properties in the order they apply, what it refers to by type of reference."""

    kind: bytes
    properties: tuple[tuple[bytes, bytes], ...]
    references: Mapping[bytes, tuple[int, ...]]
    method: int
    extents: tuple[tuple[int, int], ...]

    def property(self, kind: bytes) -> bytes:
        """The content of its one property of this kind."""
        (content,) = (content for named, content in self.properties if named == kind)
        return content


@dataclass(frozen=True, slots=True)
class Meta:
    """A file's items by number, and which of them is the picture."""

    primary: int
    items: Mapping[int, Item]
    data: bytes
    idat: bytes

    def item(self, number: int) -> Item:
        """The item of this number."""
        if number not in self.items:
            raise ValueError("an item is missing")
        return self.items[number]

    def content(self, item: Item) -> bytes:
        """The item's bytes, every one of which must be there."""
        if item.method not in (_IN_FILE, _IN_IDAT) or not item.extents:
            raise ValueError("an item is somewhere else")
        source = self.data if item.method == _IN_FILE else self.idat
        # Extents may overlap, so a small file could claim items without end.
        if sum(size for _, size in item.extents) > len(source):
            raise ValueError("an item is larger than its file")
        pieces = [source[start : start + size] for start, size in item.extents]
        if any(len(piece) != size for piece, (_, size) in zip(pieces, item.extents, strict=True)):
            raise ValueError("an item is cut short")
        return b"".join(pieces)


def read_meta(data: bytes) -> Meta:
    """The items of a HEIF file; their own bytes are not looked at.

    Raises `ValueError` when the boxes are damaged, cut short or too many.
    """
    meta = dict(walk(_Reader(_first(data, b"meta")).rest(4)))
    kinds = _read_kinds(_Reader(meta[b"iinf"])) if b"iinf" in meta else {}
    places = _read_places(_Reader(meta[b"iloc"])) if b"iloc" in meta else {}
    references = _read_references(_Reader(meta[b"iref"])) if b"iref" in meta else {}
    properties = _read_properties(meta[b"iprp"]) if b"iprp" in meta else {}
    pitm = _Reader(meta.get(b"pitm", b""))
    version, _ = pitm.version_and_flags()
    items = {
        number: Item(
            kind, properties.get(number, ()), references.get(number, {}), *places.get(number, (_IN_FILE, ()))
        )
        for number, kind in kinds.items()
    }
    return Meta(pitm.uint(2 if version == 0 else 4), items, data, meta.get(b"idat", b""))


def walk(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and content of each box in `data`."""
    for kind, start, end in _extents(data):
        yield kind, data[start:end]


def _first(data: bytes, wanted: bytes) -> bytes:
    for kind, start, end in _extents(data):
        if kind == wanted:
            return data[start:end]
    raise ValueError("a box is missing")


def _extents(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    position = 0
    for _ in range(_MOST_BOXES):
        if position == len(data):
            return
        size, header = int.from_bytes(data[position : position + 4]), 8
        if size == _LONG_SIZE:
            size, header = int.from_bytes(data[position + 8 : position + 16]), 16
        elif size == _TO_THE_END:
            size = len(data) - position
        if size < header or position + size > len(data):
            raise ValueError("a box is cut short")
        yield data[position + 4 : position + 8], position + header, position + size
        position += size
    raise ValueError("too many boxes")


class _Reader:
    """Big-endian numbers off a box; reading past its end is a `ValueError`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def uint(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def take(self, size: int) -> bytes:
        piece = self._data[self._position : self._position + size]
        if len(piece) != size:
            raise ValueError("a box is cut short")
        self._position += size
        return piece

    def version_and_flags(self) -> tuple[int, int]:
        return self.uint(1), self.uint(3)

    def count(self, size: int, most: int) -> int:
        count = self.uint(size)
        if count > most:
            raise ValueError("too many entries")
        return count

    def rest(self, skipped: int = 0) -> bytes:
        return self._data[self._position + skipped :]


def _read_kinds(iinf: _Reader) -> dict[int, bytes]:
    """Types of items (ISO/IEC 14496-12 section 8.11.6)."""
    version, _ = iinf.version_and_flags()
    iinf.count(2 if version == 0 else 4, MOST_ITEMS)
    kinds: dict[int, bytes] = {}
    for _, content in walk(iinf.rest()):
        infe = _Reader(content)
        version, _ = infe.version_and_flags()
        number = infe.uint(4 if version > 2 else 2)
        infe.uint(2)
        kinds[number] = infe.take(4)
    return kinds


def _read_places(iloc: _Reader) -> dict[int, tuple[int, tuple[tuple[int, int], ...]]]:
    """Method and (start, size) of the extents of each item (ISO/IEC 14496-12 section 8.11.3)."""
    version, _ = iloc.version_and_flags()
    offset_and_length, base_and_index = iloc.uint(1), iloc.uint(1)
    offset_size, length_size = offset_and_length >> 4, offset_and_length & 15
    base_size, index_size = base_and_index >> 4, base_and_index & 15 if version > 0 else 0
    places: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = {}
    left = _MOST_EXTENTS
    for _ in range(iloc.count(4 if version > 1 else 2, MOST_ITEMS)):
        number = iloc.uint(4 if version > 1 else 2)
        method = iloc.uint(2) & 15 if version > 0 else _IN_FILE
        in_another_file = iloc.uint(2)
        base = iloc.uint(base_size)
        extents: list[tuple[int, int]] = []
        left -= (count := iloc.count(2, left))
        for _ in range(count):
            iloc.uint(index_size)
            offset = iloc.uint(offset_size)
            extents.append((base + offset, iloc.uint(length_size)))
        if not in_another_file:
            places[number] = method, tuple(extents)
    return places


def _read_references(iref: _Reader) -> dict[int, dict[bytes, tuple[int, ...]]]:
    """Where references go, by the item they come from and their type (ISO/IEC 14496-12 section 8.11.12)."""
    version, _ = iref.version_and_flags()
    size = 4 if version > 0 else 2
    references: dict[int, dict[bytes, tuple[int, ...]]] = defaultdict(dict)
    for kind, content in walk(iref.rest()):
        reference = _Reader(content)
        number = reference.uint(size)
        targets = tuple(reference.uint(size) for _ in range(reference.count(2, MOST_ITEMS)))
        references[number][kind] = references[number].get(kind, ()) + targets
    return references


def _read_properties(iprp: bytes) -> dict[int, tuple[tuple[bytes, bytes], ...]]:
    """Properties of each item in the order they apply (ISO/IEC 23008-12 section 9.3)."""
    known: list[tuple[bytes, bytes]] = []
    properties: dict[int, tuple[tuple[bytes, bytes], ...]] = {}
    for kind, content in walk(iprp):
        if kind == b"ipco":
            known.extend(walk(content))
        elif kind == b"ipma":
            ipma = _Reader(content)
            version, flags = ipma.version_and_flags()
            size = 2 if flags & 1 else 1
            for _ in range(ipma.count(4, MOST_ITEMS)):
                number = ipma.uint(4 if version > 0 else 2)
                # The top bit says whether a reader must understand the property.
                indices = [ipma.uint(size) & (1 << 8 * size - 1) - 1 for _ in range(ipma.uint(1))]
                if any(index > len(known) for index in indices):
                    raise ValueError("a property is missing")
                properties[number] = tuple(known[index - 1] for index in indices if index)
    return properties
