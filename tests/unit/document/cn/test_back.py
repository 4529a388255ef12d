from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bonafide.document.cn.back import parse_term

TEN_YEARS = (date(2016, 1, 31), date(2026, 1, 31), False)


@pytest.mark.parametrize(
    "text",
    [
        "2016.01.31-2026.01.31",
        "2016.01.31—2026.01.31",
        "2016,01·31-2026.01.31",
        "2016.01.312026.01.31",
        "2016.01.31 - 2026.01.31",
        "20160131-20260131",
        "有效期限2016.01.31-2026.01.31",
    ],
)
def test_terms_as_they_are_read(text: str) -> None:
    assert parse_term(text) == TEN_YEARS


@pytest.mark.parametrize("text", ["2016.01.31-长期", "2016.01.31长期", "2016.01.31-长"])
def test_terms_for_life(text: str) -> None:
    assert parse_term(text) == (date(2016, 1, 31), None, True)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016.02.30-2026.01.31", None, date(2026, 1, 31)),
        ("2016.01.31-2026.13.31", date(2016, 1, 31), None),
        ("0000.00.00-0000.00.00", None, None),
    ],
)
def test_days_that_never_were(text: str, first: date | None, last: date | None) -> None:
    assert parse_term(text) == (first, last, False)


@pytest.mark.parametrize("text", ["", "长期", "2016.01.31", "2016.01.31-2026.01", "2016.1.31-2026.1.31"])
def test_what_is_no_term(text: str) -> None:
    assert parse_term(text) == (None, None, False)


@given(st.one_of(st.text(), st.text("0123456789.-—长期 年٣９", max_size=60)))
@example("9" * 10_000)
@example("2016.01.31----2026.01.31")
@example("２０１６.０１.３１-２０２６.０１.３１")
def test_no_text_raises(text: str) -> None:
    first, last, for_life = parse_term(text)
    assert not (for_life and last)
    assert first is None or first.year > 0
