"""Names in the zone and names in print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.document.mrz import Agreement, names_agree, names_agreement, transliterations

OTHER_PRINT = ["PASSPORT", "Type", "Surname/Nom", "Given", "names", "UTOPIAN", "12", "AUG", "1974"]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Müller", {"MUELLER", "MULLER", "MUXXLLER"}),
        ("Ångström", {"AANGSTROEM", "AANGSTROM", "ANGSTROEM", "ANGSTROM"}),
        ("Muñoz", {"MUNOZ", "MUNXXOZ"}),
        ("Groß", {"GROSS"}),
        ("GROẞ", {"GROSS"}),
        ("Œuvre", {"OEUVRE"}),
        ("Nguyễn", {"NGUYEN"}),
        ("Łódź", {"LODZ"}),
        ("O’Connor", {"OCONNOR"}),
        ("Marie-Élise", {"MARIE<ELISE"}),
        ("Щукин", {"SHCHUKIN", "SHCHUKYN", "SHTUKIN", "SHTUKYN"}),
        ("محمد", set()),
        ("", set()),
    ],
)
def test_transliterations(printed: str, expected: set[str]) -> None:
    assert transliterations(printed) == expected


@pytest.mark.parametrize(
    ("printed", "surname", "given_names"),
    [
        (["ERIKSSON", "ANNA", "MARIA"], "ERIKSSON", "ANNA MARIA"),
        (["Eriksson,", "Anna", "Maria"], "ERIKSSON", "ANNA MARIA"),
        (["ERIKSSON", "ANNAMARIA"], "ERIKSSON", "ANNA MARIA"),  # the OCR lost a blank
        (["ERIK", "SSON", "ANNA-MARIA"], "ERIKSSON", "ANNA MARIA"),  # or found one
        (["ER1KSS0N", "ANNA", "MARlA"], "ERIKSSON", "ANNA MARIA"),
        (["Müller"], "MUELLER", ""),
        (["MULLER"], "MUELLER", ""),  # the OCR lost the marks
        (["Groß"], "GROSS", ""),
        (["Muñoz"], "MUNXXOZ", ""),
        (["Carneron"], "CAMERON", ""),
        (["O'CONNOR", "D’ARCY"], "OCONNOR", "DARCY"),
        (["Горбачёв", "Юлия"], "GORBACHEV", "IULIIA"),
        (["张三", "ZHANG", "SAN"], "ZHANG", "SAN"),
        (["张三ZHANG", "SAN"], "ZHANG", "SAN"),
    ],
)
def test_the_same_names(printed: list[str], surname: str, given_names: str) -> None:
    assert names_agreement([*OTHER_PRINT, *printed], surname, given_names) is Agreement.AGREED
    assert names_agree([*printed, *OTHER_PRINT], surname, given_names, False)


@pytest.mark.parametrize(
    ("printed", "surname", "given_names"),
    [
        (["ERIKSSON", "ANNA"], "ERIKSSON", "BERIT"),
        (["ERIKSSON", "ANNA"], "LINDGREN", "ANNA"),
        (["LI", "WEI"], "LIU", "WEI"),
        (["WANG", "FANG"], "WANG", "FENG"),
        (["CHEN"], "CHEN", "HAO"),
        (["1LlI0O"], "BILLIE", ""),
        (["BOB"], "808", ""),
    ],
)
def test_other_names(printed: list[str], surname: str, given_names: str) -> None:
    assert names_agreement([*OTHER_PRINT, *printed], surname, given_names) is Agreement.DIFFERS


@pytest.mark.parametrize(
    ("printed", "surname"),
    [
        ([], "ERIKSSON"),
        (["1974", "12"], "ERIKSSON"),
        (["张三"], "ZHANG"),
        (["PASSPORT", "محمد"], "MOHAMMED"),
        (["ERIKSSDN"], "ERIKSSEN"),  # near is not agreement
        (["ERIKSON"], "ERIKSSON"),
        (["P<UTOERIKSSON<<ANNA"], "ERIKSSON"),  # a zone does not vouch for itself
    ],
)
def test_what_cannot_be_told(printed: list[str], surname: str) -> None:
    assert names_agreement(printed, surname, "") is Agreement.NOT_ASSESSABLE


def test_names_cut_off() -> None:
    printed = ["NILAVADHANANANDA", "CHAYAPA", "DEJTHAMRONG", "KRASUANG"]
    assert names_agreement(printed, "NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG K", True) is Agreement.AGREED
    assert names_agreement(printed, "NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG K") is Agreement.DIFFERS
    assert names_agreement(printed, "NILAVADHANANANDA", "CHAY DEJTHAMRONG K", True) is Agreement.DIFFERS
    assert names_agreement(printed, "NILAVADHANANANDA", "CHAYAPA DEJTHAM", True) is Agreement.AGREED


@given(st.lists(st.text(max_size=20), max_size=20), st.text(max_size=40), st.text(max_size=40), st.booleans())
def test_nothing_crashes(words: list[str], surname: str, given_names: str, truncated: bool) -> None:
    names_agreement(words, surname, given_names, truncated)
    for word in words:
        assert len(transliterations(word)) <= 512


@given(st.text("abcdefghijklmnopqrstuvwxyzäöüßñéåøœ", min_size=1, max_size=12))
def test_every_transliteration_agrees_with_its_print(word: str) -> None:
    for written in list(transliterations(word))[:20]:
        assert names_agree([word], written, "", False)
