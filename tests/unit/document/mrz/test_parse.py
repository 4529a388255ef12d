"""Parsing: the standard's specimens, zones that can be built, and whatever else comes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.document.mrz.zones import FRENCH_CARD, LONG_NUMBER, SPECIMENS, TODAY, build_zone

from bonafide.document.mrz import (
    FORMATS,
    DateState,
    ZoneKind,
    alphabet_at,
    check_digit,
    format_of,
    parse_zone,
    position_alphabets,
    shape_alphabets,
)
from bonafide.document.mrz.check_digits import ALPHABET, value_of

ICAO = tuple(SPECIMENS)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORD = st.text(LETTERS, min_size=1, max_size=8)
NUMBER = st.text(ALPHABET[:-1], min_size=1, max_size=9)


@st.composite
def zones(draw: st.DrawFn) -> tuple[ZoneKind, list[str]]:
    """A layout, and lines of it with all check digits right."""
    kind = draw(st.sampled_from(ICAO))
    day = st.dates(date(1930, 1, 1), date(2025, 12, 31)).map(lambda value: f"{value:%y%m%d}")
    return kind, build_zone(
        kind,
        code={"td1": "I", "td2": "AC", "td3": "P"}.get(kind, "V"),
        issuer=draw(st.sampled_from(["CHN", "D", "FRA"])),
        nationality=draw(st.sampled_from(["CHN", "D", "XXA"])),
        number=draw(NUMBER),
        birth=draw(day),
        expiry=draw(day),
        sex=draw(st.sampled_from("MF<")),
        names=f"{draw(WORD)}<<{draw(WORD)}<{draw(WORD)}",
    )


@pytest.mark.parametrize("kind", ICAO)
def test_the_specimens_of_the_standard(kind: ZoneKind) -> None:
    zone = parse_zone(SPECIMENS[kind], TODAY)
    assert zone is not None
    assert (zone.kind, zone.sound) == (kind, True)
    assert (zone.surname, zone.given_names, zone.issuer) == ("ERIKSSON", "ANNA MARIA", "UTO")
    assert zone.sex == "F"
    assert not zone.names_truncated
    assert zone.birth_date is not None
    assert zone.expiry_date is not None
    expected = {
        ZoneKind.TD1: ("D23145890", date(1974, 8, 12), date(2012, 4, 15), ("", "")),
        ZoneKind.TD2: ("D23145890", date(1974, 8, 12), date(2012, 4, 15), ("",)),
        ZoneKind.TD3: ("L898902C3", date(1974, 8, 12), date(2012, 4, 15), ("ZE184226B",)),
        ZoneKind.MRV_A: ("L8988901C", date(1940, 9, 7), date(1996, 12, 10), ("6ZE184226B",)),
        ZoneKind.MRV_B: ("L8988901C", date(1940, 9, 7), date(1996, 12, 10), ("",)),
    }[kind]
    assert (zone.number, zone.birth_date.value, zone.expiry_date.value, zone.optional_data) == expected


def test_a_number_that_goes_on_in_the_optional_data() -> None:
    zone = parse_zone(LONG_NUMBER, TODAY)
    assert zone is not None
    assert (zone.number, zone.optional_data, zone.sound) == ("D23145890734", ("", ""), True)
    wrong = parse_zone([LONG_NUMBER[0].replace("7349", "7359"), *LONG_NUMBER[1:]], TODAY)
    assert wrong is not None
    assert not wrong.passed("number")


@given(st.text("ABCDEF0123456789", min_size=1, max_size=5), st.sampled_from([ZoneKind.TD1, ZoneKind.TD2]))
def test_any_long_number(rest: str, kind: ZoneKind) -> None:
    lines = build_zone(
        kind, code="I", issuer="BEL", number="B12345678", optional_1=rest + check_digit("B12345678" + rest)
    )
    span = FORMATS[kind].span("number_check")
    assert span is not None
    row = lines[span.line]
    lines[span.line] = row[: span.start] + "<" + row[span.end :]
    zone = parse_zone(lines, TODAY)
    assert zone is not None
    assert zone.number == "B12345678" + rest
    assert zone.passed("number")


def test_the_french_card() -> None:
    zone = parse_zone(FRENCH_CARD, TODAY)
    assert zone is not None
    assert (zone.kind, zone.sound, zone.expiry_date) == (ZoneKind.FRENCH_CARD, True, None)
    assert (zone.surname, zone.given_names, zone.number) == ("BERTHIER", "CORINNE", "880692310285")
    assert zone.birth_date is not None
    assert (zone.birth_date.value, zone.sex, zone.nationality) == (date(1965, 12, 6), "F", "FRA")


def test_personal_numbers_where_a_state_puts_them() -> None:
    number = build_zone(
        ZoneKind.TD1, code="ID", issuer="ESP", nationality="ESP", number="BAA000589", optional_1="99999999R"
    )
    spanish = parse_zone(number, TODAY)
    assert spanish is not None
    assert spanish.personal_number == "99999999R"
    utopian = parse_zone(SPECIMENS[ZoneKind.TD3], TODAY)
    assert utopian is not None
    assert utopian.personal_number is None


def test_names_that_fill_their_field_may_be_cut() -> None:
    zone = parse_zone(build_zone(ZoneKind.TD2, code="I", issuer="UTO", names="A" * 20 + "<<BBBBBBBBB"), TODAY)
    assert zone is not None
    assert zone.names_truncated


def test_an_empty_personal_number_may_have_no_digit() -> None:
    first, second = SPECIMENS[ZoneKind.TD3]
    lines = build_zone(
        ZoneKind.TD3, code="P", issuer="UTO", names="A", number="1", birth="740812", expiry="120415"
    )
    assert lines[1][42] == "0"
    bare = lines[1][:42] + "<" + lines[1][43:]
    zone = parse_zone((lines[0], bare), TODAY)
    assert zone is not None
    assert dict(zone.checks)["optional"]
    filled = parse_zone((first, second[:42] + "<" + second[43:]), TODAY)
    assert filled is not None
    assert not dict(filled.checks)["optional"]


@pytest.mark.parametrize(
    ("text", "state", "earliest", "latest"),
    [
        ("740812", DateState.WHOLE, date(1974, 8, 12), date(1974, 8, 12)),
        ("261120", DateState.WHOLE, date(2026, 11, 20), date(2026, 11, 20)),
        ("261121", DateState.WHOLE, date(1926, 11, 21), date(1926, 11, 21)),
        ("000229", DateState.WHOLE, date(2000, 2, 29), date(2000, 2, 29)),
        ("74<<<<", DateState.PARTIAL, date(1974, 1, 1), date(1974, 12, 31)),
        ("7402<<", DateState.PARTIAL, date(1974, 2, 1), date(1974, 2, 28)),
        ("26<<<<", DateState.PARTIAL, date(2026, 1, 1), TODAY),
        ("<<<<<<", DateState.PARTIAL, None, None),
        ("740230", DateState.IMPOSSIBLE, None, None),
        ("741301", DateState.IMPOSSIBLE, None, None),
        ("7<0812", DateState.IMPOSSIBLE, None, None),
        ("ABCDEF", DateState.IMPOSSIBLE, None, None),
    ],
)
def test_births(text: str, state: DateState, earliest: date | None, latest: date | None) -> None:
    zone = parse_zone(build_zone(ZoneKind.TD2, code="I", birth=text), TODAY)
    assert zone is not None
    assert zone.birth_date is not None
    assert (zone.birth_date.state, zone.birth_date.earliest, zone.birth_date.latest) == (
        state,
        earliest,
        latest,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("951231", date(2095, 12, 31)),
        ("960101", date(1996, 1, 1)),
        ("370101", date(2037, 1, 1)),
        ("<<<<<<", None),
    ],
)
def test_expiries(text: str, expected: date | None) -> None:
    zone = parse_zone(build_zone(ZoneKind.TD2, code="I", expiry=text), TODAY)
    assert zone is not None
    assert zone.expiry_date is not None
    assert zone.expiry_date.value == expected


@given(zones())
def test_what_is_built_is_read(built: tuple[ZoneKind, list[str]]) -> None:
    kind, lines = built
    zone = parse_zone(lines, TODAY)
    assert zone is not None
    assert (zone.kind, zone.sound, zone.lines) == (kind, True, tuple(lines))


@given(zones(), st.data())
def test_a_changed_character_of_another_value_is_caught(
    built: tuple[ZoneKind, list[str]], data: st.DataObject
) -> None:
    kind, lines = built
    rule = data.draw(st.sampled_from(FORMATS[kind].checks))
    span = data.draw(st.sampled_from(rule.spans))
    column = data.draw(st.integers(span.start, span.end - 1))
    old = lines[span.line][column]
    new = data.draw(st.sampled_from([c for c in ALPHABET if (value_of(c) - value_of(old)) % 10]))
    row = lines[span.line]
    changed = [*lines]
    changed[span.line] = row[:column] + new + row[column + 1 :]
    zone = parse_zone(changed, TODAY)
    assert zone is not None
    assert not zone.sound


@given(st.lists(st.text(), max_size=4) | st.lists(st.text(ALPHABET, min_size=30, max_size=30), max_size=3))
def test_nothing_crashes(lines: list[str]) -> None:
    parse_zone(lines, TODAY)


@given(
    st.sampled_from([(3, 30), (2, 36), (2, 44)]).flatmap(
        lambda shape: st.lists(
            st.text(ALPHABET, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
        )
    )
)
def test_lines_of_the_right_shape_are_always_a_zone(lines: list[str]) -> None:
    assert parse_zone(lines, TODAY) is not None


def test_what_is_no_zone() -> None:
    first, second = SPECIMENS[ZoneKind.TD3]
    for lines in ([], [""], [first], [first, second[:-1]], [first, second, second], ["é" * 44, second]):
        assert parse_zone(lines, TODAY) is None
    assert format_of(["A" * 44] * 3) is None


def test_blanks_and_lower_case_do_not_matter() -> None:
    first, second = SPECIMENS[ZoneKind.TD3]
    zone = parse_zone([f" {first[:20]} {first[20:]}\n", second.lower()], TODAY)
    assert zone is not None
    assert zone.sound


@pytest.mark.parametrize("kind", ICAO)
def test_the_alphabets_hold_the_specimens(kind: ZoneKind) -> None:
    rows = position_alphabets(kind)
    shape = shape_alphabets(len(rows), len(rows[0]))
    for line, text in enumerate(SPECIMENS[kind]):
        for column, character in enumerate(text):
            assert character in alphabet_at(kind, line, column)
            assert character in shape[line][column]


def test_alphabets_where_they_matter() -> None:
    assert alphabet_at(ZoneKind.TD3, 0, 0) == "P"
    assert shape_alphabets(2, 44)[0][0] == "PV"
    assert "<" not in alphabet_at(ZoneKind.TD3, 0, 2)
    assert "<" in alphabet_at(ZoneKind.TD3, 0, 3)  # D<<
    assert "0" not in alphabet_at(ZoneKind.TD3, 0, 10)
    assert alphabet_at(ZoneKind.TD3, 1, 9) == "0123456789"
    assert alphabet_at(ZoneKind.TD1, 0, 14) == "0123456789<"
    assert alphabet_at(ZoneKind.TD1, 1, 0) == "0123456789<"
    assert alphabet_at(ZoneKind.TD1, 1, 8) == "0123456789"
    assert alphabet_at(ZoneKind.TD1, 1, 7) == "MFX<"
    assert shape_alphabets(1, 10) == ()


def test_a_character_where_none_such_may_stand_is_told() -> None:
    first, second = SPECIMENS[ZoneKind.TD3]
    zone = parse_zone([first.replace("ANNA", "4NNA"), second], TODAY)
    assert zone is not None
    assert [name for name, passed in zone.checks if not passed] == ["alphabet"]
