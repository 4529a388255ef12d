"""Every check of a card, and every way in which it comes out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from tests.unit.document.cn.test_number import number

from bonafide.document import Result
from bonafide.document.cn.back import Back
from bonafide.document.cn.checks import card_checks
from bonafide.document.cn.front import Front, ethnicities
from bonafide.document.cn.text import Value
from bonafide.document.ocr.fixed import FixedReading
from bonafide.outcome import Reason

TODAY = date(2026, 1, 1)
KNOWN = "110201"  # retired before numbers were first given out


def reading(text: str, probability: float = 0.99, free: str | None = None) -> FixedReading:
    places = tuple((index + 0.5) / len(text) for index in range(len(text)))
    probabilities = (0.99,) * (len(text) - 1) + (probability,)
    return FixedReading(text, probabilities, places, ("",) * len(text), text if free is None else free, -1.0)


def front(born: date = date(1990, 1, 1), sequence: str = "017", region: str = KNOWN) -> Front:
    text = number(f"{born:%Y%m%d}", sequence, region)
    return Front(
        name=Value("样本", 0.9),
        sex=Value("男" if int(sequence) % 2 else "女", 0.9),
        ethnicity=Value("汉", 0.9),
        birth_date=born,
        birth_text=Value(f"{born:%Y%m%d}", 0.9),
        address=Value("云岚省星河市", 0.9),
        number=reading(text),
    )


def back(first: date | None = date(2020, 3, 1), last: date | None = date(2040, 3, 1)) -> Back:
    return Back(Value("星河市公安局", 0.9), first, last, last is None, Value("2020", 0.9))


@dataclass(frozen=True)
class Results:
    """The checks by name."""

    found: dict[str, tuple[Result, Reason | None]]

    @property
    def wrong(self) -> dict[str, Reason | None]:
        return {name: reason for name, (result, reason) in self.found.items() if result is Result.FAILED}

    @property
    def open(self) -> dict[str, Reason | None]:
        wanted = Result.NOT_ASSESSABLE
        return {name: reason for name, (result, reason) in self.found.items() if result is wanted}


def check(
    one: Front | None,
    other: Back | None,
    *,
    today: date = TODAY,
    permit: bool = False,
    minimum_age: int | None = None,
) -> Results:
    checks = card_checks(one, other, today, permit=permit, minimum_age=minimum_age)
    assert len({found.name for found in checks}) == len(checks)
    assert all((found.reason is None) == (found.result is Result.PASSED) for found in checks)
    return Results({found.name: (found.result, found.reason) for found in checks})


FRONT_CHECKS = {"cn.number", "cn.region", "cn.birth", "cn.sex", "cn.ethnicity"}
BACK_CHECKS = {"cn.dates", "cn.validity", "cn.sides"}


def test_a_sound_card_passes_everything() -> None:
    results = check(front(), back(), minimum_age=18)
    assert set(results.found) == FRONT_CHECKS | BACK_CHECKS | {"cn.certain", "cn.age"}
    assert not results.wrong
    assert not results.open
    assert "cn.age" not in check(front(), back()).found


def test_a_front_alone() -> None:
    results = check(front(), None, minimum_age=18)
    assert results.open == dict.fromkeys(BACK_CHECKS, Reason.DOCUMENT_SIDE_MISSING)
    assert not results.wrong


def test_a_back_alone() -> None:
    results = check(None, back(), minimum_age=18)
    unseen = FRONT_CHECKS | {"cn.age", "cn.sides"}
    assert results.open == dict.fromkeys(unseen, Reason.DOCUMENT_SIDE_MISSING)
    assert not results.wrong


def test_a_permit_has_no_ethnicity_and_five_years() -> None:
    holder = front(region="810000")
    assert not check(holder, back(last=date(2025, 3, 1)), permit=True, today=date(2025, 3, 1)).wrong
    results = check(holder, back(), permit=True)
    assert "cn.ethnicity" not in results.found
    assert results.wrong == {"cn.dates": Reason.DOCUMENT_DATES_WRONG}
    assert check(holder, back(last=None), permit=True).wrong == {"cn.dates": Reason.DOCUMENT_DATES_WRONG}


def test_a_wrong_check_character() -> None:
    sound = front()
    assert sound.number is not None
    text = sound.number.text
    wrong = replace(sound, number=reading(text[:17] + ("0" if text[17] != "0" else "1")))
    results = check(wrong, back(), minimum_age=18)
    assert results.wrong == {"cn.number": Reason.DOCUMENT_NUMBER_WRONG}
    # What rests on the number is open: the number says nothing.
    assert set(results.open) == {"cn.region", "cn.birth", "cn.sex", "cn.sides", "cn.age"}


@pytest.mark.parametrize("born", ["20270101", "18900101", "19900231"])
def test_a_number_of_nobody(born: str) -> None:
    results = check(replace(front(), number=reading(number(born, region=KNOWN))), back())
    assert results.wrong == {"cn.number": Reason.DOCUMENT_NUMBER_WRONG}


@pytest.mark.parametrize("right", [True, False])
def test_a_number_read_with_doubt_proves_nothing(right: bool) -> None:
    sound = front()
    assert sound.number is not None
    text = sound.number.text
    if not right:
        text = text[:17] + ("0" if text[17] != "0" else "1")
    for doubtful in (reading(text, 0.79), reading(text, free=text[1:]), reading(text, free=text[:-1] + "?")):
        results = check(replace(sound, number=doubtful), back())
        assert results.open["cn.number"] is Reason.DOCUMENT_READING_UNSURE
        assert not results.wrong
    assert check(replace(sound, number=None), back()).open["cn.number"] is Reason.DOCUMENT_UNREADABLE


def test_an_invented_region() -> None:
    assert check(front(region="990101"), back()).wrong == {"cn.region": Reason.DOCUMENT_REGION_UNKNOWN}


def test_print_that_contradicts_the_number() -> None:
    other_birth = replace(front(), birth_date=date(1990, 1, 2))
    assert check(other_birth, back()).wrong == {"cn.birth": Reason.DOCUMENT_BIRTH_DIFFERS}
    other_sex = replace(front(), sex=Value("女", 0.9))
    assert check(other_sex, back()).wrong == {"cn.sex": Reason.DOCUMENT_SEX_DIFFERS}
    # Which of two birthdays counts cannot be told.
    assert "cn.age" in check(other_birth, back(), minimum_age=18).open


def test_what_was_not_read_is_open() -> None:
    unread = replace(
        front(), name=None, sex=None, birth_date=None, birth_text=None, ethnicity=Value("汗", 0.99)
    )
    results = check(unread, back(), minimum_age=18)
    assert results.open == dict.fromkeys(
        ("cn.birth", "cn.sex", "cn.ethnicity", "cn.certain", "cn.age"), Reason.DOCUMENT_UNREADABLE
    )
    unread_back = replace(back(), valid_from=None)
    assert set(check(front(), unread_back).open) == BACK_CHECKS
    assert set(check(front(), replace(back(), valid_until=None)).open) == BACK_CHECKS


LOW = Value("男", 0.39)


@pytest.mark.parametrize(
    "changed",
    [
        replace(front(), name=LOW),
        replace(front(), address=LOW),
        replace(front(), birth_text=LOW),
        replace(front(), sex=LOW),
    ],
    ids=["name", "address", "birth", "sex"],
)
def test_a_doubtful_character_of_the_front(changed: Front) -> None:
    assert check(changed, back()).wrong == {"cn.certain": Reason.DOCUMENT_READING_UNSURE}


@pytest.mark.parametrize(
    "changed", [replace(back(), authority=LOW), replace(back(), validity=LOW)], ids=["authority", "validity"]
)
def test_a_doubtful_character_of_the_back(changed: Back) -> None:
    assert check(front(), changed).wrong == {"cn.certain": Reason.DOCUMENT_READING_UNSURE}


@pytest.mark.parametrize(
    "changed", [replace(front(), address=None), replace(front(), name=None)], ids=["address", "name"]
)
def test_a_field_that_was_not_read_leaves_certainty_open(changed: Front) -> None:
    assert check(changed, back()).open == {"cn.certain": Reason.DOCUMENT_UNREADABLE}


def test_the_56_names() -> None:
    assert len(ethnicities()) == 56
    assert all(not check(replace(front(), ethnicity=Value(name, 1)), None).wrong for name in ethnicities())


# The holder's age on the first day, in completed years, and the years for which that card is issued.
@pytest.mark.parametrize(
    ("born", "years"),
    [
        (date(2015, 3, 1), 5),
        (date(2004, 3, 2), 5),  # 15
        (date(2004, 3, 1), 10),  # 16 today
        (date(1994, 3, 2), 10),
        (date(1994, 3, 1), 20),  # 26 today
        (date(1974, 3, 2), 20),
        (date(1974, 3, 1), None),  # 46 today
        (date(1930, 1, 1), None),
    ],
)
def test_the_term_is_that_of_the_holders_age(born: date, years: int | None) -> None:
    first = date(2020, 3, 1)
    for term in (5, 10, 20, None):
        last = None if term is None else first.replace(year=first.year + term)
        wrong = check(front(born), back(first, last), today=date(2021, 1, 1)).wrong
        assert wrong == ({} if term == years else {"cn.sides": Reason.DOCUMENT_SIDES_DIFFER})


@pytest.mark.parametrize(
    ("first", "last", "issued"),
    [
        (date(2016, 2, 29), date(2036, 2, 29), True),
        (date(2024, 2, 29), date(2034, 2, 28), True),
        (date(2024, 2, 29), date(2034, 3, 1), True),
        (date(2024, 2, 29), date(2034, 3, 2), False),
        (date(2020, 3, 1), date(2040, 2, 29), False),
        (date(2020, 3, 1), date(2027, 3, 1), False),
        (date(2020, 3, 1), date(2020, 3, 1), False),
        (date(2020, 3, 1), date(2010, 3, 1), False),
    ],
)
def test_terms_that_are_issued(first: date, last: date, issued: bool) -> None:
    wrong = check(None, back(first, last), today=first).wrong
    assert ("cn.dates" not in wrong) is issued


def test_a_card_issued_before_birth() -> None:
    results = check(front(date(2021, 1, 1)), back(last=date(2025, 3, 1)), today=date(2024, 1, 1))
    assert results.wrong == {"cn.dates": Reason.DOCUMENT_DATES_WRONG}


@pytest.mark.parametrize(
    ("today", "reason"),
    [
        (date(2020, 2, 29), Reason.DOCUMENT_NOT_YET_VALID),
        (date(2020, 3, 1), None),
        (date(2040, 3, 1), None),
        (date(2040, 3, 2), Reason.DOCUMENT_EXPIRED),
    ],
)
def test_today_lies_within_the_term(today: date, reason: Reason | None) -> None:
    assert check(front(), back(), today=today).wrong.get("cn.validity") is reason


def test_a_card_for_life_does_not_expire() -> None:
    for_life = back(last=None)
    holder = front(date(1950, 1, 1))
    assert not check(holder, for_life, today=date(2070, 1, 1)).wrong
    not_yet = check(holder, for_life, today=date(2020, 2, 29)).wrong
    assert not_yet == {"cn.validity": Reason.DOCUMENT_NOT_YET_VALID}


@pytest.mark.parametrize(
    ("born", "old_enough"),
    [(date(2008, 1, 1), True), (date(2008, 1, 2), False), (date(2008, 2, 29), False)],
)
def test_the_holders_age(born: date, old_enough: bool) -> None:
    wrong = check(front(born), None, minimum_age=18).wrong
    assert wrong == ({} if old_enough else {"cn.age": Reason.DOCUMENT_UNDER_AGE})


def test_who_was_born_on_29_february_is_older_on_1_march() -> None:
    born = front(date(2008, 2, 29))
    assert check(born, None, today=date(2026, 2, 28), minimum_age=18).wrong
    assert not check(born, None, today=date(2026, 3, 1), minimum_age=18).wrong
