"""Calibration files: what a comparison score means, for one model, and what that rests on.

A cosine means nothing by itself. A calibration file, measured on labelled pictures with exactly this model,
turns it into a false match rate and a log-likelihood ratio. Every threshold in it is set so that the rate
holds in the worst group measured, not on average (ISO/IEC 19795-1 for the rates, 19795-10 for the groups).
"""

from __future__ import annotations

import bisect
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bonafide.errors import ContractMismatch, UnreadableData, UsageError

FORMAT = "bonafide-calibration/1"


@dataclass(frozen=True, slots=True)
class Rate:
    """A measured rate with its 95 % interval and the number of comparisons behind it."""

    value: float
    interval: tuple[float, float]
    comparisons: int


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """One rate that is promised: the score to reach, and what was measured there, group by group.

    `fmr` and `fnmr` are keyed by group; `worst_group` is the one that set the threshold.
    """

    fmr_target: float
    threshold: float
    worst_group: str
    fmr: Mapping[str, Rate]
    fnmr: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class GroupData:
    """How many comparisons of one group a calibration rests on."""

    name: str
    people: int
    pictures: int
    mated: int
    non_mated: int


@dataclass(frozen=True, slots=True)
class LogisticMap:
    """Cosine to natural log-likelihood ratio: slope x cosine + offset, saturating at `lowest` and `highest`.

    It saturates because no evidence can be stronger than the number of comparisons it was learnt from.
    """

    slope: float
    offset: float
    lowest: float
    highest: float

    def __call__(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Log-likelihood ratios, float64, of any shape of cosines."""
        return np.clip(self.slope * np.asarray(scores, np.float64) + self.offset, self.lowest, self.highest)


@dataclass(frozen=True)
class Calibration:
    """One model's calibration, as its file says it.

    `curve` pairs false match rates, falling, with the thresholds that keep them in the worst group.
    """

    model: str
    contract: str
    measured_on: str
    data: str
    caveats: tuple[str, ...]
    groups: tuple[GroupData, ...]
    operating_points: tuple[OperatingPoint, ...]
    curve: tuple[tuple[float, float], ...]
    llr: LogisticMap
    digest: str

    def operating_point(self, fmr_target: float) -> OperatingPoint:
        """The operating point of a promised rate. Raises `UsageError` if the file does not promise it."""
        for point in self.operating_points:
            if math.isclose(point.fmr_target, fmr_target, rel_tol=1e-6):
                return point
        promised = ", ".join(f"{point.fmr_target:g}" for point in self.operating_points)
        raise UsageError(
            f"The calibration of {self.model} promises no false match rate of {fmr_target:g}",
            f"Choose one of {promised}",
        )

    def false_match_rate(self, cosine: float) -> float:
        """The promised rate at which two different people's pictures score this high, or higher.

        Between the file's points the logarithm is interpolated; above the last the last one is given, since
        nothing smaller was measured.
        """
        thresholds = self._thresholds
        # Said so that a cosine that is no number is promised nothing either.
        if not cosine >= thresholds[0]:
            return 1.0
        if cosine >= thresholds[-1]:
            return self.curve[-1][0]
        at = bisect.bisect_right(thresholds, cosine)
        (high, start), (low, end) = self.curve[at - 1], self.curve[at]
        share = (cosine - start) / (end - start)
        return float(10 ** ((1 - share) * math.log10(high) + share * math.log10(low)))

    def log_likelihood_ratio(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Natural log of how much likelier the scores are for one person than for two, float64, saturated."""
        return self.llr(scores)

    @cached_property
    def _thresholds(self) -> list[float]:
        return [threshold for _, threshold in self.curve]


def parse_calibration(content: bytes, contract: str) -> Calibration:
    """Read a calibration file for the model with this contract id.

    Raises `UnreadableData` for a file that is none, `ContractMismatch` for another model's.
    """
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise ValueError("another format")
        calibration = _calibration(document, hashlib.sha256(content).hexdigest())
        _check(calibration)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise UnreadableData(
            "A calibration file is damaged or not one of Bonafide's",
            "Make it again with `bonafide calibrate`",
        ) from error
    if calibration.contract != contract:
        raise ContractMismatch(
            f"The calibration of {calibration.model} was measured with another version of the model",
            "Make a new one with `bonafide calibrate`",
        )
    return calibration


def serialise_calibration(calibration: Calibration) -> bytes:
    """The file's bytes; reading them gives the same calibration with the digest of these bytes."""
    document = {
        "format": FORMAT,
        "model": calibration.model,
        "contract": calibration.contract,
        "measured_on": calibration.measured_on,
        "data": calibration.data,
        "caveats": list(calibration.caveats),
        "groups": [
            {field: getattr(group, field) for field in ("name", "people", "pictures", "mated", "non_mated")}
            for group in calibration.groups
        ],
        "operating_points": [
            {
                "fmr_target": point.fmr_target,
                "threshold": point.threshold,
                "worst_group": point.worst_group,
                "fmr": {name: _rate_document(rate) for name, rate in point.fmr.items()},
                "fnmr": {name: _rate_document(rate) for name, rate in point.fnmr.items()},
            }
            for point in calibration.operating_points
        ],
        "curve": [list(point) for point in calibration.curve],
        "llr": {
            "slope": calibration.llr.slope,
            "offset": calibration.llr.offset,
            "lowest": calibration.llr.lowest,
            "highest": calibration.llr.highest,
        },
    }
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _calibration(document: Mapping[str, Any], digest: str) -> Calibration:
    return Calibration(
        model=str(document["model"]),
        contract=str(document["contract"]),
        measured_on=str(document["measured_on"]),
        data=str(document["data"]),
        caveats=tuple(map(str, document["caveats"])),
        groups=tuple(
            GroupData(
                name=str(group["name"]),
                people=int(group["people"]),
                pictures=int(group["pictures"]),
                mated=int(group["mated"]),
                non_mated=int(group["non_mated"]),
            )
            for group in document["groups"]
        ),
        operating_points=tuple(
            OperatingPoint(
                fmr_target=float(point["fmr_target"]),
                threshold=float(point["threshold"]),
                worst_group=str(point["worst_group"]),
                fmr={str(name): _rate(rate) for name, rate in point["fmr"].items()},
                fnmr={str(name): _rate(rate) for name, rate in point["fnmr"].items()},
            )
            for point in document["operating_points"]
        ),
        curve=tuple((float(rate), float(threshold)) for rate, threshold in document["curve"]),
        llr=LogisticMap(
            slope=float(document["llr"]["slope"]),
            offset=float(document["llr"]["offset"]),
            lowest=float(document["llr"]["lowest"]),
            highest=float(document["llr"]["highest"]),
        ),
        digest=digest,
    )


def _rate(document: Mapping[str, Any]) -> Rate:
    low, high = document["interval"]
    return Rate(float(document["value"]), (float(low), float(high)), int(document["comparisons"]))


def _rate_document(rate: Rate) -> dict[str, object]:
    return {"value": rate.value, "interval": list(rate.interval), "comparisons": rate.comparisons}


def _check(calibration: Calibration) -> None:
    """A file that promises a lower rate for a lower score, or holds NaN, must not decide about anybody."""
    rates = [rate for rate, _ in calibration.curve]
    thresholds = [threshold for _, threshold in calibration.curve]
    points = [(point.fmr_target, point.threshold) for point in calibration.operating_points]
    measured = [
        rate
        for point in calibration.operating_points
        for by_group in (point.fmr, point.fnmr)
        for rate in by_group.values()
    ]
    llr = calibration.llr
    sound = (
        len(rates) >= 2
        and all(0 < rate < 1 for rate in rates)
        and all(math.isfinite(threshold) for threshold in thresholds)
        and all(first > second for first, second in pairwise(rates))
        and all(first < second for first, second in pairwise(thresholds))
        and bool(points)
        and set(points) <= set(calibration.curve)
        and all(point.worst_group in point.fmr for point in calibration.operating_points)
        and all(0 <= rate.value <= 1 and 0 <= rate.interval[0] <= rate.interval[1] <= 1 for rate in measured)
        and all(map(math.isfinite, (llr.slope, llr.offset, llr.lowest, llr.highest)))
        and llr.slope > 0
        and llr.lowest < 0 < llr.highest
    )
    if not sound:
        raise ValueError("a calibration that contradicts itself")
