"""From labels and templates to everything a report says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bonafide.compare import Calibration
from bonafide.errors import UsageError
from bonafide.evaluation.datasets import LabelledPairs, LabelledSet, with_picture_groups
from bonafide.evaluation.error_rates import (
    det_curve,
    equal_error_rate,
    false_match_rate,
    false_non_match_rate,
    measured_rate,
    tar_at_fmr,
    tar_intervals_by_people,
)
from bonafide.evaluation.extract import Acquisition
from bonafide.evaluation.likelihood import cllr, min_cllr, reliability
from bonafide.evaluation.results import (
    ClaimedRate,
    Differential,
    Evaluation,
    Impostors,
    MeasuredPoint,
    Measurement,
    Provenance,
    ScoreHistogram,
)
from bonafide.evaluation.scores import (
    MatedScores,
    NonMatedScores,
    bin_centres,
    score_all_impostors,
    score_listed,
    score_mated,
)

TAR_TARGETS = (1e-2, 1e-3, 1e-4, 1e-5)
_RESAMPLINGS = 500
_SCORE_BARS = 128
_RATIO_STEP = 0.25
_CLAIMS = 40


@dataclass(frozen=True, slots=True, eq=False)
class _Selection:
    """The whole set or one group: which pictures, int (n,), and which listed pairs, None for a gallery."""

    pictures: NDArray[np.intp]
    pairs: LabelledPairs | None


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """Scores of what could be compared, and how many comparisons of each kind were asked for."""

    mated: MatedScores
    non_mated: NonMatedScores
    mated_asked: int
    non_mated_asked: int


def prepare(labelled: LabelledSet, impostors: Impostors) -> LabelledSet:
    """The labels, checked before time goes into templates. Raises `UsageError` if they say too little."""
    if impostors is Impostors.LISTED:
        if labelled.pairs is None:
            raise UsageError("A gallery file lists no pairs of different people", "Use `--impostors all`")
        return labelled
    if labelled.people is None:
        raise UsageError(
            "The folders of the pictures do not say who is on them, or contradict the pairs",
            "Give a gallery file of `path person` lines for `--impostors all`",
        )
    return with_picture_groups(labelled)


def evaluate(
    labelled: LabelledSet,
    acquisition: Acquisition,
    calibration: Calibration,
    provenance: Provenance,
    *,
    impostors: Impostors,
    about: str,
    random: np.random.Generator,
) -> Evaluation:
    """Measure prepared labels, over all and for each group within itself.

    `acquisition` has their pictures in order.
    """

    def measure(selection: _Selection) -> Measurement:
        thresholds = [point.threshold for point in calibration.operating_points]
        scored = (
            _score_listed(labelled, acquisition, selection.pairs, thresholds)
            if impostors is Impostors.LISTED and selection.pairs is not None
            else _score_all(labelled, acquisition, selection, thresholds)
        )
        return _measurement(labelled, acquisition, calibration, selection, scored, random=random)

    groups = {name: measure(selection) for name, selection in _groups(labelled)}
    return Evaluation(
        provenance=provenance,
        impostors=impostors,
        about=about,
        missing=labelled.missing,
        overall=measure(_Selection(np.arange(len(labelled.pictures)), labelled.pairs)),
        groups=groups,
        differentials=differentials(groups),
    )


def differentials(groups: Mapping[str, Measurement]) -> tuple[Differential, ...]:
    """How unequal the groups are at each operating point."""
    if len(groups) < 2:
        return ()
    found = []
    for points in zip(*(group.operating_points for group in groups.values()), strict=True):
        worst_fmr, fmr_ratio = _worst(dict(zip(groups, (point.fmr.value for point in points), strict=True)))
        worst_fnmr, fnmr_ratio = _worst(
            dict(zip(groups, (point.fnmr.value for point in points), strict=True))
        )
        found.append(Differential(points[0].fmr_target, worst_fmr, fmr_ratio, worst_fnmr, fnmr_ratio))
    return tuple(found)


def _groups(labelled: LabelledSet) -> Iterator[tuple[str, _Selection]]:
    """Groups by name. A comparison is a group's if both its pictures are, or its pair is listed under it."""
    own = [picture.group for picture in labelled.pictures]
    pairs = labelled.pairs
    for name in sorted({group for group in (*own, *(pairs.groups if pairs else ())) if group is not None}):
        member = np.array([group == name for group in own], np.bool_)
        inside = None
        if pairs is not None:
            listed = np.array([group == name for group in pairs.groups], np.bool_)
            inside = _only(pairs, listed if pairs.groups else member[pairs.first] & member[pairs.second])
            member[inside.first] = member[inside.second] = True
        yield name, _Selection(np.flatnonzero(member), inside)


def _score_listed(
    labelled: LabelledSet, acquisition: Acquisition, pairs: LabelledPairs, thresholds: Sequence[float]
) -> _Scored:
    acquired = acquisition.acquired
    made = _only(pairs, acquired[pairs.first] & acquired[pairs.second])
    mated, non_mated = score_listed(acquisition.vectors, made, labelled.people, thresholds)
    return _Scored(mated, non_mated, int(pairs.same.sum()), int((~pairs.same).sum()))


