"""The exact interval of a rate that was counted, in plain arithmetic: the service has no SciPy.

`bonafide.evaluation.intervals` gives the same for trials that share people; a test holds the two together.
"""

from __future__ import annotations

from math import ceil, exp, lgamma, log, log1p
from typing import Final

CONFIDENCE: Final = 0.95

# Lentz's continued fraction takes some sqrt(trials) steps where it is hardest.
_MOST_STEPS: Final = 100_000
_MOST_HALVINGS: Final = 200
_EXACT: Final = 1e-15
_TINY: Final = 1e-300


def clopper_pearson(errors: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval that holds the true rate of independent trials with at least that confidence (Clopper and
    Pearson 1934; ISO/IEC 19795-1), both ends from 0 to 1. `trials` is above 0, `errors` from 0 to that.
    """
    if not 0 <= errors <= trials or trials < 1:
        raise ValueError("errors are some of the trials, and there is one at least")
    tail = (1 - confidence) / 2
    low = _quantile(tail, errors, trials - errors + 1) if errors else 0.0
    high = _quantile(1 - tail, errors + 1, trials - errors) if errors < trials else 1.0
    return low, high


def trials_that_show(limit: float, confidence: float = CONFIDENCE) -> int:
    """The fewest trials that, without an error, show a rate of `limit` (above 0, below 1) at most: the
    interval of `clopper_pearson` then ends no higher.
    """
    if not 0 < limit < 1:
        raise ValueError("a limit lies above 0 and below 1")
    return ceil(log((1 - confidence) / 2) / log1p(-limit))


def _quantile(share: float, a: int, b: int) -> float:
    """The number below which lies that share of the beta distribution: halving, sped up by Newton's steps."""
    low, high = 0.0, 1.0
    x = a / (a + b)
    constant = lgamma(a + b) - lgamma(a) - lgamma(b)
    for _ in range(_MOST_HALVINGS):
        missed = _beta(x, a, b) - share
        low, high = (low, x) if missed > 0 else (x, high)
        density = exp(constant + (a - 1) * log(x) + (b - 1) * log1p(-x))
        step = x - missed / density if density > 0 else low
        following = step if low < step < high else (low + high) / 2
        if abs(following - x) <= _EXACT * x or not low < following < high:
            return following
        x = following
    return x


def _beta(x: float, a: int, b: int) -> float:
    """The regularised incomplete beta function (DLMF 8.17.22, by Lentz's method) of x between 0 and 1."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            fraction *= c * d
        if abs(c * d - 1) < _EXACT:
            break
    return front * fraction


def _away(value: float) -> float:
    """Away from zero, by which is divided."""
    return value if abs(value) > _TINY else _TINY
