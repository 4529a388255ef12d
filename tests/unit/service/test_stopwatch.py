"""Where the time of one case goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bonafide.service.stopwatch import Stopwatch


def clock(*moments: float) -> Stopwatch:
    """A stopwatch whose clock will show these moments, in seconds."""
    shown: Iterator[float] = iter(moments)
    return Stopwatch(lambda: next(shown))


def test_stages_are_told_in_milliseconds_and_in_order() -> None:
    watch = clock(100, 100.5, 100.75, 101, 103, 104)
    for name in ("second", "first"):
        with watch.stage(name):
            pass
    told = watch.read()
    assert told == {"second": 250, "first": 2000, "total": 4000}
    assert list(told) == ["second", "first", "total"]


def test_a_stage_that_comes_twice_is_added_up() -> None:
    watch = clock(0, 1, 2, 3, 5, 6)
    for _ in range(2):
        with watch.stage("find"):
            pass
    assert watch.read() == {"find": 3000, "total": 6000}


def test_a_stage_that_fails_is_timed_too_and_its_error_goes_on() -> None:
    watch = clock(0, 1, 4, 5)
    with pytest.raises(ZeroDivisionError), watch.stage("find"):
        raise ZeroDivisionError
    assert watch.read() == {"find": 3000, "total": 5000}


def test_what_was_read_does_not_change_with_the_watch() -> None:
    watch = clock(0, 1, 2, 3, 4)
    before = watch.read()
    with watch.stage("find"):
        pass
    assert before == {"total": 1000}
    assert "find" in watch.read()
