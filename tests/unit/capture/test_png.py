"""PNGs as they come, and as they must not."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bonafide.capture import read_picture
from bonafide.errors import UnreadablePicture

Save = Callable[..., bytes]
Refused = Callable[..., UnreadablePicture]
Pixels = NDArray[np.uint8]
Chunk = Callable[[bytes, bytes], bytes]

_GREY, _COLOUR, _GREY_ALPHA, _COLOUR_ALPHA = 0, 2, 4, 6


def _decode(data: bytes) -> Pixels:
    return read_picture(data).decode()


@pytest.mark.parametrize("interlaced", [False, True])
def test_colour(drawn: Pixels, png: Save, interlaced: bool) -> None:
    assert np.array_equal(_decode(png(drawn, _COLOUR, interlaced=interlaced)), drawn)


def test_taller_than_a_strip(drawn: Pixels, png: Save) -> None:
    tall = np.tile(drawn, (9, 1, 1))
    assert np.array_equal(_decode(png(tall, _COLOUR)), tall)


@pytest.mark.parametrize("interlaced", [False, True])
def test_16_bits_a_sample(drawn: Pixels, png: Save, interlaced: bool) -> None:
    deep = drawn.astype(np.uint16) << 8 | 0x5A
    assert np.array_equal(_decode(png(deep, _COLOUR, interlaced=interlaced)), drawn)
    grey = _decode(png(deep[..., :1], _GREY, interlaced=interlaced))
    assert np.array_equal(grey, np.repeat(drawn[..., :1], 3, axis=2))


@pytest.mark.parametrize("deep", [False, True])
def test_alpha_is_laid_on_white(drawn: Pixels, png: Save, deep: bool) -> None:
    alpha = np.zeros((*drawn.shape[:2], 1), np.uint8)
    alpha[:, :48] = 255
    expected = np.where(alpha > 0, drawn, 255)
    with_alpha = np.concatenate([drawn, alpha], axis=2)
    samples = with_alpha.astype(np.uint16) * 257 if deep else with_alpha
    assert np.array_equal(_decode(png(samples, _COLOUR_ALPHA)), expected)
    grey = _decode(png(samples[..., [0, 3]], _GREY_ALPHA))
    assert np.array_equal(grey, np.repeat(expected[..., :1], 3, axis=2))


def test_grey_of_every_depth(save: Save) -> None:
    grey = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (8, 8))
    expected = np.repeat(grey[..., None], 3, axis=2)
    assert np.array_equal(_decode(save(grey, "PNG")), expected)
    assert np.array_equal(_decode(save(Image.fromarray(grey).convert("1"), "PNG")), expected)


def test_palette(drawn: Pixels, save: Save) -> None:
    image = Image.fromarray(drawn).quantize(64)
    assert np.array_equal(_decode(save(image, "PNG")), np.asarray(image.convert("RGB")))


def test_palette_with_transparency(drawn: Pixels, save: Save) -> None:
    image = Image.fromarray(drawn).quantize(64)
    clear = np.asarray(image)[2, 2]
    pixels = _decode(save(image, "PNG", transparency=int(clear)))
    assert (pixels[np.asarray(image) == clear] == 255).all()
    assert np.array_equal(pixels[-1], np.asarray(image.convert("RGB"))[-1])


def test_transparent_colour(save: Save) -> None:
    image = Image.new("RGB", (8, 8), (1, 2, 3))
    image.putpixel((3, 3), (9, 9, 9))
    pixels = _decode(save(image, "PNG", transparency=(1, 2, 3)))
    assert tuple(pixels[0, 0]) == (255, 255, 255)
    assert tuple(pixels[3, 3]) == (9, 9, 9)


def test_the_first_frame_of_an_animation(drawn: Pixels, save: Save) -> None:
    later = Image.fromarray(255 - drawn)
    data = save(drawn, "PNG", save_all=True, append_images=[later])
    assert b"acTL" in data
    assert np.array_equal(_decode(data), drawn)


@pytest.mark.parametrize("value", [0, 7])
def test_a_picture_that_ends_in_black_is_whole(png: Save, value: int) -> None:
    pixels = np.full((40, 30, 3), value, np.uint8)
    pixels[20:] = 0
    assert np.array_equal(_decode(png(pixels, _COLOUR)), pixels)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("rows", [0, 1, 32, 63])
def test_rows_are_missing(refused: Refused, drawn: Pixels, png: Save, rows: int, interlaced: bool) -> None:
    """The data end in good order, only too early; Pillow would leave the rest black."""
    assert "damaged or incomplete" in str(
        refused(_decode, png(drawn, _COLOUR, interlaced=interlaced, rows=rows))
    )


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 0.8, 0.99])
def test_truncated(refused: Refused, drawn: Pixels, save: Save, share: float) -> None:
    data = save(drawn, "PNG")
    assert "damaged or incomplete" in str(refused(_decode, data[: int(share * len(data))]))


def test_without_its_end(refused: Refused, drawn: Pixels, save: Save) -> None:
    refused(_decode, save(drawn, "PNG")[:-12])


def test_a_wrong_check_sum(refused: Refused, drawn: Pixels, save: Save) -> None:
    data = bytearray(save(drawn, "PNG"))
    data[data.index(b"IDAT") + 30] ^= 1
    refused(_decode, bytes(data))


def _claim(data: bytes, width: int, height: int, chunk: Chunk) -> bytes:
    ihdr = width.to_bytes(4) + height.to_bytes(4) + data[24:29]
    return data[:8] + chunk(b"IHDR", ihdr) + data[33:]


@pytest.mark.parametrize("size", [(5001, 5000), (1 << 31, 1 << 31), (1, 25_000_001)])
def test_too_many_pixels(
    refused: Refused, drawn: Pixels, save: Save, png_chunk: Chunk, size: tuple[int, int]
) -> None:
    assert "25 megapixels" in str(refused(read_picture, _claim(save(drawn, "PNG"), *size, png_chunk)))


def test_a_header_that_claims_more_than_there_is(
    refused: Refused, drawn: Pixels, save: Save, png_chunk: Chunk
) -> None:
    refused(_decode, _claim(save(drawn, "PNG"), 5000, 5000, png_chunk))


@pytest.mark.parametrize("size", [(0, 64), (96, 0)])
def test_no_pixels(
    refused: Refused, drawn: Pixels, save: Save, png_chunk: Chunk, size: tuple[int, int]
) -> None:
    assert "no pixels" in str(refused(read_picture, _claim(save(drawn, "PNG"), *size, png_chunk)))


@pytest.mark.parametrize(
    ("at", "value"), [(24, 3), (24, 16 + 1), (25, 1), (25, 7), (26, 1), (27, 1), (28, 2)]
)
def test_nonsense_in_the_header(refused: Refused, drawn: Pixels, save: Save, at: int, value: int) -> None:
    data = bytearray(save(drawn, "PNG"))
    data[at] = value
    refused(read_picture, bytes(data))


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_compressed_extras_are_never_inflated(
    drawn: Pixels, png: Save, png_chunk: Chunk, kind: bytes
) -> None:
    """A chunk that inflates to 1000 times its size, and is damaged at its end: who inflates it notices."""
    start = b"name\0\1\0\0\0" if kind == b"iTXt" else b"name\0\0"
    extra = png_chunk(kind, start + zlib.compress(bytes(50_000_000))[:-4] + b"lies")
    assert np.array_equal(_decode(png(drawn, _COLOUR, extra=extra * 20)), drawn)


def test_chunks_without_end(refused: Refused, drawn: Pixels, png: Save, png_chunk: Chunk) -> None:
    refused(read_picture, png(drawn, _COLOUR, extra=png_chunk(b"teXt", b"") * 600_000))


def test_the_palette_is_missing(refused: Refused, png: Save) -> None:
    refused(_decode, png(np.zeros((4, 4, 1), np.uint8), 3))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + b"a letter " * 30])
def test_a_png_by_its_first_bytes_only(refused: Refused, data: bytes) -> None:
    assert "PNG file is damaged" in str(refused(read_picture, data))
