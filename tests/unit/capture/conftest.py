"""Drawn pictures in every format, and the means to build odd ones. Nobody's face is among them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bonafide.errors import UnreadablePicture

Pixels = NDArray[np.uint8]

_PASSES = "0088 4088 0448 2044 0224 1022 0112"
ADAM7 = tuple(tuple(map(int, numbers)) for numbers in _PASSES.split())


def draw(width: int = 96, height: int = 64) -> Pixels:
    """Smooth shades with a corner of its own colour each way, so that a wrong turn shows."""
    down, across = np.mgrid[:height, :width]
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = 40 + across * 180 // width
    pixels[..., 1] = 40 + down * 180 // height
    pixels[..., 2] = 90
    pixels[: height // 4, : width // 4] = (230, 30, 30)
    return pixels


@pytest.fixture(scope="session")
def drawn() -> Pixels:
    """Uint8 RGB (64, 96, 3)."""
    return draw()


@pytest.fixture(scope="session")
def save() -> Callable[..., bytes]:
    """Pillow's file of an array: `save(pixels, "JPEG", quality=90)`."""

    def save_with_pillow(pixels: Pixels | Image.Image, kind: str, **options: object) -> bytes:
        image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
        file = io.BytesIO()
        image.save(file, kind, **options)
        return file.getvalue()

    return save_with_pillow


@pytest.fixture(scope="session")
def exif() -> Callable[[int], bytes]:
    """An EXIF block that says nothing but the orientation."""

    def with_orientation(orientation: int) -> bytes:
        block = Image.Exif()
        block[0x0112] = orientation
        return block.tobytes()

    return with_orientation


def chunk(kind: bytes, content: bytes) -> bytes:
    """One PNG chunk with its check sum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.fixture(scope="session")
def png_chunk() -> Callable[[bytes, bytes], bytes]:
    return chunk


@pytest.fixture(scope="session")
def png() -> Callable[..., bytes]:
    """A PNG of 8 or 16 bits, any colour type and interlacing, from samples (H, W, C)."""

    def write(
        samples: NDArray[np.uint8] | NDArray[np.uint16],
        colour: int,
        *,
        interlaced: bool = False,
        rows: int | None = None,
        extra: bytes = b"",
    ) -> bytes:
        height, width = samples.shape[:2]
        depth = 16 if samples.dtype == np.uint16 else 8
        raw = b""
        for left, top, across, down in ADAM7 if interlaced else ((0, 0, 1, 1),):
            part = samples[top:rows:down, left::across]
            if part.size:
                raw += b"".join(b"\0" + line.astype(f">u{depth // 8}").tobytes() for line in part)
        ihdr = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
        return (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", ihdr)
            + extra
            + chunk(b"IDAT", zlib.compress(raw))
            + chunk(b"IEND", b"")
        )

    return write


@pytest.fixture(scope="session")
def heic() -> bytes:
    """A drawn picture of 512x384, 8 bits 4:2:0, coded by x265: no package with a free licence writes HEIC."""
    return (Path(__file__).parent / "drawn.heic").read_bytes()


@pytest.fixture
def refused(capfd: pytest.CaptureFixture[str]) -> Callable[..., UnreadablePicture]:
    """Call something that must refuse in one clear line, and let no native library speak."""

    def call(function: Callable[..., object], *arguments: object) -> UnreadablePicture:
        with pytest.raises(UnreadablePicture) as caught:
            function(*arguments)
        line = str(caught.value)
        assert "\n" not in line
        assert line.endswith(".")
        assert caught.value.exit_status == 3
        assert capfd.readouterr() == ("", "")
        return caught.value

    return call
