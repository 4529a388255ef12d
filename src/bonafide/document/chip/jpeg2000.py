"""What a JPEG 2000 picture would cost to decode, judged by its markers (ITU-T T.800 annex A and I).

OpenJPEG reserves memory for every component, tile and precinct that the markers announce, so those are
walked first; a picture of a few hundred bytes could otherwise ask for gigabytes. No encoder of travel
documents comes near these limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bonafide.capture.limits import check_dimensions
from bonafide.errors import UnreadablePicture

# A portrait in a chip has 0.1 to 1 megapixel (ICAO 9303-9). Decoded and written as PNG this many stay below
# the limit of a picture file whatever they show.
MOST_PIXELS: Final = 2_000_000
_CODESTREAM: Final = b"\xff\x4f\xff\x51"
_MOST_BOXES: Final = 100
_MOST_MARKERS: Final = 1000
_MOST_TILES: Final = 256
_MOST_TILE_PARTS: Final = 1000
_MOST_LAYERS: Final = 100
_MOST_LEVELS: Final = 32
_MOST_PRECINCTS: Final = 10_000
_LEAST_BLOCK: Final = 6  # 64 coefficients, as a power of two
_COLOUR_SPACES: Final = (16, 17)  # sRGB and grey (T.800 table I.10)
_SIZ, _COD, _COC, _POC, _SOT, _SOD, _EOC = 0xFF51, 0xFF52, 0xFF53, 0xFF5F, 0xFF90, 0xFF93, 0xFFD9


def read_codestream(data: bytes) -> tuple[bytes, int, int]:
    """The codestream of a JP2 file or a bare one, width and height in pixels, if it is whole and affordable.

    Raises `UnreadablePicture`.
    """
    stream = data[_find_codestream(data) :]
    width, height, position = _read_size(stream)
    for marker, body, end in _markers(stream, position):
        if marker in (_COD, _COC):
            _check_coding(marker, stream[body:end], width, height)
        elif marker == _POC:
            raise damaged()
        position = end
        if marker == _SOT:
            _check_tile_parts(stream, body - 4)
            return stream, width, height
    raise damaged()


def damaged() -> UnreadablePicture:
    """The picture is damaged, or of a kind that no travel document holds."""
    return UnreadablePicture(
        "The chip's JPEG 2000 portrait is damaged or of a kind that we do not read", "Read the chip again"
    )


def _uint(data: bytes, position: int, size: int) -> int:
    piece = data[position : position + size]
    if len(piece) != size:
        raise damaged()
    return int.from_bytes(piece)


def _find_codestream(data: bytes) -> int:
    """Where the codestream starts (T.800 annex I.4: boxes, of which `jp2c` holds it)."""
    if data.startswith(_CODESTREAM):
        return 0
    position = 0
    for _ in range(_MOST_BOXES):
        size, kind = _uint(data, position, 4), data[position + 4 : position + 8]
        if kind == b"jp2c":
            start = position + (16 if size == 1 else 8)
            if not data.startswith(_CODESTREAM, start):
                break
            return start
        if size < 8:
            break
        if kind == b"jp2h":
            _check_colours(data[position + 8 : position + size])
        position += size
    raise damaged()


def _check_colours(boxes: bytes) -> None:
    """The samples are sRGB or grey themselves, for nothing but the codestream is decoded (T.800 annex I.5.3).

    A colour profile is not applied, as with all pictures here.
    """
    position = 0
    for _ in range(_MOST_BOXES):
        if position == len(boxes):
            return
        size, kind = _uint(boxes, position, 4), boxes[position + 4 : position + 8]
        enumerated = kind == b"colr" and boxes[position + 8 : position + 9] == b"\1"
        if (
            size < 8
            or kind == b"pclr"
            or (enumerated and _uint(boxes, position + 11, 4) not in _COLOUR_SPACES)
        ):
            break
        position += size
    raise damaged()


def _read_size(stream: bytes) -> tuple[int, int, int]:
    """Width, height, and where the next marker is (T.800 section A.5.1)."""
    length = _uint(stream, 4, 2)
    right, bottom, left, top = (_uint(stream, position, 4) for position in range(8, 24, 4))
    tile_width, tile_height, tile_left, tile_top = (
        _uint(stream, position, 4) for position in range(24, 40, 4)
    )
    components = _uint(stream, 40, 2)
    if not 1 <= components <= 4 or length != 38 + 3 * components or right <= left or bottom <= top:
        raise damaged()
    for component in range(components):
        depth, across, down = (_uint(stream, 42 + 3 * component + at, 1) for at in range(3))
        if depth not in (7, 15) or not 1 <= across <= 4 or not 1 <= down <= 4:
            raise damaged()
    check_dimensions(right - left, bottom - top, MOST_PIXELS)
    if not tile_width or not tile_height or tile_left > left or tile_top > top:
        raise damaged()
    tiles = -(-(right - tile_left) // tile_width) * -(-(bottom - tile_top) // tile_height)
    if tiles > _MOST_TILES:
        raise damaged()
    return right - left, bottom - top, 4 + length


def _markers(stream: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of its segment's content, from `position` on."""
    for _ in range(_MOST_MARKERS):
        marker = _uint(stream, position, 2)
        if marker == _SOD:
            yield marker, position + 2, position + 2
            return
        end = position + 2 + _uint(stream, position + 2, 2)
        if marker < 0xFF50 or end < position + 4 or end > len(stream):
            break
        yield marker, position + 4, end
        position = end
    raise damaged()


def _check_coding(marker: int, content: bytes, width: int, height: int) -> None:
    """Layers, levels, blocks and precincts (T.800 sections A.6.1 and A.6.2)."""
    style = _uint(content, 0 if marker == _COD else 1, 1)
    skipped = 5 if marker == _COD else 2
    if marker == _COD and not 1 <= _uint(content, 2, 2) <= _MOST_LAYERS:
        raise damaged()
    levels = _uint(content, skipped, 1)
    # Both exponents are written less two.
    if levels > _MOST_LEVELS or sum(content[skipped + 1 : skipped + 3]) + 4 < _LEAST_BLOCK:
        raise damaged()
    if style & 1:
        sizes = content[skipped + 5 :]
        if len(sizes) != levels + 1:
            raise damaged()
        # Rounded up, as a right shift of a negative number is, twice negative.
        precincts = sum(
            (-width >> levels - level + (size & 15)) * (-height >> levels - level + (size >> 4))
            for level, size in enumerate(sizes)
        )
        if precincts > _MOST_PRECINCTS:
            raise damaged()


def _check_tile_parts(stream: bytes, position: int) -> None:
    """Each tile-part is whole, and changes nothing of how tiles are coded (T.800 section A.4.2)."""
    for _ in range(_MOST_TILE_PARTS):
        if _uint(stream, position, 2) == _EOC:
            return
        if _uint(stream, position, 2) != _SOT or _uint(stream, position + 2, 2) != 10:
            break
        size = _uint(stream, position + 6, 4)
        end = position + size if size else len(stream) - 2
        for marker, _, after in _markers(stream, position + 12):
            if marker in (_COD, _COC, _POC) or after > end:
                raise damaged()
        if end <= position or end > len(stream):
            break
        position = end
    raise damaged()
