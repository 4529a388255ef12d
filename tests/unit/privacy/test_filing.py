"""When the face data of so many people is stored that it is to be filed."""

from __future__ import annotations

from datetime import date

import pytest

from bonafide.privacy.report import Filing, FilingState, filing, working_days_after


@pytest.mark.parametrize(
    ("people", "state"),
    [
        (0, FilingState.BELOW),
        (79_999, FilingState.BELOW),
        (80_000, FilingState.NEAR),
        (99_999, FilingState.NEAR),
        (100_000, FilingState.REACHED),
    ],
)
def test_it_warns_and_then_alarms(people: int, state: FilingState) -> None:
    assert filing(people) == Filing(people, state, None)


def test_there_are_30_working_days_to_file() -> None:
    # From Wednesday, 25 November 2026: six weeks of five days.
    assert filing(100_000, date(2026, 11, 25)) == Filing(100_000, FilingState.REACHED, date(2027, 1, 6))
    assert filing(99_999, date(2026, 11, 25)).file_by is None


@pytest.mark.parametrize(
    ("day", "number", "last"),
    [
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # a Friday: Monday
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_weekends_do_not_count(day: date, number: int, last: date) -> None:
    assert working_days_after(day, number) == last
