"""One session of the laboratory, fixed by its key: which half, mode, species and number, and the run's
seed.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from bonafide.capture.challenge import Mode, draw_challenge
from bonafide.evaluation.attack_lab.bona_fide import bona_fide
from bonafide.evaluation.attack_lab.case import Case, Species
from bonafide.evaluation.attack_lab.drive import Drive
from bonafide.evaluation.attack_lab.eyes import Eyes
from bonafide.evaluation.attack_lab.head import Head
from bonafide.evaluation.attack_lab.phone import Phone
from bonafide.evaluation.attack_lab.portraits import Portrait
from bonafide.evaluation.attack_lab.recording import Recording, record
from bonafide.liveness.observation import Observation

BONA_FIDE: Final = "bona-fide"
# Recordings are large: the last few are kept for the species that follow.
_KEPT: Final = 6


class Side(StrEnum):
    """What sessions are for; nobody is on both sides, and no seed."""

    TUNING = "tuning"
    REPORTING = "reporting"


@dataclass(frozen=True, slots=True)
class Key:
    """Which session."""

    seed: int
    side: Side
    mode: Mode
    species: str
    number: int

    def entropy(self) -> list[int]:
        """What its chance begins with."""
        names = (self.side.value, self.mode.value, self.species)
        return [self.seed, *(zlib.crc32(name.encode("ascii")) for name in names), self.number]


@dataclass(slots=True)
class Laboratory:
    """Simulates sessions of some people; each session is the same whenever it is run."""

    eyes: Eyes
    portraits: Sequence[Portrait]
    seed: int
    _heads: dict[int, Head] = field(default_factory=dict, init=False)
    _recordings: dict[tuple[int, Mode], Recording] = field(default_factory=dict, init=False)

    def run(self, key: Key, species: Species | None) -> Observation:
        """Simulate a session of that species, of a living person for None."""
        chance = np.random.default_rng(key.entropy())
        # Every species takes people in the same order, so that recordings serve several.
        person = key.number % len(self.portraits)
        other = (person + 1 + int(chance.integers(len(self.portraits) - 1))) % len(self.portraits)
        case = Case(self._head(person), self._head(other), lambda: self._recording(person, key.mode), chance)
        presenter = bona_fide(case) if species is None else species.make(case)
        drawn = random.Random(int(chance.integers(1 << 62)))  # noqa: S311 - no secret
        challenge = draw_challenge(key.mode, drawn)
        return Drive(self.eyes.sight, Phone.drawn(chance), chance).run(challenge, presenter)

    def _head(self, person: int) -> Head:
        if person not in self._heads:
            if len(self._heads) >= 4 * _KEPT:
                self._heads.pop(next(iter(self._heads)))
            chance = np.random.default_rng([self.seed, 1, person])
            self._heads[person] = self.portraits[person].head(chance)
        return self._heads[person]

    def _recording(self, person: int, mode: Mode) -> Recording:
        which = person, mode
        if which not in self._recordings:
            if len(self._recordings) >= _KEPT:
                self._recordings.pop(next(iter(self._recordings)))
            chance = np.random.default_rng([self.seed, 2 if mode is Mode.LIGHT else 3, person])
            self._recordings[which] = record(self._head(person), mode, chance)
        return self._recordings[which]
