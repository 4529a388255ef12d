from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bonafide.evaluation.bench.ledger import Ledger


def clock(*seconds: float) -> Callable[[], float]:
    times: Iterator[float] = iter(seconds)
    return lambda: next(times)


def test_a_stage_is_not_charged_for_one_within_it() -> None:
    ledger = Ledger(clock(10.0, 11.0, 14.0, 15.0))
    with ledger.stage("find"), ledger.stage("decode"):
        pass
    assert ledger.read() == pytest.approx({"decode": 3000, "find": 2000})


def test_a_stage_that_comes_twice_is_added_up() -> None:
    ledger = Ledger(clock(0.0, 1.0, 5.0, 7.0))
    for _ in range(2):
        with ledger.stage("decode"):
            pass
    assert ledger.read() == pytest.approx({"decode": 3000})


def test_a_stage_that_fails_is_charged_all_the_same() -> None:
    ledger = Ledger(clock(0.0, 1.0, 2.0, 3.0))
    with pytest.raises(ValueError, match="broken"), ledger.stage("find"), ledger.stage("decode"):
        raise ValueError("broken")
    assert ledger.read() == pytest.approx({"decode": 1000, "find": 2000})
