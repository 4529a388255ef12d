"""What somebody is asked to do before the camera: drawn for one session, revealed step by step.

A picture from another time cannot know what will be asked now: that is all a challenge proves by itself. What
the answer says of depth and light, the cues in `liveness` measure.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

# Eight colours are passed by chance by one recording in a hundred, ten by one in two hundred (measured, in
# simulation: docs/liveness.md).
FEWEST_COLOURS: Final = 8
MOST_COLOURS: Final = 10
# One change of colour in this time, in seconds, is at most 2.5 in a second: under the three flashes of WCAG
# 2.2, 2.3.1.
COLOUR_SECONDS: Final = 0.4
# What is off in a colour is not black: a dark screen lights no face.
_OFF: Final = 110
_ON: Final = 255


class Mode(StrEnum):
    """What a challenge consists of."""

    LIGHT = "light"
    """Two movements, and colours of the screen."""

    MOVEMENT = "movement"
    """Movements only, and more of them: for people whom changing colours harm."""


class StepKind(StrEnum):
    """What one step asks. Left and right are the person's own; a camera that does not mirror sees who turns
    to their left turn towards the right of the picture.
    """

    FRONTAL = "frontal"
    TURN_LEFT = "turn-left"
    TURN_RIGHT = "turn-right"
    NOD = "nod"
    CLOSER = "closer"
    COLOUR = "colour"

    @property
    def side(self) -> int:
        """Of a turn, as yaw counts: 1 to the person's own left, -1 to their right; 0 for what is no turn."""
        return {StepKind.TURN_LEFT: 1, StepKind.TURN_RIGHT: -1}.get(self, 0)


class Colour(StrEnum):
    """The colours that a screen shows."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    CYAN = "cyan"
    MAGENTA = "magenta"
    YELLOW = "yellow"

    @property
    def rgb(self) -> tuple[int, int, int]:
        """As a screen shows it: sRGB, 0..255."""
        red, green, blue = _LIT[self]
        return (_ON if red else _OFF, _ON if green else _OFF, _ON if blue else _OFF)


_LIT: Final = {
    Colour.RED: (True, False, False),
    Colour.GREEN: (False, True, False),
    Colour.BLUE: (False, False, True),
    Colour.CYAN: (False, True, True),
    Colour.MAGENTA: (True, False, True),
    Colour.YELLOW: (True, True, False),
}

TURNS: Final = (StepKind.TURN_LEFT, StepKind.TURN_RIGHT)
MOVEMENTS: Final = (*TURNS, StepKind.NOD, StepKind.CLOSER)
# Recordings that run in a loop fit one in fourteen sequences of four movements, one in thirty-five of five,
# one in eighty of six.
_MOVEMENTS_ALONE: Final = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `colour` is there for colours alone."""

    kind: StepKind
    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """All steps of one session, in order."""

    mode: Mode
    steps: tuple[Step, ...]

    @property
    def movements(self) -> tuple[int, ...]:
        """Which steps are movements."""
        return tuple(index for index, step in enumerate(self.steps) if step.kind in MOVEMENTS)

    @property
    def colours(self) -> tuple[int, ...]:
        """Which steps are colours."""
        return tuple(index for index, step in enumerate(self.steps) if step.kind is StepKind.COLOUR)


def draw_challenge(mode: Mode, chance: random.Random) -> Challenge:
    """A challenge nobody can foresee, if nobody can foresee `chance` (`secrets.SystemRandom()`).

    A frontal look first, whatever comes after. With light: two movements in random order, at least one of
    them a turn, since turning alone shows depth; then colours, none twice in a row. Without: six movements,
    both turns among them, none twice in a row, and closer once at most, since nobody is asked to go back.
    These are 436 sequences, of which a recording of another session shows one, and a few more in a loop.
    """
    if mode is Mode.LIGHT:
        turn = chance.choice(TURNS)
        movements = [turn, chance.choice([other for other in MOVEMENTS if other is not turn])]
        chance.shuffle(movements)
        colours = _draw_colours(chance)
    else:
        movements = _draw_movements(chance)
        colours = []
    steps = (
        Step(StepKind.FRONTAL),
        *(Step(kind) for kind in movements),
        *(Step(StepKind.COLOUR, colour) for colour in colours),
    )
    return Challenge(mode, steps)


def _draw_movements(chance: random.Random) -> list[StepKind]:
    while True:
        drawn = chance.choices(MOVEMENTS, k=_MOVEMENTS_ALONE)
        apart = all(one is not next_ for one, next_ in pairwise(drawn))
        if apart and set(TURNS) <= set(drawn) and drawn.count(StepKind.CLOSER) <= 1:
            return drawn


def _draw_colours(chance: random.Random) -> list[Colour]:
    count = chance.randint(FEWEST_COLOURS, MOST_COLOURS)
    while True:
        drawn = chance.choices(tuple(Colour), k=count)
        if all(one is not next_ for one, next_ in pairwise(drawn)) and len(set(drawn)) >= 3:
            return drawn
