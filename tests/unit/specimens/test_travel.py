from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from specimens.mrz import name_field, transliterated
from specimens.numbers import mrz_check
from specimens.travel import Faults, Ghost, Kind, draw, random_traveller, zone

PEOPLE = [random_traveller(np.random.default_rng(seed)) for seed in range(80)]
SHAPES = {Kind.TD3: (2, 44), Kind.TD2: (2, 36), Kind.TD1: (3, 30), Kind.MRV_A: (2, 44), Kind.MRV_B: (2, 36)}


@pytest.mark.parametrize("kind", list(Kind))
def test_zones_have_their_format_and_check_digits(kind: Kind) -> None:
    rows, length = SHAPES[kind]
    for person in PEOPLE:
        lines = zone(person, kind)
        assert [len(line) for line in lines] == [length] * rows
        assert set("".join(lines)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
        upper, lower = lines[0], lines[1]
        if kind is Kind.TD1:
            assert mrz_check(upper[5:14]) == upper[14]
            assert mrz_check(lower[0:6]) == lower[6]
            assert mrz_check(lower[8:14]) == lower[14]
            assert mrz_check(upper[5:30] + lower[0:7] + lower[8:15] + lower[18:29]) == lower[29]
            continue
        assert mrz_check(lower[0:9]) == lower[9]
        assert mrz_check(lower[13:19]) == lower[19]
        assert mrz_check(lower[21:27]) == lower[27]
        if kind in (Kind.TD3, Kind.TD2):
            assert mrz_check(lower[0:10] + lower[13:20] + lower[21 : length - 1]) == lower[length - 1]


def test_the_zones_printed_in_icao_9303() -> None:
    """Part 4, appendix B: Anna Maria Eriksson's passport."""
    assert mrz_check("L898902C3") == "6"
    assert mrz_check("740812") == "2"
    assert mrz_check("120415") == "9"
    assert name_field("ERIKSSON", "ANNA MARIA", 39) == "ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"


def test_long_names_are_cut_to_end_in_a_letter() -> None:
    for length in (30, 31, 39):
        for surname, given in (
            ("Papandropoulous" * 3, "Jonathon Alec"),
            ("Smith", "A " * 30),
            ("A" * 26, "B C D E F"),
        ):
            field = name_field(surname, given, length)
            assert len(field) == length
            assert field[-1].isalpha() or "<<" in field
            assert "<<" in field


def test_diacritics_are_written_out() -> None:
    assert transliterated("Größl") == "GROESSL"
    assert transliterated("Þórsdóttir") == "THORSDOTTIR"
    assert transliterated("O'Brien-de la Cruz") == "OBRIEN<DE<LA<CRUZ"


def test_a_long_number_runs_on_in_the_optional_data() -> None:
    line = zone(replace(PEOPLE[0], number="D23145890734"), Kind.TD1)[0]
    assert line == "I<UTOD23145890<7349<<<<<<<<<<<"


@pytest.mark.parametrize("kind", list(Kind))
def test_faults_are_faults(kind: Kind) -> None:
    person = PEOPLE[0]
    back = kind is Kind.TD1
    sound = draw(person, kind, back=back, px_per_mm=6)
    wrong = draw(person, kind, back=back, px_per_mm=6, faults=Faults(check_digit=True))
    changed = [
        a != b
        for one, other in zip(sound.truth.mrz, wrong.truth.mrz, strict=True)
        for a, b in zip(one, other, strict=True)
    ]
    assert sum(changed) == 1
    other_name = draw(person, kind, px_per_mm=6, faults=Faults(printed_name="Elsewhere"))
    assert other_name.truth.surname == "ELSEWHERE"
    assert "ELSEWHERE" not in "".join(other_name.truth.mrz)
    assert draw(person, kind, px_per_mm=6, faults=Faults(expired=True)).truth.expiry_date < "2026"
    assert draw(person, kind, px_per_mm=6, faults=Faults(portrait_missing=True)).portrait is None


def test_ghosts_are_of_the_holder_or_of_another() -> None:
    same, other = (draw(PEOPLE[0], ghost=ghost, px_per_mm=6) for ghost in (Ghost.SAME, Ghost.OTHER))
    assert not np.array_equal(same.pixels, other.pixels)
    assert same.fields["ghost"] == other.fields["ghost"]


def test_the_zone_stands_at_its_pitch() -> None:
    drawn = draw(PEOPLE[0], px_per_mm=10)
    assert abs(drawn.fields["mrz1"].width - 44 * 25.4) <= 1
    assert drawn.fields["mrz1"].left + drawn.fields["mrz1"].width < drawn.pixels.shape[1]
