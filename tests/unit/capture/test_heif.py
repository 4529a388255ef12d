"""HEICs as phones write them, and as they must not be.

They are made by putting the one drawn, coded picture into containers written for the purpose.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pi_heif  # type: ignore[import-untyped]  # it has no types
import pytest
from numpy.typing import NDArray

from bonafide.capture import read_picture
from bonafide.capture.heif_boxes import read_meta
from bonafide.capture.heif_writer import StillItem, write_still
from bonafide.errors import UnreadablePicture

Refused = Callable[..., UnreadablePicture]
Pixels = NDArray[np.uint8]
Properties = tuple[tuple[bytes, bytes], ...]


def _decode(data: bytes) -> Pixels:
    return read_picture(data).decode()


@pytest.fixture
def coded(heic: bytes) -> StillItem:
    """The drawn picture's item, without anything that could be left out."""
    meta = read_meta(heic)
    item = meta.item(meta.primary)
    properties = tuple((kind, content) for kind, content in item.properties if kind in (b"hvcC", b"ispe"))
    return StillItem(item.kind, properties, meta.content(item))


def _ispe(width: int, height: int) -> tuple[bytes, bytes]:
    return b"ispe", bytes(4) + width.to_bytes(4) + height.to_bytes(4)


def _with(item: StillItem, *more: tuple[bytes, bytes], content: bytes | None = None) -> StillItem:
    return StillItem(item.kind, item.properties + more, item.content if content is None else content)


def _alone(item: StillItem) -> bytes:
    return write_still(item)


def _grid(
    tile: StillItem, tiles: tuple[int, int], size: tuple[int, int], *more: tuple[bytes, bytes]
) -> bytes:
    (rows, columns), (width, height) = tiles, size
    layout = bytes((0, 0, rows - 1, columns - 1)) + width.to_bytes(2) + height.to_bytes(2)
    picture = StillItem(b"grid", (_ispe(width, height), *more), layout)
    return write_still(picture, (tile,) * (rows * columns))


def test_as_libheif_reads_the_whole_file(heic: bytes) -> None:
    file = pi_heif.open_heif(heic)
    assert np.array_equal(_decode(heic), np.asarray(file[0])[:, :512])


def test_tiles(coded: StillItem) -> None:
    one = _decode(_alone(coded))
    picture = read_picture(_grid(coded, (2, 3), (1500, 700)))
    assert (picture.width, picture.height) == (1500, 700)
    assert np.array_equal(picture.decode(), np.tile(one, (2, 3, 1))[:700, :1500])


@pytest.mark.parametrize("tiled", [False, True])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turns(coded: StillItem, quarters: int, tiled: bool) -> None:
    turn = (b"irot", bytes((quarters,)))
    data = _grid(coded, (1, 1), (500, 384), turn) if tiled else _alone(_with(coded, turn))
    stored = _decode(_alone(coded))[:, : 500 if tiled else 512]
    picture = read_picture(data)
    expected = np.rot90(stored, quarters)
    assert (picture.height, picture.width) == expected.shape[:2]
    assert picture.orientation == 1
    assert np.array_equal(picture.decode(), expected)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turns_and_mirrorings_are_those_of_libheif(coded: StillItem, quarters: int, axis: int) -> None:
    turns = ((b"irot", bytes((quarters,))), (b"imir", bytes((axis,))))
    for steps in (turns, turns[::-1]):
        data = _alone(_with(coded, *steps))
        file = pi_heif.open_heif(data)
        assert np.array_equal(_decode(data), np.asarray(file[0])[:, : file.size[0]])


def test_mirrored(coded: StillItem) -> None:
    mirrored = _decode(_alone(_with(coded, (b"imir", b"\1"))))
    assert np.array_equal(mirrored, _decode(_alone(coded))[:, ::-1])


def _crop(*numbers: int) -> tuple[bytes, bytes]:
    return b"clap", b"".join(number.to_bytes(4, signed=True) for number in numbers)


def test_cropped(coded: StillItem) -> None:
    picture = read_picture(_alone(_with(coded, _crop(300, 1, 200, 1, 0, 1, 0, 1))))
    assert (picture.width, picture.height) == (300, 200)
    assert np.array_equal(picture.decode(), _decode(_alone(coded))[92:292, 106:406])


def test_cropped_off_centre_and_turned(coded: StillItem) -> None:
    """From the left and the bottom, by fractions, and then turned."""
    crop = _crop(512, 2, 200, 1, -256, 2, 92, 1)
    picture = read_picture(_alone(_with(coded, crop, (b"irot", b"\1"))))
    assert (picture.width, picture.height) == (200, 256)
    assert np.array_equal(picture.decode(), np.rot90(_decode(_alone(coded))[184:, :256]))
    assert picture.decode(4).shape == (64, 50, 3)


@pytest.mark.parametrize(
    "numbers",
    [
        (513, 1, 1, 1, 0, 1, 0, 1),
        (0, 1, 9, 1, 0, 1, 0, 1),
        (9, 0, 9, 1, 0, 1, 0, 1),
        (9, 1, 9, 1, 999, 1, 0, 1),
    ],
)
def test_cropped_to_what_is_not_there(refused: Refused, coded: StillItem, numbers: tuple[int, ...]) -> None:
    refused(read_picture, _alone(_with(coded, _crop(*numbers))))


