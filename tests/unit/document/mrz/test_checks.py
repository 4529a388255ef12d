"""The checks of a zone, its repair, and the codes of states."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.document.mrz.zones import FRENCH_CARD, SPECIMENS, TODAY, build_zone

from bonafide.document.check import Result
from bonafide.document.mrz import ZoneKind, is_known_state, known_states, parse_zone, repair, zone_checks
from bonafide.document.mrz.check_digits import ALPHABET
from bonafide.document.mrz.countries import is_issuing_state
from bonafide.outcome import Reason

PASSED = (Result.PASSED, None)


def _passport(**changed: str) -> list[str]:
    fields = {
        "code": "P",
        "issuer": "D",
        "nationality": "CHN",
        "number": "C01X0006H",
        "birth": "081120",
        "expiry": "300101",
        "sex": "F",
        "names": "MUSTERMANN<<ERIKA",
    }
    return build_zone(ZoneKind.TD3, **fields | changed)


def _results(lines: list[str], minimum_age: int | None = None, *, certain: bool = True) -> dict[str, object]:
    zone = parse_zone(lines, TODAY)
    assert zone is not None
    checks = zone_checks(zone, TODAY, minimum_age, certain=certain)
    return {check.name: (check.result, check.reason) for check in checks}


def test_a_sound_zone_passes_everything() -> None:
    results = _results(_passport(), 18)
    assert list(results) == [
        "mrz.check_digits",
        "mrz.certain",
        "mrz.issuer",
        "mrz.dates",
        "mrz.validity",
        "mrz.age",
    ]
    assert set(results.values()) == {PASSED}
    assert "mrz.age" not in _results(_passport())


@pytest.mark.parametrize(
    ("changed", "name", "reason"),
    [
        ({"issuer": "UTO"}, "mrz.issuer", Reason.DOCUMENT_ISSUER_UNKNOWN),
        ({"nationality": "QQQ"}, "mrz.issuer", Reason.DOCUMENT_ISSUER_UNKNOWN),
        ({"birth": "081131"}, "mrz.dates", Reason.DOCUMENT_DATES_WRONG),
        ({"expiry": "070101"}, "mrz.dates", Reason.DOCUMENT_DATES_WRONG),
        ({"expiry": "261119"}, "mrz.validity", Reason.DOCUMENT_EXPIRED),
        ({"birth": "081121"}, "mrz.age", Reason.DOCUMENT_UNDER_AGE),
    ],
)
def test_what_fails(changed: dict[str, str], name: str, reason: Reason) -> None:
    assert _results(_passport(**changed), 18)[name] == (Result.FAILED, reason)


def test_the_last_day_is_valid() -> None:
    assert _results(_passport(expiry="261120"))["mrz.validity"] == PASSED


def test_dates_with_wrong_digits_are_not_assessable() -> None:
    lines = _passport()
    for column in (19, 27):
        digit = "0" if lines[1][column] != "0" else "1"
        lines[1] = lines[1][:column] + digit + lines[1][column + 1 :]
    results = _results(lines, 18)
    assert results["mrz.check_digits"] == (Result.FAILED, Reason.DOCUMENT_ZONE_WRONG)
    for name in ("mrz.dates", "mrz.validity", "mrz.age"):
        assert results[name] == (Result.NOT_ASSESSABLE, Reason.DOCUMENT_UNREADABLE)


@pytest.mark.parametrize(
    ("birth", "result"),
    [
        ("08<<<<", Result.NOT_ASSESSABLE),
        ("07<<<<", Result.PASSED),
        ("09<<<<", Result.FAILED),
        ("<<<<<<", Result.NOT_ASSESSABLE),
    ],
)
def test_age_by_a_birth_known_in_part(birth: str, result: Result) -> None:
    zone = parse_zone(_passport(birth=birth), TODAY)
    assert zone is not None
    assert zone_checks(zone, TODAY, 18)[-1].result is result


def test_a_leapling_comes_of_age_in_march() -> None:
    for day, result in ((date(2026, 2, 28), Result.FAILED), (date(2026, 3, 1), Result.PASSED)):
        zone = parse_zone(_passport(birth="080229"), day)
        assert zone is not None
        assert zone_checks(zone, day, 18)[-1].result is result


def test_the_french_card_shows_no_expiry() -> None:
    results = _results(list(FRENCH_CARD), 18)
    assert results["mrz.validity"] == (Result.NOT_ASSESSABLE, Reason.DOCUMENT_UNREADABLE)
    assert results["mrz.dates"] == results["mrz.age"] == results["mrz.issuer"] == PASSED


def test_an_unsure_reader_is_told_of() -> None:
    unsure = (Result.FAILED, Reason.DOCUMENT_READING_UNSURE)
    assert _results(_passport(), certain=False)["mrz.certain"] == unsure


def test_a_look_alike_is_repaired_and_never_certain() -> None:
    first, second = SPECIMENS[ZoneKind.TD3]
    for misread in (second.replace("740812", "74O812"), second.replace("L898902C3", "L8989O2C3")):
        zone = repair([first, misread], TODAY)
        assert zone is not None
        assert (zone.lines, zone.repaired, zone.sound) == ((first, second), True, True)
        assert zone_checks(zone, TODAY)[1].reason is Reason.DOCUMENT_READING_UNSURE


def test_the_readers_own_alternatives_come_first() -> None:
    first, second = SPECIMENS[ZoneKind.TD3]
    misread = second.replace("ZE184226B", "ZE184926B")
    invented = repair([first, misread], TODAY)  # two characters swapped for one: why no repair is certain
    assert invented is None or invented.lines != (first, second)
    assert repair([first, misread], TODAY, {}) is None
    zone = repair([first, misread], TODAY, {(1, second.index("226B")): "2"})
    assert zone is not None
    assert zone.lines == (first, second)


def test_what_needs_no_repair_or_too_much_gives_none() -> None:
    first, second = SPECIMENS[ZoneKind.TD3]
    assert repair([first, second], TODAY) is None
    assert repair([first, second.replace("740812", "350812")], TODAY) is None
    assert repair([first, second.replace("740812", "74Y812")], TODAY) is None
    assert repair(["nothing"], TODAY) is None


@given(st.lists(st.text(ALPHABET, min_size=44, max_size=44), min_size=2, max_size=2))
def test_repair_never_crashes_and_what_it_gives_is_marked(lines: list[str]) -> None:
    zone = repair(lines, TODAY)
    assert zone is None or (zone.repaired and zone.sound)


def test_codes_of_states() -> None:
    assert len(known_states()) == 249 + 6 + 17 + 5
    for code in ("CHN", "D", "GBN", "UNO", "XXA", "RKS", "HKG", "TWN", "SSD", "EUE", "IAO"):
        assert is_known_state(code)
    for code in ("", "UTO", "YUG", "SUN", "D<<", "chn", "ZZZ", "ROM", "ANT"):
        assert not is_known_state(code)


def test_people_without_a_state_have_a_nationality_and_no_state_issues() -> None:
    assert is_known_state("XXA")
    assert not is_issuing_state("XXA")
    assert is_issuing_state("UNO")
    assert not is_issuing_state("UTO")
