"""WebP (RFC 9649), by libwebp in OpenCV.

Pillow decodes every WebP as an animation, which at 25 megapixels takes 410 MB where OpenCV takes 190. OpenCV
is handed the one picture and nothing else, so no profile, metadata or animation reaches it; of an animation
that is the first frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture.exif import read_orientation
from bonafide.capture.header import Header, PictureFormat, damaged
from bonafide.capture.limits import check_dimensions
from bonafide.capture.pixels import over_white, reduce

_RIFF_HEADER: Final = 12
_FRAME_HEADER: Final = 16
_MOST_CHUNKS: Final = 10_000
_BITSTREAMS: Final = (b"VP8 ", b"VP8L")
_KEY_FRAME: Final = b"\x9d\x01\x2a"
_LOSSLESS: Final = 0x2F
_ALPHA_FLAG: Final = 0x10


@dataclass(frozen=True, slots=True)
class _Frame:
    """One still picture: its chunks, its size, and where on the canvas it goes."""

    chunks: tuple[tuple[bytes, bytes], ...]
    width: int
    height: int
    has_alpha: bool
    left: int = 0
    top: int = 0


@dataclass(frozen=True, slots=True)
class _Contents:
    width: int
    height: int
    orientation: int
    frame: _Frame


def read_header(data: bytes) -> Header:
    """Walk the chunks; nothing is decoded.

    Raises `UnreadablePicture` when they are damaged, break off, or are over the limits.
    """
    contents = _read(data)
    return Header(contents.width, contents.height, contents.orientation)


def decode(data: bytes, header: Header, reduction: int) -> NDArray[np.uint8]:
    """Decode at 1 / `reduction`, sides rounded up, to uint8 RGB HxWx3 as stored, transparency on white.

    Raises `UnreadablePicture` when the data are damaged or break off.
    """
    frame = _read(data).frame
    try:
        decoded = cv2.imdecode(np.frombuffer(_lean_file(frame), np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        raise damaged(PictureFormat.WEBP) from None
    if decoded is None or decoded.dtype != np.uint8 or decoded.shape[:2] != (frame.height, frame.width):
        raise damaged(PictureFormat.WEBP)
    pixels = np.asarray(decoded, np.uint8)
    if pixels.shape[2] == 4:
        pixels = over_white(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA, dst=pixels), np.uint8))
    else:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, dst=pixels), np.uint8)
    if pixels.shape[:2] != (header.height, header.width):
        canvas = np.full((header.height, header.width, 3), 255, np.uint8)
        canvas[frame.top : frame.top + frame.height, frame.left : frame.left + frame.width] = pixels
        pixels = canvas
    return reduce(pixels, reduction)


def _read(data: bytes) -> _Contents:
    """Canvas, orientation and first frame (RFC 9649 section 2)."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise damaged(PictureFormat.WEBP)
    canvas: tuple[int, int] | None = None
    orientation = 1
    alpha: bytes | None = None
    frame: _Frame | None = None
    for index, (kind, content) in enumerate(_chunks(data, _RIFF_HEADER, end)):
        if kind == b"VP8X" and index == 0 and len(content) >= 10:
            canvas = 1 + _uint(content[4:7]), 1 + _uint(content[7:10])
            check_dimensions(*canvas)
        elif kind == b"ALPH" and frame is None:
            alpha = content
        elif kind in _BITSTREAMS and frame is None:
            frame = _read_still(kind, content, alpha)
        elif kind == b"ANMF" and frame is None:
            frame = _read_animated(content)
        elif kind == b"EXIF":
            orientation = read_orientation(content.removeprefix(b"Exif\0\0"))
    if frame is None:
        raise damaged(PictureFormat.WEBP)
    width, height = canvas or (frame.width, frame.height)
    if frame.left + frame.width > width or frame.top + frame.height > height:
        raise damaged(PictureFormat.WEBP)
    return _Contents(width, height, orientation, frame)


def _chunks(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Type and content of each chunk, padding left out (section 2.3)."""
    position = start
    for _ in range(_MOST_CHUNKS):
        if end - position < 8:
            return
        size = _uint(data[position + 4 : position + 8])
        if size > end - position - 8:
            break
        yield data[position : position + 4], data[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
    raise damaged(PictureFormat.WEBP)


def _read_animated(content: bytes) -> _Frame:
    """The picture of an ANMF chunk (section 2.7.1.2)."""
    alpha: bytes | None = None
    for kind, inner in _chunks(content, _FRAME_HEADER, len(content)):
        if kind == b"ALPH":
            alpha = inner
        elif kind in _BITSTREAMS:
            still = _read_still(kind, inner, alpha)
            left, top = 2 * _uint(content[:3]), 2 * _uint(content[3:6])
            return _Frame(still.chunks, still.width, still.height, still.has_alpha, left, top)
    raise damaged(PictureFormat.WEBP)


def _read_still(kind: bytes, content: bytes, alpha: bytes | None) -> _Frame:
    """A picture with the size its bit stream says (RFC 6386 section 9.1, RFC 9649 section 3.4)."""
    if kind == b"VP8L":
        if len(content) < 5 or content[0] != _LOSSLESS:
            raise damaged(PictureFormat.WEBP)
        bits = _uint(content[1:5])
        width, height, has_alpha = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), bool(bits >> 28 & 1)
        chunks: tuple[tuple[bytes, bytes], ...] = ((kind, content),)
    else:
        if len(content) < 10 or content[0] & 1 or content[3:6] != _KEY_FRAME:
            raise damaged(PictureFormat.WEBP)
        width, height = _uint(content[6:8]) & 0x3FFF, _uint(content[8:10]) & 0x3FFF
        has_alpha = alpha is not None
        chunks = ((b"ALPH", alpha), (kind, content)) if alpha is not None else ((kind, content),)
    check_dimensions(width, height)
    return _Frame(chunks, width, height, has_alpha)


def _lean_file(frame: _Frame) -> bytes:
    """A WebP file of this one picture."""
    flags = _ALPHA_FLAG if frame.has_alpha else 0
    size = (frame.width - 1).to_bytes(3, "little") + (frame.height - 1).to_bytes(3, "little")
    chunks = ((b"VP8X", bytes((flags, 0, 0, 0)) + size), *frame.chunks)
    body = b"WEBP" + b"".join(
        kind + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)
        for kind, content in chunks
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _uint(data: bytes) -> int:
    return int.from_bytes(data, "little")
