"""False match and false non-match rates of a set of scores (ISO/IEC 19795-1:2021).

A comparison matches when its score is at least the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonafide.compare import CONFIDENCE
from bonafide.evaluation.intervals import Interval, clopper_pearson, effective_interval, effective_trials
from bonafide.evaluation.scores import BINS, MatedScores, NonMatedScores

# 1e-2 of ten comparisons is none, in floating point too.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """Errors among trials.

    `interval` takes trials for independent; `by_people` does not, and is None if unknown.
    """

    errors: int
    trials: int
    interval: Interval | None
    by_people: Interval | None

    @property
    def value(self) -> float | None:
        """Errors over trials, None without trials."""
        return self.errors / self.trials if self.trials else None


@dataclass(frozen=True, slots=True)
class TarAtFmr:
    """The share of mated comparisons that match where at most `fmr_target` of the non-mated ones do.

    `threshold` is the lowest float32 at which that holds. All are None if the set cannot tell, and
    `unresolved` says why.
    """

    fmr_target: float
    threshold: float | None
    value: float | None
    interval: Interval | None
    by_people: Interval | None
    unresolved: str | None


@dataclass(frozen=True, slots=True, eq=False)
class DetCurve:
    """Detection error trade-off: float64 (points,) each, `thresholds` and `fnmr` rising, `fmr` falling."""

    thresholds: NDArray[np.float64]
    fmr: NDArray[np.float64]
    fnmr: NDArray[np.float64]


def measured_rate(errors: int, trials: int, effective: float | None = None) -> MeasuredRate:
    """A rate with its intervals; `effective` says how many independent trials its trials are worth."""
    return MeasuredRate(
        errors,
        trials,
        clopper_pearson(errors, trials) if trials else None,
        effective_interval(errors / trials, effective) if trials and effective else None,
    )


def false_match_rate(non_mated: NonMatedScores, at: int) -> MeasuredRate:
    """The false match rate at one of the thresholds that were counted."""
    counted = non_mated.at_thresholds[at]
    return measured_rate(counted.matches, non_mated.comparisons, counted.effective)


def false_non_match_rate(mated: MatedScores, threshold: float) -> MeasuredRate:
    """The false non-match rate at a threshold."""
    errors = mated.below(threshold)
    effective = None
    if mated.people is not None and len(mated.people):
        people = int(mated.people.max()) + 1
        effective = effective_trials(
            np.bincount(mated.people[:errors], minlength=people).astype(np.int64),
            np.bincount(mated.people, minlength=people).astype(np.int64),
        )
    return measured_rate(errors, len(mated.scores), effective)


def tar_at_fmr(
    mated: MatedScores, non_mated: NonMatedScores, target: float, by_people: Interval | None = None
) -> TarAtFmr:
    """The true accept rate at a false match rate; `target` is at most 1e-2."""
    if not len(mated.scores):
        return _unresolved(target, "no mated comparisons")
    allowed = int(target * non_mated.comparisons + _ROUNDING)
    if allowed < 1:
        needed = round(1 / target)
        return _unresolved(target, f"fewer than {needed} non-mated comparisons ({non_mated.comparisons})")
    # One more would be too many: the threshold is just above it.
    barred = non_mated.highest[allowed] if allowed < len(non_mated.highest) else np.float32(-np.inf)
    matched = len(mated.scores) - int(np.searchsorted(mated.scores, barred, side="right"))
    return TarAtFmr(
        target,
        float(np.nextafter(barred, np.float32(np.inf))),
        matched / len(mated.scores),
        clopper_pearson(matched, len(mated.scores)),
        by_people,
        None,
    )


def tar_intervals_by_people(
    mated: MatedScores,
    non_mated: NonMatedScores,
    targets: tuple[float, ...],
    resamplings: int,
    random: np.random.Generator,
) -> tuple[Interval | None, ...]:
    """Intervals of the true accept rate at each false match rate, by drawing people again.

    Bootstrap over people (ISO/IEC 19795-1). Each draw sets its threshold anew, so that the uncertainty of the
    threshold is in them. None if people are unknown.
    """
    if mated.people is None or non_mated.first is None or non_mated.second is None:
        return (None,) * len(targets)
    if not len(mated.scores) or not non_mated.comparisons:
        return (None,) * len(targets)
    people = 1 + int(max(mated.people.max(), non_mated.first.max(), non_mated.second.max()))
    if non_mated.pictures is not None:
        people = len(non_mated.pictures)
    rates = np.full((resamplings, len(targets)), np.nan)
    for draw in range(resamplings):
        weights = np.bincount(random.integers(0, people, people), minlength=people).astype(np.int64)
        reached = np.cumsum(weights[non_mated.first] * weights[non_mated.second])
        if non_mated.pictures is None:
            total = float(reached[-1])
        else:
            taken = (weights * non_mated.pictures).astype(np.float64)
            total = float(taken.sum() ** 2 - taken @ taken) / 2
        own = np.cumsum(weights[mated.people])
        if total == 0 or own[-1] == 0:
            continue
        allowed = np.floor(np.array(targets) * total + _ROUNDING)
        barred = np.minimum(np.searchsorted(reached, allowed, side="right"), len(reached) - 1)
        below = np.searchsorted(mated.scores, non_mated.highest[barred], side="right")
        rates[draw] = 1 - np.where(below > 0, own[np.maximum(below - 1, 0)], 0) / own[-1]
    drawn = rates[~np.isnan(rates).any(axis=1)]
    if not len(drawn):
        return (None,) * len(targets)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, (tail, 1 - tail), axis=0)
    # Where every draw is alike there were no errors to draw, which is no certainty.
    return tuple((float(a), float(b)) if a < b else None for a, b in zip(low, high, strict=True))


def det_curve(mated: MatedScores, non_mated: NonMatedScores) -> DetCurve | None:
    """Both error rates wherever one changes, to the width of a bin; None without scores of both kinds."""
    if not len(mated.scores) or not non_mated.comparisons:
        return None
    own, other = mated.bins, non_mated.bins
    used = np.flatnonzero(own + other)
    edges = np.append(used, used[-1] + 1)
    fmr = (non_mated.comparisons - np.concatenate(([0], np.cumsum(other)))[edges]) / non_mated.comparisons
    fnmr = np.concatenate(([0], np.cumsum(own)))[edges] / len(mated.scores)
    return DetCurve(edges * (2 / BINS) - 1, fmr, fnmr)


def equal_error_rate(curve: DetCurve) -> float:
    """Where both rates are equal, on the straight line between the two thresholds around it."""
    over = int(np.argmax(curve.fnmr >= curve.fmr))
    if over == 0:
        return float(curve.fmr[0])
    before = curve.fmr[over - 1] - curve.fnmr[over - 1]
    after = curve.fnmr[over] - curve.fmr[over]
    share = before / (before + after)
    return float(curve.fmr[over - 1] + share * (curve.fmr[over] - curve.fmr[over - 1]))


def _unresolved(target: float, reason: str) -> TarAtFmr:
    return TarAtFmr(target, None, None, None, None, reason)
