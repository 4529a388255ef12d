"""A picture file, judged by its header, and its pixels on demand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bonafide.capture import heif, jpeg, png, webp
from bonafide.capture.header import Header, PictureFormat
from bonafide.capture.identify import identify
from bonafide.capture.limits import check_size
from bonafide.capture.pixels import turn_upright
from bonafide.capture.source import read_bytes

Reduction = Literal[1, 2, 4, 8]


class _ReadHeader(Protocol):
    def __call__(self, data: bytes) -> Header: ...


class _Decode(Protocol):
    def __call__(self, data: bytes, header: Header, reduction: int) -> NDArray[np.uint8]: ...


class _Codec(NamedTuple):
    read_header: _ReadHeader
    decode: _Decode


_CODECS: Final = {
    PictureFormat.JPEG: _Codec(jpeg.read_header, jpeg.decode),
    PictureFormat.PNG: _Codec(png.read_header, png.decode),
    PictureFormat.WEBP: _Codec(webp.read_header, webp.decode),
    PictureFormat.HEIC: _Codec(heif.read_header, heif.decode),
}


# What an EXIF orientation becomes when the upright picture is turned by 90 degrees clockwise.
_TURNED: Final = {1: 6, 6: 3, 3: 8, 8: 1, 2: 7, 7: 4, 4: 5, 5: 2}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file whose header has been read and is within the limits; its pixels have not been looked at.

    `width` and `height` are in pixels of the upright picture. `orientation` is the EXIF value 1..8 (CIPA
    DC-008 section 4.6.5) that decoding undoes; a HEIC's own container says how to turn it, so its is 1.
    """

    data: bytes = field(repr=False)
    format: PictureFormat
    width: int
    height: int
    orientation: int

    def decode(self, reduction: Reduction = 1) -> NDArray[np.uint8]:
        """The pixels, upright: uint8 RGB HxWx3, C-contiguous, sides divided by `reduction` and rounded up.

        Transparency is laid on white; of an animation it is the first frame; colour profiles are not applied.
        A reduction makes decoding a JPEG cheaper, and other formats smaller only.

        Raises `UnreadablePicture` when the data turn out to be damaged or incomplete.
        """
        stored = (self.width, self.height) if self.orientation < 5 else (self.height, self.width)
        pixels = _CODECS[self.format].decode(self.data, Header(*stored), reduction)
        return turn_upright(pixels, self.orientation)

    def turned(self, quarters: int) -> Picture:
        """The picture as if it had said that upright is `quarters` times 90 degrees clockwise from here."""
        picture = self
        for _ in range(quarters % 4):
            picture = replace(
                picture,
                width=picture.height,
                height=picture.width,
                orientation=_TURNED[picture.orientation],
            )
        return picture


def read_picture(source: bytes | Path | BinaryIO) -> Picture:
    """Read a JPEG, PNG, WebP or HEIC picture: its bytes, a file, or a stream such as standard input.

    At most 8 MB are read and only the header is parsed; nothing is decoded. The content says what the format
    is, not the file's name.

    Raises `UnreadablePicture` when there is no such file, it is none of these formats, damaged, over 25
    megapixels or 8 MB.
    """
    data = source if isinstance(source, bytes) else read_bytes(source)
    check_size(len(data))
    picture_format = identify(data)
    header = _CODECS[picture_format].read_header(data)
    upright = (header.width, header.height) if header.orientation < 5 else (header.height, header.width)
    return Picture(data, picture_format, *upright, header.orientation)
