from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

from bonafide.evaluation.bench.workers import two_worker_scaling


class AtOnce(Executor):
    """Does everything when it is submitted; `clock` then stands for what it took."""

    def __init__(self) -> None:
        self.now = 0.0

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN002, ANN003, ANN201
        future: Future[object] = Future()
        future.set_result(fn(*args, **kwargs))
        return future

    def clock(self) -> float:
        return self.now


def test_what_is_done_one_after_the_other_does_not_scale() -> None:
    pool = AtOnce()

    def batch() -> None:
        pool.now += 0.25

    assert two_worker_scaling(pool, batch, 3, pool.clock) == pytest.approx(1.0)


def test_the_best_windows_count() -> None:
    pool = AtOnce()
    # Two windows of two to warm up, then one and two by turns; the second pair is undisturbed.
    durations = iter([1.0, 1.0, 1.0, 1.0, 3.0, 2.0, 4.0, 2.0, 1.0, 1.25])

    def batch() -> None:
        pool.now += next(durations)

    assert two_worker_scaling(pool, batch, 2, pool.clock) == pytest.approx(2 * 2.0 / 2.25)


def test_what_fails_in_a_worker_is_told() -> None:
    def batch() -> None:
        raise ValueError("broken")

    with ThreadPoolExecutor(2) as pool, pytest.raises(ValueError, match="broken"):
        two_worker_scaling(pool, batch, 1)
