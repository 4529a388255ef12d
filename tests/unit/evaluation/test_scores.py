from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonafide.evaluation import scores
from bonafide.evaluation.datasets import LabelledPairs
from bonafide.evaluation.dyads import exact_threshold
from bonafide.evaluation.scores import BINS, score_all_impostors, score_listed, score_mated

THRESHOLDS = (0.0, 0.4, 0.8)


def templates(people: NDArray[np.int32], length: int = 8, seed: int = 0) -> NDArray[np.float32]:
    random = np.random.default_rng(seed)
    centres = random.normal(size=(int(people.max()) + 1, length))
    vectors = centres[people] + random.normal(size=(len(people), length))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def different(people: NDArray[np.int32]) -> LabelledPairs:
    """Every two pictures, as a list."""
    first, second = (
        np.array(side, np.int32) for side in zip(*combinations(range(len(people)), 2), strict=True)
    )
    return LabelledPairs(first, second, people[first] == people[second], ())


@settings(max_examples=30, deadline=None)
@given(
    labels=st.lists(st.integers(0, 9), min_size=2, max_size=60),
    rows=st.integers(1, 20),
    seed=st.integers(0, 99),
)
def test_blocks_count_what_listing_every_pair_counts(labels: list[int], rows: int, seed: int) -> None:
    people = np.unique(labels, return_inverse=True)[1].astype(np.int32)
    vectors = templates(people, seed=seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "_BLOCK_ROWS", rows)
        found = score_all_impostors(vectors, people, THRESHOLDS)
    own, listed = score_listed(vectors, different(people), people, THRESHOLDS)
    assert found.comparisons == listed.comparisons
    assert np.allclose(found.highest, listed.highest, atol=1e-6)
    assert [count.matches for count in found.at_thresholds] == [
        count.matches for count in listed.at_thresholds
    ]
    for one, other in zip(found.at_thresholds, listed.at_thresholds, strict=True):
        assert one.effective == pytest.approx(other.effective)
    mated = score_mated(vectors, people)
    assert np.allclose(mated.scores, own.scores, atol=1e-6)
    assert len(mated.scores) + found.comparisons == len(people) * (len(people) - 1) // 2


def test_many_pictures_give_what_one_matrix_gives() -> None:
    random = np.random.default_rng(1)
    people = random.integers(0, 300, 1500).astype(np.int32)
    people = np.unique(people, return_inverse=True)[1].astype(np.int32)
    vectors = templates(people, 16)
    matrix = vectors @ vectors.T
    upper = np.triu(people[:, None] != people[None], 1)
    expected = np.sort(matrix[upper])[::-1]
    found = score_all_impostors(vectors, people, THRESHOLDS)
    assert found.comparisons == len(expected)
    assert found.bins.sum() == len(expected)
    assert len(found.highest) < len(expected)
    assert np.allclose(found.highest, expected[: len(found.highest)], atol=1e-6)
    for count in found.at_thresholds:
        assert count.matches == int((expected >= exact_threshold(count.threshold)).sum())
        assert found.at_least(count.threshold) == pytest.approx(count.matches, abs=0.001 * len(expected))
    assert found.first is not None
    assert found.second is not None
    assert (found.first != found.second).all()


def test_thresholds_are_compared_as_decisions_compare_them() -> None:
    """Scores decide as Python floats, so a threshold between two float32 must not be rounded down to one."""
    score = np.float32(0.3)
    assert exact_threshold(float(score)) == score
    assert exact_threshold(float(score) + 1e-12) > score
    assert exact_threshold(float(score) - 1e-12) == score


def test_a_score_at_the_threshold_matches() -> None:
    vectors = np.eye(2, dtype=np.float32)
    people = np.array([0, 1], np.int32)
    found = score_all_impostors(vectors, people, (0.0, 1e-7))
    assert [count.matches for count in found.at_thresholds] == [1, 0]


def test_rounding_beyond_one_stays_in_the_last_bin() -> None:
    assert scores.bin_of(np.array([-1.0000002, 1.0000002], np.float32)).tolist() == [0, BINS - 1]


def test_nobody_to_compare_gives_nothing() -> None:
    people = np.zeros(3, np.int32)
    found = score_all_impostors(templates(people), people, THRESHOLDS)
    assert found.comparisons == 0
    assert [count.matches for count in found.at_thresholds] == [0, 0, 0]
    empty = score_all_impostors(np.zeros((0, 4), np.float32), np.zeros(0, np.int32), THRESHOLDS)
    assert empty.comparisons == 0
    assert len(score_mated(np.zeros((0, 4), np.float32), np.zeros(0, np.int32)).scores) == 0


def test_pairs_without_known_people_have_no_interval_by_people() -> None:
    people = np.array([0, 0, 1, 1], np.int32)
    mated, non_mated = score_listed(templates(people), different(people), None, THRESHOLDS)
    assert mated.people is None
    assert non_mated.first is None
    assert all(count.effective is None for count in non_mated.at_thresholds)
