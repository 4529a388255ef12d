"""What a picture may cost before a byte of it is decoded.

A file of 10 kB can claim a picture of gigabytes. So size and dimensions are judged from the header, and
whatever would make a decoder hold more than 300 MB at once is refused.
"""

from __future__ import annotations

from typing import Final

from bonafide.errors import UnreadablePicture

MOST_BYTES: Final = 8_000_000
MOST_PIXELS: Final = 25_000_000
# The decoders hold more than the finished picture: a progressive CMYK JPEG needs 15 bytes a pixel, a HEIC of
# more than 8 bits without 4:2:0 subsampling as much. At this many pixels these stay below 300 MB too; no
# phone makes them.
MOST_COSTLY_PIXELS: Final = 16_000_000


def check_size(size: int) -> None:
    """Refuse a file of `size` bytes that is empty or too big.

    Raises `UnreadablePicture`.
    """
    if size == 0:
        raise UnreadablePicture("The picture file is empty", "Take or export the picture again")
    if size > MOST_BYTES:
        raise UnreadablePicture(
            f"The picture file is larger than {MOST_BYTES // 1_000_000} MB",
            "Save the picture as JPEG or make it smaller, and try again",
        )


def check_dimensions(width: int, height: int, most: int = MOST_PIXELS) -> None:
    """Refuse a picture of no pixels or of more than `most`.

    Raises `UnreadablePicture`.
    """
    if width == 0 or height == 0:
        raise UnreadablePicture(
            "The picture says that it has no pixels", "Send the original file, or take the picture again"
        )
    if width * height > most:
        megapixels = most // 1_000_000
        problem = (
            f"The picture has more than {megapixels} megapixels"
            if most == MOST_PIXELS
            else f"The picture has more than {megapixels} megapixels, the most for this rare kind of file"
        )
        raise UnreadablePicture(
            problem, "Make the picture smaller, or save it as an ordinary JPEG, and try again"
        )
