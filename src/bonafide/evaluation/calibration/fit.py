"""From measured groups to a calibration whose promise holds in the worst of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonafide.compare import CONFIDENCE, Calibration, GroupData, LogisticMap, OperatingPoint, Rate
from bonafide.errors import UsageError
from bonafide.evaluation.calibration.likelihood_map import fit_likelihood_map
from bonafide.evaluation.calibration.sides import Sides
from bonafide.evaluation.calibration.tail import ImpostorTail, impostor_tail, mated_scores
from bonafide.evaluation.error_rates import false_non_match_rate, measured_rate
from bonafide.evaluation.intervals import Interval
from bonafide.evaluation.scores import MatedScores, bin_centres
from bonafide.models import ModelEntry

OPERATING_POINTS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
_POINTS_A_DECADE = 10
# A group has a say in a rate if it can be expected to hold three false matches at it. Of enough people it
# also has one in rates a hundred times smaller than it resolves, by extrapolation; of a few, the line would
# follow whichever two happen to look alike.
_FALSE_MATCHES = 3
_EXTRAPOLATED = 100
_ENOUGH_PEOPLE = 50
_RESAMPLINGS = 500


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MeasuredGroup:
    """One group of people under one condition, every comparison within it made."""

    name: str
    people: int
    pictures: int
    tail: ImpostorTail
    mated: MatedScores


@dataclass(frozen=True, slots=True)
class Origin:
    """What a calibration says of where it comes from."""

    measured_on: str
    data: str
    caveats: tuple[str, ...]


def measure_group(name: str, sides: Sides) -> MeasuredGroup:
    """Make all comparisons of a group."""
    tail = impostor_tail(sides)
    scores, owners = mated_scores(sides)
    both = [side for side in (sides.references, sides.probes) if side is not None]
    return MeasuredGroup(
        name=name,
        people=len(np.unique(np.concatenate([side.people for side in both]))),
        pictures=len(np.unique(np.concatenate([side.pictures for side in both]))),
        tail=tail,
        mated=MatedScores(scores, owners),
    )


def fit_calibration(
    groups: Sequence[MeasuredGroup],
    entry: ModelEntry,
    origin: Origin,
    needed: float,
    random: np.random.Generator,
) -> Calibration:
    """The calibration of a model, by what was measured in the groups.

    `needed` is the smallest rate that must be promised. Raises `UsageError` if the groups are too small for
    it, or if no two pictures show one person. The digest is empty: it is that of the file's bytes.
    """
    able = [group for group in groups if group.tail.comparisons and len(group.mated.scores)]
    if not able:
        raise UsageError(
            "The labels hold no comparison of one person, or none of two",
            "Give at least two pictures of each of many people",
        )
    smallest = min(_reach(group) for group in able)
    if smallest > needed:
        wanted = round(max(group.tail.comparisons for group in able) * smallest / needed)
        raise UsageError(
            f"So few comparisons of different people cannot promise a false match rate of {needed:g}",
            f"Give labels with at least {wanted:,} of them, among at least {_ENOUGH_PEOPLE} people",
        )
    curve = tuple(_curve(able, smallest))
    chosen = {point[0]: point for point in curve if point[0] in OPERATING_POINTS}
    thresholds = np.array([threshold for _, threshold, _ in chosen.values()])
    fmr = {group.name: _false_match_rates(group.tail, thresholds, random) for group in able}
    worst = next(group for group in able if group.name == chosen[_nearest(chosen, needed)][2])
    return Calibration(
        model=entry.name,
        contract=entry.contract_id,
        measured_on=origin.measured_on,
        data=origin.data,
        caveats=(*origin.caveats, *_reach_caveats(able)),
        groups=tuple(
            GroupData(
                name=group.name,
                people=group.people,
                pictures=group.pictures,
                mated=len(group.mated.scores),
                non_mated=group.tail.comparisons,
            )
            for group in able
        ),
        operating_points=tuple(
            OperatingPoint(
                fmr_target=rate,
                threshold=threshold,
                worst_group=name,
                fmr={group: rates[at] for group, rates in fmr.items()},
                fnmr={group.name: _false_non_match_rate(group.mated, threshold) for group in able},
            )
            for at, (rate, threshold, name) in enumerate(chosen.values())
        ),
        curve=tuple((rate, threshold) for rate, threshold, _ in curve),
        llr=_likelihood_map(worst),
        digest="",
    )


def _reach(group: MeasuredGroup) -> float:
    """The smallest rate that a group has a say in."""
    if group.people < _ENOUGH_PEOPLE:
        return _FALSE_MATCHES / group.tail.comparisons
    return group.tail.smallest_resolved / _EXTRAPOLATED


def _curve(groups: Sequence[MeasuredGroup], smallest: float) -> Iterator[tuple[float, float, str]]:
    """Rates, falling, with the threshold that keeps them in every group, and the group that asks for it."""
    last = -np.inf
    steps = range(_POINTS_A_DECADE, 6 * _POINTS_A_DECADE + 1)
    for rate in (float(f"{10 ** (-step / _POINTS_A_DECADE):.4g}") for step in steps):
        if rate < smallest * (1 - 1e-9):
            return
        found = {group.name: group.tail.threshold(rate) for group in groups if rate >= _reach(group)}
        name = max(found, key=lambda each: found[each])
        # A group that has no say in smaller rates must not make them cheaper.
        last = max(found[name], float(np.nextafter(np.float32(last), np.float32(np.inf))))
        yield rate, last, name


def _nearest(rates: Iterable[float], wanted: float) -> float:
    return min(rates, key=lambda rate: abs(np.log(rate / wanted)))


def _false_match_rates(
    tail: ImpostorTail, thresholds: NDArray[np.float64], random: np.random.Generator
) -> list[Rate]:
    drawn = tail.resampled_rates(thresholds, _RESAMPLINGS, random)
    outside = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, (outside, 1 - outside), axis=0)
    rates = []
    for at, threshold in enumerate(thresholds):
        errors = tail.false_matches(float(threshold))
        binomial = measured_rate(errors, tail.comparisons).interval or (0.0, 1.0)
        # Drawing people again cannot tell of errors that nobody made; the binomial knows nothing of people.
        wide: Interval = (min(binomial[0], float(low[at])), max(binomial[1], float(high[at])))
        rates.append(Rate(errors / tail.comparisons, wide, tail.comparisons))
    return rates


def _false_non_match_rate(mated: MatedScores, threshold: float) -> Rate:
    found = false_non_match_rate(mated, threshold)
    interval = found.by_people or found.interval or (0.0, 1.0)
    return Rate(found.value or 0.0, interval, found.trials)


def _likelihood_map(group: MeasuredGroup) -> LogisticMap:
    used = np.flatnonzero(group.tail.bins)
    return fit_likelihood_map(group.mated.scores, bin_centres()[used], group.tail.bins[used])


def _reach_caveats(groups: Sequence[MeasuredGroup]) -> Iterator[str]:
    for group in groups:
        yield (
            f"{group.name}: measures rates down to {group.tail.smallest_resolved:.1g} and "
            f"has a say in rates down to {_reach(group):.1g}"
        )
