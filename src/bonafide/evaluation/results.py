"""What an evaluation found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bonafide.compare import Promise
from bonafide.evaluation.error_rates import DetCurve, MeasuredRate, TarAtFmr
from bonafide.evaluation.intervals import Interval
from bonafide.evaluation.likelihood import ClaimedEvidence


class Impostors(StrEnum):
    """Which comparisons of different people are made."""

    LISTED = "listed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class MeasuredPoint:
    """Error rates at a shipped operating point, beside its promise.

    `far` and `frr` count a failure to acquire as no match (ISO/IEC 19795-1): a share of what was attempted.
    The promise is that of the calibration's worst group, whoever is measured.
    """

    fmr_target: float
    threshold: float
    fmr: MeasuredRate
    fnmr: MeasuredRate
    far: float | None
    frr: float | None
    promised: Interval

    @property
    def within_promise(self) -> bool | None:
        """Whether the measured rate is at most the promise's upper end; None without comparisons."""
        return None if self.fmr.value is None else self.fmr.value <= self.promised[1]

    @property
    def promise(self) -> Promise | None:
        """The same, with regard to the measurement's own uncertainty."""
        interval = self.fmr.by_people or self.fmr.interval
        return None if interval is None else Promise.of(interval, self.promised[1])


@dataclass(frozen=True, slots=True)
class ClaimedRate:
    """A false match rate that the calibration claims for a threshold, and what was measured there."""

    claimed: float
    measured: MeasuredRate


@dataclass(frozen=True, slots=True, eq=False)
class ScoreHistogram:
    """Counts of scores between `edges`, float64 (n + 1,): `mated` and `non_mated`, int64 (n,)."""

    edges: NDArray[np.float64]
    mated: NDArray[np.int64]
    non_mated: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """All that was measured on one set of pictures, or on one group of them.

    `people` is None where the labels do not say. `failures` counts failures to acquire by reason code.
    """

    people: int | None
    pictures: int
    failures: Mapping[str, int]
    failure_rate: MeasuredRate
    mated: int
    non_mated: int
    operating_points: tuple[MeasuredPoint, ...]
    tar_at_fmr: tuple[TarAtFmr, ...]
    equal_error_rate: float | None
    cllr: float | None
    min_cllr: float | None
    det: DetCurve | None
    claims: tuple[ClaimedRate, ...]
    reliability: tuple[ClaimedEvidence, ...]
    scores: ScoreHistogram
    ratios: ScoreHistogram


@dataclass(frozen=True, slots=True)
class Differential:
    """How unequal groups are at one operating point: the worst group's rate over the geometric mean of all.

    NIST IR 8429 proposes the ratio and ISO/IEC 19795-10 how to report by group. A ratio is None where a group
    has no errors, or fewer than two groups were measured.
    """

    fmr_target: float
    worst_fmr: str | None
    fmr_ratio: float | None
    worst_fnmr: str | None
    fnmr_ratio: float | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """By what the measurement was made, and when: digests are SHA-256, hex.

    `several_faces` says which face of a picture with several was taken: `central`, or none (`refuse`).
    """

    profile: str
    model: str
    contract: str
    calibration: str
    calibration_data: str
    calibration_measured_on: str
    calibration_caveats: tuple[str, ...]
    policy: str
    policy_digest: str
    policy_fmr: float
    labels: str
    several_faces: str
    measured_at: datetime
    version: str


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """One set of labelled pictures measured: over all, and for each group within itself."""

    provenance: Provenance
    impostors: Impostors
    about: str
    missing: int
    overall: Measurement
    groups: Mapping[str, Measurement]
    differentials: tuple[Differential, ...]
