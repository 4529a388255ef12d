"""Faces that are lit by the drawn colours, by others, by none, and late."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest
from tests.unit.liveness.made_up import MadeUp

from bonafide.capture.challenge import Mode, StepKind, draw_challenge
from bonafide.liveness import reflection
from bonafide.liveness.finding import CannotTell, Cue, Family, Measured, Unmeasured
from bonafide.liveness.observation import FrameMeasure, Observation

SEEDS = range(10)


def value(observation: Observation) -> float:
    found = reflection.measure(observation)
    assert isinstance(found, Measured)
    assert found.cue is Cue.REFLECTION
    return found.value


def why(observation: Observation) -> CannotTell:
    found = reflection.measure(observation)
    assert isinstance(found, Unmeasured)
    return found.why


def is_colour(observation: Observation, frame: FrameMeasure) -> bool:
    return observation.challenge.steps[frame.step].kind is StepKind.COLOUR


def test_it_speaks_of_recordings_alone() -> None:
    assert reflection.SPEAKS_TO == (Family.RECORDING,)


@pytest.mark.parametrize(
    "delay", [0.0, 0.12, 0.38, *(pytest.param(delay, marks=pytest.mark.long) for delay in (0.05, 0.25))]
)
def test_faces_follow_what_lights_them_after_any_delay_of_a_camera(delay: float) -> None:
    assert min(value(MadeUp(seed=seed, delay=delay).observation()) for seed in SEEDS) > 0.9


@pytest.mark.parametrize("drift", [0.0, 0.5])
def test_exposure_does_not_matter(drift: float) -> None:
    assert min(value(MadeUp(seed=seed, drift=drift).observation()) for seed in SEEDS) > 0.9


def test_faces_lit_by_other_colours_do_not_follow() -> None:
    """A recording of another session: of those drawn at random hardly one comes near."""
    others = [
        value(MadeUp(seed=seed).observation(draw_challenge(Mode.LIGHT, random.Random(seed + 10_000))))  # noqa: S311
        for seed in range(60)
    ]
    assert float(np.median(others)) < 0.5
    assert sum(other > 0.8 for other in others) <= 1


@pytest.mark.parametrize("delay", [0.8, 1.2])
def test_light_that_comes_late_does_not_count(delay: float) -> None:
    late = [value(MadeUp(seed=seed, delay=delay).observation()) for seed in SEEDS]
    assert float(np.median(late)) < 0.5
    assert max(late) < 0.85


def test_a_second_face_in_the_picture_tells_nothing() -> None:
    """One of them may be lit, and the other be whose face was known before."""
    made = MadeUp().observation()
    beside = tuple(dataclasses.replace(frame, faces=2) for frame in made.frames)
    assert why(dataclasses.replace(made, frames=beside)) is CannotTell.TOO_FEW_FRAMES


@pytest.mark.parametrize("gain", [0.0, 0.005])
def test_a_room_too_bright_tells_nothing(gain: float) -> None:
    found = [reflection.measure(MadeUp(seed=seed, gain=gain).observation()) for seed in SEEDS]
    assert found.count(Unmeasured(Cue.REFLECTION, CannotTell.TOO_BRIGHT)) >= len(found) - 1


def test_a_face_whose_colour_is_always_the_same_tells_nothing() -> None:
    made = MadeUp().observation()
    skin = np.array([180, 130, 110], np.float32)
    frames = tuple(dataclasses.replace(frame, skin=skin) for frame in made.frames)
    assert why(dataclasses.replace(made, frames=frames)) is CannotTell.TOO_BRIGHT


def test_movement_only_asks_for_no_light() -> None:
    assert why(MadeUp(Mode.MOVEMENT).observation()) is CannotTell.NOT_ASKED


@pytest.mark.parametrize("kept", [0, 1, 9])
def test_few_frames_tell_nothing(kept: int) -> None:
    made = MadeUp().observation()
    colours = [frame for frame in made.frames if is_colour(made, frame)][:kept]
    assert why(dataclasses.replace(made, frames=tuple(colours))) is CannotTell.TOO_FEW_FRAMES


def test_frames_of_half_the_colours_tell_nothing() -> None:
    made = MadeUp().observation()
    half = made.challenge.colours[4]
    frames = [frame for frame in made.frames if frame.step < half] * 3
    assert why(dataclasses.replace(made, frames=tuple(frames))) is CannotTell.TOO_FEW_FRAMES


@pytest.mark.parametrize("at", [None, float("nan"), -1.0])
def test_a_colour_that_was_not_shown_in_its_turn_is_not_done(at: float | None) -> None:
    made = MadeUp().observation()
    fifth = made.challenge.colours[4]
    steps = tuple(
        dataclasses.replace(step, shown=at) if index == fifth else step
        for index, step in enumerate(made.steps)
    )
    assert why(dataclasses.replace(made, steps=steps)) is CannotTell.NOT_DONE


@pytest.mark.parametrize("spoilt", [np.nan, np.inf, 0.0, -5.0, 1e9])
def test_colours_that_are_none_are_not_used(spoilt: float) -> None:
    made = MadeUp().observation()
    seen = 0
    frames = []
    for frame in made.frames:
        seen += is_colour(made, frame)
        bad = is_colour(made, frame) and seen % 5 == 0
        frames.append(dataclasses.replace(frame, skin=np.full(3, spoilt, np.float32)) if bad else frame)
    assert value(dataclasses.replace(made, frames=tuple(frames))) > 0.9


def test_a_lamp_that_flickers_drowns_no_answer() -> None:
    """It is yellower than the daylight in the room, so both ratios change with it, from frame to frame."""
    chance = np.random.default_rng(8)
    values = []
    for seed in SEEDS:
        made = MadeUp(seed=seed, gain=0.12).observation()
        frames = tuple(
            dataclasses.replace(
                frame,
                skin=(frame.skin * (1 + flicker * np.array([0.2, 0.5, 0.45]))).astype(np.float32),
            )
            for frame in made.frames
            if frame.skin is not None
            for flicker in [chance.uniform(-0.3, 0.3)]
        )
        values.append(value(dataclasses.replace(made, frames=frames)))
    assert min(values) > 0.9
