"""The service's exact intervals are those that evaluations are made with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.compare import Promise, clopper_pearson, trials_that_show
from bonafide.evaluation import intervals


@given(
    st.one_of(st.integers(1, 300), st.integers(1, 10**7)).flatmap(
        lambda trials: st.tuples(
            st.one_of(st.integers(0, trials), st.integers(0, min(trials, 20))), st.just(trials)
        )
    ),
    st.sampled_from([0.5, 0.95, 0.999]),
)
def test_intervals_are_those_of_scipy(case: tuple[int, int], confidence: float) -> None:
    errors, trials = case
    found = clopper_pearson(errors, trials, confidence)
    assert found == pytest.approx(intervals.clopper_pearson(errors, trials, confidence), rel=1e-6)


@pytest.mark.parametrize(("errors", "trials"), [(-1, 5), (6, 5), (0, 0)])
def test_what_is_no_count_has_no_interval(errors: int, trials: int) -> None:
    with pytest.raises(ValueError, match="trials"):
        clopper_pearson(errors, trials)


@pytest.mark.parametrize("limit", [0.001, 0.01, 0.03, 0.1, 0.9])
def test_fewer_trials_without_an_error_would_not_show_it(limit: float) -> None:
    enough = trials_that_show(limit)
    assert clopper_pearson(0, enough)[1] <= limit
    assert enough == 1 or clopper_pearson(0, enough - 1)[1] > limit


@pytest.mark.parametrize("limit", [0.0, 1.0, -0.1])
def test_what_is_no_limit_is_not_shown(limit: float) -> None:
    with pytest.raises(ValueError, match="limit"):
        trials_that_show(limit)


@pytest.mark.parametrize(
    ("interval", "found"),
    [
        ((0.0, 0.01), Promise.KEPT),
        ((0.0, 0.02), Promise.KEPT),
        ((0.01, 0.03), Promise.NOT_CONTRADICTED),
        ((0.02, 0.03), Promise.NOT_CONTRADICTED),
        ((0.021, 0.03), Promise.EXCEEDED),
    ],
)
def test_only_what_lies_wholly_to_one_side_says_anything(
    interval: tuple[float, float], found: Promise
) -> None:
    assert Promise.of(interval, 0.02) is found
