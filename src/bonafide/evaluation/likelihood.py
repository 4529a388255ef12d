"""Are log-likelihood ratios worth what they say?

Cllr is the cost, in bit, of deciding by a log-likelihood ratio, averaged over all costs and priors: 0 is
perfect, 1 is no information (Bruemmer and du Preez 2006). Its minimum is what remains when scores are given
the best ratios that rise with the score (pool adjacent violators); the difference is the calibration's fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import ndtri, xlog1py, xlogy

from bonafide.compare import CONFIDENCE
from bonafide.evaluation.scores import MatedScores, NonMatedScores, bin_centres

LogLikelihoodRatio = Callable[[NDArray[np.floating]], NDArray[np.float64]]

_RELIABILITY_STEP = 0.5


@dataclass(frozen=True, slots=True)
class ClaimedEvidence:
    """Comparisons whose claimed ratio lies in one range, and the ratio that was found among them.

    All ratios are log10. `interval` covers `measured`, which is None where one kind of comparison is absent.
    """

    claimed: float
    mated: int
    non_mated: int
    measured: float | None
    interval: tuple[float, float] | None


def cllr(mated: MatedScores, non_mated: NonMatedScores, ratio: LogLikelihoodRatio) -> float | None:
    """Cllr in bit of `ratio`, a natural log-likelihood ratio of cosines; None without scores of both kinds.

    Scores of different people are taken at the middle of their bins, which changes the sixth decimal at most.
    """
    if not len(mated.scores) or not non_mated.comparisons:
        return None
    own = np.logaddexp(0, -ratio(mated.scores.astype(np.float64))).mean()
    other = float(np.logaddexp(0, ratio(bin_centres())) @ non_mated.bins) / non_mated.comparisons
    return float((own + other) / (2 * np.log(2)))


def min_cllr(mated: MatedScores, non_mated: NonMatedScores) -> float | None:
    """The lowest Cllr that any rising ratio of the scores reaches; None without scores of both kinds."""
    if not len(mated.scores) or not non_mated.comparisons:
        return None
    own, other = (bins.astype(np.float64) for bins in (mated.bins, non_mated.bins))
    used = np.flatnonzero(own + other)
    # Both kinds weigh the same, so that the posterior's odds are the likelihood ratio.
    own, other = own[used] / own.sum(), other[used] / other.sum()
    posterior = isotonic_regression(own / (own + other), weights=own + other).x
    # Where a probability is 0 so is its weight, and 0 log 0 counts as 0.
    bits = xlogy(own, posterior) + xlog1py(other, -posterior)
    return max(0.0, float(-bits.sum() / (2 * np.log(2))))


def reliability(
    mated: MatedScores, non_mated: NonMatedScores, ratio: LogLikelihoodRatio
) -> tuple[ClaimedEvidence, ...]:
    """Claimed against measured ratios, in ranges of half a power of ten, rising."""
    if not len(mated.scores) or not non_mated.comparisons:
        return ()
    claimed = ratio(bin_centres()) / np.log(10)
    ranges = np.round(claimed / _RELIABILITY_STEP).astype(np.intp)
    own_bins, other_bins = mated.bins, non_mated.bins
    found = []
    for number in np.unique(ranges):
        at = ranges == number
        own, other = int(own_bins[at].sum()), int(other_bins[at].sum())
        if own + other == 0:
            continue
        middle = float(claimed[at] @ (own_bins + other_bins)[at] / (own + other))
        measured, interval = _measured_ratio(own, len(mated.scores), other, non_mated.comparisons)
        found.append(ClaimedEvidence(middle, own, other, measured, interval))
    return tuple(found)


def _measured_ratio(
    own: int, all_own: int, other: int, all_other: int
) -> tuple[float | None, tuple[float, float] | None]:
    """Ratio of two independent proportions, log10, with its interval by Katz's logarithm."""
    if not own or not other:
        return None, None
    ratio = float(np.log10(own / all_own) - np.log10(other / all_other))
    deviate = float(ndtri((1 + CONFIDENCE) / 2))
    spread = deviate * float(np.sqrt(1 / own - 1 / all_own + 1 / other - 1 / all_other)) / float(np.log(10))
    return ratio, (ratio - spread, ratio + spread)
