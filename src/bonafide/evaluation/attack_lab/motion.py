"""How heads and hands move: minimum-jerk movements between poses, sway, and tremor."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bonafide.evaluation.attack_lab.geometry import Pose

_AXES: Final = ("yaw", "pitch", "roll", "x", "y", "distance")
# A head trembles to the sides and up and down, four to seven times a second (essential tremor).
_TREMBLES: Final = ("yaw", "pitch")
_TREMOR: Final = (4.0, 7.0)


@dataclass(slots=True)
class _Segment:
    start: float
    seconds: float
    before: float
    after: float

    def at(self, time: float) -> float:
        if time <= self.start:
            return self.before
        share = min(1.0, (time - self.start) / self.seconds)
        # Flash and Hogan (1985): the movement of least jerk between rest and rest.
        return self.before + (self.after - self.before) * share**3 * (10 - 15 * share + 6 * share**2)


@dataclass(slots=True)
class Motion:
    """A pose over time. Movements are ordered ahead of time; a later order for an axis takes over from where
    that axis is when it starts. `tremor` is in degrees.
    """

    rest: Pose
    sway: float
    chance: np.random.Generator
    tremor: float = 0.0
    _segments: dict[str, list[_Segment]] = field(init=False)
    _waves: dict[str, list[tuple[float, float, float]]] = field(init=False)

    def __post_init__(self) -> None:
        self._segments = {axis: [] for axis in _AXES}
        # Degrees or centimetres of each axis at a sway of one; people before a phone sway by about this (a
        # guess).
        sizes = {"yaw": 0.8, "pitch": 0.7, "roll": 0.5, "x": 0.25, "y": 0.25, "distance": 0.4}
        self._waves = {
            axis: [
                (
                    sizes[axis] * self.sway * float(self.chance.uniform(0.3, 1.0)) / (1 + number),
                    float(self.chance.uniform(0.15, 0.6)) * (1 + 1.7 * number),
                    float(self.chance.uniform(0, 2 * np.pi)),
                )
                for number in range(3)
            ]
            for axis in _AXES
        }
        if self.tremor:
            for axis in _TREMBLES:
                share, rate, phase = self.chance.uniform((0.3, _TREMOR[0], 0), (1.0, _TREMOR[1], 2 * np.pi))
                self._waves[axis].append((self.tremor * float(share), float(rate), float(phase)))

    def go(self, start: float, seconds: float, **targets: float) -> None:
        """Move axes to targets, beginning at `start`."""
        for axis, target in targets.items():
            segments = self._segments[axis]
            while segments and segments[-1].start >= start:
                segments.pop()
            segments.append(_Segment(start, max(seconds, 0.05), self._value(axis, start), target))

    def target(self, axis: str) -> float:
        """Where an axis is going."""
        segments = self._segments[axis]
        return segments[-1].after if segments else float(getattr(self.rest, axis))

    def pose(self, time: float) -> Pose:
        """The pose at a time, sway included."""
        return Pose(**{axis: self._value(axis, time) + self._swayed(axis, time) for axis in _AXES})

    def _value(self, axis: str, time: float) -> float:
        value = float(getattr(self.rest, axis))
        for segment in self._segments[axis]:
            if segment.start > time:
                break
            value = segment.at(time)
        return value

    def _swayed(self, axis: str, time: float) -> float:
        return sum(
            size * math.sin(2 * math.pi * rate * time + phase) for size, rate, phase in self._waves[axis]
        )
