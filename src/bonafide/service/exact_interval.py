"""The exact interval of a rate of independent trials, without what the evaluation is installed with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

CONFIDENCE: Final = 0.95
# Halvings of the unit interval: to far below what anybody reads.
_HALVINGS: Final = 60


def exact_interval(errors: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Clopper and Pearson's (1934; ISO/IEC 19795-1): the rates under which no fewer, or no more, errors than
    were seen come about with half of what `confidence` leaves. `trials` is above 0.
    """
    tail = (1 - confidence) / 2
    low = 0.0 if errors == 0 else _where(lambda rate: 1 - _at_most(errors - 1, trials, rate) >= tail)
    high = 1.0 if errors == trials else _where(lambda rate: _at_most(errors, trials, rate) <= tail)
    return low, high


def _where(holds: Callable[[float], bool]) -> float:
    """The rate from which on something holds that holds at 1."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _at_most(errors: int, trials: int, rate: float) -> float:
    """How likely so many errors at most are."""
    if not 0 < rate < 1:
        return 1.0 if rate <= 0 else float(errors >= trials)
    whole = math.lgamma(trials + 1)
    return math.fsum(
        math.exp(
            whole
            - math.lgamma(each + 1)
            - math.lgamma(trials - each + 1)
            + each * math.log(rate)
            + (trials - each) * math.log1p(-rate)
        )
        for each in range(errors + 1)
    )
