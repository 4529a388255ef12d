from __future__ import annotations

import pytest

from bonafide.evaluation.bench.rounds import (
    Parts,
    least_parts,
    least_total,
    paired_ratio,
    percentile,
    take_turns,
)

BUSY_THEN_QUIET: list[Parts] = [{"decode": 9.0, "find": 3.0}, {"decode": 6.0, "find": 4.0}]


def test_contenders_take_turns_and_every_other_round_goes_backwards() -> None:
    called: list[str] = []

    def contender(name: str) -> Parts:
        called.append(name)
        return {name: float(len(called))}

    taken = take_turns({name: lambda name=name: contender(name) for name in "abc"}, 2)  # type: ignore[misc]
    assert "".join(called) == "abccba"
    assert taken["a"] == [{"a": 1.0}, {"a": 6.0}]


def test_the_least_is_taken_part_by_part_or_of_whole_rounds() -> None:
    assert least_parts(BUSY_THEN_QUIET) == {"decode": 6.0, "find": 3.0}
    assert least_total(BUSY_THEN_QUIET) == 10.0


def test_a_busy_moment_that_strikes_both_leaves_the_paired_ratio_alone() -> None:
    whole: list[Parts] = [{"whole": 11.0}, {"whole": 110.0}, {"whole": 12.0}]
    floor: list[Parts] = [{"floor": 10.0}, {"floor": 100.0}, {"floor": 10.0}]
    assert paired_ratio(whole, floor) == pytest.approx(1.1)


@pytest.mark.parametrize(("count", "place"), [(1, 1), (2, 2), (9, 9), (10, 9), (11, 10), (20, 18), (100, 90)])
def test_nine_tenths_do_not_exceed_the_90th_percentile(count: int, place: int) -> None:
    assert percentile([float(time) for time in range(count, 0, -1)], 90) == place


@pytest.mark.parametrize(("percent", "place"), [(1, 2), (50, 75), (99, 149), (100, 150)])
def test_any_percentile_is_a_time_that_was_taken(percent: int, place: int) -> None:
    assert percentile([float(time) for time in range(1, 151)], percent) == place
