from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bonafide.compare import Calibration, Promise
from bonafide.errors import UsageError
from bonafide.evaluation.datasets import LabelledPairs, LabelledPicture, LabelledSet
from bonafide.evaluation.extract import Acquisition
from bonafide.evaluation.measure import differentials, prepare
from bonafide.evaluation.results import Evaluation, Impostors

if TYPE_CHECKING:
    from tests.unit.evaluation.conftest import Made

Measured = Callable[..., Evaluation]


def every_pair(made: Made) -> LabelledSet:
    first, second = (
        np.array(side, np.int32) for side in zip(*combinations(range(len(made.people)), 2), strict=True)
    )
    pairs = LabelledPairs(first, second, made.people[first] == made.people[second], ())
    return replace(made.labelled, pairs=pairs)


def test_all_against_all_equals_listing_every_pair(made: Made, measured: Measured) -> None:
    gallery = measured(made.labelled, made.acquisition)
    listed = measured(every_pair(made), made.acquisition, Impostors.LISTED)
    for one, other in (
        (gallery.overall, listed.overall),
        *((gallery.groups[name], listed.groups[name]) for name in ("north", "south")),
    ):
        assert (one.people, one.pictures) == (other.people, other.pictures)
        assert (one.mated, one.non_mated) == (other.mated, other.non_mated)
        for point, same in zip(one.operating_points, other.operating_points, strict=True):
            assert (point.fmr.errors, point.fnmr.errors) == (same.fmr.errors, same.fnmr.errors)
            assert point.fmr.by_people == pytest.approx(same.fmr.by_people)
            assert (point.far, point.frr) == pytest.approx((same.far, same.frr))
        assert one.cllr == pytest.approx(other.cllr, abs=1e-6)
        assert [tar.value for tar in one.tar_at_fmr] == [tar.value for tar in other.tar_at_fmr]


def test_counts_are_those_of_the_set(made: Made, measured: Measured) -> None:
    found = measured(made.labelled, made.acquisition).overall
    acquired = made.people[made.acquisition.acquired]
    sizes = np.bincount(acquired)
    assert found.people == 60
    assert found.pictures == 240
    assert found.failures == {"no_face": 240 - len(acquired)}
    assert found.mated == (sizes * (sizes - 1)).sum() // 2
    assert found.non_mated == (len(acquired) ** 2 - (sizes**2).sum()) // 2


def test_a_group_is_measured_within_itself(made: Made, measured: Measured) -> None:
    found = measured(made.labelled, made.acquisition).groups
    assert list(found) == ["north", "south"]
    assert found["north"].people == 20
    acquired = made.people[made.acquisition.acquired & (made.people % 3 == 0)]
    sizes = np.bincount(acquired)
    assert found["north"].non_mated == (len(acquired) ** 2 - (sizes**2).sum()) // 2


def test_failures_to_acquire_count_as_no_match(made: Made, measured: Measured) -> None:
    found = measured(made.labelled, made.acquisition).overall
    asked = 60 * 6
    for point in found.operating_points:
        assert point.frr == pytest.approx((point.fnmr.errors + asked - found.mated) / asked)
        assert point.fnmr.trials == found.mated
        assert point.far is not None
        assert point.fmr.value is not None
        assert point.far < point.fmr.value or point.fmr.value == 0


def test_listed_mated_pairs_are_kept_when_impostors_are_all(made: Made, measured: Measured) -> None:
    one, other = np.flatnonzero(made.acquisition.acquired & (made.people == 5))[:2]
    first, second = np.array([one, 4], np.int32), np.array([other, 8], np.int32)
    few = LabelledPairs(first, second, np.array([True, False]), ())
    found = measured(replace(made.labelled, pairs=few), made.acquisition)
    everything = measured(made.labelled, made.acquisition)
    assert found.overall.mated == 1
    assert found.overall.non_mated == everything.overall.non_mated


def test_people_who_are_not_known_cannot_be_compared_all_with_all(made: Made) -> None:
    unknown = tuple(replace(picture, person=None) for picture in made.labelled.pictures)
    with pytest.raises(UsageError, match="gallery file"):
        prepare(replace(every_pair(made), pictures=unknown), Impostors.ALL)


def test_a_gallery_lists_no_impostors(made: Made) -> None:
    with pytest.raises(UsageError, match="--impostors all"):
        prepare(made.labelled, Impostors.LISTED)


def test_nothing_acquired_is_a_result(made: Made, measured: Measured) -> None:
    nothing = Acquisition(np.zeros((240, 0), np.float32), ("no_face",) * 240)
    found = measured(made.labelled, nothing).overall
    assert (found.mated, found.non_mated, found.cllr) == (0, 0, None)
    assert found.failure_rate.value == 1
    for point in found.operating_points:
        assert (point.fmr.value, point.within_promise, point.promise) == (None, None, None)
        assert point.frr == 1


def test_a_promise_is_judged_beyond_the_measurements_uncertainty(
    made: Made, measured: Measured, calibration: Calibration
) -> None:
    points = measured(made.labelled, made.acquisition).overall.operating_points
    interval = points[0].fmr.by_people
    assert interval is not None
    assert points[0].fmr.value is not None
    low, high = interval
    for promised, verdict, within in (
        (high, Promise.KEPT, True),
        ((points[0].fmr.value + high) / 2, Promise.NOT_CONTRADICTED, True),
        ((points[0].fmr.value + low) / 2, Promise.NOT_CONTRADICTED, False),
        (low * 0.99, Promise.EXCEEDED, False),
    ):
        point = replace(points[0], promised=(0, promised))
        assert (point.promise, point.within_promise) == (verdict, within)
    assert points[0].promised == calibration.operating_points[0].fmr["north"].interval


def test_the_worst_group_is_named_with_its_ratio(made: Made, measured: Measured) -> None:
    groups = measured(made.labelled, made.acquisition).groups
    first = differentials(groups)[0]
    rates = {name: group.operating_points[0].fmr.value or 0 for name, group in groups.items()}
    assert first.worst_fmr == max(rates, key=lambda name: rates[name])
    assert first.fmr_ratio == pytest.approx(max(rates.values()) / (rates["north"] * rates["south"]) ** 0.5)


def test_one_group_has_no_differential(made: Made, measured: Measured) -> None:
    alone: tuple[LabelledPicture, ...] = tuple(
        replace(picture, group="north" if picture.group == "north" else None)
        for picture in made.labelled.pictures
    )
    assert measured(replace(made.labelled, pictures=alone), made.acquisition).differentials == ()
