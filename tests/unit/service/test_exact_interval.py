"""The exact interval agrees with the one that the evaluation draws, by other means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.evaluation.intervals import clopper_pearson
from bonafide.service.exact_interval import exact_interval


@given(st.integers(1, 400), st.floats(0, 1), st.sampled_from([0.9, 0.95, 0.99]))
def test_it_is_clopper_and_pearsons(trials: int, share: float, confidence: float) -> None:
    errors = round(share * trials)
    expected = clopper_pearson(errors, trials, confidence)
    assert exact_interval(errors, trials, confidence) == pytest.approx(expected, abs=1e-9)


def test_without_errors_it_is_the_rule_of_three() -> None:
    low, high = exact_interval(0, 100)
    assert low == 0.0
    assert high == pytest.approx(1 - 0.025 ** (1 / 100))
