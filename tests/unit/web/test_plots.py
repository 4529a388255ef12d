"""Plots say what their numbers say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.web.plots import HEIGHT, WIDTH, columns, stacked


def test_parts_stand_on_one_another() -> None:
    plot = stacked([("a", (3, 1)), ("b", (0, 4))])
    first, second, third = plot.bars
    assert (first.series, second.series, third.series) == (0, 1, 1)
    assert first.x == second.x < third.x
    assert first.y == pytest.approx(second.y + second.height)
    assert first.height == pytest.approx(3 * second.height)
    assert third.height == pytest.approx(first.height + second.height)
    assert [line.text for line in plot.lines] == ["0", "1", "2", "3", "4"]
    assert [label.text for label in plot.below] == ["a", "b"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert columns([]).bars == ()
    assert columns([("a", 0)]).bars == ()


@given(st.lists(st.lists(st.integers(0, 100_000), min_size=3, max_size=3), min_size=1, max_size=90))
def test_whatever_is_drawn_stays_within(data: list[list[int]]) -> None:
    plot = stacked([(str(place), parts) for place, parts in enumerate(data)])
    for bar in plot.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert bar.y >= -0.1
        assert bar.y + bar.height <= HEIGHT
    assert len(plot.below) <= 10
    assert plot.below[-1].text == str(len(data) - 1)
    counts = [int(line.text) for line in plot.lines]
    assert counts == sorted(set(counts))
    assert counts[-1] >= max(map(sum, data))
