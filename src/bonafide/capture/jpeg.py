"""JPEG (ITU-T T.81), the format of nearly every picture that comes in, by libjpeg-turbo.

The markers are walked here, which takes some 10 microseconds, to refuse what would cost too much or is no
photograph. The decoder runs strict: libjpeg's habit of filling what is missing with grey would hand half a
face to the comparison.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from numpy.typing import NDArray

from bonafide.capture.exif import read_orientation
from bonafide.capture.header import Header, PictureFormat, damaged, unsupported
from bonafide.capture.limits import MOST_COSTLY_PIXELS, check_dimensions

# T.81 table B.1: baseline, extended sequential and progressive, all Huffman coded.
_SUPPORTED_FRAMES: Final = frozenset((0xC0, 0xC1, 0xC2))
_OTHER_FRAMES: Final = frozenset((0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))
_PROGRESSIVE: Final = 0xC2
_START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9
_APP1: Final = 0xE1
_WITHOUT_LENGTH: Final = frozenset((0x00, 0x01, *range(0xD0, 0xD9)))
# A phone writes about a dozen segments; 500 hold every depth map and colour profile that fits into the
# limits.
_MOST_SEGMENTS: Final = 1000
# Encoders write up to a dozen scans. Each costs a pass over all pixels however few bytes it has.
_MOST_SCANS: Final = 100
_CMYK: Final = 4
# Some cameras pad the picture's end. Every pixel has been decoded by then, unless restart markers lead
# astray.
_PADDED_END: Final = re.compile(r"extraneous bytes before marker 0xd9")
_DEFINE_RESTART_INTERVAL: Final = b"\xff\xdd"


class _Frame(NamedTuple):
    marker: int
    width: int
    height: int
    components: int


def read_header(data: bytes) -> Header:
    """Walk the markers up to the first scan.

    Raises `UnreadablePicture` when they are damaged, over the limits, or of a kind only laboratories use.
    """
    position, orientation = 2, 0
    frame: _Frame | None = None
    for _ in range(_MOST_SEGMENTS):
        start = data[position : position + 4]
        if len(start) < 4 or start[0] != 0xFF or start[1] in _WITHOUT_LENGTH or start[1] == _END_OF_IMAGE:
            break
        marker = start[1]
        if marker == 0xFF:
            position += 1
            continue
        length = start[2] << 8 | start[3]
        body = position + 4
        position += 2 + length
        if length < 2 or position > len(data):
            break
        if marker == _START_OF_SCAN:
            if frame is None or body >= len(data):
                break
            _check_scans(data, position, frame, in_first_scan=data[body])
            return Header(frame.width, frame.height, orientation or 1)
        if marker == _APP1 and not orientation and data.startswith(b"Exif\0", body):
            orientation = read_orientation(data[body + 6 : position])
        elif marker in _SUPPORTED_FRAMES:
            if frame is not None:
                break
            frame = _read_frame(marker, data[body:position])
        elif marker in _OTHER_FRAMES:
            raise unsupported("a JPEG of a rare kind (lossless, hierarchical or arithmetic)")
    raise damaged(PictureFormat.JPEG)


def decode(data: bytes, header: Header, reduction: int) -> NDArray[np.uint8]:
    """Decode at 1 / `reduction`, sides rounded up, to uint8 RGB HxWx3 as stored; `reduction` is 1, 2, 4 or 8.

    Scaling happens in the inverse DCT, so a reduction saves most of what entropy decoding does not take. The
    fast DCT and fast upsampling stay off: measured on 1600x1000 they save 0 to 2 % at a reduction and 6 %
    without one, and shift pixels by up to 25 of 255. CMYK is taken as Adobe writes it, inverted. Colour
    profiles are not applied: Display P3 read as sRGB differs less than two lamps do, and the recognisers
    learnt from pictures read just so.

    Raises `UnreadablePicture` when the data are damaged or break off.
    """
    pixels = np.empty((-(-header.height // reduction), -(-header.width // reduction), 3), np.uint8)
    try:
        decoded = _decode_into(pixels, data, strict=True)
    except ValueError as error:
        if not _PADDED_END.search(str(error)) or _DEFINE_RESTART_INTERVAL in data:
            raise damaged(PictureFormat.JPEG) from None
        decoded = _decode_into(pixels, data, strict=False)
    if decoded.shape != pixels.shape:
        raise damaged(PictureFormat.JPEG)
    return decoded


def _decode_into(pixels: NDArray[np.uint8], data: bytes, *, strict: bool) -> NDArray[np.uint8]:
    """The decoder refuses a picture larger than its buffer before it reserves memory of its own."""
    rows, columns = pixels.shape[:2]
    decoded: NDArray[np.uint8] = simplejpeg.decode_jpeg(
        data, "RGB", min_height=rows, min_width=columns, buffer=pixels, strict=strict
    )
    return decoded


def _read_frame(marker: int, frame: bytes) -> _Frame:
    """A frame header (T.81 section B.2.2)."""
    if len(frame) < 6:
        raise damaged(PictureFormat.JPEG)
    precision, components = frame[0], frame[5]
    height, width = frame[1] << 8 | frame[2], frame[3] << 8 | frame[4]
    if precision != 8:
        raise unsupported("a JPEG of more than 8 bits")
    if components not in (1, 3, _CMYK):
        raise damaged(PictureFormat.JPEG)
    check_dimensions(width, height)
    return _Frame(marker, width, height, components)


def _check_scans(data: bytes, position: int, frame: _Frame, in_first_scan: int) -> None:
    """Refuse what would take too long or too much memory: over several scans all coefficients are kept."""
    if frame.marker == _PROGRESSIVE or in_first_scan < frame.components:
        if frame.components == _CMYK:
            check_dimensions(frame.width, frame.height, MOST_COSTLY_PIXELS)
        if data.count(b"\xff\xda", position) >= _MOST_SCANS:
            raise unsupported("a JPEG of more than a hundred scans")
