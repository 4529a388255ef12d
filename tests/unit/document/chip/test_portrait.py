"""The chip's portrait as a picture: JPEG as it is, JPEG 2000 pixel by pixel, and no bombs."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.unit.document.chip.workshop import picture

from bonafide.capture import PictureFormat
from bonafide.document.chip import portrait_picture
from bonafide.errors import UnreadablePicture


def jpeg2000(mode: str = "RGB", size: tuple[int, int] = (96, 120), **options: Any) -> bytes:  # noqa: ANN401 - what Pillow takes
    gradient = Image.linear_gradient("L").resize(size)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(gradient).astype(np.uint16) << 8)
    else:
        image = gradient.convert(mode)
    written = io.BytesIO()
    image.save(written, "JPEG2000", **({"irreversible": False} | options))
    return written.getvalue()


def test_a_jpeg_is_taken_as_it_is() -> None:
    found = portrait_picture(picture())
    assert found.data == picture()
    assert (found.format, found.width, found.height) == (PictureFormat.JPEG, 48, 60)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "I;16"])
@pytest.mark.parametrize("bare", [False, True])
def test_a_jpeg_2000_keeps_its_pixels(mode: str, bare: bool) -> None:
    found = portrait_picture(jpeg2000(mode, no_jp2=bare))
    assert (found.format, found.width, found.height) == (PictureFormat.PNG, 96, 120)
    expected = np.asarray(Image.linear_gradient("L").resize((96, 120)).convert("RGB"))
    assert np.array_equal(found.decode(), expected)


@pytest.mark.parametrize(
    "options",
    [
        {"quality_mode": "rates", "quality_layers": [40, 20, 10], "irreversible": True},
        {"tile_size": (64, 64)},
        {"precinct_size": (64, 64), "codeblock_size": (32, 32)},
        {"num_resolutions": 3, "progression": "RPCL"},
        {"mct": 1},
    ],
)
def test_usual_encodings(options: dict[str, Any]) -> None:
    assert portrait_picture(jpeg2000(**options)).decode().shape == (120, 96, 3)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", picture(format="PNG"), picture(format="WEBP"), b"\xff\xd8\xff"]
)
def test_other_formats_and_stumps(data: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        portrait_picture(data)


@pytest.mark.parametrize("bare", [False, True])
def test_a_jpeg_2000_that_breaks_off(bare: bool) -> None:
    data = jpeg2000(no_jp2=bare)
    for end in range(0, len(data), 7):
        with pytest.raises(UnreadablePicture):
            portrait_picture(data[:end])


def replaced(data: bytes, marker: bytes, offset: int, value: bytes) -> bytes:
    start = data.index(marker) + offset
    return data[:start] + value + data[start + len(value) :]


STREAM = jpeg2000(no_jp2=True)
SIZ, COD = b"\xff\x51", b"\xff\x52"
PRECINCTS = jpeg2000(size=(1000, 1000), precinct_size=(64, 64), codeblock_size=(32, 32), no_jp2=True)


@pytest.mark.parametrize(
    "data",
    [
        replaced(STREAM, SIZ, 6, (60_000).to_bytes(4) * 2),  # width and height
        replaced(STREAM, SIZ, 6, (0).to_bytes(4)),
        replaced(STREAM, SIZ, 22, (1).to_bytes(4) * 2),  # tiles
        replaced(STREAM, SIZ, 22, (0).to_bytes(4)),
        replaced(STREAM, SIZ, 14, (96).to_bytes(4)),  # left of the picture
        replaced(STREAM, SIZ, 38, b"\x40\0"),  # components
        replaced(STREAM, SIZ, 40, b"\x25"),  # depth
        replaced(STREAM, SIZ, 41, b"\0"),  # subsampling
        replaced(STREAM, COD, 6, b"\xff\xff"),  # layers
        replaced(STREAM, COD, 9, b"\x7f"),  # levels
        replaced(STREAM, COD, 4, b"\1"),  # precincts announced and not there
        replaced(STREAM, b"\xff\x90", 6, b"\xff\xff\xff\xff"),  # size of the tile-part
        replaced(STREAM, b"\xff\x90", 6, b"\0\0\0\1"),
        jpeg2000(size=(1500, 1400)),
        replaced(PRECINCTS, COD, 14, bytes(6)),  # of one sample each
        replaced(PRECINCTS, COD, 19, b"\x33"),
        jpeg2000(codeblock_size=(4, 4)),
        replaced(jpeg2000(), b"colr", 7, (18).to_bytes(4)),  # luminance and two differences
        replaced(jpeg2000(), b"colr", 0, b"pclr"),
        replaced(jpeg2000(), b"jp2c", -4, bytes(4)).replace(SIZ, b"\xff\x52", 1),
        STREAM[:-2],
    ],
)
def test_what_would_cost_too_much_or_is_damaged(data: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        portrait_picture(data)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4),
    st.booleans(),
)
def test_a_damaged_jpeg_2000_is_a_picture_or_one_clear_line(
    changes: list[tuple[float, int]], bare: bool
) -> None:
    data = bytearray(STREAM if bare else jpeg2000())
    for place, value in changes:
        data[int(place * len(data))] = value
    with contextlib.suppress(UnreadablePicture):
        portrait_picture(bytes(data)).decode()
