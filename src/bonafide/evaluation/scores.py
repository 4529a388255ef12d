"""Comparison scores of labelled templates, kept in bounded memory.

Comparing all with all gives too many scores to keep: 8,000 pictures make 32 million. What is kept decides
every rate in a report exactly: counts at the thresholds that are asked for, the highest scores as they are,
all others in 65,536 bins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonafide.evaluation.datasets import LabelledPairs
from bonafide.evaluation.dyads import DyadCounts, exact_threshold

BINS = 65_536
# The highest 2 % are kept, enough for a false match rate of 1e-2 under resampling of people; small sets
# whole.
_KEPT_SHARE = 0.02
_KEPT_LEAST = 200_000
_BLOCK_ROWS = 512


@dataclass(frozen=True, slots=True)
class ThresholdCount:
    """Non-mated comparisons that reach a threshold, and how many independent ones their rate is worth."""

    threshold: float
    matches: int
    effective: float | None


@dataclass(frozen=True, slots=True, eq=False)
class MatedScores:
    """Cosines of one person: `scores` float32 (n,), rising; `people` int32 (n,), None if unknown."""

    scores: NDArray[np.float32]
    people: NDArray[np.int32] | None

    @property
    def bins(self) -> NDArray[np.int64]:
        """How many fall in each bin, int64 (BINS,)."""
        return np.bincount(bin_of(self.scores), minlength=BINS).astype(np.int64)

    def below(self, threshold: float) -> int:
        """How many do not reach the threshold."""
        return int(np.searchsorted(self.scores, exact_threshold(threshold), side="left"))


@dataclass(frozen=True, slots=True, eq=False)
class NonMatedScores:
    """Cosines of different people.

    `bins` int64 (BINS,) counts all. `highest` float32 (k,), falling, are the highest as they are; `first` and
    `second` int32 (k,) their people, or None if unknown. `pictures` int64 (people,) says how many pictures of
    each person were compared with all others', None if the comparisons were listed.
    """

    comparisons: int
    bins: NDArray[np.int64]
    highest: NDArray[np.float32]
    first: NDArray[np.int32] | None
    second: NDArray[np.int32] | None
    pictures: NDArray[np.int64] | None
    at_thresholds: tuple[ThresholdCount, ...]

    def at_least(self, threshold: float) -> int:
        """How many reach the threshold: exactly among the highest, else to the width of a bin, 1/32768."""
        limit = exact_threshold(threshold)
        if len(self.highest) == self.comparisons or limit >= self.highest[-1]:
            return int(np.searchsorted(-self.highest, -limit, side="right"))
        return int(self.bins[bin_of(np.array([limit]))[0] :].sum())


def bin_of(scores: NDArray[np.float32]) -> NDArray[np.intp]:
    """The bin of each cosine: BINS of equal width from -1 to 1."""
    place = (scores + np.float32(1)) * np.float32(BINS / 2)
    return np.asarray(np.clip(place, 0, BINS - 1), np.intp)


def bin_centres() -> NDArray[np.float64]:
    """The cosine in the middle of each bin, float64 (BINS,)."""
    return (np.arange(BINS, dtype=np.float64) + 0.5) * (2 / BINS) - 1


def score_listed(
    vectors: NDArray[np.float32],
    pairs: LabelledPairs,
    people: NDArray[np.int32] | None,
    thresholds: Sequence[float],
) -> tuple[MatedScores, NonMatedScores]:
    """Score the listed pairs of templates, float32 (pictures, d) of length 1; `people` int32 (pictures,)."""
    scores = np.empty(len(pairs.same), np.float32)
    for start in range(0, len(scores), 8 * _BLOCK_ROWS):
        part = slice(start, start + 8 * _BLOCK_ROWS)
        scores[part] = np.einsum("nd,nd->n", vectors[pairs.first[part]], vectors[pairs.second[part]])
    mated = np.flatnonzero(pairs.same)
    mated = mated[np.argsort(scores[mated], kind="stable")]
    other = np.flatnonzero(~pairs.same)
    other = other[np.argsort(-scores[other], kind="stable")]
    known = people is not None
    first = people[pairs.first] if people is not None else pairs.first
    second = people[pairs.second] if people is not None else pairs.second
    dyads = DyadCounts(thresholds, int(people.max()) + 1) if people is not None else None
    if dyads is not None:
        dyads.add_listed(first[other], second[other], scores[other])
    return MatedScores(scores[mated], first[mated] if known else None), NonMatedScores(
        comparisons=len(other),
        bins=np.bincount(bin_of(scores[other]), minlength=BINS).astype(np.int64),
        highest=scores[other],
        first=first[other] if known else None,
        second=second[other] if known else None,
        pictures=None,
        at_thresholds=tuple(
            ThresholdCount(
                threshold,
                int((scores[other] >= exact_threshold(threshold)).sum()),
                dyads.effective(at) if dyads else None,
            )
            for at, threshold in enumerate(thresholds)
        ),
    )


def score_mated(vectors: NDArray[np.float32], people: NDArray[np.int32]) -> MatedScores:
    """Score every two pictures of each person once: templates float32 (n, d), `people` int32 (n,)."""
    scores: list[NDArray[np.float32]] = [np.empty(0, np.float32)]
    owners: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    order = np.argsort(people, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(people[order])) + 1):
        upper = np.triu_indices(len(rows), 1)
        found = (vectors[rows] @ vectors[rows].T)[upper]
        scores.append(found)
        owners.append(np.full(len(found), people[rows[0]] if len(rows) else 0, np.int32))
    score, owner = np.concatenate(scores), np.concatenate(owners)
    rising = np.argsort(score, kind="stable")
    return MatedScores(score[rising], owner[rising])


def score_all_impostors(
    vectors: NDArray[np.float32], people: NDArray[np.int32], thresholds: Sequence[float]
) -> NonMatedScores:
    """Score every two pictures of different people once.

    `vectors` are templates, float32 (n, d), `people` int32 (n,), 0-based. Each comparison is made twice, once
    to count and once to collect the highest, instead of being kept.
    """
    order = np.argsort(people, kind="stable")
    vectors, people = np.ascontiguousarray(vectors[order]), people[order]
    count = int(people.max()) + 1 if len(people) else 0
    pictures = np.bincount(people, minlength=count).astype(np.int64)
    bins = np.zeros(BINS, np.int64)
    dyads = DyadCounts(thresholds, count)
    dyads.add_all_with_all(pictures)
    for rows, scores, different in _blocks(vectors, people):
        bins += np.bincount(bin_of(scores[different]), minlength=BINS)
        dyads.add_matches(people[rows], people[rows.start :], scores, different, pictures)
    comparisons = int(bins.sum())
    wanted = min(comparisons, max(int(_KEPT_SHARE * comparisons), _KEPT_LEAST))
    from_above = np.cumsum(bins[::-1])
    lowest_bin = BINS - 1 - int(np.searchsorted(from_above, wanted))
    highest, first, second = _collect(vectors, people, lowest_bin)
    return NonMatedScores(
        comparisons=comparisons,
        bins=bins,
        highest=highest,
        first=first,
        second=second,
        pictures=pictures,
        at_thresholds=tuple(
            ThresholdCount(threshold, int(dyads.matches[at].sum()) // 2, dyads.effective(at))
            for at, threshold in enumerate(thresholds)
        ),
    )


def _blocks(
    vectors: NDArray[np.float32], people: NDArray[np.int32]
) -> Iterator[tuple[slice, NDArray[np.float32], NDArray[np.bool_]]]:
    """Rows, their scores with all pictures from the first row on, and which of these are of two people.

    People come in order, so what lies right of a person's pictures is each pair with the others exactly once.
    No person is split between blocks.
    """
    firsts = np.flatnonzero(np.diff(people, prepend=-1))
    start = 0
    while start < len(vectors):
        after = np.searchsorted(firsts, start + _BLOCK_ROWS)
        end = int(firsts[after]) if after < len(firsts) else len(vectors)
        yield (
            slice(start, end),
            vectors[start:end] @ vectors[start:].T,
            people[None, start:] > people[start:end, None],
        )
        start = end


def _collect(
    vectors: NDArray[np.float32], people: NDArray[np.int32], lowest_bin: int
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
    """All scores of different people from a bin upwards, falling, with the people."""
    scores: list[NDArray[np.float32]] = [np.empty(0, np.float32)]
    firsts: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    seconds: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    for rows, block, different in _blocks(vectors, people):
        row, column = np.nonzero(different & (bin_of(block) >= lowest_bin))
        scores.append(block[row, column])
        firsts.append(people[rows][row])
        seconds.append(people[rows.start :][column])
    score = np.concatenate(scores)
    falling = np.argsort(-score, kind="stable")
    return score[falling], np.concatenate(firsts)[falling], np.concatenate(seconds)[falling]
