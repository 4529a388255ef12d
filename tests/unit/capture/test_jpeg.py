"""JPEGs as they come, and as they must not."""

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


def _frame(data: bytes) -> int:
    """Where the frame header's marker is."""
    return next(at for kind in (b"\xff\xc0", b"\xff\xc1", b"\xff\xc2") if (at := data.find(kind)) > 0)


def _patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("progressive", [False, True])
def test_colour(drawn: Pixels, save: Save, subsampling: str, progressive: bool) -> None:
    data = save(drawn, "JPEG", quality=95, subsampling=subsampling, progressive=progressive)
    assert np.abs(_decode(data).astype(int) - drawn).mean() < 3


def test_grey(drawn: Pixels, save: Save) -> None:
    grey = np.asarray(Image.fromarray(drawn).convert("L"))
    pixels = _decode(save(grey, "JPEG", quality=95))
    assert np.array_equal(pixels[..., 0], pixels[..., 2])
    assert np.abs(pixels[..., 0].astype(int) - grey).mean() < 2


def test_cmyk_as_adobe_writes_it(drawn: Pixels, save: Save) -> None:
    data = save(Image.fromarray(drawn).convert("CMYK"), "JPEG", quality=95)
    assert np.abs(_decode(data).astype(int) - drawn).mean() < 4


def test_ycck(save: Save) -> None:
    # With luma and chroma in the place of C, M and Y; mid-grey is the same in both.
    cmyk = Image.new("CMYK", (32, 32), (127, 127, 127, 0))
    data = save(cmyk, "JPEG", quality=95)
    adobe = data.index(b"Adobe")
    assert np.abs(_decode(_patched(data, adobe + 11, b"\2")).astype(int) - 128).max() < 4


def test_bytes_after_the_end_do_not_matter(drawn: Pixels, save: Save) -> None:
    data = save(drawn, "JPEG")
    assert np.array_equal(_decode(data + b"MotionPhoto" + bytes(5000)), _decode(data))


def test_padding_before_the_end_does_not_matter(drawn: Pixels, save: Save) -> None:
    data = save(drawn, "JPEG")
    assert np.array_equal(_decode(data[:-2] + b"\0\0\0" + data[-2:]), _decode(data))


def test_fill_bytes_between_markers_are_allowed(drawn: Pixels, save: Save) -> None:
    data = save(drawn, "JPEG")
    assert np.array_equal(_decode(data[:2] + b"\xff\xff" + data[2:]), _decode(data))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.8, 0.95, 0.99])
def test_truncated(refused: Refused, drawn: Pixels, save: Save, progressive: bool, share: float) -> None:
    data = save(np.tile(drawn, (6, 6, 1)), "JPEG", progressive=progressive)
    assert "damaged or incomplete" in str(refused(_decode, data[: int(share * len(data))]))


def test_without_its_end_marker(refused: Refused, drawn: Pixels, save: Save) -> None:
    refused(_decode, save(drawn, "JPEG")[:-2])


