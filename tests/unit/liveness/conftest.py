"""A calibration of presence that was made up, good in every part."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from bonafide.capture.challenge import Mode
from bonafide.liveness.calibration import (
    CueMap,
    EvidenceMap,
    OperatingPoint,
    PresenceCalibration,
    Rate,
    parse_calibration,
    serialise_calibration,
)
from bonafide.liveness.finding import Cue, Family

# Value at which each cue is of two minds, and how steeply it is left.
_MIDDLES = {
    (Cue.DEPTH, Family.SURFACE): (0.9, 20.0),
    (Cue.REFLECTION, Family.RECORDING): (0.75, 15.0),
    (Cue.TIMING, Family.RECORDING): (0.6, 6.0),
    (Cue.CONTINUITY, Family.MONTAGE): (0.4, 20.0),
}


def made_up_calibration() -> PresenceCalibration:
    """As it would be read from its file."""
    most = math.log(400)
    maps = tuple(
        CueMap(cue, family, EvidenceMap(slope, -slope * middle, -most, most), 400, 400)
        for (cue, family), (middle, slope) in _MIDDLES.items()
    )
    points = tuple(
        OperatingPoint(
            mode=mode,
            apcer_target=target,
            refusal_target=0.01,
            live=live,
            not_live=-2.0,
            worst_species="bent-print",
            apcer={
                "bent-print": Rate(0.005, (0.001, 0.02), 400),
                "flat-print": Rate(0.0, (0.0, 0.01), 400),
            },
            bpcer=Rate(0.03, (0.01, 0.05), 400),
            refused=Rate(0.0, (0.0, 0.01), 400),
            allowed={"bent-print": 0.1},
        )
        for mode in Mode
        for target, live in ((0.01, 1.6), (0.03, 1.3))
    )
    made = PresenceCalibration(
        contracts={"detector": "d", "landmarker": "l", "recogniser": "r"},
        measured_on="2026-11-30",
        data="Sessions that a test made up",
        caveats=("说明不了任何问题",),
        bona_fide=400,
        attacks=400,
        maps=maps,
        operating_points=points,
        digest="",
    )
    return parse_calibration(serialise_calibration(replace(made)), made.contracts)


@pytest.fixture(scope="session")
def calibration() -> PresenceCalibration:
    return made_up_calibration()
