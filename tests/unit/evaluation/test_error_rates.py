from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.evaluation.error_rates import (
    det_curve,
    equal_error_rate,
    false_match_rate,
    false_non_match_rate,
    tar_at_fmr,
    tar_intervals_by_people,
)
from bonafide.evaluation.scores import BINS, MatedScores, NonMatedScores, ThresholdCount, bin_of

cosines = st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=50)


def own(*values: float) -> MatedScores:
    return MatedScores(np.sort(np.array(values, np.float32)), None)


def other(*values: float, threshold: float = 0.5) -> NonMatedScores:
    falling = np.sort(np.array(values, np.float32))[::-1]
    counted = ThresholdCount(threshold, int((falling >= np.float32(threshold)).sum()), None)
    bins = np.bincount(bin_of(falling), minlength=BINS)
    return NonMatedScores(len(falling), bins, falling, None, None, None, (counted,))


def test_rates_at_a_threshold() -> None:
    fmr = false_match_rate(other(0.1, 0.2, 0.5, 0.6), 0)
    fnmr = false_non_match_rate(own(0.4, 0.5, 0.9), 0.5)
    assert (fmr.errors, fmr.trials, fmr.value) == (2, 4, 0.5)
    assert (fnmr.errors, fnmr.trials) == (1, 3)
    assert fnmr.value == pytest.approx(1 / 3)
    assert fmr.interval == pytest.approx((0.0676, 0.9324), abs=5e-5)


def test_no_trials_have_no_rate() -> None:
    fnmr = false_non_match_rate(own(), 0.5)
    assert (fnmr.value, fnmr.interval) == (None, None)


def test_true_accept_rate_uses_the_lowest_threshold_that_keeps_the_rate() -> None:
    impostors = [i / 1000 for i in range(200)]
    # Two of 200 may match at 1e-2: those at 0.199 and 0.198. The threshold is just above 0.197.
    found = tar_at_fmr(own(0.1, 0.197, 0.1975, 0.3), other(*impostors), 1e-2)
    assert found.value == 0.5
    assert found.threshold is not None
    assert found.threshold == pytest.approx(0.197, abs=1e-7)
    assert found.threshold > float(np.float32(0.197))


def test_true_accept_rate_counts_ties_against_the_rate() -> None:
    impostors = [0.5] * 3 + [0.0] * 197
    # Two may match at 1e-2, but three share the highest score, so none may.
    assert tar_at_fmr(own(0.5, 0.6), other(*impostors), 1e-2).value == 0.5


@pytest.mark.parametrize(("comparisons", "resolved"), [(99, False), (100, True)])
def test_a_rate_needs_comparisons_enough_for_one_false_match(comparisons: int, resolved: bool) -> None:
    found = tar_at_fmr(own(0.9), other(*[0.0] * comparisons), 1e-2)
    assert (found.value is not None) is resolved
    assert (found.unresolved is None) is resolved


def test_the_reason_says_how_many_are_needed() -> None:
    found = tar_at_fmr(own(0.9), other(0.1), 1e-5)
    assert found.unresolved == "fewer than 100000 non-mated comparisons (1)"


@pytest.mark.parametrize("target", [1e-2, 1e-3, 1e-4, 1e-5])
def test_the_allowed_number_is_exact_in_floating_point(target: float) -> None:
    count = round(1 / target)
    impostors = other(*np.linspace(-0.9, 0.1, count))
    found = tar_at_fmr(own(0.5), impostors, target)
    assert found.threshold is not None
    assert int((impostors.highest >= np.float32(found.threshold)).sum()) == 1


@given(cosines, cosines)
def test_det_counts_errors_at_each_threshold(mated: list[float], non_mated: list[float]) -> None:
    curve = det_curve(own(*mated), other(*non_mated))
    assert curve is not None
    assert (np.diff(curve.fmr) <= 0).all()
    assert (np.diff(curve.fnmr) >= 0).all()
    assert (curve.fmr[0], curve.fnmr[0]) == (1, 0)
    assert (curve.fmr[-1], curve.fnmr[-1]) == (0, 1)


def test_equal_error_rate_of_two_normals() -> None:
    random = np.random.default_rng(2)
    mated, non_mated = random.normal(0.2, 0.1, 200_000), random.normal(-0.2, 0.1, 200_000)
    curve = det_curve(own(*mated), other(*non_mated))
    assert curve is not None
    # Two standard deviations from the middle: the normal distribution's 0.02275.
    assert equal_error_rate(curve) == pytest.approx(0.02275, abs=0.001)


@pytest.mark.parametrize(
    ("mated", "non_mated", "expected"),
    [((0.5, 0.6), (0.1, 0.2), 0.0), ((0.1, 0.2), (0.5, 0.6), 1.0), ((0.1, 0.5), (0.3, 0.0), 0.5)],
)
def test_equal_error_rate_of_few(
    mated: tuple[float, ...], non_mated: tuple[float, ...], expected: float
) -> None:
    curve = det_curve(own(*mated), other(*non_mated))
    assert curve is not None
    assert equal_error_rate(curve) == pytest.approx(expected)


def test_no_curve_without_both_kinds() -> None:
    assert det_curve(own(), other(0.1)) is None
    assert det_curve(own(0.1), other()) is None


def by_people(people: int, seed: int) -> tuple[MatedScores, NonMatedScores]:
    """Two pictures a person; how well a person's match depends on the person."""
    random = np.random.default_rng(seed)
    first, second = np.triu_indices(people, 1)
    likeness = random.normal(0, 0.05, people)
    impostors = likeness[first] + likeness[second] + random.normal(0, 0.08, len(first))
    order = np.argsort(-impostors)
    highest = impostors[order].astype(np.float32)
    mated = np.repeat(random.normal(0.3, 0.1, people), 3) + random.normal(0, 0.02, 3 * people)
    rising = np.argsort(mated)
    return MatedScores(
        mated[rising].astype(np.float32), np.repeat(np.arange(people, dtype=np.int32), 3)[rising]
    ), NonMatedScores(
        len(highest),
        np.bincount(bin_of(highest), minlength=BINS),
        highest,
        first[order].astype(np.int32),
        second[order].astype(np.int32),
        np.ones(people, np.int64),
        (),
    )


def test_intervals_by_people_are_wider_and_hold_the_rate() -> None:
    mated, non_mated = by_people(120, 3)
    (interval,) = tar_intervals_by_people(mated, non_mated, (1e-2,), 300, np.random.default_rng(1))
    found = tar_at_fmr(mated, non_mated, 1e-2)
    assert interval is not None
    assert found.interval is not None
    assert found.value is not None
    assert interval[0] < found.value < interval[1]
    assert interval[1] - interval[0] > found.interval[1] - found.interval[0]


def test_intervals_by_people_are_the_same_for_the_same_draws() -> None:
    mated, non_mated = by_people(40, 3)
    one, same = (
        tar_intervals_by_people(mated, non_mated, (1e-2,), 50, np.random.default_rng(1)) for _ in range(2)
    )
    assert one == same


def test_no_errors_give_no_false_certainty() -> None:
    mated, non_mated = by_people(30, 3)
    sure = MatedScores(np.full_like(mated.scores, 1), mated.people)
    assert tar_intervals_by_people(sure, non_mated, (1e-2,), 50, np.random.default_rng(1)) == (None,)


def test_unknown_people_give_no_interval() -> None:
    assert tar_intervals_by_people(own(0.9), other(0.1), (1e-2, 1e-3), 5, np.random.default_rng(1)) == (
        None,
        None,
    )
