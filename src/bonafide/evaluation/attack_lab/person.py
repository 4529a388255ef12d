"""Somebody who does what they are asked: reads, reacts, moves, listens to guidance, sways.

The same hands hold prints: an attacker who imitates a head's movements with a sheet reacts as fast and
moves as smoothly, only further and with more tremor.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from bonafide.capture.challenge import TURNS, StepKind
from bonafide.evaluation.attack_lab.geometry import Pose
from bonafide.evaluation.attack_lab.motion import Motion
from bonafide.liveness.guidance import Guidance

# Choice reactions to a short text: the usual median in seconds, and the spread of a log-normal law. Simple
# reactions take 0.25 s, reading some words and choosing a direction two to three times that (a guess in that
# range).
_REACTION: Final = 0.6
_SPREAD: Final = 0.3
# Of their median.
_SHORTEST, _LONGEST = 0.5, 3.0
# The shares of people who take their time, and of those whose head trembles (guesses: a fifth of grown-ups
# are over 60; one in twenty of those over 65 has an essential tremor, not always of the head).
_SLOW: Final = 0.125
_TREMBLING: Final = 0.05
# Guidance is not answered before the answer to the last one can be seen.
_PATIENCE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Habits:
    """What one person does: how far they turn and nod (degrees), how near they come (times), how fast
    (seconds of a movement), how soon they begin (median, in seconds), how much they sway, how far their head
    trembles (degrees), how likely they turn to the wrong side first, how often they blink (a minute).
    """

    turn: float = 33.0
    nod: float = 22.0
    nearer: float = 1.45
    seconds: float = 0.7
    reaction: float = _REACTION
    sway: float = 1.0
    tremor: float = 0.0
    wrong_side: float = 0.03
    blinks: float = 15.0

    @staticmethod
    def drawn(chance: np.random.Generator) -> Habits:
        """Habits of somebody who is quick and steady."""
        return Habits(
            turn=float(chance.uniform(26, 40)),
            nod=float(chance.uniform(16, 28)),
            nearer=float(chance.uniform(1.3, 1.6)),
            seconds=float(chance.uniform(0.45, 1.1)),
            sway=float(chance.uniform(0.5, 2.0)),
            wrong_side=0.05,
            blinks=float(chance.uniform(8, 25)),
        )

    @staticmethod
    def of_anybody(chance: np.random.Generator) -> Habits:
        """Habits of somebody, who may be slow, or tremble."""
        habits = Habits.drawn(chance)
        if chance.random() < _SLOW:
            habits = replace(
                habits,
                reaction=float(chance.uniform(1.2, 2.8)),
                seconds=float(chance.uniform(1.1, 2.2)),
                turn=float(chance.uniform(26, 33)),
                wrong_side=0.12,
            )
        if chance.random() < _TREMBLING:
            habits = replace(habits, tremor=float(chance.uniform(0.4, 1.2)))
        return habits


@dataclass(slots=True)
class Mover:
    """Answers steps and guidance by moving something from `rest`."""

    rest: Pose
    habits: Habits
    chance: np.random.Generator
    motion: Motion = field(init=False)
    _kind: StepKind = field(default=StepKind.FRONTAL, init=False)
    _deaf_until: float = field(default=0.0, init=False)
    _blinks: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.motion = Motion(self.rest, self.habits.sway, self.chance, self.habits.tremor)
        gaps = self.chance.exponential(60 / self.habits.blinks, 60)
        self._blinks = np.cumsum(np.maximum(gaps, 0.4)).tolist()

    def told(self, kind: StepKind, at: float) -> None:
        """A step appears on the screen at that time."""
        before, self._kind = self._kind, kind
        if kind is StepKind.COLOUR and before is StepKind.COLOUR:
            return
        start = at + self._reaction()
        self._deaf_until = start + self.habits.seconds + _PATIENCE
        if kind in TURNS:
            side = kind.side
            if self.chance.random() < self.habits.wrong_side:
                side = -side
            self.motion.go(start, self.habits.seconds, yaw=side * self.habits.turn, pitch=self._little(3),
                           roll=self._little(3), distance=self.rest.distance)  # fmt: skip
        elif kind is StepKind.NOD:
            self._home(start, 0.4)
            self._nod(start, self.habits.nod)
        elif kind is StepKind.CLOSER:
            self._home(start, 0.4)
            self.motion.go(start, self.habits.seconds * 1.3, distance=self.rest.distance / self.habits.nearer)
        else:
            self._home(start, self.habits.seconds)

    def guided(self, guidance: Guidance, at: float) -> None:
        """Guidance appears on the screen at that time."""
        if guidance is Guidance.TURN_BACK:
            if self.motion.target("yaw") != self.rest.yaw or self.motion.target("pitch") != self.rest.pitch:
                self._home(at + self._reaction() * 0.7, self.habits.seconds * 0.8)
            return
        if at < self._deaf_until:
            return
        start = at + self._reaction() * 0.7
        self._deaf_until = start + self.habits.seconds + _PATIENCE
        if guidance is Guidance.TURN_MORE:
            side = self._kind.side
            further = max(side * self.motion.target("yaw"), 0) + float(self.chance.uniform(7, 12))
            self.motion.go(start, 0.4, yaw=side * min(further, 70))
        elif guidance is Guidance.OTHER_WAY:
            self.motion.go(start, self.habits.seconds * 1.5, yaw=self._kind.side * self.habits.turn)
        elif guidance is Guidance.NOD_MORE:
            self._nod(start, self.habits.nod + 8)
        elif guidance is Guidance.CLOSER:
            self._nearer(start, 0.87)
        elif guidance is Guidance.FURTHER:
            self._nearer(start, 1.15)
        elif guidance in (Guidance.CENTRE, Guidance.LOOK_STRAIGHT):
            self.rest = self.rest.moved(x=self.rest.x * 0.2, y=self.rest.y * 0.2, yaw=0.0, pitch=0.0)
            self._home(start, 0.5)

    def shut(self, at: float) -> float:
        """How far the eyes are shut, 0..1: a blink takes about a quarter of a second."""
        return max(
            (1 - abs(at - blink) / 0.12 for blink in self._blinks if abs(at - blink) < 0.12), default=0.0
        )

    def _nod(self, start: float, pitch: float) -> None:
        """Down, and up again."""
        seconds = self.habits.seconds * 0.7
        self.motion.go(start, seconds, pitch=pitch)
        self.motion.go(start + seconds + 0.15, seconds, pitch=self.rest.pitch)

    def _nearer(self, start: float, times: float) -> None:
        target = self.motion.target("distance") * times
        if self._kind is StepKind.FRONTAL:
            self.rest = self.rest.moved(distance=target)
        self.motion.go(start, 0.6, distance=target)

    def _home(self, start: float, seconds: float) -> None:
        rest = self.rest
        self.motion.go(start, seconds, yaw=rest.yaw, pitch=rest.pitch, roll=rest.roll, x=rest.x, y=rest.y,
                       distance=rest.distance)  # fmt: skip

    def _reaction(self) -> float:
        times = float(np.clip(self.chance.lognormal(0, _SPREAD), _SHORTEST, _LONGEST))
        return self.habits.reaction * times

    def _little(self, most: float) -> float:
        return float(self.chance.uniform(-most, most))
