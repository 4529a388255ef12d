"""Reading drawn specimens, photographed by hand, with the shipped models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import specimen
from bonafide.capture import read_picture, use_one_thread
from bonafide.document import Kind, PortraitFaces, Reading, Result
from bonafide.document.ocr import TextDetector, TextRecogniser
from bonafide.document.reader import DocumentReader, Side
from bonafide.face import Detector, FaceFinder
from bonafide.models import ModelStore, Role, open_session
from bonafide.outcome import Reason
from specimens import licence, residence, resident, travel
from specimens.cases import WIDTH, travel_case
from specimens.drawn import Drawn
from specimens.fonts import FOLDER
from specimens.fonts import Face as Typeface
from specimens.numbers import citizen_check
from specimens.people import REFERENCE_DAY, Resident
from specimens.photograph import Photo, photograph
from specimens.portraits import SAMPLE_HEADS
from specimens.seeds import DEVELOPMENT
from specimens.shot import random_shot

Pixels = NDArray[np.uint8]
BORN = date(1965, 5, 5)
# The table of regions knows this one, yet it was retired before numbers were first given out, and the 999th
# of a day was kept for people over a hundred: nobody has this number.
FIRST17 = f"110201{BORN:%Y%m%d}999"
HOLDER = Resident(
    name="样本",
    sex="男",
    ethnicity="汉",
    born=BORN,
    address="云岚省星河市青石区样本路1号",
    number=FIRST17 + citizen_check(FIRST17),
    authority="星河市公安局青石分局",
    valid_from=date(2015, 1, 1),
    valid_until=None,
)
_STATE = Reason.DOCUMENT_ISSUER_UNKNOWN  # Utopia is nowhere


@dataclass(frozen=True)
class Desk:
    """What reads, and the portrait that the specimens carry."""

    finder: FaceFinder
    reader: DocumentReader
    portrait: Pixels

    def side(self, photo: bytes) -> Side:
        found = self.finder.find(read_picture(photo))
        return Side(found.picture, found.faces, PortraitFaces(found.faces[0] if found.faces else None))

    def read(self, *photos: bytes, minimum_age: int | None = None) -> Reading:
        front, *back = (self.side(photo) for photo in photos)
        return self.reader.read(front, back[0] if back else None, REFERENCE_DAY, minimum_age)


@pytest.fixture(scope="module")
def desk(models_home: Path, sample_pictures: Path) -> Desk:
    if not all((FOLDER / face.value).is_file() for face in Typeface):
        pytest.skip("needs the fonts: run `python demo/fetch_samples.py`")
    use_one_thread()
    store = ModelStore(models_home)
    detector, recogniser = store.serving(Role.TEXT_DETECTOR), store.serving(Role.TEXT_RECOGNISER)
    reader = DocumentReader(
        TextDetector(detector.input, open_session(detector, store)),
        TextRecogniser(recogniser.input, open_session(recogniser, store)),
    )
    sample = cv2.imread(str(sample_pictures / "obama.jpg"), cv2.IMREAD_COLOR_RGB)
    portrait = np.asarray(sample, np.uint8)[SAMPLE_HEADS["obama.jpg"]]
    return Desk(FaceFinder(Detector(open_session(store.detector(), store))), reader, portrait)


def shot(drawn: Drawn[object], seed: int, turn: float = 3) -> Photo:
    """An easy photograph of a side that lies so; all of one size, for the time they take."""
    assert seed in DEVELOPMENT
    easy = random_shot(np.random.default_rng([seed, 1]), "easy")
    there = replace(easy, width=1600, height=1200, turn=turn)
    return photograph(drawn.pixels, seed, shot=there, width_mm=drawn.width_mm, text_mm=drawn.text_mm)


def quarters(photo: bytes, count: int) -> bytes:
    """The same photograph turned clockwise."""
    return jpeg(np.rot90(decoded(photo), -count))


def decoded(photo: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)


def jpeg(pixels: Pixels) -> bytes:
    written, content = cv2.imencode(".jpg", np.ascontiguousarray(pixels[..., ::-1]))
    assert written
    return content.tobytes()


def random(seed: int) -> np.random.Generator:
    assert seed in DEVELOPMENT
    return np.random.default_rng([seed, 0])


def result(reading: Reading, name: str) -> tuple[Result, Reason | None]:
    (check,) = (check for check in reading.checks if check.name == name)
    return check.result, check.reason


def said(truth: object) -> dict[str, str]:
    assert isinstance(truth, resident.ResidentTruth | residence.ForeignerTruth)
    return {name: value for name, value in asdict(truth).items() if value}


@dataclass(frozen=True)
class Card:
    """A resident card's photographs."""

    front: Photo
    back: Photo
    truth: dict[str, str]
    portrait: NDArray[np.float32]

    @property
    def number(self) -> str:
        return self.truth["number"]


