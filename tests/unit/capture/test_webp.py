"""WebPs as they come, and as they must not."""

from __future__ import annotations

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


def _decode(data: bytes) -> Pixels:
    return read_picture(data).decode()


def _half_clear(drawn: Pixels) -> Pixels:
    alpha = np.zeros((*drawn.shape[:2], 1), np.uint8)
    alpha[:, :48] = 255
    return np.concatenate([drawn, alpha], axis=2)


def _riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)
        for kind, content in chunks
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _chunk(data: bytes, kind: bytes) -> bytes:
    at = data.index(kind, 12)
    return data[at + 8 : at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")]


def test_lossy(drawn: Pixels, save: Save) -> None:
    assert np.abs(_decode(save(drawn, "WEBP", quality=95)).astype(int) - drawn).mean() < 4


def test_lossless(drawn: Pixels, save: Save) -> None:
    assert np.array_equal(_decode(save(drawn, "WEBP", lossless=True)), drawn)


def test_alpha_is_laid_on_white(drawn: Pixels, save: Save) -> None:
    with_alpha = _half_clear(drawn)
    expected = np.where(with_alpha[..., 3:] > 0, drawn, 255)
    assert np.array_equal(_decode(save(with_alpha, "WEBP", lossless=True)), expected)
    assert np.abs(_decode(save(with_alpha, "WEBP", quality=95)).astype(int) - expected).mean() < 4


def test_metadata_does_not_matter(drawn: Pixels, save: Save, exif: Callable[[int], bytes]) -> None:
    data = save(drawn, "WEBP", lossless=True, exif=exif(1), icc_profile=b"no profile at all" * 99)
    assert np.array_equal(_decode(data), drawn)


def test_the_first_frame_of_an_animation(drawn: Pixels, save: Save) -> None:
    later = [Image.fromarray(255 - drawn), Image.fromarray(drawn[::-1])]
    data = save(drawn, "WEBP", save_all=True, append_images=later, lossless=True, duration=100)
    assert b"ANIM" in data
    assert np.array_equal(_decode(data), drawn)


def test_a_first_frame_smaller_than_its_canvas(drawn: Pixels, save: Save) -> None:
    still = _chunk(save(drawn[:32, :48], "WEBP", lossless=True), b"VP8L")
    frame = b"".join(number.to_bytes(3, "little") for number in (5, 8, 47, 31, 100)) + b"\0"
    inner = b"VP8L" + len(still).to_bytes(4, "little") + still + bytes(len(still) % 2)
    size = (95).to_bytes(3, "little") + (63).to_bytes(3, "little")
    data = _riff((b"VP8X", b"\x02\0\0\0" + size), (b"ANIM", bytes(6)), (b"ANMF", frame + inner))
    expected = np.full((64, 96, 3), 255, np.uint8)
    expected[16:48, 10:58] = drawn[:32, :48]
    assert np.array_equal(_decode(data), expected)


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 0.8, 0.99])
def test_truncated(refused: Refused, drawn: Pixels, save: Save, lossless: bool, share: float) -> None:
    data = save(np.tile(drawn, (6, 6, 1)), "WEBP", lossless=lossless)
    assert "damaged or incomplete" in str(refused(_decode, data[: int(share * len(data))]))


@pytest.mark.parametrize("lossless", [False, True])
def test_truncated_with_sizes_to_match(refused: Refused, drawn: Pixels, save: Save, lossless: bool) -> None:
    kind = b"VP8L" if lossless else b"VP8 "
    still = _chunk(save(np.tile(drawn, (6, 6, 1)), "WEBP", lossless=lossless), kind)
    refused(_decode, _riff((kind, still[: len(still) // 2])))


@pytest.mark.parametrize("lossless", [False, True])
def test_too_many_pixels(refused: Refused, drawn: Pixels, save: Save, lossless: bool) -> None:
    data = bytearray(save(drawn, "WEBP", lossless=lossless))
    at = 21 if lossless else 26
    data[at : at + 4] = b"\xff\xff\xff\x0f" if lossless else b"\xff\x3f\xff\x3f"
    assert "25 megapixels" in str(refused(read_picture, bytes(data)))


def test_a_canvas_of_too_many_pixels(refused: Refused, drawn: Pixels, save: Save) -> None:
    still = _chunk(save(drawn, "WEBP", lossless=True), b"VP8L")
    data = _riff((b"VP8X", bytes(4) + b"\xff\xff\xff\xff\xff\xff"), (b"VP8L", still))
    assert "25 megapixels" in str(refused(read_picture, data))


def test_a_frame_larger_than_its_canvas(refused: Refused, drawn: Pixels, save: Save) -> None:
    still = _chunk(save(drawn, "WEBP", lossless=True), b"VP8L")
    refused(read_picture, _riff((b"VP8X", bytes(4) + b"\x0a\0\0\x0a\0\0"), (b"VP8L", still)))


def test_no_pixels(refused: Refused, drawn: Pixels, save: Save) -> None:
    data = bytearray(save(drawn, "WEBP"))
    data[26:28] = b"\0\0"
    assert "no pixels" in str(refused(read_picture, bytes(data)))


def test_chunks_without_end(refused: Refused, drawn: Pixels, save: Save) -> None:
    still = _chunk(save(drawn, "WEBP", lossless=True), b"VP8L")
    refused(read_picture, _riff((b"VP8L", still), *[(b"junk", b"")] * 900_000))


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        _riff(),
        _riff((b"VP8 ", b"")),
        _riff((b"VP8L", b"\x2f")),
        _riff((b"VP8X", b"")),
        _riff((b"VP8X", b"\x02\0\0\0\x0a\0\0\x0a\0\0"), (b"ANMF", b"")),
        _riff((b"VP8 ", b"a letter that is long enough")),
    ],
)
def test_a_webp_by_its_first_bytes_only(refused: Refused, data: bytes) -> None:
    assert "WebP file is damaged" in str(refused(read_picture, data))
