from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.compare import Calibration, LogisticMap, OperatingPoint, Rate
from bonafide.evaluation.datasets import LabelledPicture, LabelledSet
from bonafide.evaluation.extract import Acquisition
from bonafide.evaluation.measure import evaluate, prepare
from bonafide.evaluation.results import Evaluation, Impostors, Provenance

_THRESHOLDS = {1e-1: 0.3, 1e-2: 0.5, 1e-3: 0.65, 1e-4: 0.75}


@pytest.fixture(scope="session")
def calibration() -> Calibration:
    """Made for no model: thresholds that suit the made-up templates of these tests."""
    return Calibration(
        model="made-up",
        contract="c" * 64,
        measured_on="2026-11-20",
        data="made-up templates",
        caveats=("Says nothing about faces",),
        groups=(),
        operating_points=tuple(
            OperatingPoint(rate, threshold, "north", {"north": Rate(rate, (rate / 2, rate * 2), 10**6)}, {})
            for rate, threshold in _THRESHOLDS.items()
        ),
        curve=tuple(_THRESHOLDS.items()),
        llr=LogisticMap(20, -10, -9, 9),
        digest="d" * 64,
    )


@pytest.fixture(scope="session")
def provenance(calibration: Calibration) -> Provenance:
    return Provenance(
        profile="accurate",
        model=calibration.model,
        contract=calibration.contract,
        calibration=calibration.digest,
        calibration_data=calibration.data,
        calibration_measured_on=calibration.measured_on,
        calibration_caveats=calibration.caveats,
        policy="sim-signup",
        policy_digest="e" * 64,
        policy_fmr=1e-4,
        labels="f" * 64,
        several_faces="central",
        measured_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        version="0.0.0",
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A labelled set and its templates, without pictures."""

    labelled: LabelledSet
    acquisition: Acquisition
    people: NDArray[np.int32]


@pytest.fixture(scope="session")
def made() -> Made:
    """60 people in two groups and one without, four pictures each, one picture in twenty without a face."""
    random = np.random.default_rng(7)
    people = np.repeat(np.arange(60, dtype=np.int32), 4)
    vectors = random.normal(size=(60, 24))[people] + random.normal(size=(240, 24)) * 0.6
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    failed = random.random(240) < 0.05
    vectors[failed] = 0
    groups = ("north", "south", None)
    pictures = tuple(
        LabelledPicture(Path(f"/nowhere/secret-{index}.jpg"), f"person-{person}", groups[person % 3])
        for index, person in enumerate(people)
    )
    return Made(
        LabelledSet(pictures, None, missing=3, digest="f" * 64),
        Acquisition(vectors.astype(np.float32), tuple("no_face" if fail else None for fail in failed)),
        people,
    )


@pytest.fixture(scope="session")
def measured(calibration: Calibration, provenance: Provenance) -> Callable[..., Evaluation]:
    """Evaluate a labelled set with its templates."""

    def run(
        labelled: LabelledSet, acquisition: Acquisition, impostors: Impostors = Impostors.ALL
    ) -> Evaluation:
        return evaluate(
            prepare(labelled, impostors),
            acquisition,
            calibration,
            provenance,
            impostors=impostors,
            about="a trial",
            random=np.random.default_rng(1),
        )

    return run