def test_truncated_and_closed_again(refused: Refused, drawn: Pixels, save: Save) -> None:
    data = save(np.tile(drawn, (6, 6, 1)), "JPEG")
    refused(_decode, data[: len(data) // 2] + b"\xff\xd9")
    refused(_decode, data[: len(data) // 2] + b"\0\0\0\xff\xd9")


def test_restart_markers_do_not_hide_that_half_is_missing(
    refused: Refused, drawn: Pixels, save: Save
) -> None:
    data = save(np.tile(drawn, (6, 6, 1)), "JPEG", restart_marker_rows=1)
    assert _decode(data).shape == (384, 576, 3)
    half = data.index(b"\xff\xd4", len(data) // 2)
    refused(_decode, data[:half] + b"\0\0\xff\xd9")


def test_a_header_that_claims_more_than_there_is(refused: Refused, drawn: Pixels, save: Save) -> None:
    data = save(drawn, "JPEG")
    refused(_decode, _patched(data, _frame(data) + 5, (4000).to_bytes(2) + (5000).to_bytes(2)))


@pytest.mark.parametrize(("width", "height"), [(5001, 5000), (65535, 65535)])
def test_too_many_pixels(refused: Refused, drawn: Pixels, save: Save, width: int, height: int) -> None:
    data = save(drawn, "JPEG")
    bomb = _patched(data, _frame(data) + 5, height.to_bytes(2) + width.to_bytes(2))
    assert "25 megapixels" in str(refused(read_picture, bomb))


def test_exactly_25_megapixels_pass_the_header(drawn: Pixels, save: Save) -> None:
    data = save(drawn, "JPEG")
    claim = _patched(data, _frame(data) + 5, (5000).to_bytes(2) * 2)
    assert read_picture(claim).width == 5000


@pytest.mark.parametrize("zero", [5, 7])
def test_no_pixels(refused: Refused, drawn: Pixels, save: Save, zero: int) -> None:
    data = save(drawn, "JPEG")
    assert "no pixels" in str(refused(read_picture, _patched(data, _frame(data) + zero, b"\0\0")))


def test_12_bits(refused: Refused, drawn: Pixels, save: Save) -> None:
    data = save(drawn, "JPEG")
    assert "8 bits" in str(refused(read_picture, _patched(data, _frame(data) + 4, b"\x0c")))


@pytest.mark.parametrize("kind", [0xC3, 0xC9, 0xCA, 0xCB])
def test_lossless_and_arithmetic(refused: Refused, drawn: Pixels, save: Save, kind: int) -> None:
    data = save(drawn, "JPEG")
    assert "rare kind" in str(refused(read_picture, _patched(data, _frame(data) + 1, bytes((kind,)))))


def test_progressive_cmyk_has_a_lower_limit(refused: Refused, drawn: Pixels, save: Save) -> None:
    data = save(Image.fromarray(drawn).convert("CMYK"), "JPEG", progressive=True)
    claim = _patched(data, _frame(data) + 5, (4001).to_bytes(2) + (4000).to_bytes(2))
    assert "16 megapixels" in str(refused(read_picture, claim))


def test_scans_without_end(refused: Refused, drawn: Pixels, save: Save) -> None:
    data = save(drawn, "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert "hundred scans" in str(refused(read_picture, data[:-2] + data[last:-2] * 100 + data[-2:]))


def test_markers_without_end(refused: Refused, drawn: Pixels, save: Save) -> None:
    data = save(drawn, "JPEG")
    refused(read_picture, data[:2] + b"\xff\xfe\0\2" * 1_900_000 + data[2:])
    refused(read_picture, data[:2] + b"\xff" * 7_900_000 + data[2:])


def test_two_frames(refused: Refused, drawn: Pixels, save: Save) -> None:
    data = save(drawn, "JPEG")
    at = _frame(data)
    frame = data[at : at + 2 + int.from_bytes(data[at + 2 : at + 4])]
    refused(read_picture, data[:at] + frame + data[at:])


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\0\0",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"\xff\xd8\xff\xda\0\2",
        b"\xff\xd8\xff\xc0\0\2",
        b"\xff\xd8\xff" + b"This is a letter" * 20,
    ],
)
def test_a_jpeg_by_its_first_bytes_only(refused: Refused, data: bytes) -> None:
    assert "JPEG file is damaged" in str(refused(read_picture, data))


def test_a_huge_exif_block_is_not_searched(drawn: Pixels, save: Save) -> None:
    tiff = b"II*\0\x08\0\0\0\xff\xff" + b"\x0f\1\2\0\1\0\0\0\0\0\0\0" * 5400
    block = b"Exif\0\0" + tiff
    data = save(drawn, "JPEG")
    segment = b"\xff\xe1" + (2 + len(block)).to_bytes(2) + block
    assert read_picture(data[:2] + segment * 100 + data[2:]).orientation == 1
