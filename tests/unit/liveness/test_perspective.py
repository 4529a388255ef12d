"""Coming nearer, as guidance: who grew, and who only turned."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.liveness.made_up import MadeUp, canonical, face_of, project

from bonafide.liveness.observation import FrameMeasure
from bonafide.liveness.perspective import CLOSER, came_closer, growth

FRAME = next(iter(MadeUp().observation().frames))


def seen(yaw: float = 0, pitch: float = 0, distance: float = 40) -> FrameMeasure:
    return replace(FRAME, face=face_of(project(canonical(), yaw, pitch, distance)))


@pytest.mark.parametrize("nearer", [1.1, 1.3, 1.6])
def test_a_face_grows_as_it_comes_nearer(nearer: float) -> None:
    grown = growth(seen(), seen(distance=40 / nearer))
    assert grown == pytest.approx(nearer, rel=0.1)
    assert came_closer(seen(), seen(distance=40 / nearer)) is (nearer >= CLOSER)


@pytest.mark.parametrize(("yaw", "pitch"), [(30, 0), (-30, 0), (0, 20), (0, -15), (20, 15)])
def test_turning_and_nodding_is_no_coming_and_no_going(yaw: float, pitch: float) -> None:
    grown = growth(seen(), seen(yaw, pitch))
    assert grown is not None
    assert 0.85 < grown < 1.15
    assert came_closer(seen(), seen(yaw, pitch, distance=28))


def test_a_frame_of_another_size_is_no_growth() -> None:
    assert FRAME.face is not None
    twice = replace(FRAME, width=2 * FRAME.width, face=FRAME.face.scaled(np.array([2, 2], np.float32)))
    assert growth(FRAME, twice) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("spoilt", [0.0, math.nan, math.inf])
def test_a_face_that_is_none_does_not_grow(spoilt: float) -> None:
    assert FRAME.face is not None
    bad = replace(FRAME, face=replace(FRAME.face, landmarks=np.full((5, 2), spoilt, np.float32)))
    for one, other in (
        (FRAME, bad),
        (bad, FRAME),
        (FRAME, replace(FRAME, face=None)),
        (replace(FRAME, width=0), FRAME),
    ):
        assert growth(one, other) is None
        assert not came_closer(one, other)
