"""Five failures within three minutes lock for an hour; nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bonafide.service.attempt_limits import KEPT, LOCKED_FOR, MOST_FAILURES, WITHIN, locked_until

START = datetime(2026, 11, 25, tzinfo=UTC)
SECONDS = st.lists(st.integers(0, 3600), max_size=12)


def at(seconds: list[int]) -> list[datetime]:
    return [START + timedelta(seconds=second) for second in seconds]


def test_the_values_are_those_that_are_documented() -> None:
    assert (5, timedelta(minutes=3), timedelta(hours=1)) == (MOST_FAILURES, WITHIN, LOCKED_FOR)
    assert timedelta(minutes=63) == KEPT


def test_the_fifth_within_three_minutes_locks_for_an_hour_from_then() -> None:
    assert locked_until(at([0, 10, 20, 180])) is None
    assert locked_until(at([0, 10, 20, 30, 181])) is None
    assert locked_until(at([0, 10, 20, 30, 180])) == START + timedelta(seconds=180 + 3600)
    assert locked_until(at([0] * 5)) == START + timedelta(hours=1)
    assert locked_until([]) is None


@given(seconds=SECONDS)
def test_it_is_as_if_every_five_were_looked_at(seconds: list[int]) -> None:
    last = [moment for moment in seconds if sum(moment - 180 <= other <= moment for other in seconds) >= 5]
    expected = START + timedelta(seconds=max(last) + 3600) if last else None
    assert locked_until(at(seconds)) == expected


@given(seconds=SECONDS, moment=st.integers(0, 3600), add=st.integers(0, 3600))
def test_order_changes_nothing_and_a_failure_more_frees_nobody(
    seconds: list[int], moment: int, add: int
) -> None:
    before, after = locked_until(at(seconds)), locked_until(at([add, *reversed(seconds)]))
    assert before is None or (after is not None and after >= before)
    assert locked_until(at([*seconds, add])) == after
    assert moment >= 0
