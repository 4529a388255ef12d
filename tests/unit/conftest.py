"""Models and calibrations that nobody published, for tests above them."""

from __future__ import annotations

import dataclasses

import pytest

from bonafide.compare import Calibration, GroupData, LogisticMap, OperatingPoint, Rate
from bonafide.models import ModelEntry, Role, load_manifest

# False match rates and the cosines that keep them, for no model.
CURVE = ((1e-1, 0.1), (1e-2, 0.2), (1e-3, 0.3), (1e-4, 0.4), (1e-5, 0.5))


@pytest.fixture(scope="session")
def recogniser() -> ModelEntry:
    """A recogniser of four-dimensional embeddings."""
    shipped = next(entry for entry in load_manifest() if entry.role is Role.RECOGNISER)
    contract = dataclasses.replace(shipped.input, size=112, mean=0.0, scale=1.0, output_length=4)
    return dataclasses.replace(shipped, name="made-up", input=contract, calibration=None)


@pytest.fixture(scope="session")
def detector() -> ModelEntry:
    return next(entry for entry in load_manifest() if entry.role is Role.DETECTOR)


@pytest.fixture(scope="session")
def calibrated(recogniser: ModelEntry) -> Calibration:
    """A calibration of the made-up recogniser."""
    return Calibration(
        model=recogniser.name,
        contract=recogniser.contract_id,
        measured_on="2026-11-24",
        data="made-up scores",
        caveats=("Says nothing about faces", "说明不了任何问题"),
        groups=(GroupData("north", 10, 40, 60, 700), GroupData("south", 12, 48, 72, 900)),
        operating_points=tuple(
            OperatingPoint(
                fmr_target=rate,
                threshold=threshold,
                worst_group="north",
                fmr={
                    "north": Rate(rate, (rate / 2, rate * 2), 700),
                    "south": Rate(rate / 3, (0.0, rate), 900),
                },
                fnmr={"north": Rate(0.01, (0.0, 0.05), 60)},
            )
            for rate, threshold in CURVE
        ),
        curve=CURVE,
        llr=LogisticMap(slope=25.0, offset=-7.5, lowest=-8.0, highest=8.0),
        digest="d" * 64,
    )
