"""Sessions made up from a canonical head, clocks and colours: no picture, no person."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import Challenge, Mode, StepKind, draw_challenge
from bonafide.face import Face, Template
from bonafide.face.canonical import canonical_face
from bonafide.face.mesh import FaceMesh
from bonafide.liveness.observation import FrameMeasure, Observation, StepTimes

Surface = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""The canonical face's vertices (468, 3), cm, x right, y down, z away, to those that are shown."""

WIDTH, HEIGHT = 480, 640
# Pixels of a focal length of a phone's front camera.
_FOCAL = 560.0
_PAGE = (200, 200, 200)


def head(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A head with the depth it has."""
    return points


def flat(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Its print."""
    return points * (1, 1, 0)


def bent(radius: float) -> Surface:
    """Its print around an upright cylinder of that radius in cm, towards the camera."""

    def surface(points: NDArray[np.float64]) -> NDArray[np.float64]:
        angle = points[:, 0] / radius
        return np.stack([radius * np.sin(angle), points[:, 1], radius * (1 - np.cos(angle))], axis=1)

    return surface


@dataclass(frozen=True)
class MadeUp:
    """What a session is made of; the defaults are those of somebody living.

    `turn`, `start` (the yaw before each movement) and `nod` are in degrees, `reaction` and times in seconds;
    `roughness` is the landmarks' noise in pixels; `distance` in cm. `gain` is the screen's light at its
    brightest over the room's; `delay` how long colours take to be seen; `skin_noise` is that of the skin's
    mean, of 255. `offset` is the customer's clock less the server's.
    """

    mode: Mode = Mode.LIGHT
    seed: int = 0
    surface: Surface = head
    turn: float = 30.0
    start: float = 0.0
    nod: float = 20.0
    nearer: float = 1.4
    reaction: float = 0.6
    distance: float = 38.0
    roughness: float = 0.7
    gain: float = 0.5
    delay: float = 0.12
    skin_noise: float = 0.4
    drift: float = 0.15
    offset: float = 512.0
    drawn: Challenge | None = None

    def challenge(self) -> Challenge:
        """What is drawn."""
        return self.drawn or draw_challenge(self.mode, random.Random(self.seed))  # noqa: S311 - no secret

    def observation(self, shown_colours: Challenge | None = None) -> Observation:
        """The session; `shown_colours` is the challenge whose colours lit the face, if it was another."""
        return _Filming(self, shown_colours or self.challenge()).run()


class _Filming:
    def __init__(self, made: MadeUp, lit_by: Challenge) -> None:
        self.made = made
        self.challenge = made.challenge()
        self.lit_by = [lit_by.steps[index].colour for index in lit_by.colours]
        self.chance = np.random.default_rng(made.seed)
        self.frames: list[FrameMeasure] = []
        self.steps: list[StepTimes] = []
        self.lit: list[tuple[float, tuple[int, int, int]]] = [(-math.inf, _PAGE)]
        identity = self.chance.normal(0, 1, 128)
        self.identity = identity / np.linalg.norm(identity)
        self.looks = self.chance.normal(120, 35, (16, 16))
        self.template_at = self.came_in = -math.inf

    def run(self) -> Observation:
        now = 3.0
        for index, step in enumerate(self.challenge.steps):
            colour = step.kind is StepKind.COLOUR
            longest = 0.4 if colour else 1.2 if step.kind is StepKind.FRONTAL else 3.4
            shown = now + self.later(0.06)
            if colour:
                at = index - self.challenge.colours[0]
                seen = self.lit_by[at % len(self.lit_by)] if self.lit_by else None
                self.lit.append((shown, seen.rgb if seen else _PAGE))
            rate = 12 if colour else 8
            answered = None
            for each in np.arange(shown + 0.5 / rate, now + longest + 0.06, 1 / rate):
                taken = float(each) + float(self.chance.normal(0, 0.004))
                extent = self.extent(taken - shown, step.kind)
                self.frame(index, taken, step.kind, extent)
                done = extent > 0.9 or step.kind is StepKind.FRONTAL
                if not colour and answered is None and done:
                    answered = taken + self.made.offset
            self.steps.append(StepTimes(now, shown + self.made.offset, shown + self.later(0.08), answered))
            now += longest
        selfie = template_of(self.identity + self.chance.normal(0, 0.05, 128))
        return Observation(self.challenge, tuple(self.steps), tuple(self.frames), selfie=selfie)

    def later(self, usual: float) -> float:
        return float(usual * self.chance.lognormal(0, 0.2))

    def extent(self, since: float, kind: StepKind) -> float:
        """How far a movement is, 0..1: there, a moment, and back."""
        if kind in (StepKind.FRONTAL, StepKind.COLOUR):
            return 0.0
        at = since - self.made.reaction
        there, back = min(1.0, max(0.0, at / 0.7)), min(1.0, max(0.0, (at - 1.2) / 0.7))
        return float((1 - math.cos(math.pi * there)) / 2 - (1 - math.cos(math.pi * back)) / 2)

    def frame(self, step: int, taken: float, kind: StepKind, extent: float) -> None:
        made, chance = self.made, self.chance
        aim = {StepKind.TURN_LEFT: made.turn, StepKind.TURN_RIGHT: -made.turn}.get(kind, made.start)
        yaw = made.start + (aim - made.start) * extent
        pitch = made.nod * extent if kind is StepKind.NOD else 0.0
        distance = made.distance / (1 + (made.nearer - 1) * extent * (kind is StepKind.CLOSER))
        sway = 0.6 * math.sin(taken * 2.1), 0.5 * math.sin(taken * 1.7)
        points = project(made.surface(canonical()), yaw + sway[0], pitch + sway[1], distance)
        points += chance.normal(0, made.roughness, points.shape)
        # A network sees a head in everything.
        depth = turned(canonical(), yaw, pitch)[:, 2] * _FOCAL / distance
        captured = taken + made.offset
        # One socket keeps its order.
        self.came_in = max(self.came_in + 1e-4, taken + self.later(0.09))
        template = None
        if taken - self.template_at > 1.2:
            self.template_at = taken
            template = template_of(self.identity + chance.normal(0, 0.05, 128))
        self.frames.append(
            FrameMeasure(
                step=step,
                captured=captured,
                received=self.came_in,
                digest=hashlib.sha256(chance.bytes(16)).digest(),
                width=WIDTH,
                height=HEIGHT,
                faces=1,
                face=face_of(points),
                mesh=None if kind is StepKind.COLOUR else mesh_of(points, depth),
                skin=self.skin(taken),
                thumb=np.clip(self.looks + chance.normal(0, 2, (16, 16)), 0, 255).astype(np.uint8),
                brightness=120.0,
                sharpness=300.0,
                template=template,
            )
        )

    def skin(self, taken: float) -> NDArray[np.float32]:
        """sRGB of skin in white room light and the screen's, exposure drifting, with noise."""
        screen = next(rgb for since, rgb in reversed(self.lit) if since <= taken - self.made.delay)
        light = 0.25 * (1 + self.made.gain * (np.array(screen) / 255) ** 2.2)
        exposure = 1 + self.made.drift * math.sin(taken / 3)
        linear = np.array([0.9, 0.6, 0.45]) * light * exposure
        srgb = 255 * np.clip(linear, 0, 1) ** (1 / 2.2)
        return (srgb + self.chance.normal(0, self.made.skin_noise, 3)).clip(1, 255).astype(np.float32)


def canonical() -> NDArray[np.float64]:
    """The canonical face, float64 (468, 3) in cm: x right, y down, z away."""
    return canonical_face().vertices.astype(np.float64) * (1, -1, -1)


def project(points: NDArray[np.float64], yaw: float, pitch: float, distance: float) -> NDArray[np.float64]:
    """Points seen by the camera, (n, 2) pixels; yaw turns to the person's left, right in the picture, about
    an axis 5 cm behind the origin.
    """
    seen = turned(points, yaw, pitch) + np.array([0, 0, distance])
    pixels = seen[:, :2] / seen[:, 2:] * _FOCAL
    return np.asarray(pixels + np.array([WIDTH, HEIGHT]) / 2, np.float64)


def turned(points: NDArray[np.float64], yaw: float, pitch: float) -> NDArray[np.float64]:
    """Points (n, 3) after a turn to the person's left and a nod, in degrees."""
    turn, nod = math.radians(yaw), math.radians(pitch)
    about_y = np.array([[math.cos(turn), 0, -math.sin(turn)], [0, 1, 0], [math.sin(turn), 0, math.cos(turn)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(nod), -math.sin(nod)], [0, math.sin(nod), math.cos(nod)]])
    axis = np.array([0.0, 0.0, 5.0])
    return np.asarray((points - axis) @ (about_y @ about_x).T + axis, np.float64)


def mesh_of(points: NDArray[np.float64], depth: NDArray[np.float64] | None = None) -> FaceMesh:
    """Landmarks (468, 2) as a mesh, irises in the middle of the eyes, with a depth (468,) or none."""
    every = np.zeros((478, 3), np.float32)
    every[:468, :2] = points
    if depth is not None:
        every[:468, 2] = depth
    every[468:, :2] = points[[33, 133, 362, 263]].mean(axis=0)
    return FaceMesh(every, 0.99)


def face_of(points: NDArray[np.float64]) -> Face:
    """The face that a detector would find around landmarks."""
    low, high = points.min(axis=0), points.max(axis=0)
    five = np.stack(
        [points[[33, 133]].mean(axis=0), points[[362, 263]].mean(axis=0), points[4], points[61], points[291]]
    )
    return Face((*low.tolist(), *(high - low).tolist()), five.astype(np.float32), 0.95)


def template_of(vector: NDArray[np.float64]) -> Template:
    """A template, brought to length 1."""
    return Template((vector / np.linalg.norm(vector)).astype(np.float32), "made-up")
