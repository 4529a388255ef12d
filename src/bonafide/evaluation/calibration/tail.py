"""The upper tail of non-mated scores: which threshold keeps a false match rate, and how sure that is.

Comparisons of one set of people against each other are not independent: one person who resembles many spoils
many. So uncertainty comes from resampling people, not comparisons (ISO/IEC 19795-1, subject bootstrap).

Below what a set can resolve (fewer than ten comparisons expected over the threshold) the logarithm of the
rate is continued as a straight line. Measured tails fall faster than that, so the continuation errs towards
caution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Enough of the tail for the largest rate that is promised, 1e-1, under any resampling of people.
_KEPT = 0.2
_BLOCK = 512
# Fewer comparisons over a threshold than this tell little about a rate.
_RESOLVED = 10
_FIT_POINTS = 40


@dataclass(frozen=True, slots=True, eq=False)
class ImpostorTail:
    """The highest non-mated scores of a set of pictures, falling, with the two people of each.

    `scores` float32 (n,), `first` and `second` int32 (n,) people, 0-based; `pictures` int64 (people,) how
    many pictures of each person were compared; `comparisons` how many there were in all; `ordered` whether
    each pair of pictures was compared twice, once in each role.
    """

    scores: NDArray[np.float32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    pictures: NDArray[np.int64]
    comparisons: int
    ordered: bool

    @property
    def people(self) -> int:
        """How many people were compared."""
        return len(self.pictures)

    def threshold(self, rate: float, weights: NDArray[np.int64] | None = None) -> float:
        """The lowest score at which the false match rate is at most `rate`; extrapolated where the set is too
        small.

        `weights` (people,) counts how often each person is taken, for resampling; once each if not given.
        """
        counted, total = self._weighted(weights)
        smallest = _RESOLVED / total
        if rate >= smallest:
            at = int(np.searchsorted(counted, rate * total, side="right"))
            return float(self.scores[min(at, len(self.scores) - 1)])
        # Straight line through the logarithm of the rate, from a hundred times the smallest resolved rate
        # down to it.
        rates = np.geomspace(smallest, min(100 * smallest, counted[-1] / total), _FIT_POINTS)
        places = np.minimum(np.searchsorted(counted, rates * total, side="right"), len(self.scores) - 1)
        slope, offset = np.polyfit(np.log(rates), self.scores[places].astype(np.float64), 1)
        return float(slope * np.log(rate) + offset)

    def false_matches(self, threshold: float) -> int:
        """How many comparisons scored at least the threshold."""
        return int(np.searchsorted(-self.scores, -threshold, side="right"))

    def resampled_rates(
        self, thresholds: NDArray[np.float64], resamplings: int, random: np.random.Generator
    ) -> NDArray[np.float64]:
        """False match rates (resamplings, thresholds) under resampling of people."""
        rates = np.empty((resamplings, len(thresholds)))
        places = np.searchsorted(-self.scores, -thresholds, side="right")
        for row in range(resamplings):
            counted, total = self._weighted(self._resample(random))
            rates[row] = np.where(places > 0, counted[np.maximum(places - 1, 0)], 0) / total
        return rates

    def resampled_thresholds(
        self, rates: NDArray[np.float64], resamplings: int, random: np.random.Generator
    ) -> NDArray[np.float64]:
        """Thresholds (resamplings, rates) under resampling of people."""
        return np.array(
            [
                [self.threshold(rate, weights) for rate in rates]
                for weights in (self._resample(random) for _ in range(resamplings))
            ]
        )

    def _resample(self, random: np.random.Generator) -> NDArray[np.int64]:
        drawn = random.integers(0, self.people, self.people)
        return np.bincount(drawn, minlength=self.people).astype(np.int64)

    def _weighted(self, weights: NDArray[np.int64] | None) -> tuple[NDArray[np.float64], float]:
        """Cumulative number of comparisons from the highest score down, and their total."""
        if weights is None:
            return np.arange(1, len(self.scores) + 1, dtype=np.float64), float(self.comparisons)
        taken = weights * self.pictures
        total = float(taken.sum()) ** 2 - float((taken.astype(np.float64) ** 2).sum())
        counted = np.cumsum(weights[self.first] * weights[self.second], dtype=np.float64)
        return counted, max(total if self.ordered else total / 2, 1.0)


def impostor_tail(
    references: NDArray[np.float32], probes: NDArray[np.float32] | None, people: NDArray[np.int32]
) -> ImpostorTail:
    """Compare every picture with every other person's.

    `references` and `probes` are templates (n, d), row by row of the same photo; without `probes` each pair
    of photos is compared once. `people` int32 (n,) says whose they are, 0-based without gaps.
    """
    ordered = probes is not None
    others = references if probes is None else probes
    count = len(references)
    scores: list[NDArray[np.float32]] = []
    firsts: list[NDArray[np.int32]] = []
    seconds: list[NDArray[np.int32]] = []
    comparisons = 0
    for start in range(0, count, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, count))
        block = references[rows] @ others.T
        allowed = people[rows, None] != people[None]
        if not ordered:
            allowed &= np.arange(count)[None] > rows[:, None]
        candidates = block[allowed]
        comparisons += len(candidates)
        if not len(candidates):
            continue
        floor = np.partition(candidates, -max(1, int(_KEPT * len(candidates))))[
            -max(1, int(_KEPT * len(candidates)))
        ]
        row, column = np.nonzero(allowed & (block >= floor))
        scores.append(block[row, column])
        firsts.append(people[rows[row]])
        seconds.append(people[column])
    score = np.concatenate(scores)
    # A block keeps its own highest; only above the highest of their floors is nothing missing.
    order = np.argsort(-score, kind="stable")
    return ImpostorTail(
        scores=score[order],
        first=np.concatenate(firsts)[order],
        second=np.concatenate(seconds)[order],
        pictures=np.bincount(people).astype(np.int64),
        comparisons=comparisons,
        ordered=ordered,
    )


def mated_scores(
    references: NDArray[np.float32], probes: NDArray[np.float32] | None, people: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Scores of every two different photos of one person, float32, in no order; both roles if `probes` are
    given.
    """
    others = references if probes is None else probes
    found: list[NDArray[np.float32]] = []
    for person in np.unique(people):
        rows = np.flatnonzero(people == person)
        block = references[rows] @ others[rows].T
        pairs = (
            ~np.eye(len(rows), dtype=bool) if probes is not None else np.triu(np.ones_like(block, bool), 1)
        )
        found.append(block[pairs])
    return np.concatenate(found)
