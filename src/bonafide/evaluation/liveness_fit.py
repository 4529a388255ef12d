"""Fitting what a cue's measure is worth, and choosing where the line of live is drawn.

Maps are fitted on some faces and seeds, thresholds are chosen on others, and rates that are reported come
from yet others (ISO/IEC 30107-3, 13): the caller keeps them apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import Mode
from bonafide.compare import clopper_pearson
from bonafide.errors import UsageError
from bonafide.evaluation.calibration.likelihood_map import fit_likelihood_map
from bonafide.liveness.calibration import UNSPOKEN, CueMap, EvidenceMap, OperatingPoint, Rate, ratios_of
from bonafide.liveness.finding import Cue, CueMeasure, Family, Measured
from bonafide.liveness.fusion import is_complete, overall_ratio


@dataclass(frozen=True, slots=True)
class Weighed:
    """A session after its cues were weighed: the overall ratio, and whether everything was measured without
    which it is never LIVE.
    """

    ratio: float
    complete: bool


def fit_cue_map(
    cue: Cue,
    family: Family,
    bona_fide: Sequence[float],
    attacks: Mapping[str, Sequence[float]],
    *,
    tried: tuple[int, Mapping[str, int]] | None = None,
) -> CueMap:
    """What a cue's value is worth against one family; `attacks` has the values of its species by name.

    Each species weighs the same, however many of its sessions could be measured. A cue that does not rise
    with life says nothing, rather than the contrary. `tried` is how many sessions of living persons and of
    each species there were, where it is itself a sign of life that a session could be measured: that answers
    came at all, for timing. Raises `UsageError` without values of both kinds.
    """
    own = _finite(bona_fide)
    measured = {name: values for name, each in attacks.items() if len(values := _finite(each))}
    if not len(own) or not measured:
        raise UsageError(
            f"The cue {cue} measured nothing of living persons or of attacks of the family {family}",
            "Simulate more sessions of both",
        )
    count = sum(map(len, measured.values()))
    weights = [np.full(len(each), count / len(measured) / len(each)) for each in measured.values()]
    found = fit_likelihood_map(own, np.concatenate(list(measured.values())), np.concatenate(weights))
    more = 0.0 if tried is None else _log_ratio_of_measured(len(own), measured, *tried)
    rises = math.isfinite(found.slope) and math.isfinite(found.offset) and found.slope > 0
    ratio = EvidenceMap(
        slope=found.slope if rises else 0.0,
        offset=found.offset + more if rises else 0.0,
        lowest=-math.log(len(own)),
        highest=math.log(count),
    )
    return CueMap(cue, family, ratio, len(own), count)


def _log_ratio_of_measured(
    own: int, measured: Mapping[str, NDArray[np.float64]], people: int, sessions: Mapping[str, int]
) -> float:
    """How much likelier a session of a living person is to be measured than one of the species, all of them
    weighing the same; as if one more of each kind had come out either way (Laplace).
    """
    shares = [
        (len(measured.get(name, ())) + 1) / (max(tried, len(measured.get(name, ()))) + 2)
        for name, tried in sessions.items()
    ]
    return (
        math.log((own + 1) / (max(people, own) + 2)) - math.log(sum(shares) / len(shares)) if shares else 0.0
    )


def weigh(measures: Sequence[CueMeasure], mode: Mode, maps: Sequence[CueMap]) -> Weighed:
    """A session's overall ratio by some maps, as `bonafide.liveness.fusion.fuse` forms it."""
    ratios = [
        ratios_of(maps, measure.cue, measure.value, mode)
        for measure in measures
        if isinstance(measure, Measured) and math.isfinite(measure.value)
    ]
    return Weighed(overall_ratio(ratios), is_complete(measures, mode))


def choose_operating_point(
    mode: Mode,
    apcer_target: float,
    refusal_target: float,
    bona_fide: Sequence[Weighed],
    attacks: Mapping[str, Sequence[Weighed]],
    *,
    allowed: Mapping[str, float] | None = None,
    again_target: float = 0.0,
) -> OperatingPoint:
    """Thresholds at which at most `apcer_target` of the sessions of every species are LIVE (`allowed` names
    species of which more may be), and at most `refusal_target` of living persons' are NOT_LIVE. Where attacks
    leave room, the threshold of LIVE rises until `again_target` of living persons would have to try again: of
    a few dozen sessions of a species none says little about the next.

    Only the species that are promised belong in `attacks`; those that no camera can tell are reported beside.
    Raises `UsageError` without sessions of living persons, or of a species.
    """
    if not bona_fide or not attacks or not all(attacks.values()):
        raise UsageError("Thresholds need sessions of living persons and of attacks", "Simulate some of each")
    more = dict(allowed or {})
    least = {name: _above(each, more.get(name, apcer_target)) for name, each in attacks.items()}
    worst = max(least, key=lambda name: least[name])
    # No family may be passed over, however well attacks of the others are told.
    live = max(least[worst], math.nextafter(UNSPOKEN, math.inf))
    if again_target > 0:
        live = max(live, _below(bona_fide, again_target))
    # What was not measured is no evidence: one family must be likelier than life by more than silence on all
    # the others would hide.
    not_live = min(_below(bona_fide, refusal_target), -UNSPOKEN)
    return OperatingPoint(
        mode=mode,
        apcer_target=apcer_target,
        refusal_target=refusal_target,
        live=live,
        not_live=not_live,
        worst_species=worst,
        apcer={name: acceptance(each, live) for name, each in attacks.items()},
        bpcer=rate(sum(not _is_live(each, live) for each in bona_fide), len(bona_fide)),
        refused=rate(sum(each.ratio <= not_live for each in bona_fide), len(bona_fide)),
        allowed=more,
    )


def acceptance(sessions: Sequence[Weighed], live: float) -> Rate:
    """Which share of sessions is LIVE at a threshold: APCER of attacks, 1 - BPCER of living persons."""
    return rate(sum(_is_live(each, live) for each in sessions), len(sessions))


def rate(errors: int, sessions: int) -> Rate:
    """A share of sessions, at least one of which there is, with its Clopper-Pearson interval."""
    return Rate(errors / sessions, clopper_pearson(errors, sessions), sessions)


def _is_live(session: Weighed, live: float) -> bool:
    return session.complete and session.ratio >= live


def _above(sessions: Sequence[Weighed], target: float) -> float:
    """The lowest threshold at which at most this share of sessions is LIVE."""
    passing = sorted((each.ratio for each in sessions if each.complete), reverse=True)
    spared = math.floor(target * len(sessions) + 1e-9)
    return math.nextafter(passing[spared], math.inf) if spared < len(passing) else -math.inf


def _below(sessions: Sequence[Weighed], target: float) -> float:
    """The highest threshold at which at most this share of sessions is NOT_LIVE."""
    ratios = sorted(each.ratio for each in sessions)
    spared = math.floor(target * len(sessions) + 1e-9)
    return math.nextafter(ratios[spared], -math.inf) if spared < len(ratios) else math.inf


def _finite(values: Sequence[float]) -> NDArray[np.float64]:
    found = np.asarray(values, np.float64)
    return found[np.isfinite(found)]
