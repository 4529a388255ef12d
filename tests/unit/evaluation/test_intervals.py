from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from bonafide.evaluation.intervals import (
    clopper_pearson,
    effective_interval,
    effective_trials,
    effective_trials_between,
)


@pytest.mark.parametrize(
    ("errors", "trials", "low", "high"),
    [
        # Brown, Cai and DasGupta (2001) and common tables.
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (0, 100, 0.0, 0.0362),
        (4, 20, 0.0573, 0.4366),
    ],
)
def test_published_intervals(errors: int, trials: int, low: float, high: float) -> None:
    assert clopper_pearson(errors, trials) == pytest.approx((low, high), abs=5e-5)


def test_no_errors_follow_the_rule_of_three() -> None:
    """ISO/IEC 19795-1: with no errors in n trials the rate is below about 3/n (one-sided, 95 %)."""
    assert clopper_pearson(0, 30_000, confidence=0.90)[1] == pytest.approx(3 / 30_000, rel=2e-3)


@given(st.integers(1, 10**8).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_intervals_hold_their_rate(case: tuple[int, int]) -> None:
    errors, trials = case
    low, high = clopper_pearson(errors, trials)
    assert 0 <= low <= errors / trials <= high <= 1


@given(st.integers(1, 500).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_intervals_equal_another_implementation(case: tuple[int, int]) -> None:
    errors, trials = case
    other = binomtest(errors, trials).proportion_ci(0.95, method="exact")
    assert clopper_pearson(errors, trials) == pytest.approx((other.low, other.high), abs=1e-9)


def test_people_who_each_try_once_are_independent() -> None:
    errors = np.array([1, 0] * 50)
    assert effective_trials(errors, np.ones(100, np.int64)) == pytest.approx(100, rel=0.02)


def test_people_who_always_do_the_same_are_worth_one_trial_each() -> None:
    trials = np.full(100, 20)
    assert effective_trials(np.array([20, 0] * 50), trials) == pytest.approx(100, rel=0.02)


@pytest.mark.parametrize("errors", [[0, 0, 0], [5, 5, 5]])
def test_nothing_is_said_where_nothing_varies(errors: list[int]) -> None:
    assert effective_trials(np.array(errors), np.full(3, 5)) is None


def test_sharing_people_never_makes_an_interval_narrower() -> None:
    # Everybody errs exactly once: less variance than chance would give.
    assert effective_trials(np.ones(100, np.int64), np.full(100, 10)) == 1000


def test_one_lookalike_of_everybody_costs_most_of_the_comparisons() -> None:
    people = 100
    matches = np.ones(people, np.int64)
    matches[0] = people - 1
    comparisons = np.full(people, people - 1)
    pairs = people * (people - 1) / 2
    spread = effective_trials_between(matches, comparisons, people - 1, people - 1, pairs)
    assert spread is not None
    assert spread < people
    assert effective_interval(0.02, spread)[1] > 5 * 0.02 / 2


def test_dyadic_variance_equals_the_sum_over_comparisons_that_share_people() -> None:
    """Aronow, Samii and Assenova (2015), written out: all products of residuals with a person in common."""
    random = np.random.default_rng(5)
    people, likeness = 12, random.normal(size=12)
    dyads = [(p, q) for p in range(people) for q in range(p)]
    made = random.integers(1, 4, len(dyads))
    matched = random.binomial(made, [1 / (1 + np.exp(-likeness[p] - likeness[q])) for p, q in dyads])
    rate, total = matched.sum() / made.sum(), made.sum()
    residual = matched - rate * made
    by_person = np.zeros(people)
    for (p, q), value in zip(dyads, residual, strict=True):
        by_person[[p, q]] += value
    shared = sum(
        residual[i] * residual[j] for i, a in enumerate(dyads) for j, b in enumerate(dyads) if set(a) & set(b)
    )
    # The correction for few people belongs to the sum over people.
    variance = (shared + (by_person**2).sum() / (people - 1)) / total**2
    matches, comparisons = np.zeros(people, np.int64), np.zeros(people, np.int64)
    for (p, q), error, trial in zip(dyads, matched, made, strict=True):
        matches[[p, q]] += error
        comparisons[[p, q]] += trial
    found = effective_trials_between(
        matches, comparisons, float(matched @ matched), float(matched @ made), float(made @ made)
    )
    assert found == pytest.approx(rate * (1 - rate) / variance)
