from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.evaluation.calibration.sides import Side, Sides
from bonafide.evaluation.calibration.tail import ImpostorTail, impostor_tail, mated_scores
from bonafide.evaluation.scores import BINS


def side(people: int, pictures: int, seed: int = 5, noise: float = 1.0) -> Side:
    """Unit vectors around one direction for each person."""
    random = np.random.default_rng(seed)
    owners = np.repeat(np.arange(people, dtype=np.int32), pictures)
    centres = np.random.default_rng(0).normal(size=(people, 16))
    vectors = centres[owners] + noise * random.normal(size=(len(owners), 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Side(vectors.astype(np.float32), owners, np.arange(len(owners), dtype=np.int32))


def brute_force(sides: Sides) -> tuple[list[float], list[float]]:
    """Every comparison, by two loops: of different people, and of one."""
    references, probes = sides.references, sides.probes or sides.references
    other: list[float] = []
    same: list[float] = []
    for i, one in enumerate(references.vectors):
        for j, two in enumerate(probes.vectors):
            first, second = int(references.pictures[i]), int(probes.pictures[j])
            if first == second or (sides.probes is None and first > second):
                continue
            bucket = same if references.people[i] == probes.people[j] else other
            bucket.append(float(one @ two))
    return sorted(other, reverse=True), sorted(same)


@pytest.fixture(params=["once", "two sides", "documents and selfies"])
def sides(request: pytest.FixtureRequest) -> Sides:
    photos = side(30, 3)
    if request.param == "once":
        return Sides(photos, None, 30)
    if request.param == "two sides":
        return Sides(side(30, 3, seed=6), photos, 30)
    apart = Side(photos.vectors, photos.people, photos.pictures + np.int32(1000))
    return Sides(side(30, 1, seed=7), apart, 30)


def test_every_comparison_is_made_once(sides: Sides) -> None:
    tail = impostor_tail(sides)
    other, same = brute_force(sides)
    assert tail.comparisons == len(other)
    np.testing.assert_allclose(tail.scores, other[: len(tail.scores)], atol=1e-6)
    np.testing.assert_allclose(mated_scores(sides)[0], same, atol=1e-6)


@pytest.mark.parametrize("rate", [1e-1, 3e-2, 1e-2])
def test_a_measured_threshold_keeps_its_rate_and_no_lower_one_does(sides: Sides, rate: float) -> None:
    tail = impostor_tail(sides)
    threshold = tail.threshold(rate)
    assert tail.false_matches(threshold) <= rate * tail.comparisons
    lower = float(np.nextafter(np.float32(threshold), np.float32(-np.inf)))
    assert tail.false_matches(lower) > rate * tail.comparisons


def test_extrapolated_thresholds_rise_as_rates_fall(sides: Sides) -> None:
    tail = impostor_tail(sides)
    rates = tail.smallest_resolved * np.array([1.0, 0.3, 0.1, 0.01])
    thresholds = [tail.threshold(rate) for rate in rates]
    assert thresholds == sorted(thresholds)
    assert thresholds[-1] > thresholds[0]


def test_extrapolation_errs_towards_caution_on_a_tail_that_falls_as_normal_ones_do() -> None:
    random = np.random.default_rng(3)
    few, many = (impostor_tail(_normal(random, people)) for people in (60, 700))
    assert few.smallest_resolved > 1e-4 > many.smallest_resolved
    assert few.threshold(1e-4) > many.threshold(1e-4)


def _normal(random: np.random.Generator, people: int) -> Sides:
    vectors = random.normal(size=(people, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    numbers = np.arange(people, dtype=np.int32)
    return Sides(Side(vectors, numbers, numbers), None, people)


def test_drawing_people_again_agrees_with_the_rate_on_average(sides: Sides) -> None:
    tail = impostor_tail(sides)
    thresholds = np.array([tail.threshold(1e-1), 2.0])
    drawn = tail.resampled_rates(thresholds, 400, np.random.default_rng(1))
    measured = tail.false_matches(float(thresholds[0])) / tail.comparisons
    assert drawn[:, 0].mean() == pytest.approx(measured, rel=0.1)
    assert drawn[:, 0].std() > 0
    assert not drawn[:, 1].any()


def test_nothing_of_different_people_is_no_comparison() -> None:
    alone = side(1, 4)
    tail = impostor_tail(Sides(alone, None, 1))
    assert tail.comparisons == 0
    assert len(mated_scores(Sides(alone, None, 1))[0]) == 6


def test_one_who_resembles_many_widens_the_interval() -> None:
    """The same number of false matches, spread over people or all with one."""
    people = 60
    spread, crowded = (_with_matches(people, pairs) for pairs in (_apart(people), _around_one(people)))
    widths = []
    for scores in (spread, crowded):
        drawn = scores.resampled_rates(np.array([0.5]), 400, np.random.default_rng(2))
        widths.append(float(drawn.std()))
    assert widths[1] > 1.5 * widths[0]


def _apart(people: int) -> NDArray[np.int32]:
    return np.arange(people // 2 * 2, dtype=np.int32).reshape(-1, 2)


def _around_one(people: int) -> NDArray[np.int32]:
    return np.array([[0, other] for other in range(1, people // 2 + 1)], np.int32)


def _with_matches(people: int, pairs: NDArray[np.int32]) -> ImpostorTail:

    ones = np.ones(people, np.int64)
    return ImpostorTail(
        bins=np.zeros(BINS, np.int64),
        scores=np.ones(len(pairs), np.float32),
        first=pairs[:, 0],
        second=pairs[:, 1],
        references=ones,
        probes=ones,
        comparisons=people * (people - 1) // 2,
        once=True,
    )
