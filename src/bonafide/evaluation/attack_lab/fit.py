"""From simulated sessions to a calibration of presence: maps on one part of them, thresholds on the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bonafide.capture.challenge import Mode
from bonafide.evaluation.attack_lab.case import Species
from bonafide.evaluation.liveness_fit import choose_operating_point, fit_cue_map, weigh
from bonafide.liveness.calibration import (
    CueMap,
    OperatingPoint,
    PresenceCalibration,
    parse_calibration,
    serialise_calibration,
)
from bonafide.liveness.finding import Cue, CueMeasure, Family, Measured
from bonafide.liveness.fusion import SPEAKS_TO

# What is promised of the species that a mode can tell, and of living persons refused (NOT_LIVE).
APCER_TARGET: Final = 0.01
REFUSAL_TARGET: Final = 0.02
# Share of living persons of whom another try may be asked where attacks would leave more room: of a few dozen
# sessions of a species none says little about the next.
AGAIN_TARGET: Final = 0.08
_PLAIN: Final = 0.1


@dataclass(frozen=True, slots=True)
class Sample:
    """What the cues measured in one session; `species` None for a living person."""

    mode: Mode
    species: Species | None
    number: int
    measures: tuple[CueMeasure, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a calibration comes from; see `PresenceCalibration`."""

    contracts: Mapping[str, str]
    measured_on: str
    data: str
    caveats: tuple[str, ...]


def teaches(species: Species, mode: Mode) -> bool:
    """Whether cues learn from a species in a mode. From recordings, only what is promised there: what light
    gives away movement cannot. What is another species without colours teaches nothing without them.
    """
    if mode is Mode.MOVEMENT and species.as_in_movement:
        return False
    if species.family is Family.RECORDING:
        return species.limit(mode) is not None
    return species.family is not None


def fit(samples: Sequence[Sample], origin: Origin) -> PresenceCalibration:
    """A calibration, as its file will say it. Sessions of even numbers teach the maps, those of odd numbers
    set the thresholds.

    Raises `UsageError` where there are too few sessions of something.
    """
    learning = [each for each in samples if each.number % 2 == 0]
    choosing = [each for each in samples if each.number % 2]
    maps = [
        made
        for cue, families in SPEAKS_TO.items()
        for family in families
        # What movement alone is promised to tell of recordings is not what it tells with light.
        for mode in (tuple(Mode) if family is Family.RECORDING else (None,))
        if (made := _map(learning, cue, family, mode)) is not None
    ]
    points = [_point(mode, choosing, maps) for mode in Mode]
    calibration = PresenceCalibration(
        contracts=dict(origin.contracts),
        measured_on=origin.measured_on,
        data=origin.data,
        caveats=origin.caveats,
        bona_fide=sum(each.species is None for each in samples),
        attacks=sum(each.species is not None for each in samples),
        maps=tuple(maps),
        operating_points=tuple(points),
        digest="",
    )
    content = serialise_calibration(calibration)
    # What is read back is what will be used.
    return replace(calibration, digest=parse_calibration(content, origin.contracts).digest)


def _map(samples: Sequence[Sample], cue: Cue, family: Family, mode: Mode | None) -> CueMap | None:
    """What a cue says of a family in a mode, of the species promised there; None if it measured nothing of
    living persons, as one without its model: then it has no say.
    """
    learning = _promised(samples, mode)
    if not _values(learning, cue, None):
        return None
    if not any(_by_species(learning, cue, family).values()):
        learning = samples
    return replace(_fitted(learning, cue, family), mode=mode)


def _promised(samples: Sequence[Sample], mode: Mode | None) -> Sequence[Sample]:
    if mode is None:
        return samples
    return [
        each
        for each in samples
        if each.mode is mode and (each.species is None or teaches(each.species, mode))
    ]


def _fitted(learning: Sequence[Sample], cue: Cue, family: Family) -> CueMap:
    people, attacks = _values(learning, cue, None), _by_species(learning, cue, family)
    if cue is not Cue.PICTURE:
        # A recording that shows other movements is never measured: that it was is a sign of life.
        tried = _tried(learning, family) if cue is Cue.TIMING else None
        return fit_cue_map(cue, family, people, attacks, tried=tried)
    # What is plain does not become plainer: from what nearly all living persons show on, the map is level.
    plain = float(np.quantile(people, _PLAIN))
    clipped = {name: [min(value, plain) for value in values] for name, values in attacks.items()}
    found = fit_cue_map(cue, family, [min(value, plain) for value in people], clipped)
    level = max(found.ratio.slope * plain + found.ratio.offset, 0.0)
    return replace(found, ratio=replace(found.ratio, highest=min(found.ratio.highest, level)))


def _point(mode: Mode, choosing: Iterable[Sample], maps: Sequence[CueMap]) -> OperatingPoint:
    own = [each for each in choosing if each.mode is mode]
    limits = {
        each.species.name: limit
        for each in own
        if each.species is not None and (limit := each.species.limit(mode)) is not None
    }
    weighed = defaultdict(list)
    for each in own:
        weighed["" if each.species is None else each.species.name].append(weigh(each.measures, mode, maps))
    return choose_operating_point(
        mode,
        APCER_TARGET,
        REFUSAL_TARGET,
        weighed[""],
        {name: weighed[name] for name in sorted(limits)},
        allowed={name: limit for name, limit in sorted(limits.items()) if limit != APCER_TARGET},
        again_target=AGAIN_TARGET,
    )


def _values(samples: Iterable[Sample], cue: Cue, species: str | None) -> list[float]:
    return [
        measure.value
        for each in samples
        if (None if each.species is None else each.species.name) == species
        for measure in each.measures
        if isinstance(measure, Measured) and measure.cue is cue
    ]


def _tried(samples: Sequence[Sample], family: Family) -> tuple[int, dict[str, int]]:
    """How many sessions of living persons there are, and of each species of a family."""
    names = [each.species.name for each in samples if each.species and each.species.family is family]
    return sum(each.species is None for each in samples), {
        name: names.count(name) for name in sorted(set(names))
    }


def _by_species(samples: Sequence[Sample], cue: Cue, family: Family) -> dict[str, list[float]]:
    names = {
        each.species.name
        for each in samples
        # Of what is fed in behind the camera, no other medium is to be seen.
        if each.species
        and each.species.family is family
        and (cue is not Cue.PICTURE or not each.species.injected)
    }
    return {name: _values(samples, cue, name) for name in sorted(names)}
