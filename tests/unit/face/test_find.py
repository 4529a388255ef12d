"""Finding faces: how often a picture is looked at, how closely, and where that is in the whole picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bonafide.capture import Picture, read_picture
from bonafide.face import Detector, Face, FaceFinder, align

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]

# Where the landmarks of the drawn faces are, as shares of the box.
FEATURES = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)


def scaled(width: float, height: float, x: float, y: float) -> NDArray[np.float32]:
    """The landmarks of a face of that size at that place."""
    return np.asarray(FEATURES * (width, height) + (x, y), np.float32)


class Eyes(Detector):
    """Sees red patches as faces, and is `sure` of upright ones. In looks of a size in `blind` it sees
    nothing; in the close look it puts the landmarks right, which are `hazy` pixels off elsewhere.
    """

    def __init__(
        self,
        *,
        blind: Sequence[int] = (),
        hazy: float = 0,
        close_shift: tuple[int, int] = (0, 0),
        sure: float = 0.95,
    ) -> None:
        self.looks: list[tuple[int, int]] = []
        self._blind = blind
        self._hazy = hazy
        self._close_shift = close_shift
        self._sure = sure

    def detect(self, pixels: Pixels) -> list[Face]:
        height, width = pixels.shape[:2]
        self.looks.append((width, height))
        if max(height, width) in self._blind:
            return []
        close = (width, height) == (160, 160)
        shift = np.array(self._close_shift if close else (0, 0), np.float32)
        haze = np.float32(0 if close else self._hazy)
        mask = (pixels[..., 0] > 150) & (pixels[..., 1:].max(axis=2) < 110)
        _, _, patches, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
        return [
            Face(
                box=(float(x + shift[0]), float(y + shift[1]), float(w), float(h)),
                landmarks=scaled(w, h, x, y) + shift + haze,
                confidence=self._sure if chin(pixels[y : y + h, x : x + w]) else 0.7,
            )
            for x, y, w, h, area in patches[1:].tolist()
            if area > 3
        ]


def chin(patch: Pixels) -> bool:
    """Whether a patch is darker below than above, as an upright one is."""
    middle = len(patch) // 2
    return bool(patch[middle:, :, 0].mean() < patch[:middle, :, 0].mean() - 10)


def drawn(width: int, height: int, *boxes: Box) -> Pixels:
    """Red patches, darker at the chin, on a grey picture."""
    pixels = np.full((height, width, 3), 120, np.uint8)
    for x, y, w, h in boxes:
        pixels[y : y + h, x : x + w] = (240, 20, 20)
        pixels[y + h * 3 // 4 : y + h, x : x + w] = (180, 20, 20)
    return pixels


def picture(pixels: Pixels, kind: str = "PNG", orientation: int = 1) -> Picture:
    block = Image.Exif()
    block[0x0112] = orientation
    file = io.BytesIO()
    options = {"quality": 95, "subsampling": 0} if kind == "JPEG" else {"compress_level": 1}
    Image.fromarray(pixels).save(file, kind, exif=block.tobytes(), **options)
    return read_picture(file.getvalue())


def expect(face: Face, box: Box, tolerance: float) -> None:
    assert face.box == pytest.approx(box, abs=tolerance)
    x, y, w, h = box
    np.testing.assert_allclose(face.landmarks, FEATURES * (w, h) + (x, y), atol=tolerance)


@pytest.mark.parametrize(
    ("width", "height", "reduction"),
    [(300, 220, 1), (640, 411, 1), (1283, 961, 2), (1023, 2563, 4), (5123, 3001, 8)],
)
def test_a_face_is_where_it_is_in_the_whole_picture(width: int, height: int, reduction: int) -> None:
    box = (width // 3, height // 4, width // 3, height // 3)
    found = FaceFinder(Eyes()).find(picture(drawn(width, height, box), "JPEG"))
    assert found.reduction == reduction
    assert found.pixels.shape[:2] == (-(-height // reduction), -(-width // reduction))
    (face,) = found.faces
    expect(face, box, 1.5 * max(width, height) / 320)


class Whole(Detector):
    """Sees one face that fills whatever it looks at."""

    def __init__(self) -> None:
        pass

    def detect(self, pixels: Pixels) -> list[Face]:
        height, width = pixels.shape[:2]
        return [Face((0, 0, float(width), float(height)), scaled(width, height, 0, 0), 0.95)]


@pytest.mark.parametrize(("width", "height"), [(641, 640), (1283, 961), (2567, 2561), (5121, 3841)])
def test_what_fills_the_picture_fills_it_exactly_however_reductions_round(width: int, height: int) -> None:
    (face,) = FaceFinder(Whole()).find(picture(drawn(width, height), "JPEG")).faces
    expect(face, (0, 0, width, height), 0.01)


def upside(pixels: Pixels, quarters: int) -> Pixels:
    """Turned counter-clockwise by so many times 90 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, quarters))


def expect_upright(finder: FaceFinder, stored: Picture) -> None:
    """The one face is where the upright picture has it."""
    found = finder.find(stored)
    upright = found.picture.decode()
    assert upright.shape[:2] == (found.picture.height, found.picture.width)
    rows, columns = np.nonzero((upright[..., 0] > 150) & (upright[..., 1] < 110))
    left, top = int(columns.min()), int(rows.min())
    box = (left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top)
    assert chin(upright[top : top + box[3], left : left + box[2]])
    (face,) = found.faces
    expect(face, box, 6)


