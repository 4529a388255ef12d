from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bonafide.compare import Calibration, parse_calibration, serialise_calibration
from bonafide.errors import UsageError
from bonafide.evaluation.calibration.fit import MeasuredGroup, Origin, fit_calibration, measure_group
from bonafide.evaluation.calibration.sides import Side, Sides
from bonafide.models import load_manifest

ORIGIN = Origin("2026-11-24", "made-up templates", ("Says nothing about faces",))
ENTRY = load_manifest()[1]


def group(name: str, people: int, pictures: int = 3, alike: float = 0.0, seed: int = 1) -> MeasuredGroup:
    """Made-up people; the more `alike`, the higher their scores with each other."""
    random = np.random.default_rng(seed)
    owners = np.repeat(np.arange(people, dtype=np.int32), pictures)
    centres = random.normal(size=(people, 64)) + alike
    vectors = centres[owners] + 0.5 * random.normal(size=(len(owners), 64))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    one = Side(vectors.astype(np.float32), owners, np.arange(len(owners), dtype=np.int32))
    return measure_group(name, Sides(one, None, people))


def fitted(*groups: MeasuredGroup, needed: float = 1e-4) -> Calibration:
    return fit_calibration(groups, ENTRY, ORIGIN, needed, np.random.default_rng(1))


@pytest.fixture(scope="module")
def two() -> Calibration:
    return fitted(group("plain", 160), group("alike", 160, alike=0.4, seed=2))


def test_the_worst_group_sets_every_threshold(two: Calibration) -> None:
    assert {point.worst_group for point in two.operating_points} == {"alike"}
    for point in two.operating_points[:3]:
        assert point.fmr["alike"].value <= point.fmr_target
        assert point.fmr["plain"].value <= point.fmr["alike"].value


def test_rates_and_intervals_are_given_for_every_group(two: Calibration) -> None:
    assert [point.fmr_target for point in two.operating_points] == [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
    for point in two.operating_points:
        for rates in (point.fmr, point.fnmr):
            assert set(rates) == {"plain", "alike"}
            for rate in rates.values():
                assert rate.interval[0] <= rate.value <= rate.interval[1]
                assert rate.comparisons > 0
    assert [data.name for data in two.groups] == ["plain", "alike"]


def test_the_curve_never_asks_for_less_at_a_smaller_rate(two: Calibration) -> None:
    assert all(high[0] > low[0] and high[1] < low[1] for high, low in pairwise(two.curve))
    assert two.curve[0][0] == 0.1
    assert two.curve[-1][0] == 1e-6


def test_the_file_is_read_back_as_it_was_made(two: Calibration) -> None:
    content = serialise_calibration(two)
    read = parse_calibration(content, ENTRY.contract_id)
    assert replace(read, digest="") == two
    assert serialise_calibration(read) == content


def test_evidence_is_no_stronger_than_the_experience_it_rests_on(two: Calibration) -> None:
    (worst,) = (data for data in two.groups if data.name == "alike")
    assert two.llr.highest == pytest.approx(math.log(worst.non_mated))
    assert two.llr.lowest == pytest.approx(-math.log(worst.mated))
    ratios = two.log_likelihood_ratio(np.linspace(-1, 1, 50))
    assert (np.diff(ratios) >= 0).all()
    assert ratios[0] < 0 < ratios[-1]


def test_a_few_people_have_a_say_only_in_what_they_show() -> None:
    """Thirty people very alike: at rates they measure they set the threshold, at smaller ones the many do."""
    found = fitted(group("many", 200), group("few", 30, alike=0.5, seed=3))
    by_rate = {point.fmr_target: point for point in found.operating_points}
    assert by_rate[1e-2].worst_group == "few"
    assert by_rate[1e-6].worst_group == "many"


@pytest.mark.parametrize("people", [2, 30])
def test_too_few_people_for_the_policy_are_refused_with_what_is_needed(people: int) -> None:
    with pytest.raises(UsageError, match="at least 50 people"):
        fitted(group("few", people))


def test_no_two_pictures_of_one_person_are_refused() -> None:
    with pytest.raises(UsageError, match="two pictures of each"):
        fitted(group("single", 100, pictures=1))
