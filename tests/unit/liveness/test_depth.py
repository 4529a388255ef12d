"""Heads, flat and bent prints that turn, by their landmarks alone."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.liveness.made_up import MadeUp, Surface, bent, canonical, flat, head, mesh_of, project

from bonafide.capture.challenge import Challenge, Mode, Step, StepKind
from bonafide.liveness import depth
from bonafide.liveness.depth import relief_between
from bonafide.liveness.finding import CannotTell, Cue, Family, Measured, Unmeasured
from bonafide.liveness.observation import Observation


def value(observation: Observation) -> float:
    found = depth.measure(observation)
    assert isinstance(found, Measured)
    assert found.cue is Cue.DEPTH
    return found.value


def asking(*kinds: StepKind) -> Challenge:
    return Challenge(Mode.MOVEMENT, (Step(StepKind.FRONTAL), *map(Step, kinds)))


def test_it_speaks_of_surfaces_alone() -> None:
    assert depth.SPEAKS_TO == (Family.SURFACE,)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 6))]
)
def test_heads_are_told_from_prints(mode: Mode, seed: int) -> None:
    living = value(MadeUp(mode, seed).observation())
    prints = [
        value(MadeUp(mode, seed, surface=surface, turn=turn).observation())
        for surface in (flat, bent(12), bent(7))
        for turn in (30, 40, 50)
    ]
    assert living > 1
    assert max(prints) < 0.9
    assert prints[0] < 0.2


@pytest.mark.parametrize("turn", [20, 25, 30, 40])
@pytest.mark.parametrize("kind", [StepKind.TURN_LEFT, StepKind.TURN_RIGHT])
def test_a_head_is_one_however_far_it_turns(turn: float, kind: StepKind) -> None:
    assert value(MadeUp(turn=turn, drawn=asking(kind)).observation()) > 0.9


def test_prints_that_are_bent_more_look_more_like_heads() -> None:
    radii = (math.inf, 30, 12, 7)
    surfaces = [flat if math.isinf(radius) else bent(radius) for radius in radii]
    values = [value(MadeUp(surface=surface, turn=40).observation()) for surface in surfaces]
    assert values == sorted(values)


@pytest.mark.parametrize("turn", [0, 6, -30])
def test_a_head_that_did_not_turn_that_way_has_not_done_it(turn: float) -> None:
    made = MadeUp(turn=turn, drawn=asking(StepKind.TURN_LEFT))
    assert depth.measure(made.observation()) == Unmeasured(Cue.DEPTH, CannotTell.NOT_DONE)


def test_of_two_turns_the_lesser_counts() -> None:
    both = asking(StepKind.TURN_LEFT, StepKind.TURN_RIGHT)
    living, printed = (MadeUp(surface=surface, turn=35, drawn=both).observation() for surface in (head, flat))
    frames = (*(frame for frame in living.frames if frame.step < 2), *printed.frames_at(2))
    mixed = dataclasses.replace(living, frames=frames)
    assert value(mixed) == pytest.approx(value(printed), abs=0.05)
    assert value(mixed) < 0.5
    assert value(living) > 1


def test_one_turn_of_two_is_not_done() -> None:
    made = MadeUp(drawn=asking(StepKind.TURN_LEFT, StepKind.TURN_RIGHT)).observation()
    still = tuple(dataclasses.replace(frame, step=2) for frame in made.frames_of(StepKind.FRONTAL))
    frames = (*(frame for frame in made.frames if frame.step < 2), *still)
    found = depth.measure(dataclasses.replace(made, frames=frames))
    assert found == Unmeasured(Cue.DEPTH, CannotTell.NOT_DONE)


def test_a_surface_is_told_though_another_turn_was_not_reached() -> None:
    both = asking(StepKind.TURN_LEFT, StepKind.TURN_RIGHT)
    for surface, told in ((flat, True), (head, False)):
        made = MadeUp(surface=surface, turn=40, drawn=both).observation()
        frames = tuple(frame for frame in made.frames if frame.step < 2)
        found = depth.measure(dataclasses.replace(made, frames=frames, steps=made.steps[:2]))
        assert isinstance(found, Measured) is told


@pytest.mark.parametrize("start", [-20, -10])
def test_a_start_to_the_other_side_does_not_help_a_print(start: float) -> None:
    """It looks aside in the frontal look, so that it shrinks less for the relief that it shows."""
    asked = asking(StepKind.TURN_LEFT)
    for surface, limits in ((bent(9), (0.0, 0.9)), (head, (1.0, 2.0))):
        found = value(MadeUp(surface=surface, turn=35, start=start, drawn=asked).observation())
        assert limits[0] < found < limits[1]
    frames = project(bent(9)(canonical()), start, 0, 38), project(bent(9)(canonical()), 35, 0, 38)
    uncorrected = relief_between(*frames)
    if start == -20:
        assert uncorrected.relief / math.sqrt(uncorrected.turn) > 0.9


def test_small_faces_tell_nothing() -> None:
    made = MadeUp(distance=110, drawn=asking(StepKind.TURN_LEFT))
    assert depth.measure(made.observation()) == Unmeasured(Cue.DEPTH, CannotTell.TOO_SMALL)


@pytest.mark.parametrize("kind", [StepKind.FRONTAL, StepKind.TURN_LEFT])
def test_without_landmarks_of_a_step_nothing_is_told(kind: StepKind) -> None:
    made = MadeUp(drawn=asking(StepKind.TURN_LEFT)).observation()
    missing = set(made.frames_of(kind))
    frames = tuple(
        dataclasses.replace(frame, mesh=None) if frame in missing else frame for frame in made.frames
    )
    found = depth.measure(dataclasses.replace(made, frames=frames))
    assert found == Unmeasured(Cue.DEPTH, CannotTell.TOO_FEW_FRAMES)


def test_landmarks_that_the_network_doubts_are_not_used() -> None:
    made = MadeUp(drawn=asking(StepKind.TURN_LEFT)).observation()
    frames = tuple(
        dataclasses.replace(
            frame, mesh=dataclasses.replace(frame.mesh, confidence=0.2) if frame.mesh else None
        )
        for frame in made.frames
    )
    found = depth.measure(dataclasses.replace(made, frames=frames))
    assert found == Unmeasured(Cue.DEPTH, CannotTell.TOO_FEW_FRAMES)


def test_no_turn_was_asked_for() -> None:
    made = MadeUp(drawn=asking(StepKind.NOD, StepKind.CLOSER)).observation()
    assert depth.measure(made) == Unmeasured(Cue.DEPTH, CannotTell.NOT_ASKED)


@pytest.mark.parametrize("degrees", [15, 25, 35])
def test_relief_and_turn_are_those_of_the_formulas(degrees: float) -> None:
    """Seen from so far away that there is no perspective."""
    found = relief_between(*(project(canonical(), yaw, 0, 3000) for yaw in (0, degrees)))
    angle = math.radians(degrees)
    assert found.relief == pytest.approx(math.sin(angle) / math.sqrt(math.cos(angle)), rel=0.02)
    # A brow lies behind the nose, which tilts the map a little.
    assert found.turn == pytest.approx(math.sin(angle) ** 2, abs=0.04)


@settings(max_examples=40, deadline=None)
@given(
    surface=st.sampled_from([head, flat, bent(9)]),
    yaw=st.floats(10, 45),
    roll=st.floats(-40, 40),
    scale=st.floats(0.5, 2),
)
def test_neither_size_nor_tilt_of_the_picture_matters(
    surface: Surface, yaw: float, roll: float, scale: float
) -> None:
    straight, turned = (project(surface(canonical()), each, 0, 40) for each in (0, yaw))
    angle = math.radians(roll)
    around = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    found = relief_between(straight, turned)
    moved = relief_between(straight @ around.T, turned @ around.T + (7, -30))
    assert moved.relief == pytest.approx(found.relief, abs=1e-6)
    assert moved.turn == pytest.approx(found.turn, abs=1e-6)
    tilted = relief_between(straight, turned @ around.T)
    assert tilted.relief == pytest.approx(found.relief, abs=1e-6)
    assert tilted.turn == pytest.approx(found.turn, abs=1e-6)


@pytest.mark.parametrize("spoilt", [math.nan, math.inf, 1e30])
def test_landmarks_that_are_no_places_are_not_used(spoilt: float) -> None:
    made = MadeUp(drawn=asking(StepKind.TURN_LEFT)).observation()
    points = np.full((478, 3), spoilt, np.float32)
    bad = dataclasses.replace(mesh_of(np.zeros((468, 2))), points=points)
    frames = tuple(
        dataclasses.replace(frame, mesh=bad) if index % 2 else frame
        for index, frame in enumerate(made.frames)
    )
    assert value(dataclasses.replace(made, frames=frames)) > 1
