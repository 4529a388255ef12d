"""Programs that say of steps that they showed them when it suits what they play."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import MOVEMENTS, StepKind
from bonafide.evaluation.attack_lab.case import Case, Species
from bonafide.evaluation.attack_lab.presenter import BeforeCamera
from bonafide.evaluation.attack_lab.recording import MOVEMENT_SECONDS, Recording
from bonafide.evaluation.attack_lab.species.injections import quality, sent
from bonafide.evaluation.attack_lab.species.puppets import puppet
from bonafide.evaluation.attack_lab.species.screens import played
from bonafide.liveness.finding import Family
from bonafide.liveness.guidance import Guidance
from bonafide.liveness.session import Reveal

# What a real screen and camera take: so much of its delay a program may own to.
_USUAL = 0.1


@dataclass(slots=True)
class LateLight:
    """A rendered face whose light comes late, and whose program says that the colours came late."""

    puppet: BeforeCamera

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        self.puppet.told(reveal, at)

    def guided(self, guidance: Guidance, at: float) -> None:
        """The page shows guidance."""
        self.puppet.guided(guidance, at)

    def frame(self, at: float, side: int) -> bytes:
        """What the program makes of it."""
        return self.puppet.frame(at, side)

    def said_after(self, reveal: Reveal, at: float) -> float:  # noqa: ARG002 - all colours alike
        """As late as the light is."""
        return max(0.0, self.puppet.light_delay - _USUAL) if reveal.kind is StepKind.COLOUR else 0.0


@dataclass(slots=True)
class Timetable:
    """A recording of each movement once, over and over from the first that is asked on, never stopped and
    never cut; its program waits for the movement that is asked before it says that it shows it.
    """

    recording: Recording
    chance: np.random.Generator
    quality: int
    _begun: float | None = field(default=None, init=False)
    _coloured: float | None = field(default=None, init=False)

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        if reveal.kind in MOVEMENTS and self._begun is None:
            self._begun = at - float(self.chance.uniform(0, MOVEMENT_SECONDS))
        if reveal.kind is StepKind.COLOUR and self._coloured is None:
            self._coloured = at

    def guided(self, guidance: Guidance, at: float) -> None:
        """What is recorded heeds nobody."""

    def frame(self, at: float, side: int) -> bytes:
        """The recording's frame then."""
        return sent(self._playing(at), side, self.chance, self.quality)

    def said_after(self, reveal: Reveal, at: float) -> float:
        """Until the movement that is asked comes next."""
        if reveal.kind not in MOVEMENTS or self._begun is None:
            return 0.0
        whole = MOVEMENT_SECONDS * len(MOVEMENTS)
        begins = self._begun + MOVEMENT_SECONDS * MOVEMENTS.index(reveal.kind)
        return (begins - at) % whole

    def _playing(self, at: float) -> NDArray[np.uint8]:
        if self._coloured is not None:
            return played(self.recording, StepKind.COLOUR, at - self._coloured)
        if self._begun is None or at < self._begun:
            return played(self.recording, StepKind.FRONTAL, at)
        clips = tuple(self.recording.movement(kind) for kind in MOVEMENTS)
        return self.recording.running(at - self._begun, of=clips)


def _timetable(case: Case) -> Timetable:
    return Timetable(case.recording(), case.chance, quality(case.chance))


SPECIES = (
    Species(
        "puppet-lying",
        "A puppet whose light comes 0.5 to 1.2 s late, and whose program says that the colours were shown "
        "late. Movement alone cannot tell.",
        lambda case: LateLight(puppet(case, lit=True, delay=(0.5, 1.2))),
        injected=True,
        family=Family.RECORDING,
        as_in_movement="puppet-without-light",
    ),
    Species(
        "recording-lying",
        "A recording of all movements, over and over, whose program says that it shows a movement when the "
        "recording comes to it.",
        _timetable,
        injected=True,
        family=Family.RECORDING,
    ),
)
