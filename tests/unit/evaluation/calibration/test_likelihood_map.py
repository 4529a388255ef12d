from __future__ import annotations

import math

import numpy as np
import pytest

from bonafide.evaluation.calibration.likelihood_map import fit_likelihood_map


def test_two_normal_distributions_give_back_their_known_ratio() -> None:
    """Of equal spread s and means a and b it is (a - b) / s^2 times the distance to their middle."""
    random = np.random.default_rng(1)
    mated, non_mated = random.normal(0.6, 0.1, 40_000), random.normal(0.2, 0.1, 40_000)
    found = fit_likelihood_map(mated, non_mated, np.ones(len(non_mated), np.int64))
    assert found.slope == pytest.approx(40, rel=0.05)
    assert found.offset == pytest.approx(-16, rel=0.05)


def test_weights_stand_for_comparisons() -> None:
    mated, others = np.array([0.5, 0.7, 0.6]), np.array([0.1, 0.55])
    weighted = fit_likelihood_map(mated, others, np.array([3, 1]))
    repeated = fit_likelihood_map(mated, np.array([0.1, 0.1, 0.1, 0.55]), np.ones(4, np.int64))
    assert weighted.slope == pytest.approx(repeated.slope, rel=1e-3)
    assert weighted.highest == repeated.highest == math.log(4)
    assert weighted.lowest == -math.log(3)


def test_scores_that_do_not_overlap_still_give_a_finite_map() -> None:
    found = fit_likelihood_map(np.full(10, 0.8), np.full(10, 0.1), np.ones(10, np.int64))
    # One in twelve at most is believed of ten comparisons: the middle stays in doubt.
    assert abs(found(np.array([0.45]))[0]) < 0.5
    assert 0 < found.slope < 50
