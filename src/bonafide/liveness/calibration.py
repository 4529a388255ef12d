"""Calibration files of presence: what each cue's measure is worth, and where the line of live is drawn.

A cue measures in units of its own, which mean nothing to a policy. A calibration file, fitted on sessions of
living persons and of attacks, turns each into a log-likelihood ratio for the families of attack that the cue
speaks to, and names for each mode the thresholds that kept a promised attack acceptance (APCER) and a
promised refusal of living persons (BPCER; ISO/IEC 30107-3, 13.2 and 13.3) on sessions that were not fitted
on.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bonafide.capture.challenge import Mode
from bonafide.errors import ContractMismatch, NotCalibrated, UnreadableData
from bonafide.liveness.finding import Cue, Family

FORMAT: Final = "bonafide-presence-calibration/1"

# What a family that no cue speaks to leaves possible: with it, no overall ratio passes the logarithm of the
# number of families, so a threshold above this cannot be reached without every family.
UNSPOKEN: Final = math.log(len(Family))


@dataclass(frozen=True, slots=True)
class Rate:
    """A measured rate with its 95 % interval and the number of sessions behind it."""

    value: float
    interval: tuple[float, float]
    sessions: int


@dataclass(frozen=True, slots=True)
class EvidenceMap:
    """A cue's value to natural log-likelihood ratio: slope x value + offset, within `lowest` and `highest`.

    Larger values never speak less for a living person. It saturates because no evidence is stronger than the
    number of sessions that it was learnt from.
    """

    slope: float
    offset: float
    lowest: float
    highest: float

    def __call__(self, value: float) -> float:
        """The ratio of a value; the lowest for what is no number."""
        ratio = self.slope * value + self.offset
        return min(max(ratio, self.lowest), self.highest) if math.isfinite(ratio) else self.lowest


@dataclass(frozen=True, slots=True)
class CueMap:
    """What one cue says of one family, and how many sessions of living persons and of attacks taught it.

    `mode` is the one whose sessions it is for, None for all: what movement alone is promised to tell of
    recordings is not what it tells with light.
    """

    cue: Cue
    family: Family
    ratio: EvidenceMap
    bona_fide: int
    attacks: int
    mode: Mode | None = None

    def serves(self, mode: Mode) -> bool:
        """Whether it is for sessions of a mode."""
        return self.mode is None or self.mode is mode


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """One promise in one mode: thresholds on the overall ratio, and what was measured with them.

    From `live` on a session is LIVE, up to `not_live` it is NOT_LIVE, between them it is INCONCLUSIVE.
    `apcer` is keyed by species of attack: which share of its sessions was LIVE; `worst_species` asked for the
    highest threshold, above which `live` may lie where attacks leave room. `bpcer` is which share of living
    persons' sessions was not LIVE, `refused` which was NOT_LIVE.
    """

    mode: Mode
    apcer_target: float
    refusal_target: float
    live: float
    not_live: float
    worst_species: str
    apcer: Mapping[str, Rate]
    bpcer: Rate
    refused: Rate
    allowed: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PresenceCalibration:
    """One set of cues' calibration, as its file says it.

    `contracts` names the models behind the measures: role (`landmarks`, `recogniser`, `passive`, ...) to
    contract id. `data` describes what was measured, `caveats` what it cannot say.
    """

    contracts: Mapping[str, str]
    measured_on: str
    data: str
    caveats: tuple[str, ...]
    bona_fide: int
    attacks: int
    maps: tuple[CueMap, ...]
    operating_points: tuple[OperatingPoint, ...]
    digest: str

    def ratios(self, cue: Cue, value: float, mode: Mode) -> tuple[tuple[Family, float], ...]:
        """What a cue's value is worth in a mode, for each family that it was calibrated for, if for any."""
        return ratios_of(self.maps, cue, value, mode)

    def operating_point(self, mode: Mode, apcer_target: float) -> OperatingPoint:
        """The operating point of a promised rate. Raises `NotCalibrated` if the file does not promise it."""
        for point in self.operating_points:
            if point.mode is mode and math.isclose(point.apcer_target, apcer_target, rel_tol=1e-6):
                return point
        promised = sorted(point.apcer_target for point in self.operating_points if point.mode is mode)
        raise NotCalibrated(
            f"The calibration of presence promises no attack acceptance of {apcer_target:g} in mode {mode}",
            f"Choose one of {', '.join(f'{each:g}' for each in promised)}"
            if promised
            else "Make a calibration of this mode with `bonafide attack-lab --calibrate`",
        )


def ratios_of(maps: Iterable[CueMap], cue: Cue, value: float, mode: Mode) -> tuple[tuple[Family, float], ...]:
    """What a cue's value is worth by some maps in a mode, for each family that one of them speaks of."""
    return tuple((each.family, each.ratio(value)) for each in maps if each.cue is cue and each.serves(mode))


def parse_calibration(content: bytes, contracts: Mapping[str, str]) -> PresenceCalibration:
    """Read a calibration file for cues that rest on these models (role to contract id).

    Raises `UnreadableData` for a file that is none, `ContractMismatch` for one of other models.
    """
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise ValueError("another format")
        calibration = _calibration(document, hashlib.sha256(content).hexdigest())
        _check(calibration)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise UnreadableData(
            "A calibration file of presence is damaged or not one of Bonafide's",
            "Make it again with `bonafide attack-lab --calibrate`",
        ) from error
    for role, contract in sorted(contracts.items()):
        if calibration.contracts.get(role) != contract:
            raise ContractMismatch(
                f"The calibration of presence was measured with another model in the role {role}",
                "Make a new one with `bonafide attack-lab --calibrate`",
            )
    return calibration


