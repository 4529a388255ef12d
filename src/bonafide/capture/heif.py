"""HEIC (ISO/IEC 23008-12 with H.265), by libheif.

A HEIF file can hold pictures, thumbnails, profiles and compressed metadata without end, in sizes that
contradict each other. libheif is handed a file written here instead, which holds the one picture and what
describes it, every size checked against every other, and decodes it in a process of its own. It comes with
iPhones' tiles, their turns and mirrorings; alpha planes are refused, depth and gain maps are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.header import Header, PictureFormat, damaged, unsupported
from bonafide.capture.heif_boxes import Item, Meta, read_meta
from bonafide.capture.heif_process import decode_apart
from bonafide.capture.heif_turns import Turns, read_turns
from bonafide.capture.heif_writer import StillItem, write_still
from bonafide.capture.hevc import first_picture, read_configuration
from bonafide.capture.limits import MOST_COSTLY_PIXELS, MOST_PIXELS, check_dimensions
from bonafide.capture.pixels import reduce

_CODED: Final = b"hvc1"
_GRID: Final = b"grid"
_ALPHA: Final = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
# H.265 pads to its coding blocks, of at most 64 pixels; encoders in phones to two of them.
_MOST_PADDING: Final = 128
# Tiles at the right and the bottom reach beyond the picture.
_MOST_TILED_PIXELS: Final = 2 * MOST_PIXELS
_COLOURS_BY_NUMBER: Final = b"nclx"


@dataclass(frozen=True, slots=True)
class _Still:
    """The picture's item, its tiles (none if it is in one piece), and how it is made upright."""

    item: Item
    tiles: tuple[Item, ...]
    turns: Turns


def read_header(data: bytes) -> Header:
    """Read the boxes; nothing is decoded. The size is that of the upright picture; no turn is left to do.

    EXIF says a second time which way up a HEIC is, and does not count (ISO/IEC 23008-12 annex A.3).

    Raises `UnreadablePicture` when they are damaged, over the limits, or describe something else than a HEVC
    picture.
    """
    try:
        still = _read_still(read_meta(data))
    except ValueError:
        raise damaged(PictureFormat.HEIC) from None
    return Header(still.turns.width, still.turns.height)


def decode(data: bytes, header: Header, reduction: int) -> NDArray[np.uint8]:
    """Decode at 1 / `reduction`, sides rounded up, to uint8 RGB HxWx3, upright. Grey becomes RGB.

    Raises `UnreadablePicture` when the data are damaged or break off, `SetupBroken` when the decoder does not
    run.
    """
    try:
        meta = read_meta(data)
        still = _read_still(meta)
        lean = write_still(_lean_item(meta, still.item), [_lean_item(meta, tile) for tile in still.tiles])
        pixels = still.turns.apply(decode_apart(lean, *_read_size(still.item)))
    except ValueError:
        raise damaged(PictureFormat.HEIC) from None
    if pixels.shape[:2] != (header.height, header.width):
        raise damaged(PictureFormat.HEIC)
    return np.ascontiguousarray(reduce(pixels, reduction))


def _read_still(meta: Meta) -> _Still:
    """The picture with its sizes checked; `ValueError` when they contradict each other."""
    item = meta.item(meta.primary)
    if item.kind not in (_CODED, _GRID):
        raise unsupported("a HEIF that is not coded as HEIC")
    if any(_is_alpha_of(meta.primary, other) for other in meta.items.values()):
        raise unsupported("a HEIC with transparent parts")
    width, height = _read_size(item)
    check_dimensions(width, height)
    tiles: tuple[Item, ...] = ()
    if item.kind == _CODED:
        _check_coded(item)
    else:
        tiles = tuple(meta.item(number) for number in item.references.get(b"dimg", ()))
        _check_grid(meta.content(item), width, height, tiles)
    return _Still(item, tiles, read_turns(item.properties, width, height))


def _is_alpha_of(primary: int, item: Item) -> bool:
    return primary in item.references.get(b"auxl", ()) and any(
        kind == b"auxC" and content[4:].split(b"\0")[0] in _ALPHA for kind, content in item.properties
    )


def _read_size(item: Item) -> tuple[int, int]:
    """Width and height before turning (ISO/IEC 23008-12 section 6.5.3)."""
    ispe = item.property(b"ispe")
    return int.from_bytes(ispe[4:8]), int.from_bytes(ispe[8:12])


def _check_coded(item: Item) -> int:
    """The pixels a coded item takes, padding included, if they are as many as it says."""
    width, height = _read_size(item)
    coded = read_configuration(item.property(b"hvcC")).picture
    if not (0 <= coded.width - width < _MOST_PADDING and 0 <= coded.height - height < _MOST_PADDING):
        raise ValueError("the picture is not of the size it says")
    check_dimensions(width, height, MOST_COSTLY_PIXELS if coded.is_costly else MOST_PIXELS)
    return coded.width * coded.height


def _check_grid(grid: bytes, width: int, height: int, tiles: tuple[Item, ...]) -> None:
    """Check that the tiles of a grid (ISO/IEC 23008-12 section 6.6.2.3) cover the picture, and no more."""
    side = 4 if grid[1:2] == b"\1" else 2
    if len(grid) != 4 + 2 * side or not tiles or any(tile.kind != _CODED for tile in tiles):
        raise ValueError("the grid is damaged")
    rows, columns = 1 + grid[2], 1 + grid[3]
    stated = int.from_bytes(grid[4 : 4 + side]), int.from_bytes(grid[4 + side :])
    sizes = {_read_size(tile) for tile in tiles}
    ((tile_width, tile_height),) = sizes
    if stated != (width, height) or rows * columns != len(tiles):
        raise ValueError("the grid is not of the size it says")
    if not ((columns - 1) * tile_width < width <= columns * tile_width):
        raise ValueError("the grid is not as wide as its tiles")
    if not ((rows - 1) * tile_height < height <= rows * tile_height):
        raise ValueError("the grid is not as high as its tiles")
    if sum(_check_coded(tile) for tile in tiles) > _MOST_TILED_PIXELS:
        raise ValueError("the tiles are larger than the picture")
    costly = any(read_configuration(tile.property(b"hvcC")).picture.is_costly for tile in tiles)
    check_dimensions(width, height, MOST_COSTLY_PIXELS if costly else MOST_PIXELS)


def _lean_item(meta: Meta, item: Item) -> StillItem:
    content = meta.content(item)
    if item.kind == _CODED:
        content = first_picture(content, read_configuration(item.property(b"hvcC")).length_size)
    properties = tuple(
        (kind, described) for kind, described in item.properties if _is_needed(kind, described)
    )
    return StillItem(item.kind, properties, content)


def _is_needed(kind: bytes, content: bytes) -> bool:
    if kind == b"colr":
        return content.startswith(_COLOURS_BY_NUMBER)
    return kind in (b"ispe", b"hvcC")
