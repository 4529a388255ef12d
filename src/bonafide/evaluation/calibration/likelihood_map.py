"""Fitting the map from a comparison score to a log-likelihood ratio."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bonafide.compare import LogisticMap


def fit_likelihood_map(
    mated: NDArray[np.floating],
    non_mated: NDArray[np.floating],
    weights: NDArray[np.integer] | NDArray[np.floating],
) -> LogisticMap:
    """The logistic map that minimises Cllr (Bruemmer and du Preez 2006): both kinds weigh the same.

    `mated` (n,) are cosines of one person; `non_mated` (m,) of two, each standing for `weights` (m,)
    comparisons. Targets are smoothed as if one more comparison of each kind had come out the other way
    (Platt 1999): otherwise a small clean set, which a step would part, makes a map that is never in doubt.
    It saturates at the logarithm of the number of comparisons of the kind that would have to be rarer: no
    evidence is stronger than the experience it rests on.
    """
    own, other = mated.astype(np.float64), non_mated.astype(np.float64)
    share = weights / weights.sum()
    missed, matched = 1 / (len(own) + 2), 1 / (float(weights.sum()) + 2)
    # Far from 0..1 the optimiser would take long; the scores' own spread is its natural unit.
    middle = (own.mean() + float(other @ share)) / 2
    spread = max(own.mean() - float(other @ share), 1e-3)

    def cost(parameters: NDArray[np.float64]) -> float:
        slope, offset = parameters
        on = slope * (own - middle) / spread + offset
        off = slope * (other - middle) / spread + offset
        return float(
            (np.logaddexp(0, -on) + missed * on).mean() + (np.logaddexp(0, off) - matched * off) @ share
        )

    slope, offset = minimize(cost, np.array([5.0, 0.0]), method="Nelder-Mead").x
    return LogisticMap(
        slope=float(slope / spread),
        offset=float(offset - slope * middle / spread),
        lowest=-math.log(len(own)),
        highest=math.log(float(weights.sum())),
    )
