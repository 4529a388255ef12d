"""What the header of a picture file says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bonafide.errors import UnreadablePicture


class PictureFormat(StrEnum):
    """The formats that are read. A file is what its content says; its name is not looked at."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"


@dataclass(frozen=True, slots=True)
class Header:
    """Width and height in pixels as stored, and the EXIF orientation (1..8) that makes them upright."""

    width: int
    height: int
    orientation: int = 1


def damaged(picture_format: PictureFormat) -> UnreadablePicture:
    """The error for data that break off, or are not what they claim to be."""
    name = "WebP" if picture_format is PictureFormat.WEBP else picture_format.upper()
    return UnreadablePicture(
        f"The {name} file is damaged or incomplete", "Send the original file again, or take the picture again"
    )


def unsupported(what: str) -> UnreadablePicture:
    """The error for a rare variety of a format we read otherwise."""
    return UnreadablePicture(
        f"The picture is {what}, which is not read", "Save it as an ordinary JPEG and try again"
    )