def test_a_size_that_is_not_the_coded_one(refused: Refused, coded: StillItem) -> None:
    hvcc = coded.properties[[kind for kind, _ in coded.properties].index(b"hvcC")]
    for size in ((100, 100), (512, 200), (513, 384), (4000, 4000)):
        assert "damaged" in str(refused(read_picture, _alone(StillItem(b"hvc1", (hvcc, _ispe(*size)), b""))))


@pytest.mark.parametrize(("at", "value"), [(16, 0xFF), (17, 0xFB), (18, 0xFA), (22, 2), (22, 0)])
def test_a_configuration_that_contradicts_itself(
    refused: Refused, coded: StillItem, at: int, value: int
) -> None:
    """A false bit depth alone lets pi-heif 1.4 write past its memory."""
    (hvcc,) = (bytearray(content) for kind, content in coded.properties if kind == b"hvcC")
    hvcc[at] = value
    item = StillItem(b"hvc1", ((b"hvcC", bytes(hvcc)), _ispe(512, 384)), coded.content)
    assert "damaged" in str(refused(read_picture, _alone(item)))


def test_two_sets_of_parameters(refused: Refused, coded: StillItem) -> None:
    (hvcc,) = (content for kind, content in coded.properties if kind == b"hvcC")
    twice = hvcc[:22] + bytes((2 * hvcc[22],)) + hvcc[23:] * 2
    refused(read_picture, _alone(StillItem(b"hvc1", ((b"hvcC", twice), _ispe(512, 384)), coded.content)))


def test_too_many_pixels(refused: Refused, coded: StillItem) -> None:
    assert "25 megapixels" in str(refused(read_picture, _grid(coded, (20, 20), (5001, 5000))))


def test_no_pixels(refused: Refused, coded: StillItem) -> None:
    assert "no pixels" in str(refused(read_picture, _grid(coded, (1, 1), (0, 384))))


@pytest.mark.parametrize(
    ("tiles", "size"),
    [
        ((1, 1), (513, 384)),
        ((1, 1), (512, 385)),
        ((2, 1), (512, 384)),
        ((1, 2), (512, 384)),
        ((9, 9), (512, 384)),
    ],
)
def test_tiles_that_do_not_fit(
    refused: Refused, coded: StillItem, tiles: tuple[int, int], size: tuple[int, int]
) -> None:
    refused(read_picture, _grid(coded, tiles, size))


def test_only_the_first_of_many_pictures_in_an_item_is_decoded(coded: StillItem) -> None:
    many = _with(coded, content=coded.content * 50)
    assert np.array_equal(_decode(_alone(many)), _decode(_alone(coded)))


def test_parameters_among_the_pictures_are_left_out(coded: StillItem) -> None:
    """A sequence parameter set in the item could make its picture any size."""
    junk = bytes((33 << 1, 1)) + b"\xff" * 30
    data = len(junk).to_bytes(4) + junk + coded.content
    assert np.array_equal(_decode(_alone(_with(coded, content=data))), _decode(_alone(coded)))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.8, 0.99])
def test_truncated(refused: Refused, heic: bytes, share: float) -> None:
    assert "damaged or incomplete" in str(refused(_decode, heic[: int(share * len(heic))]))


def test_an_item_without_a_picture(refused: Refused, coded: StillItem) -> None:
    refused(_decode, _alone(_with(coded, content=b"\0\0\0\2\x46\1")))


def test_other_codecs(refused: Refused, coded: StillItem) -> None:
    for kind in (b"av01", b"jpeg", b"unci", b"iovl"):
        item = StillItem(kind, coded.properties, coded.content)
        assert "not coded as HEIC" in str(refused(read_picture, _alone(item)))


def test_transparent_parts(refused: Refused, coded: StillItem) -> None:
    alpha = (b"auxC", bytes(4) + b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
    # Item 2 becomes a tile of item 1; by another name for the reference, item 1 is the alpha plane of item 2.
    data = write_still(_with(coded, alpha), (coded,)).replace(b"dimg", b"auxl")
    pitm = data.index(b"pitm") + 8
    assert "transparent" in str(refused(read_picture, data[:pitm] + b"\0\2" + data[pitm + 2 :]))


@pytest.mark.parametrize(
    "data", [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"\0\0\0\x08ftypheic" + b"letter" * 9]
)
def test_a_heic_by_its_first_bytes_only(refused: Refused, data: bytes) -> None:
    assert "HEIC file is damaged" in str(refused(read_picture, data))


def test_extents_that_overlap_cannot_fill_memory(refused: Refused, coded: StillItem) -> None:
    data = bytearray(_alone(coded))
    size = data.index(b"iloc") + 8 + 2 + 2 + 8 + 4
    data[size : size + 4] = (1 << 31).to_bytes(4)
    refused(_decode, bytes(data))
