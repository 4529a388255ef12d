"""One face from first to last, jumps, swaps, and documents held before the camera."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.liveness.made_up import MadeUp, template_of

from bonafide.capture.challenge import TURNS, Mode
from bonafide.face import Template
from bonafide.face.head_pose import head_pose
from bonafide.liveness import continuity
from bonafide.liveness.continuity import same_picture
from bonafide.liveness.finding import CannotTell, Cue, Family, Measured, Unmeasured
from bonafide.liveness.observation import FrameMeasure, Observation


def value(observation: Observation) -> float:
    found = continuity.measure(observation)
    assert isinstance(found, Measured)
    assert found.cue is Cue.CONTINUITY
    return found.value


def frames(observation: Observation, change: Callable[[int, FrameMeasure], FrameMeasure]) -> Observation:
    return replace(
        observation, frames=tuple(change(at, frame) for at, frame in enumerate(observation.frames))
    )


def moved(frame: FrameMeasure, x: float, times: float = 1.0) -> FrameMeasure:
    assert frame.face is not None
    left, top, width, height = frame.face.box
    return replace(frame, face=replace(frame.face, box=(left + x, top, width * times, height * times)))


def test_it_speaks_of_montage_alone() -> None:
    assert continuity.SPEAKS_TO == (Family.MONTAGE,)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("seed", range(5))
def test_one_person_is_one(mode: Mode, seed: int) -> None:
    assert value(MadeUp(mode, seed).observation()) > 0.5


@pytest.mark.parametrize("swapped", [0, 1, -1])
def test_one_frame_of_somebody_else_is_seen(swapped: int) -> None:
    made = MadeUp().observation()
    having = [at for at, frame in enumerate(made.frames) if frame.template is not None]
    other = template_of(np.random.default_rng(99).normal(size=128))
    found = value(
        frames(made, lambda at, frame: replace(frame, template=other) if at == having[swapped] else frame)
    )
    assert found < 0.35


def test_a_selfie_of_somebody_else_is_seen() -> None:
    made = MadeUp().observation()
    other = template_of(np.random.default_rng(99).normal(size=128))
    assert value(replace(made, selfie=other)) < 0.35
    assert continuity.measure(replace(made, selfie=None)) == Unmeasured(
        Cue.CONTINUITY, CannotTell.TOO_FEW_FRAMES
    )


def test_two_faces_that_take_turns_in_the_frontal_look_are_seen() -> None:
    """Their mean is like both: either would do for the selfie, and both for the rest."""
    made = MadeUp().observation()
    other = template_of(np.random.default_rng(99).normal(size=128))
    first = next(at for at, frame in enumerate(made.frames) if frame.template is not None)
    looks = [at for at, frame in enumerate(made.frames) if frame.step == 0]
    mixed = frames(made, lambda at, frame: replace(frame, template=other) if at == looks[-1] else frame)
    assert first != looks[-1]
    for selfie in (made.selfie, other):
        assert value(replace(mixed, selfie=selfie)) < 0.35


@pytest.mark.parametrize("mode", Mode)
def test_whose_face_was_not_told_in_every_turn_and_in_the_light_may_be_anybodys(mode: Mode) -> None:
    made = MadeUp(mode).observation()
    steps = made.challenge.steps
    turns = [{at} for at, asked in enumerate(steps) if asked.kind in TURNS]
    for hidden in [*turns, set(made.challenge.colours)]:
        without = frames(
            made,
            lambda _, frame, hidden=hidden: replace(frame, template=None) if frame.step in hidden else frame,  # type: ignore[misc]
        )
        found = continuity.measure(without)
        assert isinstance(found, Unmeasured) is bool(hidden)


def test_a_head_turned_beyond_the_landmarks_may_look_as_different_as_at_the_furthest_angle() -> None:
    made = MadeUp().observation()
    turn = next(at for at, asked in enumerate(made.challenge.steps) if asked.kind in TURNS)
    frontal = next(frame.template for frame in made.frames if frame.template is not None)
    assert frontal
    aside = np.roll(frontal.vector, 1)
    aside -= frontal.vector * float(aside @ frontal.vector)
    at_half = template_of(0.5 * frontal.vector + np.sqrt(0.75) * aside / np.linalg.norm(aside))
    chosen = next(at for at, frame in enumerate(made.frames) if frame.step == turn)

    def found(step: int) -> float:
        return value(
            frames(
                made,
                lambda at, frame: (
                    replace(frame, step=step, template=at_half, mesh=None) if at == chosen else frame
                ),
            )
        )

    # Where nobody turns it counts as it is.
    assert found(turn) > 0.7
    assert found(made.challenge.colours[0]) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("vector", [np.zeros(128), np.full(128, np.nan), np.ones(4) / 2])
def test_a_template_that_is_none_is_nobody(vector: NDArray[np.float64]) -> None:
    made = MadeUp().observation()
    bad = Template(vector.astype(np.float32), "made-up")
    last = max(at for at, frame in enumerate(made.frames) if frame.template is not None)
    assert value(frames(made, lambda at, frame: replace(frame, template=bad) if at == last else frame)) <= 0


def test_templates_of_two_models_are_not_compared() -> None:
    made = MadeUp().observation()
    last = max(at for at, frame in enumerate(made.frames) if frame.template is not None)

    def change(at: int, frame: FrameMeasure) -> FrameMeasure:
        template = frame.template
        return (
            replace(frame, template=replace(template, contract="another"))
            if at == last and template
            else frame
        )

    assert value(frames(made, change)) == -1


def test_templates_of_one_step_tell_nothing_of_the_others() -> None:
    made = MadeUp().observation()
    first = frames(made, lambda _, frame: frame if frame.step == 0 else replace(frame, template=None))
    assert continuity.measure(first) == Unmeasured(Cue.CONTINUITY, CannotTell.TOO_FEW_FRAMES)


@pytest.mark.parametrize("faces", [1.8, 3.0])
def test_a_face_that_jumps_is_seen(faces: float) -> None:
    made = MadeUp().observation()
    jumped = frames(made, lambda at, frame: moved(frame, faces * 250) if at > 20 else frame)
    assert value(jumped) < 0.5 < value(made)


def test_a_face_that_is_suddenly_larger_is_seen() -> None:
    made = MadeUp().observation()
    assert value(frames(made, lambda at, frame: moved(frame, 0, 2.5) if at > 20 else frame)) < 0.5


def test_a_face_may_be_elsewhere_after_a_while() -> None:
    made = MadeUp(Mode.MOVEMENT).observation()
    away = tuple(moved(frame, 200) if frame.step > 1 else frame for frame in made.frames if frame.step != 1)
    assert value(replace(made, frames=away)) == pytest.approx(value(replace(made, frames=tuple(
        frame for frame in made.frames if frame.step != 1
    ))))  # fmt: skip


@pytest.mark.parametrize("spoilt", [math.nan, math.inf, 0.0])
def test_a_face_without_place_or_size_is_a_jump(spoilt: float) -> None:
    made = MadeUp().observation()

    def change(at: int, frame: FrameMeasure) -> FrameMeasure:
        return moved(frame, spoilt, spoilt) if at == 9 else frame

    assert value(frames(made, change)) == 0


def picture(seed: int, side: int = 160) -> NDArray[np.uint8]:
    """Soft shapes, as a face is made of."""
    coarse = np.random.default_rng(seed).uniform(30, 220, (9, 9)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8)


def thumb(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(pixels, (16, 16), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("seed", range(8))
def test_a_picture_is_the_same_scaled_brightened_and_compressed(seed: int) -> None:
    original = picture(seed)
    small = np.asarray(cv2.resize(original, (97, 97), interpolation=cv2.INTER_AREA), np.uint8)
    encoded = cv2.imencode(".jpg", (small * 0.8 + 20).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 50])[1]
    again = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    assert same_picture(thumb(original), [thumb(again)]) > 0.995
    assert same_picture(thumb(original), [thumb(picture(seed + 100))]) < 0.9


def test_the_document_before_the_camera_is_seen() -> None:
    made = MadeUp().observation()
    portrait = made.frames[12].thumb
    assert portrait is not None
    assert value(replace(made, portrait=portrait)) == -1
    assert value(replace(made, portrait=thumb(picture(7)))) == value(made)


@pytest.mark.parametrize(
    "odd", [np.zeros((16, 16)), np.zeros((3, 5)), np.zeros((0, 0)), np.full((16, 16), 9)]
)
def test_thumbs_that_show_nothing_are_no_same_picture(odd: NDArray[np.float64]) -> None:
    assert same_picture(odd.astype(np.uint8), [thumb(picture(1))]) == 0
    assert same_picture(thumb(picture(1)), [odd.astype(np.uint8)]) == 0


@pytest.mark.parametrize(("cosine", "one"), [(0.68, True), (0.2, False)])
def test_a_face_that_is_turned_away_may_be_less_like_itself(cosine: float, one: bool) -> None:
    made = MadeUp(Mode.MOVEMENT, turn=40).observation()
    having = [at for at, frame in enumerate(made.frames) if frame.template is not None]
    poses = {at: head_pose(mesh).yaw for at in having if (mesh := made.frames[at].mesh) is not None}
    furthest = max(poses, key=lambda at: abs(poses[at]))
    first = made.frames[having[0]].template
    assert first is not None
    chance = np.random.default_rng(3)
    other = chance.normal(size=128)
    own = first.vector.astype(np.float64)
    apart = other - own * (other @ own)
    less = template_of(cosine * own + math.sqrt(1 - cosine**2) * apart / np.linalg.norm(apart))
    found = frames(made, lambda at, frame: replace(frame, template=less) if at == furthest else frame)
    assert (value(found) > cosine + 0.02) is (abs(poses[furthest]) > 5)
    assert (value(found) > 0.5) is one
