"""Recordings of a genuine session, as an attacker would have them: of another challenge, in another place."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from numpy.typing import NDArray

from bonafide.capture.challenge import MOVEMENTS, TURNS, Colour, Mode, StepKind, draw_challenge
from bonafide.evaluation.attack_lab.conditions import draw_rest, draw_studio
from bonafide.evaluation.attack_lab.geometry import FRAME_HEIGHT, FRAME_WIDTH
from bonafide.evaluation.attack_lab.head import Head
from bonafide.evaluation.attack_lab.person import Habits, Mover
from bonafide.evaluation.attack_lab.presenter import BeforeCamera, head_scene
from bonafide.liveness.session import Reveal

_RATE: Final = 8
_COLOUR_RATE: Final = 12
_SECONDS: Final = {StepKind.FRONTAL: 1.6, StepKind.COLOUR: 0.4}
# How long the clip of a movement is.
MOVEMENT_SECONDS: Final = 2.6
_SIDE: Final = 480
_COLOUR_SIDE: Final = 240
# A recording that shows a face in light has seen a bright one: an attacker picks a dim room.
_DIM: Final = 150.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Clip:
    """One step of a recording: its frames as JPEG, and seconds from its start of each."""

    kind: StepKind
    colour: Colour | None
    times: tuple[float, ...]
    frames: tuple[bytes, ...]

    def at(self, seconds: float) -> NDArray[np.uint8]:
        """The frame at a time, sRGB uint8 (640, 480, 3); the last one stays."""
        later = next((i for i, time in enumerate(self.times) if time > seconds), len(self.times))
        return _whole(simplejpeg.decode_jpeg(self.frames[max(later - 1, 0)], colorspace="RGB"))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Recording:
    """A whole session, step by step in its own order."""

    clips: tuple[Clip, ...]

    def movement(self, kind: StepKind) -> Clip:
        """The clip of a movement or of the frontal look."""
        return next(clip for clip in self.clips if clip.kind is kind)

    def colour(self, colour: Colour) -> Clip:
        """The clip in which that colour lit the face."""
        return next(clip for clip in self.clips if clip.colour is colour)

    def running(self, seconds: float, *, of: tuple[Clip, ...] | None = None) -> NDArray[np.uint8]:
        """The frame at a time into the clips, one after the other, from the start again at their end."""
        clips = self.clips if of is None else of
        lengths = [_SECONDS.get(clip.kind, MOVEMENT_SECONDS) for clip in clips]
        left = seconds % sum(lengths)
        for clip, length in zip(clips, lengths, strict=True):
            if left < length:
                return clip.at(left)
            left -= length
        return clips[-1].at(lengths[-1])

    @property
    def colours(self) -> tuple[Clip, ...]:
        """The clips of colours, in their order."""
        return tuple(clip for clip in self.clips if clip.kind is StepKind.COLOUR)


def record(head: Head, mode: Mode, chance: np.random.Generator) -> Recording:
    """A session with every movement and every colour, in an order of its own. In a mode of movements alone it
    begins as such a session does, with movements that come again: so it fits other sequences most often.
    """
    studio = draw_studio(chance)
    if studio.room.lux > _DIM:
        studio = draw_studio(chance)
    rest = draw_rest(chance, studio.lens, placed=True)
    mover = Mover(rest, replace(Habits.drawn(chance), wrong_side=0.0), chance)
    person = BeforeCamera(studio, mover, head_scene(head, mover, rest), lag=float(chance.uniform(0.04, 0.16)))
    movements = _movements(mode, chance)
    colours = list(Colour)
    chance.shuffle(colours)
    steps: list[tuple[StepKind, Colour | None]] = [
        (StepKind.FRONTAL, None),
        *((kind, None) for kind in movements),
        *((StepKind.COLOUR, colour) for colour in colours),
    ]
    at, clips = 1.0, []
    for number, (kind, colour) in enumerate(steps):
        coloured = kind is StepKind.COLOUR
        seconds = _SECONDS.get(kind, MOVEMENT_SECONDS)
        rate, side = (_COLOUR_RATE, _COLOUR_SIDE) if coloured else (_RATE, _SIDE)
        person.told(Reveal(number, kind, colour, seconds, side, rate), at)
        if kind in TURNS:
            mover.motion.go(at + seconds * 0.68, 0.6, yaw=rest.yaw, pitch=rest.pitch, roll=rest.roll)
        times = np.arange(0, seconds, 1 / rate)
        frames = [person.frame(at + float(time), side) for time in times]
        clips.append(Clip(kind, colour, tuple(times.tolist()), tuple(frames)))
        at += seconds
    return Recording(tuple(clips))


def _movements(mode: Mode, chance: np.random.Generator) -> list[StepKind]:
    movements = list(MOVEMENTS)
    chance.shuffle(movements)
    if mode is Mode.MOVEMENT:
        drawn = draw_challenge(mode, random.Random(int(chance.integers(1 << 62))))  # noqa: S311 - no secret
        first = [drawn.steps[step].kind for step in drawn.movements]
        movements = first + [kind for kind in movements if kind not in first]
    return movements


def _whole(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if pixels.shape[1] == FRAME_WIDTH:
        return pixels
    return np.asarray(
        cv2.resize(pixels, (FRAME_WIDTH, FRAME_HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8
    )
