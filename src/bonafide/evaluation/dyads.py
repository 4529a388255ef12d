"""Counting false matches by pairs of people, without keeping any of the comparisons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bonafide.evaluation.intervals import effective_trials_between


def exact_threshold(threshold: float) -> np.float32:
    """The lowest float32 that reaches a threshold, so that scores are judged as decisions judge them."""
    rounded = np.float32(threshold)
    return rounded if float(rounded) >= threshold else np.nextafter(rounded, np.float32(np.inf))


class DyadCounts:
    """False matches at some thresholds, by person and, for their variance, summed over pairs of people.

    `matches` is int64 (thresholds, people), each false match counted for both its people.
    """

    def __init__(self, thresholds: Sequence[float], people: int) -> None:
        self._limits = [exact_threshold(threshold) for threshold in thresholds]
        self._comparisons = np.zeros(people, np.int64)
        self._squared_comparisons = 0.0
        self.matches = np.zeros((len(thresholds), people), np.int64)
        self._squared_matches = np.zeros(len(thresholds))
        self._matches_by_comparisons = np.zeros(len(thresholds))

    def add_listed(
        self, first: NDArray[np.int32], second: NDArray[np.int32], scores: NDArray[np.float32]
    ) -> None:
        """Count comparisons of people `first` and `second`, all (n,). For all of a set at once."""
        people = len(self._comparisons)
        key = np.minimum(first, second).astype(np.int64) * people + np.maximum(first, second)
        pairs, which = np.unique(key, return_inverse=True)
        made = np.bincount(which, minlength=len(pairs)).astype(np.int64)
        self._squared_comparisons += float(made @ made)
        for person in (pairs // people, pairs % people):
            np.add.at(self._comparisons, person, made)
        for at, limit in enumerate(self._limits):
            matched = np.bincount(which[scores >= limit], minlength=len(pairs)).astype(np.int64)
            self._squared_matches[at] += float(matched @ matched)
            self._matches_by_comparisons[at] += float(matched @ made)
            for person in (pairs // people, pairs % people):
                np.add.at(self.matches[at], person, matched)

    def add_all_with_all(self, pictures: NDArray[np.int64]) -> None:
        """Count that every two pictures of different people are compared once; `pictures` int64 (people,)."""
        self._comparisons += pictures * (pictures.sum() - pictures)
        squares = pictures.astype(np.float64) ** 2
        self._squared_comparisons += float(squares.sum() ** 2 - squares @ squares) / 2

    def add_matches(
        self,
        rows: NDArray[np.int32],
        columns: NDArray[np.int32],
        scores: NDArray[np.float32],
        different: NDArray[np.bool_],
        pictures: NDArray[np.int64],
    ) -> None:
        """Count the false matches in a block of scores (rows, columns) where `different` says so.

        `rows` and `columns` are their people, rising without gaps, and start with the same person; a block
        holds all pictures of its rows' people.
        """
        if not self._limits or not len(rows):
            return
        start, height, width = int(rows[0]), int(rows[-1] - rows[0]) + 1, int(columns[-1] - rows[0]) + 1
        row, column = np.nonzero(different & (scores >= min(self._limits)))
        reached = scores[row, column]
        key = (rows[row] - start).astype(np.int64) * width + (columns[column] - start)
        made = pictures[start : start + height, None] * pictures[None, start : start + width]
        for at, limit in enumerate(self._limits):
            matched = np.bincount(key[reached >= limit], minlength=height * width).reshape(height, width)
            self.matches[at, start : start + height] += matched.sum(axis=1)
            self.matches[at, start : start + width] += matched.sum(axis=0)
            self._squared_matches[at] += float((matched.astype(np.float64) ** 2).sum())
            self._matches_by_comparisons[at] += float((matched * made).sum())

    def effective(self, at: int) -> float | None:
        """How many independent comparisons the rate at that threshold is worth."""
        return effective_trials_between(
            self.matches[at],
            self._comparisons,
            float(self._squared_matches[at]),
            float(self._matches_by_comparisons[at]),
            self._squared_comparisons,
        )
