"""Telling by its first bytes what a file is."""

from __future__ import annotations

import codecs
from typing import Final

from bonafide.capture.header import PictureFormat
from bonafide.errors import UnreadablePicture

_HEVC_BRANDS: Final = frozenset((b"heic", b"heix", b"heim", b"heis"))
# Brands that leave open what codes the picture; the items inside tell.
_OPEN_BRANDS: Final = frozenset((b"mif1", b"msf1", b"hevc", b"hevx"))
_AV1_BRANDS: Final = frozenset((b"avif", b"avis"))

# What people send by mistake, by how it begins.
_NAMES: Final = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF or a camera's raw file"),
    (b"MM\0*", "a TIFF or a camera's raw file"),
    (b"%PDF", "a PDF document"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"\0\0\1\0", "an icon"),
    (b"8BPS", "a Photoshop document"),
    (b"PK\3\4", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x1f\x8b", "a compressed archive"),
)  # fmt: skip
_MARKUP: Final = ((b"<!doctype html", "a web page"), (b"<html", "a web page"), (b"<svg", "an SVG drawing"))


def identify(data: bytes) -> PictureFormat:
    """The format of a picture file, by content alone.

    Raises `UnreadablePicture`, which names what the file seems to be, when it is none that is read.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return PictureFormat.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PictureFormat.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return PictureFormat.WEBP
    if data[4:8] == b"ftyp":
        brands = _brands(data)
        if brands[0] in _HEVC_BRANDS or (brands[0] in _OPEN_BRANDS and not _AV1_BRANDS.intersection(brands)):
            return PictureFormat.HEIC
    raise UnreadablePicture(
        f"The file is {_name(data)}, and pictures are read as JPEG, PNG, WebP or HEIC",
        "Take a picture with the camera, or save this one as JPEG",
    )


def _brands(data: bytes) -> tuple[bytes, ...]:
    """Major brand, then compatible brands, of an ISO base media file (ISO/IEC 14496-12 section 4.3)."""
    end = min(int.from_bytes(data[:4]), 256)
    return (data[8:12], *(data[start : start + 4] for start in range(16, end, 4)))


def _name(data: bytes) -> str:
    for start, name in _NAMES:
        if data.startswith(start):
            return name
    if data[4:8] == b"ftyp":
        return "an AVIF" if _AV1_BRANDS.intersection(_brands(data)) else "a video"
    text = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for start, name in _MARKUP:
        if start in text.lower()[:512]:
            return name
    return "text" if _is_text(text) else "of an unknown kind"


def _is_text(data: bytes) -> bool:
    try:
        # An incremental decoder does not mind a character cut in two at the end.
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return bool(text) and not any(character < " " and character not in "\t\r\n\f" for character in text)