@pytest.fixture(scope="module")
def card(desk: Desk) -> Card:
    front, back = (
        resident.draw_front(HOLDER, desk.portrait, width=WIDTH),
        resident.draw_back(HOLDER, width=WIDTH),
    )
    photo = shot(front, 120)
    rows, columns = front.pixels.shape[:2]
    flat = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    place = front.portrait
    assert place is not None
    right, bottom = place.left + place.width, place.top + place.height
    frame = np.array([[[place.left, place.top], [right, place.top], [right, bottom], [place.left, bottom]]])
    lay = cv2.getPerspectiveTransform(flat, photo.corners)
    portrait = np.asarray(cv2.perspectiveTransform(frame.astype(np.float32), lay)[0], np.float32)
    return Card(photo, shot(back, 121), said(front.truth) | said(back.truth), portrait)


def test_a_sound_resident_card(desk: Desk, card: Card) -> None:
    reading = desk.read(card.front.jpeg, card.back.jpeg, minimum_age=18)
    assert reading.kind is Kind.CN_RESIDENT_ID
    assert reading.fields == card.truth
    assert reading.doubts == ()
    assert reading.doubts == ()
    assert reading.portrait is not None
    left, top, width, height = reading.portrait
    low, high = card.portrait.min(axis=0), card.portrait.max(axis=0)
    assert (left, top, left + width, top + height) == pytest.approx([*low, *high], abs=0.03 * 1600)


@pytest.mark.long
def test_swapped_sides_are_taken_for_what_they_show(desk: Desk, card: Card) -> None:
    reading = desk.read(card.back.jpeg, card.front.jpeg)
    assert reading.fields == card.truth
    assert reading.doubts == ()


@pytest.mark.parametrize("turned", [1, *(pytest.param(turned, marks=pytest.mark.long) for turned in (2, 3))])
def test_a_card_in_any_orientation(desk: Desk, card: Card, turned: int) -> None:
    reading = desk.read(quarters(card.front.jpeg, turned))
    assert reading.fields.items() <= card.truth.items()
    assert reading.fields["number"] == card.number
    assert result(reading, "cn.number")[0] is Result.PASSED
    assert result(reading, "cn.sides") == (Result.NOT_ASSESSABLE, Reason.DOCUMENT_SIDE_MISSING)


def test_a_card_that_lies_askew(desk: Desk, card: Card) -> None:
    front = resident.draw_front(HOLDER, desk.portrait, width=WIDTH)
    reading = desk.read(shot(front, 122, turn=25).jpeg)
    assert reading.fields.items() <= card.truth.items()
    assert result(reading, "cn.number")[0] is Result.PASSED


@pytest.mark.parametrize("turned", [0, 2])
def test_a_back_alone(desk: Desk, card: Card, turned: int) -> None:
    reading = desk.read(quarters(card.back.jpeg, turned))
    assert reading.kind is Kind.CN_RESIDENT_ID
    assert reading.fields == {name: card.truth[name] for name in ("authority", "valid_from", "valid_until")}
    assert result(reading, "cn.validity")[0] is Result.PASSED
    for name in ("cn.number", "cn.region", "cn.birth", "cn.sex", "cn.ethnicity"):
        assert result(reading, name) == (Result.NOT_ASSESSABLE, Reason.DOCUMENT_SIDE_MISSING)
    assert reading.portrait is None


@pytest.mark.parametrize(
    ("faults", "name", "reason"),
    [
        (resident.Faults(check_digit=True), "cn.number", Reason.DOCUMENT_NUMBER_WRONG),
        (resident.Faults(birth=True), "cn.birth", Reason.DOCUMENT_BIRTH_DIFFERS),
        (resident.Faults(sex=True), "cn.sex", Reason.DOCUMENT_SEX_DIFFERS),
    ],
    ids=["number", "birth", "sex"],
)
def test_a_front_that_contradicts_itself(
    desk: Desk, faults: resident.Faults, name: str, reason: Reason
) -> None:
    front = resident.draw_front(HOLDER, desk.portrait, width=WIDTH, faults=faults)
    reading = desk.read(shot(front, 120).jpeg)
    assert result(reading, name) == (Result.FAILED, reason)
    assert reading.fields["number"] == front.truth.number
    assert {check.name for check in reading.checks if check.result is Result.FAILED} == {name}


