"""All cues together: nothing that is missing makes anybody live, and nothing odd breaks anything."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.liveness.conftest import made_up_calibration
from tests.unit.liveness.made_up import MadeUp, bent, face_of, flat, template_of

from bonafide.capture.challenge import Challenge, Colour, Mode, Step, StepKind
from bonafide.errors import NotCalibrated
from bonafide.face import Template
from bonafide.face.mesh import FaceMesh
from bonafide.liveness.calibration import UNSPOKEN, PresenceCalibration
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Presence, Unmeasured
from bonafide.liveness.fusion import CUES, REQUIRED, SPEAKS_TO, assess, fuse, measure_all, overall_ratio
from bonafide.liveness.observation import FrameMeasure, Observation, StepTimes

TARGET = 0.01
BEST = {Cue.DEPTH: 1.2, Cue.REFLECTION: 0.98, Cue.TIMING: 1.0, Cue.CONTINUITY: 0.8}


def best(*without: Cue) -> list[CueMeasure]:
    return [
        Unmeasured(cue, CannotTell.TOO_FEW_FRAMES) if cue in without else Measured(cue, value)
        for cue, value in BEST.items()
    ]


def presence(measures: list[CueMeasure], mode: Mode, calibration: PresenceCalibration) -> Presence:
    return fuse(measures, mode, calibration, TARGET).presence


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("seed", range(3))
def test_a_living_person_is_live(calibration: PresenceCalibration, mode: Mode, seed: int) -> None:
    found = assess(MadeUp(mode, seed).observation(), calibration, TARGET)
    assert found.presence is Presence.LIVE
    assert found.calibration == calibration.digest
    assert found.mode is mode
    assert [cue.measure.cue for cue in found.cues] == list(CUES)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "made",
    [MadeUp(surface=flat, turn=40), MadeUp(surface=bent(12), turn=40), MadeUp(surface=bent(7), turn=40)],
)
def test_a_print_is_not(calibration: PresenceCalibration, mode: Mode, made: MadeUp) -> None:
    assert assess(replace(made, mode=mode).observation(), calibration, TARGET).presence is Presence.NOT_LIVE


def test_a_recording_of_other_colours_is_not(calibration: PresenceCalibration) -> None:
    made = MadeUp().observation(MadeUp(seed=77).challenge())
    assert assess(made, calibration, TARGET).presence is not Presence.LIVE


def test_a_breach_of_protocol_alone_is_enough(calibration: PresenceCalibration) -> None:
    made = MadeUp(Mode.MOVEMENT).observation()
    again = replace(made.frames[-1], digest=made.frames[3].digest)
    found = assess(replace(made, frames=(*made.frames[:-1], again)), calibration, TARGET)
    assert found.presence is Presence.NOT_LIVE


def test_a_room_too_bright_is_inconclusive(calibration: PresenceCalibration) -> None:
    found = assess(MadeUp(gain=0.0).observation(), calibration, TARGET)
    assert found.presence is Presence.INCONCLUSIVE


@pytest.mark.parametrize("mode", Mode)
def test_whatever_is_missing_nobody_is_live(calibration: PresenceCalibration, mode: Mode) -> None:
    required = sorted(REQUIRED[mode])
    assert presence(best(), mode, calibration) is Presence.LIVE
    for count in range(1, len(required) + 1):
        for missing in combinations(required, count):
            assert presence(best(*missing), mode, calibration) is Presence.INCONCLUSIVE
    assert presence([], mode, calibration) is Presence.INCONCLUSIVE


def test_movement_only_needs_no_light(calibration: PresenceCalibration) -> None:
    assert presence(best(Cue.REFLECTION), Mode.MOVEMENT, calibration) is Presence.LIVE


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("cue", BEST)
def test_a_measure_that_is_no_number_is_none(
    calibration: PresenceCalibration, cue: Cue, value: float
) -> None:
    measures = [Measured(cue, value) if each.cue is cue else each for each in best()]
    found = fuse(measures, Mode.LIGHT, calibration, TARGET)
    assert found.presence is Presence.INCONCLUSIVE
    assert math.isfinite(found.log_likelihood_ratio)


def test_a_target_nobody_promised_is_refused(calibration: PresenceCalibration) -> None:
    with pytest.raises(NotCalibrated, match=r"0\.0001"):
        assess(MadeUp().observation(), calibration, 0.0001)


def test_a_looser_target_is_passed_more_easily(calibration: PresenceCalibration) -> None:
    measures = [Measured(Cue.DEPTH, 0.9601) if each.cue is Cue.DEPTH else each for each in best()]
    between = fuse(measures, Mode.LIGHT, calibration, 0.01), fuse(measures, Mode.LIGHT, calibration, 0.03)
    assert between[0].log_likelihood_ratio == between[1].log_likelihood_ratio
    order = [Presence.INCONCLUSIVE, Presence.LIVE]
    assert order.index(between[0].presence) <= order.index(between[1].presence)


def test_every_family_is_spoken_to_in_every_mode() -> None:
    for mode in Mode:
        assert {family for cue in REQUIRED[mode] for family in SPEAKS_TO[cue]} == set(Family)
    assert set(SPEAKS_TO) == set(CUES)


@given(
    sums=st.dictionaries(st.sampled_from(Family), st.floats(-1e4, 1e4), min_size=1),
    more=st.sampled_from(Family),
    by=st.floats(0, 100),
)
def test_the_overall_ratio_is_ruled_by_the_worst_family(
    sums: dict[Family, float], more: Family, by: float
) -> None:
    overall = overall_ratio([sums.items()])
    worst = min(sums.get(family, 0.0) for family in Family)
    assert worst - 1e-9 <= overall <= worst + UNSPOKEN + 1e-9
    assert overall_ratio([sums.items(), [(more, by)]]) >= overall - 1e-9


def test_an_unspoken_family_keeps_its_weight() -> None:
    assert overall_ratio([]) == pytest.approx(0)
    told = [(family, 50.0) for family in list(Family)[1:]]
    assert overall_ratio([told]) == pytest.approx(UNSPOKEN)
    assert overall_ratio([told, [(next(iter(Family)), 50.0)]]) == pytest.approx(50)


ODD = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0.0, -1.0, 1e308, -1e308, 5e-324])
)
TIMES = st.builds(StepTimes, ODD, st.none() | ODD, st.none() | ODD, st.none() | ODD)
STEPS = st.builds(Step, st.sampled_from(StepKind), st.none() | st.sampled_from(Colour))


def _array(
    values: st.SearchStrategy[float], shape: tuple[int, ...], kind: type[np.generic]
) -> st.SearchStrategy[NDArray[np.generic]]:
    def made(value: float, seed: int, share: float) -> NDArray[np.generic]:
        chance = np.random.default_rng(seed)
        found = chance.normal(100, 40, shape)
        found[chance.random(shape) < share] = value
        with np.errstate(all="ignore"):
            return (np.nan_to_num(found) if kind is np.uint8 else found).astype(kind)

    return st.builds(made, values, st.integers(0, 5), st.sampled_from([0.0, 0.01, 1.0]))


def _mesh(points: NDArray[np.generic]) -> FaceMesh:
    return FaceMesh(np.asarray(points, np.float32), 0.9)


def _template(seed: int) -> Template:
    return template_of(np.random.default_rng(seed).normal(size=8))


MESHES = _array(ODD, (478, 3), np.float32).map(_mesh)
FACES = st.builds(
    lambda box, points: replace(face_of(np.zeros((468, 2))), box=box, landmarks=points),
    st.tuples(ODD, ODD, ODD, ODD),
    _array(ODD, (5, 2), np.float32),
)
FRAMES = st.builds(
    FrameMeasure,
    step=st.integers(-2, 14),
    captured=ODD,
    received=ODD,
    digest=st.binary(max_size=2),
    width=st.integers(0, 700),
    height=st.integers(0, 700),
    faces=st.integers(0, 2),
    face=st.none() | FACES,
    mesh=st.none() | MESHES,
    skin=st.none() | _array(ODD, (3,), np.float32),
    thumb=st.none() | _array(st.floats(0, 255), (16, 16), np.uint8),
    brightness=ODD,
    sharpness=ODD,
    template=st.none() | st.integers(0, 3).map(_template),
)
OBSERVATIONS = st.builds(
    lambda mode, steps, times, frames: Observation(
        Challenge(mode, tuple(steps)), tuple(times), tuple(frames)
    ),
    st.sampled_from(Mode),
    st.lists(STEPS, max_size=14),
    st.lists(TIMES, max_size=14),
    st.lists(FRAMES, max_size=20),
)
CALIBRATION = made_up_calibration()


@pytest.mark.filterwarnings("error")
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(observation=OBSERVATIONS)
def test_no_observation_however_odd_breaks_anything_or_is_live(observation: Observation) -> None:
    assert assess(observation, CALIBRATION, TARGET).presence is not Presence.LIVE


@pytest.mark.filterwarnings("error")
@settings(max_examples=30, deadline=None)
@given(data=st.data(), mode=st.sampled_from(Mode), seed=st.integers(0, 2))
def test_a_good_session_spoilt_anywhere_breaks_nothing(data: st.DataObject, mode: Mode, seed: int) -> None:
    made = MadeUp(mode, seed).observation()
    frames = list(made.frames)
    for at in data.draw(st.lists(st.integers(0, len(frames) - 1), min_size=1, max_size=5)):
        odd = data.draw(FRAMES)
        field = data.draw(
            st.sampled_from(
                ["step", "captured", "received", "face", "mesh", "skin", "thumb", "template", "width"]
            )
        )
        frames[at] = replace(frames[at], **{field: getattr(odd, field)})
    steps = list(made.steps)
    if data.draw(st.booleans()):
        steps[data.draw(st.integers(0, len(steps) - 1))] = data.draw(TIMES)
    if data.draw(st.booleans()):
        steps = steps[: data.draw(st.integers(0, len(steps)))]
    found = measure_all(replace(made, frames=tuple(frames), steps=tuple(steps)))
    assert all(math.isfinite(each.value) for each in found if isinstance(each, Measured))


@pytest.mark.parametrize("mode", Mode)
def test_an_empty_session_is_inconclusive(calibration: PresenceCalibration, mode: Mode) -> None:
    empty = Observation(MadeUp(mode).challenge(), (), ())
    assert assess(empty, calibration, TARGET).presence is Presence.INCONCLUSIVE
    nothing = Observation(Challenge(mode, ()), (), ())
    assert assess(nothing, calibration, TARGET).presence is Presence.INCONCLUSIVE
