from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.capture.header import PictureFormat
from bonafide.capture.identify import identify
from bonafide.errors import UnreadablePicture

Refused = Callable[..., UnreadablePicture]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"\n<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (b"\xef\xbb\xbf<HTML>", "a web page"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG"),
        (b"Dear customer, the picture is attached.", "text"),
        ("亲爱的客户".encode(), "text"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "an AVIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0avifmif1miaf", "an AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42isom", "a video"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "of an unknown kind"),
        (b"PK\x03\x04\x14\0", "a ZIP"),
        (b"\0", "of an unknown kind"),
        (b"\xff\xd8", "of an unknown kind"),
        (bytes(range(256)), "of an unknown kind"),
    ],
)
def test_what_is_not_a_picture_is_named(refused: Refused, data: bytes, name: str) -> None:
    error = refused(identify, data)
    assert f"The file is {name}" in error.problem
    assert "JPEG, PNG, WebP or HEIC" in error.problem


@pytest.mark.parametrize(("kind", "name"), [("GIF", "a GIF"), ("BMP", "a BMP"), ("TIFF", "a TIFF")])
def test_other_picture_formats_are_named(
    refused: Refused, save: Callable[..., bytes], drawn: NDArray[np.uint8], kind: str, name: str
) -> None:
    assert name in refused(identify, save(drawn, kind)).problem


@pytest.mark.parametrize(
    "brands", [b"heic\0\0\0\0mif1heic", b"heix\0\0\0\0mif1heix", b"mif1\0\0\0\0mif1heic"]
)
def test_heic_has_several_brands(brands: bytes) -> None:
    assert identify((8 + len(brands)).to_bytes(4) + b"ftyp" + brands) is PictureFormat.HEIC
