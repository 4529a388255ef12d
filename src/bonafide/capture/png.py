"""PNG (W3C PNG third edition), by Pillow.

Pillow is handed the picture's own chunks and nothing else: no compressed text, colour profile or animation
ever reaches a decompressor. Of an animation that leaves the still picture every viewer shows first.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.exif import read_orientation
from bonafide.capture.header import Header, PictureFormat, damaged
from bonafide.capture.limits import check_dimensions
from bonafide.capture.pixels import over_white, reduce

if TYPE_CHECKING:
    from PIL.Image import Image

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PICTURE_CHUNKS: Final = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"))
# libpng writes 8 kB a chunk; at 8 MB this allows 80 bytes.
_MOST_CHUNKS: Final = 100_000
# Section 11.2.1, table 12: bits a sample for each colour type, and samples a pixel.
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_COLOUR_TYPE: Final = 25
_PALETTE: Final = 3
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Section 8.1, Adam7: first column and row of each pass, and the steps between columns and rows.
_ADAM7: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_ONE_PASS: Final = ((0, 0, 1, 1),)
_DEFLATED_AT_ONCE: Final = 1 << 16
_INFLATED_AT_ONCE: Final = 1 << 20
_STRIP: Final = 256


def read_header(data: bytes) -> Header:
    """Walk the chunks; nothing is inflated.

    Raises `UnreadablePicture` when they are damaged, break off, or are over the limits.
    """
    orientation = 1
    for kind, start, end in _chunks(data):
        if kind == b"eXIf":
            orientation = read_orientation(data[start + 8 : end - 4])
    width, height, _, _ = _read_ihdr(data)
    check_dimensions(width, height)
    return Header(width, height, orientation)


def decode(data: bytes, header: Header, reduction: int) -> NDArray[np.uint8]:
    """Decode at 1 / `reduction`, sides rounded up, to uint8 RGB HxWx3 as stored.

    Grey and palettes become RGB, 16 bits a sample become their upper 8, transparency is laid on white.

    Raises `UnreadablePicture` when the data are damaged or break off.
    """
    from PIL import Image  # noqa: PLC0415 - slow to import, and PNG alone needs it

    chunks = [(kind, data[start:end]) for kind, start, end in _chunks(data) if kind in _PICTURE_CHUNKS]
    if data[_COLOUR_TYPE] == _PALETTE and b"PLTE" not in dict(chunks):
        raise damaged(PictureFormat.PNG)
    lean = _SIGNATURE + b"".join(chunk for _, chunk in chunks)
    try:
        with Image.open(io.BytesIO(lean), formats=["PNG"]) as image:
            image.load()
            if image.size != (header.width, header.height):
                raise damaged(PictureFormat.PNG)
            if not _is_complete(data, image, (chunk[8:-4] for kind, chunk in chunks if kind == b"IDAT")):
                raise damaged(PictureFormat.PNG)
            pixels = _to_rgb(image)
    except (OSError, SyntaxError, ValueError, EOFError, zlib.error):
        raise damaged(PictureFormat.PNG) from None
    return reduce(pixels, reduction)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of each chunk, length and check sum included, from IHDR to IEND (section 5.3)."""
    position = len(_SIGNATURE)
    for index in range(_MOST_CHUNKS):
        kind = data[position + 4 : position + 8]
        end = position + 12 + int.from_bytes(data[position : position + 4])
        if end > len(data) or not kind.isalpha() or (index == 0 and kind != b"IHDR"):
            break
        yield kind, position, end
        if kind == b"IEND":
            return
        position = end
    raise damaged(PictureFormat.PNG)


def _read_ihdr(data: bytes) -> tuple[int, int, int, bool]:
    """Width, height, bits a pixel and whether it is interlaced (section 11.2.1)."""
    ihdr = data[16:29]
    depth, colour, compression, filtering, interlace = ihdr[8:]
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        raise damaged(PictureFormat.PNG)
    return int.from_bytes(ihdr[:4]), int.from_bytes(ihdr[4:8]), depth * _SAMPLES[colour], bool(interlace)


def _is_complete(data: bytes, image: Image, deflated: Iterable[bytes]) -> bool:
    """Whether the data fill the picture: where they end in good order, Pillow leaves rows zero, silently.

    So a last row that holds something has been decoded. Only where it is all zero is everything inflated once
    more.
    """
    width, height, bits, interlaced = _read_ihdr(data)
    if not interlaced and np.asarray(image.crop((0, height - 1, width, height))).any():
        return True
    needed = 0
    for left, top, across, down in _ADAM7 if interlaced else _ONE_PASS:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            needed += rows * (1 + -(-columns * bits // 8))
    inflater = zlib.decompressobj()
    for chunk in deflated:
        for start in range(0, len(chunk), _DEFLATED_AT_ONCE):
            pending = chunk[start : start + _DEFLATED_AT_ONCE]
            while pending and needed > 0:
                needed -= len(inflater.decompress(pending, _INFLATED_AT_ONCE))
                pending = inflater.unconsumed_tail
    return needed - len(inflater.flush()) <= 0


def _to_rgb(image: Image) -> NDArray[np.uint8]:
    """Uint8 RGB HxWx3. In strips, for Pillow holds four bytes a pixel, and each conversion as many again."""
    width, height = image.size
    transparent = image.has_transparency_data
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, _STRIP):
        strip = image.crop((0, top, width, min(top + _STRIP, height)))
        rows = pixels[top : top + _STRIP]
        if image.mode.startswith("I"):
            rows[:] = (np.asarray(strip) >> 8)[..., None]
        elif transparent:
            rows[:] = over_white(np.asarray(strip.convert("RGBA")))
        else:
            rows[:] = np.asarray(strip.convert("RGB"))
    return pixels
