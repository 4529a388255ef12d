from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.optimize import isotonic_regression
from scipy.stats import norm

from bonafide.evaluation.likelihood import cllr, min_cllr, reliability
from bonafide.evaluation.scores import BINS, MatedScores, NonMatedScores, bin_of

# Scores are calibrated log-likelihood ratios over 100: normal about plus and minus half their variance.
_VARIANCE = 8.0


def ratio(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(scores, np.float64) * 100


def calibrated(count: int, seed: int = 0) -> tuple[MatedScores, NonMatedScores]:
    random = np.random.default_rng(seed)
    spread = _VARIANCE**0.5
    return kept(
        random.normal(_VARIANCE / 2, spread, count) / 100, random.normal(-_VARIANCE / 2, spread, count) / 100
    )


def kept(mated: NDArray[np.floating], non_mated: NDArray[np.floating]) -> tuple[MatedScores, NonMatedScores]:
    own, other = np.sort(mated).astype(np.float32), np.sort(non_mated)[::-1].astype(np.float32)
    bins = np.bincount(bin_of(other), minlength=BINS)
    return MatedScores(own, None), NonMatedScores(len(other), bins, other, None, None, None, ())


def test_cllr_of_calibrated_normal_scores() -> None:
    """The expectation, integrated: both halves are equal by symmetry."""
    expected, _ = quad(
        lambda x: np.logaddexp(0, -x) / np.log(2) * norm.pdf(x, _VARIANCE / 2, _VARIANCE**0.5), -30, 40
    )
    mated, non_mated = calibrated(200_000)
    assert cllr(mated, non_mated, ratio) == pytest.approx(expected, abs=0.003)
    assert min_cllr(mated, non_mated) == pytest.approx(expected, abs=0.003)


def test_saying_nothing_costs_one_bit() -> None:
    mated, non_mated = calibrated(100)
    assert cllr(mated, non_mated, lambda scores: np.zeros(np.shape(scores))) == pytest.approx(1)


def test_saying_the_opposite_costs_more_than_saying_nothing() -> None:
    mated, non_mated = calibrated(1000)
    found = cllr(mated, non_mated, lambda scores: -ratio(scores))
    assert found is not None
    assert found > 1


def test_overclaiming_costs_and_its_remedy_is_the_minimum() -> None:
    mated, non_mated = calibrated(50_000)
    overclaimed = cllr(mated, non_mated, lambda scores: 4 * ratio(scores))
    best, honest = min_cllr(mated, non_mated), cllr(mated, non_mated, ratio)
    assert overclaimed is not None
    assert honest is not None
    assert best is not None
    assert overclaimed > best + 0.05
    assert best <= honest


def test_separated_scores_can_cost_nothing() -> None:
    assert min_cllr(*kept(np.array([0.5, 0.6]), np.array([0.1, 0.2]))) == 0


def test_scores_that_say_nothing_cost_one_bit_at_best() -> None:
    assert min_cllr(*kept(np.array([0.1, 0.2]), np.array([0.1, 0.2]))) == pytest.approx(1)


def test_minimum_equals_pooling_every_score() -> None:
    random = np.random.default_rng(4)
    own, other = random.normal(0.3, 0.15, 300).clip(-1, 1), random.normal(0, 0.15, 700).clip(-1, 1)
    values = np.concatenate((own, other))
    truth = np.concatenate((np.ones(300), np.zeros(700)))
    weights = np.concatenate((np.full(300, 1 / 300), np.full(700, 1 / 700)))
    order = np.argsort(values)
    posterior = isotonic_regression(truth[order], weights=weights[order]).x
    chosen = np.where(truth[order] == 1, posterior, 1 - posterior)
    expected = -(weights[order] * np.log2(chosen)).sum() / 2
    assert min_cllr(*kept(own, other)) == pytest.approx(expected, abs=1e-3)


def test_nothing_is_said_without_both_kinds() -> None:
    mated, non_mated = kept(np.array([0.1]), np.array([]))
    assert cllr(mated, non_mated, ratio) is None
    assert min_cllr(mated, non_mated) is None
    assert reliability(mated, non_mated, ratio) == ()


def test_calibrated_scores_lie_on_the_line() -> None:
    mated, non_mated = calibrated(200_000)
    found = [item for item in reliability(mated, non_mated, ratio) if item.mated > 50 and item.non_mated > 50]
    assert len(found) > 4
    for item in found:
        assert item.measured == pytest.approx(item.claimed, abs=0.2)


def test_every_comparison_is_in_one_range() -> None:
    mated, non_mated = calibrated(1000)
    found = reliability(mated, non_mated, ratio)
    assert sum(item.mated for item in found) == 1000
    assert sum(item.non_mated for item in found) == 1000
    assert [item.claimed for item in found] == sorted(item.claimed for item in found)
