"""What stands before the customer's page: a person, or an attack. The drive tells it what the page shows
and asks it for frames.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

import numpy as np

from bonafide.evaluation.attack_lab.geometry import Lens, Pose
from bonafide.evaluation.attack_lab.head import Head
from bonafide.evaluation.attack_lab.person import Mover
from bonafide.evaluation.attack_lab.studio import Layer, Shown, Studio
from bonafide.liveness.guidance import Guidance
from bonafide.liveness.session import Reveal

# What the page shows when it shows no colour: light grey around the picture of the camera.
PAGE: Final = (200, 200, 200)


class Presenter(Protocol):
    """Whoever or whatever takes the session. Times are seconds of the session."""

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step from then on."""

    def guided(self, guidance: Guidance, at: float) -> None:
        """The page shows guidance from then on."""

    def frame(self, at: float, side: int) -> bytes | None:
        """The JPEG that the page sends at that time, `side` pixels on its shorter side; None for none."""


@runtime_checkable
class Liar(Protocol):
    """Whose program says of steps that it shows them later than it does."""

    def said_after(self, reveal: Reveal, at: float) -> float:
        """How many seconds later, of a step that is shown from `at` on; until then frames are sent as those
        of the step before.
        """


@dataclass(slots=True)
class ScreenHistory:
    """What a screen showed when."""

    shown: list[tuple[float, Shown]] = field(default_factory=lambda: [(-1e9, PAGE)])

    def told(self, reveal: Reveal, at: float) -> None:
        """It shows a step."""
        self.shown.append((at, PAGE if reveal.colour is None else reveal.colour.rgb))

    def at(self, time: float) -> Shown:
        """What it showed at a time."""
        return next((shown for since, shown in reversed(self.shown) if since <= time), PAGE)


Scene = Callable[[float, Lens], tuple[Layer, ...]]
"""What is before the camera at a time."""


@dataclass(slots=True)
class BeforeCamera:
    """Something real before a real camera, lit by the screen: `lag` seconds pass from light to frame."""

    studio: Studio
    mover: Mover
    scene: Scene
    lag: float
    lit: bool = True
    light_delay: float = 0.0
    screen: ScreenHistory = field(default_factory=ScreenHistory)

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        self.screen.told(reveal, at)
        self.mover.told(reveal.kind, at)

    def guided(self, guidance: Guidance, at: float) -> None:
        """The page shows guidance."""
        self.mover.guided(guidance, at)

    def frame(self, at: float, side: int) -> bytes:
        """What the camera saw."""
        return self.studio.camera.jpeg(self.pixels(at, side))

    def pixels(self, at: float, side: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        """The same as sRGB uint8 (height, width, 3)."""
        seen_at = at - self.lag
        lens = self.studio.lens.reduced(side)
        shown = self.screen.at(seen_at - self.light_delay) if self.lit else PAGE
        light = self.studio.light(self.scene(seen_at, lens), shown, lens)
        now, before = (
            self.mover.motion.pose(seen_at),
            self.mover.motion.pose(seen_at - self.studio.camera.shutter),
        )
        return self.studio.camera.expose(
            light, at, self.studio.lux(shown, now.distance), _smear(now, before, lens)
        )


def head_scene(head: Head, mover: Mover, neutral: Pose) -> Scene:
    """A head that moves as its mover does, and blinks."""

    def scene(at: float, lens: Lens) -> tuple[Layer, ...]:
        mesh = head.place(mover.motion.pose(at), lens, neutral, shut=mover.shut(at))
        return (Layer(mesh, head.picture, everywhere=True),)

    return scene


def _smear(now: Pose, before: Pose, lens: Lens) -> float:
    """How far the front of a head moves across the picture between two poses, in pixels."""
    # The front of a face is some 10 cm before the axis it turns around.
    turned = np.radians(now.yaw - before.yaw) * 10 + now.x - before.x
    return float(abs(turned) * lens.focal / max(now.distance, 10))
