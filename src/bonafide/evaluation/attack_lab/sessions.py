"""All sessions of a run, on as many cores as it may use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bonafide.capture.challenge import Mode
from bonafide.evaluation.attack_lab.case import Species
from bonafide.evaluation.attack_lab.eyes import open_eyes
from bonafide.evaluation.attack_lab.fit import Sample, teaches
from bonafide.evaluation.attack_lab.portraits import Portrait
from bonafide.evaluation.attack_lab.simulate import BONA_FIDE, Key, Laboratory, Side
from bonafide.evaluation.attack_lab.species import ALL
from bonafide.evaluation.processes import in_processes
from bonafide.liveness.finding import CueMeasure, Family
from bonafide.liveness.fusion import measure_all
from bonafide.settings import Settings

# Living persons are simulated this many times as often as each species: their rate matters most.
BONA_FIDE_TIMES: Final = 2
# So many times as often are simulated, in tuning: a species that alone teaches about its family, since a
# likelihood ratio is believed no further than the sessions go that taught it; and recordings before movements
# alone, of which some fit what is asked by chance, so that few of them say little.
_OFTEN: Final = 2
_BY_NAME: Final = {species.name: species for species in ALL}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Opening:
    """What a process needs to simulate sessions of these people: it is sent there, and called there once."""

    settings: Settings
    portraits: Sequence[Portrait]
    seed: int

    def __call__(self) -> Callable[[Key], tuple[CueMeasure, ...]]:
        """What gives the measures of a session. Raises what opening the models raises."""
        laboratory = Laboratory(open_eyes(self.settings), self.portraits, self.seed)
        return lambda key: measure_all(laboratory.run(key, _BY_NAME.get(key.species)))


def keys_of(seed: int, side: Side, modes: Sequence[Mode], sessions: int) -> list[Key]:
    """So many sessions of each species in each mode, and more of living persons."""
    return [
        Key(seed, side, mode, BONA_FIDE if species is None else species.name, each)
        for number in range(sessions)
        for mode in modes
        for species, times in _plan(side, mode)
        for each in range(number * times, (number + 1) * times)
    ]


def simulate(
    opening: Opening, keys: Sequence[Key], workers: int, done: Callable[[int], None]
) -> list[Sample]:
    """These sessions, in this order, which are the same whatever `workers` is. `done` is told of each that is
    finished. Raises as `in_processes`.
    """
    found: list[tuple[CueMeasure, ...]] = [()] * len(keys)
    for number, measures in in_processes(opening, keys, workers, "simulating sessions"):
        found[number] = measures
        done(1)
    return [
        Sample(key.mode, _BY_NAME.get(key.species), key.number, measures)
        for key, measures in zip(keys, found, strict=True)
    ]


def _plan(side: Side, mode: Mode) -> Iterator[tuple[Species | None, int]]:
    """What is simulated how many times for each session asked for."""
    yield None, BONA_FIDE_TIMES
    families = Counter(species.family for species in ALL)
    for species in ALL:
        if mode is Mode.MOVEMENT and species.as_in_movement:
            continue
        if side is Side.REPORTING:
            yield species, 1
        elif teaches(species, mode):
            chancy = mode is Mode.MOVEMENT and species.family is Family.RECORDING
            yield species, _OFTEN if chancy or families[species.family] == 1 else 1
