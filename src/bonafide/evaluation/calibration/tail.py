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
from scipy.sparse import coo_array

from bonafide.evaluation.calibration.sides import Sides
from bonafide.evaluation.dyads import exact_threshold
from bonafide.evaluation.scores import BINS, bin_of

# Enough of the tail for the largest rate that is promised, 1e-1, under any resampling of people.
_KEPT = 0.2
_BLOCK = 512
# Fewer comparisons over a threshold than this tell little about a rate.
RESOLVED = 10
_FIT_POINTS = 40


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImpostorTail:
    """Non-mated scores of a set of pictures: the highest as they are, falling, with the two people of each.

    `bins` int64 (BINS,) counts all, in the bins of `bonafide.evaluation.scores`. `scores` float32 (n,),
    `first` and `second` int32 (n,) people, 0-based; `references` and `probes` int64 (people,) how many
    templates of each person were compared on each side; `comparisons` how many there were in all; `once`
    whether the two sides are the same pictures, every two of them compared once.
    """

    bins: NDArray[np.int64]
    scores: NDArray[np.float32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    references: NDArray[np.int64]
    probes: NDArray[np.int64]
    comparisons: int
    once: bool

    @property
    def smallest_resolved(self) -> float:
        """The smallest false match rate that is measured and not extrapolated."""
        return RESOLVED / self.comparisons

    def threshold(self, rate: float) -> float:
        """The lowest score at which the false match rate is at most `rate`; extrapolated if too small."""
        counted = np.arange(1, len(self.scores) + 1, dtype=np.float64)
        if rate >= self.smallest_resolved:
            # One comparison more would be too many, so the threshold lies just above it.
            barred = self.scores[min(self._place(counted, rate), len(self.scores) - 1)]
            return float(np.nextafter(barred, np.float32(np.inf)))
        # A straight line through the logarithm of the rate, from a hundred times the smallest resolved rate
        # down to it.
        highest = min(100 * self.smallest_resolved, len(self.scores) / self.comparisons)
        rates = np.geomspace(self.smallest_resolved, highest, _FIT_POINTS)
        places = [min(self._place(counted, each), len(self.scores) - 1) for each in rates]
        slope, offset = np.polyfit(np.log(rates), self.scores[places].astype(np.float64), 1)
        return float(slope * np.log(rate) + offset)

    def false_matches(self, threshold: float) -> int:
        """How many comparisons reached the threshold."""
        return int(np.searchsorted(-self.scores, -exact_threshold(threshold), side="right"))

    def resampled_rates(
        self, thresholds: NDArray[np.float64], resamplings: int, random: np.random.Generator
    ) -> NDArray[np.float64]:
        """False match rates (resamplings, thresholds) when people are drawn again."""
        people = len(self.references)
        drawn = random.integers(0, people, (resamplings, people))
        weights = np.stack([np.bincount(row, minlength=people) for row in drawn]).astype(np.int64)
        totals = np.array([self._total(row) for row in weights])
        rates = np.empty((resamplings, len(thresholds)))
        for column, threshold in enumerate(thresholds):
            count = self.false_matches(float(threshold))
            # A false match of two people counts as often as both were drawn, multiplied.
            matches = coo_array(
                (np.ones(count, np.int64), (self.first[:count], self.second[:count])), shape=(people, people)
            ).tocsr()
            rates[:, column] = np.einsum("rp,rp->r", np.asarray(weights @ matches), weights) / totals
        return rates

    def _place(self, counted: NDArray[np.float64], rate: float) -> int:
        return int(np.searchsorted(counted, rate * self.comparisons, side="right"))

    def _total(self, weights: NDArray[np.int64]) -> float:
        """How many comparisons there are when each person is taken as often as `weights` (people,) says."""
        references, probes = weights * self.references, weights * self.probes
        total = float(references.sum()) * float(probes.sum()) - float((references * probes).sum())
        return max(total / 2 if self.once else total, 1.0)


def impostor_tail(sides: Sides) -> ImpostorTail:
    """Compare every reference with every other person's probe."""
    references, probes = sides.references, sides.probes or sides.references
    once = sides.probes is None
    scores: list[NDArray[np.float32]] = [np.empty(0, np.float32)]
    firsts: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    seconds: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    bins, floor = np.zeros(BINS, np.int64), np.float32(-np.inf)
    blocks = -(-len(references.vectors) // _BLOCK)
    for start in range(blocks):
        # Every so many rows and not the next ones, so that each block is a sample of the whole.
        rows = slice(start, None, blocks)
        block = references.vectors[rows] @ probes.vectors.T
        allowed = references.people[rows, None] != probes.people[None]
        if once:
            allowed &= probes.pictures[None] > references.pictures[rows, None]
        made = block[allowed]
        if not len(made):
            continue
        bins += np.bincount(bin_of(made), minlength=BINS)
        # Each block keeps its own highest; below the highest of all blocks' floors something is missing.
        kept = max(1, int(_KEPT * len(made)))
        block_floor = np.partition(made, -kept)[-kept]
        floor = max(floor, block_floor)
        row, column = np.nonzero(allowed & (block >= block_floor))
        scores.append(block[row, column])
        firsts.append(references.people[rows][row])
        seconds.append(probes.people[column])
    score = np.concatenate(scores)
    order = np.argsort(-score, kind="stable")
    order = order[score[order] >= floor]
    return ImpostorTail(
        bins=bins,
        scores=score[order],
        first=np.concatenate(firsts)[order],
        second=np.concatenate(seconds)[order],
        references=np.bincount(references.people, minlength=sides.people).astype(np.int64),
        probes=np.bincount(probes.people, minlength=sides.people).astype(np.int64),
        comparisons=int(bins.sum()),
        once=once,
    )


def mated_scores(sides: Sides) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Scores of every two different pictures of one person, float32 (n,), rising, and whose, int32 (n,)."""
    references, probes = sides.references, sides.probes or sides.references
    found: list[NDArray[np.float32]] = [np.empty(0, np.float32)]
    owners: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    for person in np.intersect1d(references.people, probes.people):
        rows, columns = np.flatnonzero(references.people == person), np.flatnonzero(probes.people == person)
        one, other = references.pictures[rows, None], probes.pictures[None, columns]
        pairs = one < other if sides.probes is None else one != other
        found.append((references.vectors[rows] @ probes.vectors[columns].T)[pairs])
        owners.append(np.full(len(found[-1]), person, np.int32))
    score, owner = np.concatenate(found), np.concatenate(owners)
    rising = np.argsort(score, kind="stable")
    return score[rising], owner[rising]
