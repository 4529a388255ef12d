"""What one simulated session is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bonafide.capture.challenge import Mode
from bonafide.evaluation.attack_lab.head import Head
from bonafide.evaluation.attack_lab.presenter import Presenter
from bonafide.evaluation.attack_lab.recording import Recording
from bonafide.liveness.finding import Family


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Case:
    """`head` is whose face is shown, `other` somebody else's, the attacker's own; `recording` gives a genuine
    session of the former; `chance` decides the rest.
    """

    head: Head
    other: Head
    recording: Callable[[], Recording]
    chance: np.random.Generator


@dataclass(frozen=True, slots=True)
class Species:
    """One kind of attack (ISO/IEC 30107-3: presentation attack instrument species; CEN/TS 18099 for what is
    injected behind the camera).

    `what` says what the attacker does, in one sentence; `family` is the family of attacks that it teaches
    the cues about, None for one that they cannot tell. `light_limit` and `movement_limit` are the highest
    APCER that the project asks for in each mode, None where it only wants to know. `as_in_movement` names
    the species that this one is without colours, where it is one: it is not run again then.
    """

    name: str
    what: str
    make: Callable[[Case], Presenter]
    injected: bool
    family: Family | None
    light_limit: float | None = None
    movement_limit: float | None = None
    as_in_movement: str | None = None

    def limit(self, mode: Mode) -> float | None:
        """The highest APCER asked for in a mode."""
        return self.light_limit if mode is Mode.LIGHT else self.movement_limit
