"""Writing the smallest HEIC file that holds one picture (ISO/IEC 14496-12 and ISO/IEC 23008-12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StillItem:
    """One item: its type, its properties in the order they apply, and its bytes."""

    kind: bytes
    properties: tuple[tuple[bytes, bytes], ...]
    content: bytes


def write_still(picture: StillItem, tiles: Sequence[StillItem] = ()) -> bytes:
    """A HEIC file of `picture`, which if it is a grid is laid out of `tiles`, row by row."""
    items = (picture, *tiles)
    known = list(dict.fromkeys(described for item in items for described in item.properties))
    ftyp = _box(b"ftyp", b"heic", _uint(0, 4), b"mif1", b"heic", b"heix")
    # Places are numbers of fixed size, so the length of `meta` is known before they are.
    start = len(ftyp) + len(_meta(items, known, 0)) + 8
    return ftyp + _meta(items, known, start) + _box(b"mdat", *(item.content for item in items))


def _meta(items: Sequence[StillItem], known: list[tuple[bytes, bytes]], start: int) -> bytes:
    kinds = [
        _full_box(b"infe", 2, 0, _uint(number, 2), _uint(0, 2), item.kind, b"\0")
        for number, item in _numbered(items)
    ]
    places, associations = [], []
    for number, item in _numbered(items):
        # In the file, in this file, one extent.
        places.append(
            b"".join(_uint(value, 2) for value in (number, 0, 0, 1))
            + _uint(start, 4)
            + _uint(len(item.content), 4)
        )
        start += len(item.content)
        indices = b"".join(_uint(0x8000 | 1 + known.index(described), 2) for described in item.properties)
        associations.append(_uint(number, 2) + _uint(len(item.properties), 1) + indices)
    boxes = [
        _full_box(b"hdlr", 0, 0, _uint(0, 4), b"pict", bytes(13)),
        _full_box(b"pitm", 0, 0, _uint(1, 2)),
        _full_box(b"iloc", 1, 0, b"\x44\x00", _uint(len(items), 2), *places),
        _full_box(b"iinf", 0, 0, _uint(len(items), 2), *kinds),
        _box(
            b"iprp",
            _box(b"ipco", *(_box(kind, content) for kind, content in known)),
            _full_box(b"ipma", 0, 1, _uint(len(items), 4), *associations),
        ),
    ]
    if len(items) > 1:
        targets = [_uint(number, 2) for number, _ in _numbered(items)][1:]
        boxes.append(_full_box(b"iref", 0, 0, _box(b"dimg", _uint(1, 2), _uint(len(targets), 2), *targets)))
    return _full_box(b"meta", 0, 0, *boxes)


def _numbered(items: Sequence[StillItem]) -> enumerate[StillItem]:
    return enumerate(items, start=1)


def _uint(value: int, size: int) -> bytes:
    return value.to_bytes(size)


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return _uint(8 + len(body), 4) + kind + body


def _full_box(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    return _box(kind, _uint(version, 1), _uint(flags, 3), *content)
