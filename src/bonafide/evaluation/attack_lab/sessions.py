"""All sessions of a run, on as many cores as it may use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bonafide.capture.challenge import Mode
from bonafide.compare import trials_that_show
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


def keys_of(
    seed: int, side: Side, modes: Sequence[Mode], sessions: int, *, enough: bool = False
) -> list[Key]:
    """So many sessions of each species in each mode, and more of living persons. With `enough`, as many of
    each species with a limit as show that it is kept if none is let through, and of living persons no fewer.
    """
    planned = [each for mode in modes for each in _plan(side, mode, sessions, enough=enough)]
    return [
        Key(seed, side, each.mode, BONA_FIDE if each.species is None else each.species.name, number)
        for round_ in range(max(each.rounds for each in planned))
        for each in planned
        for number in each.numbers(round_)
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


@dataclass(frozen=True, slots=True)
class _Planned:
    """How many sessions of a species (None: living persons), so many in a round."""

    mode: Mode
    species: Species | None
    times: int
    most: int

    @property
    def rounds(self) -> int:
        return -(-self.most // self.times)

    def numbers(self, round_: int) -> range:
        return range(round_ * self.times, min((round_ + 1) * self.times, self.most))


def _plan(side: Side, mode: Mode, sessions: int, *, enough: bool) -> list[_Planned]:
    """What is simulated how often in a mode, living persons first."""
    attacks = [
        _Planned(mode, species, times, max(times * sessions, _enough(species, mode) if enough else 0))
        for species, times in _attacks(side, mode)
    ]
    people = max(BONA_FIDE_TIMES * sessions, *(each.most if enough else 0 for each in attacks))
    return [_Planned(mode, None, BONA_FIDE_TIMES, people), *attacks]


def _enough(species: Species, mode: Mode) -> int:
    limit = species.limit(mode)
    return 0 if limit is None else trials_that_show(limit)


def _attacks(side: Side, mode: Mode) -> Iterator[tuple[Species, int]]:
    """Which species are simulated in a mode, and how often each for one session asked for."""
    families = Counter(species.family for species in ALL)
    for species in ALL:
        if mode is Mode.MOVEMENT and species.as_in_movement:
            continue
        if side is Side.REPORTING:
            yield species, 1
        elif teaches(species, mode):
            chancy = mode is Mode.MOVEMENT and species.family is Family.RECORDING
            yield species, _OFTEN if chancy or families[species.family] == 1 else 1
