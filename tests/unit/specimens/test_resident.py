from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
from PIL import ImageFont

from specimens.fonts import Face, font
from specimens.numbers import citizen_check
from specimens.people import REFERENCE_DAY, Resident, name_lists, random_resident
from specimens.resident import Faults, PortraitFault, ResidentTruth, draw_back, draw_front

PEOPLE = [random_resident(np.random.default_rng(seed)) for seed in range(200)]
WIDTH = 620


def test_the_number_agrees_with_the_card_and_its_check_digit() -> None:
    for person in PEOPLE:
        assert citizen_check(person.number[:17]) == person.number[17]
        assert person.number[6:14] == f"{person.born:%Y%m%d}"
        assert (int(person.number[16]) % 2 == 1) == (person.sex == "男")
        assert person.number.startswith("99")
    assert any(person.number.endswith("X") for person in PEOPLE)


def test_the_check_digit_of_the_standards_example() -> None:
    assert citizen_check("11010519491231002") == "X"
    assert citizen_check("44052418800101001") == "4"


def test_people_are_of_every_kind() -> None:
    assert {len(person.name) for person in PEOPLE} >= {2, 3, 4}
    assert any("·" in person.name for person in PEOPLE)
    assert len({person.name for person in PEOPLE}) > 150
    assert len(set(name_lists()["ethnicities"])) == len(name_lists()["ethnicities"]) == 56
    assert any(person.valid_until is None for person in PEOPLE)
    assert {-(-len(person.address) // 11) for person in PEOPLE} == {1, 2, 3}


def test_sound_cards_are_valid_on_the_reference_day() -> None:
    for person in PEOPLE:
        assert person.born <= person.valid_from <= REFERENCE_DAY
        assert person.valid_until is None or person.valid_until > REFERENCE_DAY


def test_the_font_has_every_character() -> None:
    drawn = font(Face.HEI, 20)
    missing = _glyph(drawn, "\U0010ffff")
    text = "".join(person.name + person.address + person.ethnicity + person.authority for person in PEOPLE)
    assert [character for character in set(text) if _glyph(drawn, character) == missing] == []


def test_the_truth_is_complete_and_each_field_has_its_place() -> None:
    front, back = draw_front(PEOPLE[0], width=WIDTH), draw_back(PEOPLE[0], width=WIDTH)
    said = {key for side in (front, back) for key, value in asdict(side.truth).items() if value is not None}
    assert said == set(asdict(front.truth))
    assert set(front.fields) == {"name", "sex", "ethnicity", "birth_date", "address", "number"}
    assert set(back.fields) == {"authority", "validity"}
    for side in (front, back):
        rows, columns = side.pixels.shape[:2]
        assert side.pixels.dtype == np.uint8
        assert columns == WIDTH
        for box in side.fields.values():
            assert 0 <= box.left < box.left + box.width <= columns
            assert 0 <= box.top < box.top + box.height <= rows
            ink = side.pixels[box.top : box.top + box.height, box.left : box.left + box.width]
            assert ink.min() < 90


def test_drawing_is_repeatable() -> None:
    one, other = draw_front(PEOPLE[1], width=WIDTH), draw_front(PEOPLE[1], width=WIDTH)
    assert np.array_equal(one.pixels, other.pixels)
    assert one.truth == other.truth


def test_faults_are_faults() -> None:
    person = PEOPLE[0]
    assert _wrong(person, Faults(check_digit=True)).number != person.number
    birth = _wrong(person, Faults(birth=True)).birth_date
    assert birth is not None
    assert birth.replace("-", "") != person.number[6:14]
    assert _wrong(person, Faults(sex=True)).sex != person.sex
    until = draw_back(person, width=WIDTH, faults=Faults(expired=True)).truth.valid_until
    assert until is not None
    assert until < REFERENCE_DAY.isoformat()
    edited = _wrong(person, Faults(edited="name", edited_to="李四"))
    assert edited == replace(_wrong(person, Faults()), name="李四")
    year = _wrong(person, Faults(edited="birth_date", edited_to="1971")).birth_date
    assert year == f"1971-{person.born:%m-%d}"
    term = draw_back(
        person, width=WIDTH, faults=Faults(edited="validity", edited_to="2020.01.01-2040.01.01")
    ).truth
    assert (term.valid_from, term.valid_until) == ("2020-01-01", "2040-01-01")
    grey = draw_front(person, width=WIDTH, faults=Faults(grey=True)).pixels
    assert np.ptp(grey, axis=2).max() == 0


@pytest.mark.parametrize("fault", [PortraitFault.MISSING, PortraitFault.MOVED, PortraitFault.OVERLAPPED])
def test_portraits_go_wrong(fault: PortraitFault) -> None:
    sound, wrong = (
        draw_front(PEOPLE[0], width=WIDTH),
        draw_front(PEOPLE[0], width=WIDTH, faults=Faults(portrait=fault)),
    )
    assert wrong.portrait != sound.portrait
    assert (wrong.portrait is None) == (fault is PortraitFault.MISSING)


def _wrong(person: Resident, faults: Faults) -> ResidentTruth:
    return draw_front(person, width=WIDTH, faults=faults).truth


def _glyph(drawn: ImageFont.FreeTypeFont, character: str) -> bytes:
    return bytes(drawn.getmask(character))