def serialise_calibration(calibration: PresenceCalibration) -> bytes:
    """The file's bytes; reading them gives the same calibration with the digest of these bytes."""
    document = {
        "format": FORMAT,
        "contracts": dict(calibration.contracts),
        "measured_on": calibration.measured_on,
        "data": calibration.data,
        "caveats": list(calibration.caveats),
        "bona_fide": calibration.bona_fide,
        "attacks": calibration.attacks,
        "maps": [
            {
                "cue": each.cue.value,
                "family": each.family.value,
                "slope": each.ratio.slope,
                "offset": each.ratio.offset,
                "lowest": each.ratio.lowest,
                "highest": each.ratio.highest,
                "bona_fide": each.bona_fide,
                "attacks": each.attacks,
                "mode": None if each.mode is None else each.mode.value,
            }
            for each in calibration.maps
        ],
        "operating_points": [
            {
                "mode": point.mode.value,
                "apcer_target": point.apcer_target,
                "refusal_target": point.refusal_target,
                "live": point.live,
                "not_live": point.not_live,
                "worst_species": point.worst_species,
                "apcer": {name: _rate_document(rate) for name, rate in point.apcer.items()},
                "bpcer": _rate_document(point.bpcer),
                "refused": _rate_document(point.refused),
                "allowed": dict(point.allowed),
            }
            for point in calibration.operating_points
        ],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _calibration(document: Mapping[str, Any], digest: str) -> PresenceCalibration:
    return PresenceCalibration(
        contracts={str(role): str(contract) for role, contract in document["contracts"].items()},
        measured_on=str(document["measured_on"]),
        data=str(document["data"]),
        caveats=tuple(map(str, document["caveats"])),
        bona_fide=int(document["bona_fide"]),
        attacks=int(document["attacks"]),
        maps=tuple(
            CueMap(
                cue=Cue(each["cue"]),
                family=Family(each["family"]),
                ratio=EvidenceMap(
                    slope=float(each["slope"]),
                    offset=float(each["offset"]),
                    lowest=float(each["lowest"]),
                    highest=float(each["highest"]),
                ),
                bona_fide=int(each["bona_fide"]),
                attacks=int(each["attacks"]),
                mode=None if each.get("mode") is None else Mode(each["mode"]),
            )
            for each in document["maps"]
        ),
        operating_points=tuple(
            OperatingPoint(
                mode=Mode(point["mode"]),
                apcer_target=float(point["apcer_target"]),
                refusal_target=float(point["refusal_target"]),
                live=float(point["live"]),
                not_live=float(point["not_live"]),
                worst_species=str(point["worst_species"]),
                apcer={str(name): _rate(rate) for name, rate in point["apcer"].items()},
                bpcer=_rate(point["bpcer"]),
                refused=_rate(point["refused"]),
                allowed={str(name): float(rate) for name, rate in point["allowed"].items()},
            )
            for point in document["operating_points"]
        ),
        digest=digest,
    )


def _rate(document: Mapping[str, Any]) -> Rate:
    low, high = document["interval"]
    return Rate(float(document["value"]), (float(low), float(high)), int(document["sessions"]))


def _rate_document(rate: Rate) -> dict[str, object]:
    return {"value": rate.value, "interval": list(rate.interval), "sessions": rate.sessions}


def _check(calibration: PresenceCalibration) -> None:
    """A file that contradicts itself, holds NaN, or lets a session pass of which a family of attacks was
    never looked at, must not decide about anybody.
    """
    points = [(point.mode, point.apcer_target) for point in calibration.operating_points]
    sound = (
        all(_sound_maps(calibration, mode) for mode, _ in points)
        and all(map(_sound_map, calibration.maps))
        and bool(points)
        and len(set(points)) == len(points)
        and all(map(_sound_point, calibration.operating_points))
        and calibration.bona_fide > 0
        and calibration.attacks > 0
    )
    if not sound:
        raise ValueError("a calibration that contradicts itself")


def _sound_maps(calibration: PresenceCalibration, mode: Mode) -> bool:
    """Whether each cue says one thing of a family in a mode, and every family is spoken to."""
    pairs = [(each.cue, each.family) for each in calibration.maps if each.serves(mode)]
    return len(set(pairs)) == len(pairs) and {family for _, family in pairs} == set(Family)


def _sound_map(each: CueMap) -> bool:
    ratio = each.ratio
    return (
        all(map(math.isfinite, (ratio.slope, ratio.offset, ratio.lowest, ratio.highest)))
        and ratio.slope >= 0
        and ratio.lowest <= 0 <= ratio.highest
        # A ratio beyond what the sessions can carry is an invention.
        and ratio.highest <= math.log(max(each.attacks, 1)) + 1e-6
        and -ratio.lowest <= math.log(max(each.bona_fide, 1)) + 1e-6
    )


def _sound_point(point: OperatingPoint) -> bool:
    measured = (*point.apcer.values(), point.bpcer, point.refused)
    return (
        0 < point.apcer_target < 1
        and 0 < point.refusal_target < 1
        and math.isfinite(point.live)
        and math.isfinite(point.not_live)
        # Nothing measured is 0: neither live nor not.
        and point.not_live < 0
        and point.live > UNSPOKEN
        and point.worst_species in point.apcer
        and set(point.allowed) <= set(point.apcer)
        and all(point.apcer_target < rate < 1 for rate in point.allowed.values())
        and all(
            0 <= rate.value <= 1 and 0 <= rate.interval[0] <= rate.interval[1] <= 1 and rate.sessions > 0
            for rate in measured
        )
    )
