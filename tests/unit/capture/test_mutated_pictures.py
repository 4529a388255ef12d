"""Whatever bytes come in: an array of the declared shape or one clear line, and no word from native code."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bonafide.capture import Reduction, read_picture
from bonafide.errors import BonafideError

Save = Callable[..., bytes]
Pixels = NDArray[np.uint8]

_PLAIN = ("jpeg", "progressive", "cmyk", "grey", "restarts", "png", "palette", "deep", "interlaced")
_RICH = ("webp", "lossless", "alpha", "animated", "heic")
_NAMES = _PLAIN + _RICH
_REDUCTIONS: tuple[Reduction, ...] = (1, 2, 4, 8)


@pytest.fixture(scope="module")
def original(
    save: Save, png: Save, exif: Callable[[int], bytes], heic: bytes, drawn: Pixels
) -> Callable[[str], bytes]:
    image = Image.fromarray(drawn)
    alpha = np.dstack([drawn, drawn[..., :1]])
    files = {
        "jpeg": save(drawn, "JPEG", exif=exif(6)),
        "progressive": save(drawn, "JPEG", progressive=True),
        "cmyk": save(image.convert("CMYK"), "JPEG"),
        "grey": save(image.convert("L"), "JPEG"),
        "restarts": save(drawn, "JPEG", restart_marker_rows=1),
        "png": save(drawn, "PNG", exif=exif(3)),
        "palette": save(image.quantize(32), "PNG", transparency=3),
        "deep": png(drawn.astype(np.uint16) * 257, 2),
        "interlaced": png(alpha, 6, interlaced=True),
        "webp": save(drawn, "WEBP", exif=exif(8)),
        "lossless": save(drawn, "WEBP", lossless=True),
        "alpha": save(alpha, "WEBP"),
        "animated": save(drawn, "WEBP", save_all=True, append_images=[image.rotate(90)]),
        "heic": heic,
    }
    return files.__getitem__


class _Attempt(NamedTuple):
    name: str
    other: str
    mutations: list[tuple[str, float, int, int]]
    reduction: Reduction
    mended: bool


@st.composite
def _attempts(draw: st.DrawFn) -> _Attempt:
    kinds = st.sampled_from(["flip", "set", "cut", "drop", "repeat", "splice", "near start"])
    place = st.floats(0, 1, exclude_max=True)
    mutations = st.lists(
        st.tuples(kinds, place, st.integers(0, 255), st.integers(1, 64)), min_size=1, max_size=6
    )
    name = st.sampled_from(_NAMES)
    return _Attempt(
        draw(name), draw(name), draw(mutations), draw(st.sampled_from(_REDUCTIONS)), draw(st.booleans())
    )


def _mutate(data: bytes, other: bytes, mutations: list[tuple[str, float, int, int]]) -> bytes:
    mutated = bytearray(data)
    for kind, place, value, length in mutations:
        if not mutated:
            break
        at = int(place * len(mutated))
        match kind:
            case "flip":
                mutated[at] ^= 1 << value % 8
            case "set":
                mutated[at] = value
            case "near start":
                mutated[int(place * min(len(mutated), 200))] = value
            case "cut":
                del mutated[at:]
            case "drop":
                del mutated[at : at + length]
            case "repeat":
                mutated[at:at] = mutated[at : at + length] * (1 + value % 8)
            case "splice":
                mutated[at:] = other[int(place * len(other)) :]
    return bytes(mutated)


def _mend(data: bytes) -> bytes:
    """With check sums and lengths made right, so that the damage gets past them and into the decoders."""
    if data.startswith(b"RIFF"):
        return data[:4] + (len(data) - 8).to_bytes(4, "little", signed=True) + data[8:]
    mended, position = bytearray(data), 8
    while data.startswith(b"\x89PNG\r\n") and position < len(data):
        end = position + 8 + int.from_bytes(data[position : position + 4])
        mended[end : end + 4] = zlib.crc32(data[position + 4 : end]).to_bytes(4)
        position = end + 4
    return bytes(mended)


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(attempt=_attempts())
def test_mutated_pictures(
    original: Callable[[str], bytes], capfd: pytest.CaptureFixture[str], attempt: _Attempt
) -> None:
    data = _mutate(original(attempt.name), original(attempt.other), attempt.mutations)
    if attempt.mended:
        data = _mend(data)
    try:
        picture = read_picture(data)
        pixels = picture.decode(attempt.reduction)
    except BonafideError as error:
        line = str(error)
        assert "\n" not in line
    else:
        height, width = -(-picture.height // attempt.reduction), -(-picture.width // attempt.reduction)
        assert pixels.shape == (height, width, 3)
        assert pixels.dtype == np.uint8
    assert capfd.readouterr() == ("", "")