# What EXIF calls the turns that mirror nothing, by how often the stored picture was turned counter-clockwise.
TURNS = {0: 1, 1: 6, 2: 3, 3: 8}


@pytest.mark.parametrize("quarters", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_says_how_it_lies_is_looked_at_upright(kind: str, quarters: int) -> None:
    stored = upside(drawn(1300, 900, (200, 100, 300, 260)), quarters)
    eyes = Eyes()
    expect_upright(FaceFinder(eyes), picture(stored, kind, TURNS[quarters]))
    assert len(eyes.looks) <= 2


@pytest.mark.parametrize("quarters", TURNS)
@pytest.mark.parametrize("said", TURNS.values())
def test_a_picture_that_does_not_say_how_it_lies_is_turned(said: int, quarters: int) -> None:
    stored = upside(drawn(1300, 900, (200, 100, 300, 260)), quarters)
    expect_upright(FaceFinder(Eyes()), picture(stored, "JPEG", said))


def test_where_no_turn_helps_the_picture_stays_as_it_is() -> None:
    stored = picture(drawn(1280, 960, (400, 300, 400, 400)))
    found = FaceFinder(Eyes(sure=0.7)).find(stored)
    assert found.picture is stored
    assert len(found.faces) == 1


def test_one_look_is_enough_for_a_large_face() -> None:
    eyes = Eyes()
    FaceFinder(eyes).find(picture(drawn(1280, 960, (400, 300, 400, 400))))
    assert eyes.looks == [(320, 240)]


def test_a_second_look_is_taken_only_where_the_first_shows_nothing() -> None:
    eyes = Eyes(blind=[320])
    box = (400, 300, 400, 400)
    (face,) = FaceFinder(eyes).find(picture(drawn(1280, 960, box))).faces
    assert eyes.looks[:2] == [(320, 240), (640, 480)]
    expect(face, box, 3)


def test_a_picture_without_a_face_is_looked_at_twice_each_way_and_that_is_all() -> None:
    eyes = Eyes()
    found = FaceFinder(eyes).find(picture(drawn(700, 1280)))
    assert found.faces == ()
    upright, on_its_side = [(175, 320), (350, 640)], [(320, 175), (640, 350)]
    assert eyes.looks == upright + on_its_side + upright + on_its_side


@pytest.mark.parametrize(("width", "height"), [(1, 1), (4000, 2), (2, 4000), (90, 60)])
def test_the_smallest_and_the_narrowest_pictures_are_looked_at_too(width: int, height: int) -> None:
    assert FaceFinder(Eyes()).find(picture(drawn(width, height))).faces == ()


def test_a_small_face_gets_its_landmarks_from_a_closer_look() -> None:
    box = (500, 400, 120, 120)
    eyes = Eyes(hazy=2)
    (face,) = FaceFinder(eyes).find(picture(drawn(1280, 960, box))).faces
    assert eyes.looks == [(320, 240), (160, 160)]
    # 2 pixels of 320 would be 8 of the picture's.
    expect(face, box, 3)


def test_a_closer_look_that_shows_nothing_changes_nothing() -> None:
    box = (500, 400, 120, 120)
    (face,) = FaceFinder(Eyes(blind=[160], hazy=2)).find(picture(drawn(1280, 960, box))).faces
    np.testing.assert_allclose(face.landmarks, FEATURES * 120 + (508, 408), atol=5)


def test_a_neighbour_seen_in_the_closer_look_is_not_taken_for_the_face() -> None:
    box = (500, 400, 120, 120)
    for shift, taken in (((20, 0), True), ((0, 45), False)):
        (face,) = FaceFinder(Eyes(close_shift=shift)).find(picture(drawn(1280, 960, box))).faces
        off = float(np.abs(face.landmarks - (FEATURES * 120 + (500, 400))).max())
        assert (off > 10) is taken


def test_a_crowd_gets_no_more_than_four_closer_looks() -> None:
    eyes = Eyes()
    boxes = [(40 + 120 * index, 300, 60 + index, 60 + index) for index in range(9)]
    found = FaceFinder(eyes).find(picture(drawn(1280, 960, *boxes)))
    assert len(found.faces) == 9
    assert eyes.looks.count((160, 160)) == 4


def test_the_largest_face_comes_first() -> None:
    boxes = [(100, 100, 200, 200), (500, 100, 380, 380), (950, 100, 280, 280)]
    found = FaceFinder(Eyes()).find(picture(drawn(1280, 960, *boxes)))
    assert [round(face.box[0], -2) for face in found.faces] == [500, 1000, 100]


@pytest.mark.parametrize(("side", "reduction"), [(60, 1), (240, 2), (480, 4), (1100, 4)])
def test_a_crop_is_cut_from_the_smallest_decoding_that_need_not_be_enlarged(
    side: int, reduction: Literal[1, 2, 4]
) -> None:
    speckled = np.random.default_rng(1).integers(100, 150, (1900, 2700, 3), dtype=np.uint8)
    whole = picture(speckled, "JPEG")
    found = FaceFinder(Eyes()).find(whole)
    assert found.reduction == 4
    box = (700.0, 500.0, float(side), float(side))
    face = Face(box, scaled(side, side, 700, 500), 0.9)
    pixels = whole.decode(reduction)
    scale = np.array((pixels.shape[1] / 2700, pixels.shape[0] / 1900), np.float32)
    np.testing.assert_array_equal(found.crop(face), align(pixels, face.landmarks * scale))
