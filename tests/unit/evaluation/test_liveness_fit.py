"""Maps that are worth what they say, and thresholds that keep attacks out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.capture.challenge import Mode
from bonafide.errors import UsageError
from bonafide.evaluation.liveness_fit import Weighed, choose_operating_point, fit_cue_map, rate, weigh
from bonafide.liveness.calibration import (
    UNSPOKEN,
    PresenceCalibration,
    parse_calibration,
    serialise_calibration,
)
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Presence, Unmeasured
from bonafide.liveness.fusion import fuse

CHANCE = np.random.default_rng(5)
PEOPLE = CHANCE.normal(1.2, 0.1, 300).tolist()
PRINTS = {
    "flat-print": CHANCE.normal(0.3, 0.1, 100).tolist(),
    "bent-print": CHANCE.normal(0.8, 0.1, 100).tolist(),
}


def test_a_map_parts_people_from_prints() -> None:
    found = fit_cue_map(Cue.DEPTH, Family.SURFACE, PEOPLE, PRINTS)
    assert (found.bona_fide, found.attacks) == (300, 200)
    assert found.ratio(1.2) > 2
    assert found.ratio(0.8) < -2
    assert abs(found.ratio(1.0)) < 1.5


def test_a_map_says_no_more_than_the_sessions_behind_it() -> None:
    found = fit_cue_map(Cue.DEPTH, Family.SURFACE, PEOPLE, PRINTS).ratio
    assert found(1e9) == pytest.approx(math.log(200))
    assert found(-1e9) == pytest.approx(-math.log(300))


def test_ratios_are_those_of_the_distributions() -> None:
    """Of two normal laws of one width the true ratio is linear: here 10 (value - 1)."""
    chance = np.random.default_rng(2)
    people = chance.normal(1.05, 0.1, 4000).tolist()
    prints = chance.normal(0.95, 0.1, 4000).tolist()
    found = fit_cue_map(Cue.DEPTH, Family.SURFACE, people, {"print": prints}).ratio
    assert found.slope == pytest.approx(10, rel=0.1)
    assert found.offset == pytest.approx(-10, rel=0.1)


def test_species_weigh_the_same_however_many_sessions_they_have() -> None:
    chance = np.random.default_rng(3)
    few = {
        "bent-print": chance.normal(1.0, 0.15, 300).tolist(),
        "flat-print": chance.normal(0.3, 0.1, 300).tolist(),
    }
    many = {**few, "flat-print": few["flat-print"] * 20}
    one, other = (fit_cue_map(Cue.DEPTH, Family.SURFACE, PEOPLE, each).ratio for each in (few, many))
    assert one.slope == pytest.approx(other.slope, rel=0.05)
    assert one.offset == pytest.approx(other.offset, rel=0.05)


def test_that_an_attack_was_hardly_ever_measured_speaks_for_life() -> None:
    people, attacks = [1.0, 0.9, 0.95] * 33, {"played": [1.0, 0.85, 0.9] * 3}
    plain = fit_cue_map(Cue.TIMING, Family.RECORDING, people, attacks).ratio
    told = fit_cue_map(Cue.TIMING, Family.RECORDING, people, attacks, tried=(99, {"played": 89})).ratio
    # 10 of 91 and 100 of 101, as if one more of each kind had come out either way.
    assert told.offset - plain.offset == pytest.approx(math.log(100 / 101) - math.log(10 / 91))
    assert told.slope == plain.slope


def test_a_cue_that_falls_with_life_says_nothing() -> None:
    found = fit_cue_map(Cue.PICTURE, Family.SURFACE, [0.0, 0.1, 0.2] * 30, {"print": [0.8, 0.9] * 30}).ratio
    assert found(0.0) == found(1.0) == 0


@pytest.mark.parametrize(
    ("people", "attacks"), [([], {"a": [1.0]}), ([1.0], {}), ([1.0], {"a": []}), ([math.nan], {"a": [1.0]})]
)
def test_without_people_or_attacks_nothing_is_fitted(
    people: list[float], attacks: dict[str, list[float]]
) -> None:
    with pytest.raises(UsageError, match="measured nothing"):
        fit_cue_map(Cue.DEPTH, Family.SURFACE, people, attacks)


def weighed(*ratios: float, complete: bool = True) -> list[Weighed]:
    return [Weighed(ratio, complete) for ratio in ratios]


def test_the_line_keeps_every_species_out() -> None:
    attacks = {
        "flat-print": weighed(*np.linspace(-5, 1, 100)),
        "bent-print": weighed(*np.linspace(-5, 3, 100)),
        "puppet": weighed(*np.linspace(5, 9, 100), complete=False),
    }
    people = weighed(*np.linspace(0.5, 6, 200))
    strict = choose_operating_point(Mode.LIGHT, 0.01, 0.01, people, attacks)
    assert strict.worst_species == "bent-print"
    assert {name: found.value for name, found in strict.apcer.items()} == {
        "flat-print": 0.0,
        "bent-print": 0.01,
        "puppet": 0.0,
    }
    loose = choose_operating_point(Mode.LIGHT, 0.01, 0.01, people, attacks, allowed={"bent-print": 0.1})
    assert loose.apcer["bent-print"].value == 0.1
    assert loose.live < strict.live
    assert loose.bpcer.value < strict.bpcer.value
    assert loose.allowed == {"bent-print": 0.1}


def test_where_attacks_leave_room_the_line_rises_to_where_people_begin() -> None:
    people, attacks = weighed(*(3.0 + number / 100 for number in range(100))), weighed(-4.0, -5.0)
    low = choose_operating_point(Mode.LIGHT, 0.01, 0.01, people, {"flat-print": attacks})
    high = choose_operating_point(Mode.LIGHT, 0.01, 0.01, people, {"flat-print": attacks}, again_target=0.05)
    assert low.live < 3
    assert 3.04 < high.live < 3.06
    assert high.bpcer.value == 0.05
    # Where they leave none it stays where they put it.
    strong = {"puppet": weighed(*([3.5] * 10))}
    for target in (0.0, 0.05):
        found = choose_operating_point(Mode.LIGHT, 0.01, 0.01, people, strong, again_target=target)
        assert 3.5 < found.live < 3.51


def test_no_line_lets_an_unspoken_family_pass() -> None:
    found = choose_operating_point(
        Mode.LIGHT, 0.01, 0.01, weighed(4.0, 5.0), {"flat-print": weighed(-4.0, -5.0)}
    )
    assert found.live > UNSPOKEN


@given(
    people=st.lists(st.floats(-6, 6), min_size=1, max_size=60),
    attacks=st.lists(st.tuples(st.floats(-6, 6), st.booleans()), min_size=1, max_size=60),
    target=st.sampled_from([0.01, 0.05, 0.2]),
    refusal=st.sampled_from([0.01, 0.05]),
)
def test_what_is_chosen_keeps_its_targets(
    people: list[float], attacks: list[tuple[float, bool]], target: float, refusal: float
) -> None:
    species = {"print": [Weighed(ratio, complete) for ratio, complete in attacks]}
    found = choose_operating_point(Mode.MOVEMENT, target, refusal, weighed(*people), species)
    assert found.apcer["print"].value <= target
    assert found.refused.value <= refusal
    assert found.not_live < 0 < found.live


def test_a_session_in_which_nothing_was_seen_is_not_refused() -> None:
    people = weighed(*np.linspace(2, 5, 100))
    found = choose_operating_point(Mode.LIGHT, 0.01, 0.02, people, {"flat-print": weighed(-4.0, -3.0)})
    nothing = weigh([Unmeasured(cue, CannotTell.TOO_FEW_FRAMES) for cue in Cue], Mode.LIGHT, ())
    assert found.not_live < nothing.ratio < found.live


def test_rates_have_intervals() -> None:
    assert rate(0, 60).value == 0
    assert rate(0, 60).interval[1] == pytest.approx(0.0596, abs=1e-3)
    assert rate(60, 60).interval[1] == 1


def test_what_was_fitted_weighs_as_the_service_does() -> None:
    maps = tuple(
        fit_cue_map(cue, family, PEOPLE, PRINTS)
        for cue, family in (
            (Cue.DEPTH, Family.SURFACE),
            (Cue.REFLECTION, Family.RECORDING),
            (Cue.TIMING, Family.RECORDING),
            (Cue.CONTINUITY, Family.MONTAGE),
        )
    )
    cues = (Cue.DEPTH, Cue.REFLECTION, Cue.TIMING, Cue.CONTINUITY)
    people = [[Measured(cue, value) for cue in cues] for value in PEOPLE]
    attacks = {
        "flat-print": [
            [Measured(Cue.DEPTH, value), *(Measured(cue, 1.2) for cue in cues[1:])]
            for value in PRINTS["flat-print"]
        ]
    }
    point = choose_operating_point(
        Mode.LIGHT,
        0.01,
        0.01,
        [weigh(measures, Mode.LIGHT, maps) for measures in people],
        {name: [weigh(measures, Mode.LIGHT, maps) for measures in each] for name, each in attacks.items()},
    )
    made = PresenceCalibration({}, "2026-11-30", "drawn", (), 300, 200, maps, (point,), "")
    calibration = parse_calibration(serialise_calibration(made), {})
    assert replace(calibration, digest="") == made
    told = [fuse(measures, Mode.LIGHT, calibration, 0.01) for measures in people]
    assert sum(each.presence is not Presence.LIVE for each in told) / len(told) == point.bpcer.value
    assert point.bpcer.value < 0.05
    for measures, each in zip(people, told, strict=True):
        assert each.log_likelihood_ratio == weigh(measures, Mode.LIGHT, maps).ratio
    missing: list[CueMeasure] = [Unmeasured(Cue.DEPTH, CannotTell.NOT_DONE), *people[0][1:]]
    assert not weigh(missing, Mode.LIGHT, maps).complete
