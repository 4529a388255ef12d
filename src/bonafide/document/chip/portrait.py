"""The portrait in DG2 as a picture like any other."""

from __future__ import annotations

import io

import numpy as np

from bonafide.capture import Picture, read_picture
from bonafide.capture.pixels import over_white
from bonafide.document.chip.data_groups import PortraitFormat, portrait_format
from bonafide.document.chip.jpeg2000 import damaged, read_codestream
from bonafide.errors import UnreadablePicture


def portrait_picture(portrait: bytes) -> Picture:
    """The encoded portrait that `authenticate` found, as a picture.

    A JPEG is taken as it is. A JPEG 2000, of at most 2 megapixels, is decoded here by OpenJPEG and handed on
    as a PNG of the same pixels, in memory. Call it for a chip that is authentic: nobody but a state then
    chooses what the decoder gets.

    Raises `UnreadablePicture` when it is damaged, over the limits, or neither JPEG nor JPEG 2000.
    """
    match portrait_format(portrait):
        case PortraitFormat.JPEG:
            return read_picture(portrait)
        case PortraitFormat.JPEG2000:
            return read_picture(_to_png(portrait))
    raise UnreadablePicture("The chip's portrait is neither JPEG nor JPEG 2000", "Read the chip again")


def _to_png(portrait: bytes) -> bytes:
    from PIL import Image  # noqa: PLC0415 - slow to import, and JPEG 2000 alone needs it

    stream, width, height = read_codestream(portrait)
    written = io.BytesIO()
    try:
        with Image.open(io.BytesIO(stream), formats=["JPEG2000"]) as image:
            if image.size != (width, height):
                raise damaged()
            image.load()
            pixels = np.asarray(image)
            if image.mode.startswith("I"):
                pixels = (pixels >> 8).astype(np.uint8)
            elif image.mode in ("LA", "RGBA"):
                pixels = over_white(np.asarray(image.convert("RGBA")))
            elif image.mode != "L":
                pixels = np.asarray(image.convert("RGB"))
        Image.fromarray(pixels).save(written, "PNG", compress_level=1)
    except (OSError, SyntaxError, ValueError, EOFError):
        raise damaged() from None
    return written.getvalue()