def test_an_expired_card(desk: Desk) -> None:
    back = resident.draw_back(HOLDER, width=WIDTH, faults=resident.Faults(expired=True))
    reading = desk.read(shot(back, 121).jpeg)
    assert result(reading, "cn.validity") == (Result.FAILED, Reason.DOCUMENT_EXPIRED)


def test_halves_of_a_card_never_pass_with_another_number(desk: Desk, card: Card) -> None:
    pixels = decoded(card.front.jpeg)
    left, top = card.front.corners.min(axis=0).astype(int).clip(0)
    right, bottom = card.front.corners.max(axis=0).astype(int)
    x, y = (left + right) // 2, (top + bottom) // 2
    halves = [pixels[:, :x], pixels[:, x:], pixels[:y], pixels[y:], pixels[: bottom - (bottom - top) // 14]]
    for half in halves:
        reading = desk.read(jpeg(half))
        for check in reading.checks:
            if check.name == "cn.number" and check.result is Result.PASSED:
                assert reading.fields["number"] == card.number


def test_a_permit(desk: Desk) -> None:
    permit = residence.random_permit(random(4))
    front = residence.draw_permit_front(permit, desk.portrait, width=WIDTH)
    back = residence.draw_permit_back(permit, width=WIDTH)
    reading = desk.read(shot(front, 8).jpeg, shot(back, 9).jpeg)
    assert reading.kind is Kind.CN_HMT_PERMIT
    truth = said(front.truth) | {"authority": back.truth.authority, "pass_number": permit.travel_permit}
    truth |= {"valid_from": back.truth.valid_from, "valid_until": back.truth.valid_until}
    assert reading.fields == truth
    assert [check for check in reading.checks if check.reason] == []


def test_a_foreigners_card_of_2023(desk: Desk) -> None:
    person = residence.random_foreigner(random(40))
    front = residence.draw_foreigner_front(person, desk.portrait, width=WIDTH)
    reading = desk.read(shot(front, 80).jpeg, minimum_age=18)
    assert reading.kind is Kind.CN_FOREIGN_PERMANENT
    assert reading.fields == said(front.truth)
    assert reading.doubts == ()


@pytest.mark.long
def test_the_back_of_a_foreigners_card_of_2017_is_a_zone(desk: Desk) -> None:
    person = residence.random_foreigner(random(6), version=2017)
    back = residence.draw_foreigner_back(person, version=2017, width=WIDTH)
    reading = desk.read(shot(back, 13).jpeg)
    assert reading.kind is Kind.TD1
    assert reading.fields["surname"] == person.surname
    assert reading.fields["birth_date"] == person.born.isoformat()
    missing = (Result.NOT_ASSESSABLE, Reason.DOCUMENT_SIDE_MISSING)
    assert result(reading, "mrz.names") == result(reading, "document.portrait") == missing


def traveller() -> travel.Traveller:
    return travel.random_traveller(random(43))


def front_of(
    desk: Desk, kind: travel.Kind, faults: travel.Faults = travel.SOUND
) -> Drawn[travel.TravelTruth]:
    """The side of a traveller's document that has the portrait."""
    return travel.draw(traveller(), kind, desk.portrait, px_per_mm=WIDTH / 85.6, faults=faults)


@pytest.mark.parametrize(
    "kind",
    [
        travel.Kind.TD3,
        travel.Kind.TD2,
        travel.Kind.MRV_A,
        pytest.param(travel.Kind.MRV_B, marks=pytest.mark.long),
    ],
)
def test_a_document_with_a_zone(desk: Desk, kind: travel.Kind) -> None:
    drawn = front_of(desk, kind)
    reading = desk.read(shot(drawn, 84).jpeg, minimum_age=18)
    assert reading.kind.value == kind.value.lower()
    assert reading.fields["mrz"] == drawn.truth.mrz
    for name in ("number", "birth_date", "expiry_date", "nationality", "sex"):
        assert reading.fields[name] == getattr(drawn.truth, name)
    # All but the state, which is none.
    assert reading.doubts == (_STATE,)
    assert reading.portrait is not None


def test_a_visa_whose_lines_end_in_fillers_is_not_taken_for_the_shorter_kind(desk: Desk) -> None:
    # In this photograph no filler is seen as text, and 36 columns would hold all that is.
    visa = travel_case(7, travel.Kind.MRV_A, portrait=desk.portrait, difficulty="easy")
    reading = desk.read(visa.photo.jpeg)
    assert reading.kind is Kind.MRV_A
    assert reading.fields["mrz"] == visa.drawn.truth.mrz


def test_a_card_with_a_zone_on_its_back(desk: Desk) -> None:
    front = front_of(desk, travel.Kind.TD1)
    back = travel.draw(traveller(), travel.Kind.TD1, back=True, px_per_mm=WIDTH / 85.6)
    reading = desk.read(shot(front, 84).jpeg, shot(back, 85).jpeg)
    assert reading.kind is Kind.TD1
    assert reading.fields["mrz"] == back.truth.mrz
    assert reading.doubts == (_STATE,)


def test_a_printed_name_that_is_not_the_zones(desk: Desk) -> None:
    drawn = front_of(desk, travel.Kind.TD3, travel.Faults(printed_name="Quixotico"))
    reading = desk.read(shot(drawn, 84).jpeg)
    assert result(reading, "mrz.names") == (Result.FAILED, Reason.DOCUMENT_NAMES_DIFFER)
    assert reading.doubts == (Reason.DOCUMENT_READING_UNSURE, _STATE, Reason.DOCUMENT_NAMES_DIFFER)


def test_a_wrong_check_digit_in_a_zone(desk: Desk) -> None:
    drawn = front_of(desk, travel.Kind.TD3, travel.Faults(check_digit=True))
    reading = desk.read(shot(drawn, 84).jpeg)
    assert reading.fields["mrz"] == drawn.truth.mrz
    assert result(reading, "mrz.check_digits") == (Result.FAILED, Reason.DOCUMENT_ZONE_WRONG)
    assert result(reading, "mrz.certain")[0] is Result.PASSED


def test_a_second_face_beside_the_portrait(desk: Desk) -> None:
    side = desk.side(shot(front_of(desk, travel.Kind.TD3), 84).jpeg)
    (portrait,) = side.faces
    ghost = replace(portrait, landmarks=portrait.landmarks * np.float32(0.5))
    for alike, expected in ((True, Result.PASSED), (False, Result.FAILED)):
        faces = PortraitFaces(portrait, (ghost,), alike)
        reading = desk.reader.read(replace(side, portrait=faces), None, REFERENCE_DAY)
        assert result(reading, "document.ghost")[0] is expected
        assert (Reason.DOCUMENT_PORTRAITS_DIFFER in reading.doubts) is not alike
        assert reading.portrait == portrait.box


@pytest.fixture(scope="module")
def driving(desk: Desk) -> tuple[licence.Driver, bytes, bytes]:
    """A driver, and photographs of the licence's front and back."""
    driver = licence.random_driver(random(9))
    front = licence.draw_front(driver, desk.portrait, width=WIDTH)
    return driver, shot(front, 18).jpeg, shot(licence.draw_back(driver, width=WIDTH), 19).jpeg


def test_the_back_of_a_licence(desk: Desk, driving: tuple[licence.Driver, bytes, bytes]) -> None:
    driver, _, back = driving
    reading = desk.read(back, minimum_age=18)
    assert reading.kind is Kind.AAMVA
    assert reading.fields["number"] == driver.number
    assert reading.fields["birth_date"] == driver.born.isoformat()
    # Nothing is said against the side that was not shown.
    assert reading.doubts == (_STATE, Reason.DOCUMENT_SIDE_MISSING)
    assert [check.name for check in reading.checks if check.result is Result.FAILED] == ["aamva.issuer"]


@pytest.mark.parametrize("swapped", [False, True])
def test_both_sides_of_a_licence(
    desk: Desk, driving: tuple[licence.Driver, bytes, bytes], swapped: bool
) -> None:
    sides = driving[1:][:: -1 if swapped else 1]
    reading = desk.read(*sides)
    assert reading.doubts == (_STATE,)


def test_what_is_no_document_of_any_kind(desk: Desk, sample_pictures: Path) -> None:
    pictures = (specimen.draw_specimen(desk.portrait), (sample_pictures / "obama2.jpg").read_bytes())
    for picture in pictures:
        reading = desk.read(picture)
        assert reading.kind is Kind.UNKNOWN
        assert reading.doubts == (Reason.DOCUMENT_KIND_UNKNOWN,)
        assert not reading.fields
        assert reading.portrait is not None


def _noise(shape: tuple[int, int]) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)


def _blank(shape: tuple[int, int]) -> Pixels:
    return np.full((*shape, 3), 255, np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (2000, 1), (3, 700), (64, 64), (300, 400)])
@pytest.mark.parametrize("drawn", [_noise, _blank])
def test_pictures_of_nothing_are_read_as_nothing(
    desk: Desk, drawn: Callable[[tuple[int, int]], Pixels], shape: tuple[int, int]
) -> None:
    picture = read_picture(jpeg(drawn(shape)))
    reading = desk.reader.read(Side(picture, (), PortraitFaces(None)), None, REFERENCE_DAY)
    assert reading.kind is Kind.UNKNOWN
    assert reading.portrait is None