def _score_all(
    labelled: LabelledSet, acquisition: Acquisition, selection: _Selection, thresholds: Sequence[float]
) -> _Scored:
    everyone = labelled.people
    if everyone is None:
        raise TypeError("labels that were not prepared for comparing all with all")
    per_person = np.bincount(everyone[selection.pictures]).astype(np.int64)
    used = selection.pictures[acquisition.acquired[selection.pictures]]
    vectors = acquisition.vectors[used]
    people = np.unique(everyone[used], return_inverse=True)[1].astype(np.int32)
    non_mated = score_all_impostors(vectors, people, thresholds)
    non_mated_asked = int(per_person.sum() ** 2 - per_person @ per_person) // 2
    if selection.pairs is None:
        mated_asked = int((per_person * (per_person - 1)).sum()) // 2
        return _Scored(score_mated(vectors, people), non_mated, mated_asked, non_mated_asked)
    same = _only(selection.pairs, selection.pairs.same)
    listed = _score_listed(labelled, acquisition, same, ())
    numbers = np.zeros(int(everyone.max()) + 1, np.int32)
    numbers[everyone[used]] = people
    owners = listed.mated.people
    mated = replace(listed.mated, people=None if owners is None else numbers[owners])
    return _Scored(mated, non_mated, listed.mated_asked, non_mated_asked)


def _measurement(
    labelled: LabelledSet,
    acquisition: Acquisition,
    calibration: Calibration,
    selection: _Selection,
    scored: _Scored,
    *,
    random: np.random.Generator,
) -> Measurement:
    mated, non_mated = scored.mated, scored.non_mated
    reasons = [acquisition.reasons[index] for index in selection.pictures]
    failures = Counter(reason for reason in reasons if reason is not None)
    names = {labelled.pictures[index].person for index in selection.pictures}
    curve = det_curve(mated, non_mated)
    intervals = tar_intervals_by_people(mated, non_mated, TAR_TARGETS, _RESAMPLINGS, random)
    return Measurement(
        people=None if None in names else len(names),
        pictures=len(reasons),
        failures=failures,
        failure_rate=measured_rate(failures.total(), len(reasons)),
        mated=len(mated.scores),
        non_mated=non_mated.comparisons,
        operating_points=tuple(_points(calibration, scored)),
        tar_at_fmr=tuple(
            tar_at_fmr(mated, non_mated, target, interval)
            for target, interval in zip(TAR_TARGETS, intervals, strict=True)
        ),
        equal_error_rate=None if curve is None else equal_error_rate(curve),
        cllr=cllr(mated, non_mated, calibration.log_likelihood_ratio),
        min_cllr=min_cllr(mated, non_mated),
        det=curve,
        claims=tuple(_claims(calibration, non_mated)),
        reliability=reliability(mated, non_mated, calibration.log_likelihood_ratio),
        scores=_histogram(mated, non_mated, bin_centres(), np.linspace(-1, 1, _SCORE_BARS + 1)),
        ratios=_ratio_histogram(mated, non_mated, calibration),
    )


def _points(calibration: Calibration, scored: _Scored) -> Iterator[MeasuredPoint]:
    for at, point in enumerate(calibration.operating_points):
        fmr = false_match_rate(scored.non_mated, at)
        fnmr = false_non_match_rate(scored.mated, point.threshold)
        rejected = fnmr.errors + scored.mated_asked - fnmr.trials
        yield MeasuredPoint(
            fmr_target=point.fmr_target,
            threshold=point.threshold,
            fmr=fmr,
            fnmr=fnmr,
            far=fmr.errors / scored.non_mated_asked if scored.non_mated_asked else None,
            frr=rejected / scored.mated_asked if scored.mated_asked else None,
            promised=point.fmr[point.worst_group].interval,
        )


def _claims(calibration: Calibration, non_mated: NonMatedScores) -> Iterator[ClaimedRate]:
    if not non_mated.comparisons:
        return
    for claimed, threshold in calibration.curve[:: max(1, len(calibration.curve) // _CLAIMS)]:
        yield ClaimedRate(claimed, measured_rate(non_mated.at_least(threshold), non_mated.comparisons))


def _ratio_histogram(
    mated: MatedScores, non_mated: NonMatedScores, calibration: Calibration
) -> ScoreHistogram:
    """Log10 likelihood ratios in steps centred on 0, so that what supports neither side is not torn apart."""
    ratios = calibration.log_likelihood_ratio(bin_centres()) / np.log(10)
    first, last = np.round(ratios.min() / _RATIO_STEP), np.round(ratios.max() / _RATIO_STEP)
    edges = (np.arange(first, last + 2) - 0.5) * _RATIO_STEP
    return _histogram(mated, non_mated, ratios, edges)


def _histogram(
    mated: MatedScores, non_mated: NonMatedScores, values: NDArray[np.float64], edges: NDArray[np.float64]
) -> ScoreHistogram:
    own, other = (np.histogram(values, edges, weights=scores.bins)[0] for scores in (mated, non_mated))
    return ScoreHistogram(edges, own.astype(np.int64), other.astype(np.int64))


def _only(pairs: LabelledPairs, kept: NDArray[np.bool_]) -> LabelledPairs:
    return LabelledPairs(pairs.first[kept], pairs.second[kept], pairs.same[kept], ())


def _worst(rates: Mapping[str, float | None]) -> tuple[str | None, float | None]:
    """The group with the highest rate, and that rate over the geometric mean of all."""
    known = {name: rate for name, rate in rates.items() if rate is not None}
    if not known or not any(known.values()):
        return None, None
    worst = max(known, key=lambda name: known[name])
    if len(known) < 2 or not all(known.values()):
        return worst, None
    return worst, known[worst] / float(np.exp(np.mean(np.log(list(known.values())))))
