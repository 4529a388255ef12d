"""Licences' codes: by the standard, nearly so, and not at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.document.barcode.cards import TODAY, licence

from bonafide.document.barcode import (
    Licence,
    jurisdictions,
    licence_checks,
    licence_printed_check,
    parse_aamva,
)
from bonafide.document.check import Result
from bonafide.outcome import Reason

VIRGINIA = "636000"
PRINTED = [
    "DRIVER",
    "LICENCE",
    "4d",
    "T64235789",
    "MUSTERMANN",
    "ERIKA",
    "JOHANNA",
    "DOB",
    "06/06/1986",
    "12/10/2034",
]


def _parsed(content: bytes) -> Licence:
    found = parse_aamva(content)
    assert found is not None
    return found


def _results(content: bytes, minimum_age: int | None = None) -> dict[str, tuple[Result, Reason | None]]:
    checks = licence_checks(_parsed(content), TODAY, minimum_age)
    return {check.name: (check.result, check.reason) for check in checks}


def test_a_licence_by_the_standard() -> None:
    found = _parsed(licence(VIRGINIA))
    assert (found.issuer, found.jurisdiction, found.country, found.version) == (VIRGINIA, "VA", "USA", 10)
    assert (found.kind, found.number, found.sex) == ("DL", "T64235789", "F")
    assert (found.surname, found.given_names, found.names_truncated) == ("MUSTERMANN", "ERIKA JOHANNA", False)
    assert found.birth_date == date(1986, 6, 6)
    assert (found.issue_date, found.expiry_date) == (date(2019, 6, 6), date(2034, 12, 10))
    assert found.address == ("1 NOWHERE STREET", "UTOPIA", "UT", "000010000")
    assert found.deviations == ()
    results = _results(licence(VIRGINIA), 18)
    assert list(results) == ["aamva.structure", "aamva.issuer", "aamva.dates", "aamva.validity", "aamva.age"]
    assert {result for result, _ in results.values()} == {Result.PASSED}


def test_the_public_sample_with_two_subfiles() -> None:
    # AAMVA DL/ID Card Design Standard 2020, D.13: example of raw PDF417 data.
    content = (
        b"@\n\x1e\rANSI 636000100102DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL\nDDFN\n"
        b"DADJOHN\nDDGN\nDCUJR\nDCAD\nDCBK\nDCDPH\nDBD06062019\nDBB06061986\nDBA12102024\nDBC1\nDAU068 in\n"
        b"DAYBRO\nDAG2300 WEST BROAD STREET\nDAIRICHMOND\nDAJVA\nDAK232690000  \nDCF2424244747474786102204\n"
        b"DCGUSA\nDCK123456789\nDDAF\nDDB06062018\nDDC06062020\nDDD1\rZVZVA01\r"
    )
    found = _parsed(content)
    assert (found.surname, found.given_names, found.birth_date) == (
        "SAMPLE",
        "MICHAEL JOHN",
        date(1986, 6, 6),
    )
    assert _results(content)["aamva.validity"] == (Result.FAILED, Reason.DOCUMENT_EXPIRED)


@pytest.mark.parametrize("shift", [-9, -1, 1, 40, 5000])
def test_wrong_offsets_are_seen_through(shift: int) -> None:
    found = _parsed(licence(VIRGINIA, 10, shift))
    assert (found.number, found.surname, found.deviations) == ("T64235789", "MUSTERMANN", ("offsets",))
    assert _results(licence(VIRGINIA, 10, shift))["aamva.structure"] == (Result.PASSED, None)


def test_other_starts_and_other_entries_are_seen_through() -> None:
    assert _parsed(licence(VIRGINIA).replace(b"@\n\x1e\r", b"@\r\n\x1c\r")).deviations == (
        "header",
        "offsets",
    )
    assert _parsed(licence(VIRGINIA).replace(b"0101DL", b"0102DL")).deviations == ("entries",)


def test_canadian_dates_and_turned_ones() -> None:
    dates = {"DBB": "19860606", "DBD": "20190606", "DBA": "20341210"}
    ontario = _parsed(licence("636012", DCG="CAN", **dates))
    assert (ontario.birth_date, ontario.deviations) == (date(1986, 6, 6), ())
    turned = _parsed(licence(VIRGINIA, **dates))
    assert (turned.birth_date, turned.deviations) == (date(1986, 6, 6), ("date_order",))


def test_names_of_the_older_versions() -> None:
    first = licence(VIRGINIA, 1, DAA="MUSTERMANN,ERIKA,JOHANNA", DCS="", DAC="", DAD="", DBB="19860606")
    found = _parsed(first)
    assert (found.surname, found.given_names, found.birth_date) == (
        "MUSTERMANN",
        "ERIKA JOHANNA",
        date(1986, 6, 6),
    )
    third = _parsed(licence(VIRGINIA, 3, DCT="ERIKA,JOHANNA", DAC="", DAD="NONE"))
    assert third.given_names == "ERIKA JOHANNA"


@pytest.mark.parametrize(
    ("changed", "name", "reason"),
    [
        ({"DAQ": ""}, "aamva.structure", Reason.DOCUMENT_BARCODE_WRONG),
        ({"DBB": "13321986"}, "aamva.structure", Reason.DOCUMENT_BARCODE_WRONG),
        ({"DAQ": "1\nDAQ2"}, "aamva.structure", Reason.DOCUMENT_BARCODE_WRONG),
        ({"DAG": "1\nx"}, "aamva.structure", Reason.DOCUMENT_BARCODE_WRONG),
        ({"DCG": "CAN"}, "aamva.issuer", Reason.DOCUMENT_ISSUER_UNKNOWN),
        ({"DBD": "06061985"}, "aamva.dates", Reason.DOCUMENT_DATES_WRONG),
        ({"DBD": "11212026"}, "aamva.dates", Reason.DOCUMENT_DATES_WRONG),
        ({"DBA": "11192026"}, "aamva.validity", Reason.DOCUMENT_EXPIRED),
        ({"DBB": "11212008"}, "aamva.age", Reason.DOCUMENT_UNDER_AGE),
    ],
)
def test_what_fails(changed: dict[str, str], name: str, reason: Reason) -> None:
    assert _results(licence(VIRGINIA, **changed), 18)[name] == (Result.FAILED, reason)


def test_an_invented_issuer_is_unknown_and_missing_dates_cannot_be_told() -> None:
    assert _results(licence())["aamva.issuer"] == (Result.FAILED, Reason.DOCUMENT_ISSUER_UNKNOWN)
    results = _results(licence(VIRGINIA, DBA="", DBB=""), 18)
    for name in ("aamva.dates", "aamva.validity", "aamva.age"):
        assert results[name] == (Result.NOT_ASSESSABLE, Reason.DOCUMENT_UNREADABLE)
    assert len(jurisdictions()) == 72


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ("T64235789", "T64235789", Result.PASSED),
        ("T64235789", "T642-35789", Result.PASSED),
        ("T64235789", "T6423S7B9", Result.PASSED),
        ("06/06/1986", "06 JUN 1986", Result.PASSED),
        ("T64235789", "T64235780", Result.NOT_ASSESSABLE),
        ("T64235789", "X11111111", Result.FAILED),
        ("06/06/1986", "06/06/2006", Result.FAILED),
        ("MUSTERMANN", "BEISPIEL", Result.FAILED),
    ],
)
def test_code_and_print(old: str, new: str, result: Result) -> None:
    words = [part for word in PRINTED for part in (new if word == old else word).split()]
    check = licence_printed_check(_parsed(licence(VIRGINIA)), words)
    assert (check.name, check.result) == ("aamva.printed", result)


def test_nothing_printed_is_nothing_compared() -> None:
    check = licence_printed_check(_parsed(licence()), [])
    assert check.result is Result.NOT_ASSESSABLE


@pytest.mark.parametrize("content", [b"", b"@", b"https://example.org", licence()[:30], licence()[1:]])
def test_what_is_no_licence(content: bytes) -> None:
    assert parse_aamva(content) is None


@given(st.binary(max_size=200), st.lists(st.text(max_size=20), max_size=10))
def test_nothing_crashes(data: bytes, words: list[str]) -> None:
    for content in (data, licence()[:21] + data, licence()[:41] + data, licence()[:60] + data):
        found = parse_aamva(content)
        if found is not None:
            licence_checks(found, TODAY, 18)
            licence_printed_check(found, words)


@example(19, b"\xb2")  # a digit to `str.isdigit` and no number
@given(st.integers(0, 300), st.binary(min_size=1, max_size=4))
def test_no_damage_crashes(place: int, damage: bytes) -> None:
    content = licence(VIRGINIA)
    found = parse_aamva(content[:place] + damage + content[place + len(damage) :])
    if found is not None:
        licence_checks(found, TODAY, 18)
        licence_printed_check(found, PRINTED)
