from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.document.cn.number import check_character, parse_number
from bonafide.document.cn.regions import regions

TODAY = date(2026, 1, 1)


def number(born: str = "19900101", sequence: str = "017", region: str = "990101") -> str:
    """An invented number with its check character, computed as GB 11643-1999 defines it: the sum of all 18
    values, each times 2 ** (its place from the right, from 0), is 1 modulo 11.
    """
    first = region + born + sequence
    rest = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first))
    return first + "0123456789X"[(1 - rest) % 11]


@given(st.from_regex(r"99[0-9]{4}19[0-9]{2}0[1-9]1[0-9][0-9]{3}", fullmatch=True))
def test_the_check_character_is_the_standards(first: str) -> None:
    whole = number(first[6:14], first[14:], first[:6])
    assert check_character(first) == whole[17]
    parsed = parse_number(whole)
    assert parsed is not None
    assert parsed.checked
    for wrong in set("0123456789X") - {whole[17]}:
        other = parse_number(first + wrong)
        assert other is not None
        assert not other.checked


def test_the_standards_own_examples() -> None:
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


def test_what_a_number_says() -> None:
    parsed = parse_number(number("19840603", "887", "990201"))
    assert parsed is not None
    assert (parsed.region, parsed.birth_date, parsed.sex) == ("990201", date(1984, 6, 3), "男")


def test_x_is_a_check_character_and_nothing_else() -> None:
    found = {number(sequence=f"{sequence:03}")[17] for sequence in range(50)}
    assert found == set("0123456789X")
    assert parse_number("99010119900101X170") is None
    assert parse_number("99010119900101017x") is None


@pytest.mark.parametrize("sequence", range(10))
def test_the_sequence_is_odd_for_men_and_even_for_women(sequence: int) -> None:
    parsed = parse_number(number(sequence=f"12{sequence}"))
    assert parsed is not None
    assert parsed.sex == ("男" if sequence % 2 else "女")


@pytest.mark.parametrize("born", ["19900230", "19901301", "19900000", "00000101", "19010229"])
def test_impossible_dates_are_no_date_and_not_plausible(born: str) -> None:
    parsed = parse_number(number(born))
    assert parsed is not None
    assert parsed.checked
    assert parsed.birth_date is None
    assert not parsed.plausible(TODAY)


def test_holders_were_born_and_are_alive() -> None:
    for born, plausible in (
        ("20260101", True),
        ("20260102", False),
        ("18960101", True),
        ("18951231", False),
        ("20000229", True),
    ):
        parsed = parse_number(number(born))
        assert parsed is not None
        assert parsed.plausible(TODAY) is plausible


@pytest.mark.parametrize(
    "text",
    [
        "",
        "99010119900101017",
        "9901011990010101700",
        "９９０１０１１９９００１０１０１７０",
        "A" * 18,
        "1" * 17 + "\n",
    ],
)
def test_anything_else_is_no_number(text: str) -> None:
    assert parse_number(text) is None


@given(st.text(max_size=20))
def test_no_text_raises(text: str) -> None:
    parse_number(text)


def test_every_region_is_a_code_of_six_digits() -> None:
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in regions())
    # The codes of today alone are about 3200.
    assert 6000 < len(regions()) < 9000


@pytest.mark.parametrize(
    "code",
    ["110101", "440305", "650100", "110201", "310103", "510200", "810000", "820000", "830000"],
)
def test_regions_of_today_and_retired_ones_are_known(code: str) -> None:
    assert code in regions()


def test_invented_regions_are_unknown() -> None:
    assert not any(code.startswith(("9", "0")) for code in regions())
    assert "110199" not in regions()
