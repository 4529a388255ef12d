"""How sure a measured rate is.

Clopper-Pearson takes the comparisons for independent. Comparisons of one set of people against each other are
not: one person who resembles many adds many false matches. So a second interval is given beside it, from the
variance between people, as the same Clopper-Pearson interval of fewer, effective comparisons.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from bonafide.compare import CONFIDENCE

Interval = tuple[float, float]


def clopper_pearson(errors: float, trials: float, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of a rate of independent trials (Clopper and Pearson 1934; ISO/IEC 19795-1).

    Neither number needs to be whole, so that effective trials can be given. `trials` is above 0.
    """
    tail = (1 - confidence) / 2
    low = float(betaincinv(errors, trials - errors + 1, tail)) if errors > 0 else 0.0
    high = float(betaincinv(errors + 1, trials - errors, 1 - tail)) if errors < trials else 1.0
    return low, high


def effective_interval(rate: float, effective: float, confidence: float = CONFIDENCE) -> Interval:
    """The interval of a rate that is worth so many independent trials (Korn and Graubard 1998)."""
    return clopper_pearson(rate * effective, effective, confidence)


def effective_trials(errors: NDArray[np.int64], trials: NDArray[np.int64]) -> float | None:
    """How many independent trials a rate is worth whose trials come in clusters, one for each person.

    `errors` and `trials` are int64 (people,). None where nothing varies: no errors, only errors, or one
    person.
    """
    taking_part = np.flatnonzero(trials)
    total, people = int(trials.sum()), len(taking_part)
    rate = errors.sum() / max(total, 1)
    if not 0 < rate < 1 or people < 2:
        return None
    residual = errors[taking_part] - rate * trials[taking_part]
    variance = float(residual @ residual) * people / (people - 1) / total**2
    return _worth(rate, variance, total)


def effective_trials_between(
    matches: NDArray[np.int64],
    comparisons: NDArray[np.int64],
    squared_matches: float,
    matches_by_comparisons: float,
    squared_comparisons: float,
) -> float | None:
    """How many independent comparisons a false match rate is worth whose comparisons share people.

    The dyadic variance of Aronow, Samii and Assenova (2015), which Fogliato, Patil and Perona (2024)
    recommend for one-to-one comparison, with an interval of effective trials: residuals summed over all
    comparisons of each person, less what is then counted twice, the pairs of people.

    `matches` and `comparisons` are int64 (people,), each comparison counted for both its people. The other
    three are sums over pairs of people: matches squared, matches times comparisons, comparisons squared.
    """
    total = int(comparisons.sum()) // 2
    rate = float(matches.sum()) / 2 / max(total, 1)
    people = int(np.count_nonzero(comparisons))
    if not 0 < rate < 1 or people < 3:
        return None
    residual = matches - rate * comparisons
    twice = squared_matches - 2 * rate * matches_by_comparisons + rate**2 * squared_comparisons
    # Few people vary less about their own mean than about the true one.
    variance = (float(residual @ residual) * people / (people - 1) - twice) / total**2
    return _worth(rate, variance, total)


def _worth(rate: float, variance: float, total: int) -> float:
    """Never more than were made: sharing people cannot make comparisons worth more than independent ones."""
    binomial = rate * (1 - rate)
    return float(total) if variance * total <= binomial else binomial / variance
