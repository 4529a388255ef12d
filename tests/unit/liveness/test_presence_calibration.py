"""Calibration files of presence: read strictly, or refused."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.capture.challenge import Mode
from bonafide.errors import ContractMismatch, NotCalibrated, UnreadableData
from bonafide.liveness.calibration import (
    UNSPOKEN,
    EvidenceMap,
    PresenceCalibration,
    parse_calibration,
    serialise_calibration,
)
from bonafide.liveness.finding import Cue, Family

Document = dict[str, Any]


@pytest.fixture
def document(calibration: PresenceCalibration) -> Document:
    """A good file, to be spoilt."""
    loaded: Document = json.loads(serialise_calibration(calibration))
    return loaded


def refuse(document: object) -> None:
    with pytest.raises(UnreadableData, match="bonafide attack-lab --calibrate") as caught:
        parse_calibration(json.dumps(document).encode(), {})
    assert caught.value.exit_status == 3


def test_what_is_written_is_what_is_read(calibration: PresenceCalibration) -> None:
    content = serialise_calibration(calibration)
    found = parse_calibration(content, calibration.contracts)
    assert found == dataclasses.replace(calibration, digest=hashlib.sha256(content).hexdigest())
    assert serialise_calibration(found) == content
    assert "说明不了任何问题" in content.decode()


@pytest.mark.parametrize("role", ["detector", "landmarker", "recogniser", "passive"])
def test_a_calibration_of_other_models_is_named_as_such(calibration: PresenceCalibration, role: str) -> None:
    with pytest.raises(ContractMismatch, match=role) as caught:
        parse_calibration(serialise_calibration(calibration), {**calibration.contracts, role: "another"})
    assert caught.value.exit_status == 4


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'"text"'])
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableData):
        parse_calibration(content, {})


@pytest.mark.parametrize(
    "member", ["format", "contracts", "measured_on", "caveats", "bona_fide", "maps", "operating_points"]
)
@pytest.mark.parametrize("instead", ["missing", None, [[]], [None], {"a": 1}])
def test_a_member_that_is_missing_or_of_another_kind_is_refused(
    document: Document, member: str, instead: object
) -> None:
    if member == "caveats" and instead not in ("missing", None):
        return  # Any list reads as a list of texts.
    if member == "contracts" and instead == {"a": 1}:
        return
    if member in {"measured_on"} and instead != "missing":
        return
    if instead == "missing":
        del document[member]
    else:
        document[member] = instead
    refuse(document)


def _map(**fields: object) -> Callable[[Document], None]:
    return lambda document: document["maps"][0].update(fields)


def _point(**fields: object) -> Callable[[Document], None]:
    return lambda document: document["operating_points"][0].update(fields)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(_map(slope=-1.0), id="less life by more"),
        pytest.param(_map(slope=math.nan), id="a slope that is no number"),
        pytest.param(_map(offset=math.inf), id="an infinite offset"),
        pytest.param(_map(lowest=0.5), id="nothing speaks against life"),
        pytest.param(_map(highest=-0.5), id="nothing speaks for life"),
        pytest.param(_map(highest=9.0), id="more evidence than attacks"),
        pytest.param(_map(lowest=-9.0), id="more evidence than people"),
        pytest.param(_map(cue="palmistry"), id="an unknown cue"),
        pytest.param(_map(family="ghost"), id="an unknown family"),
        pytest.param(_map(family="recording"), id="a family that nothing speaks to"),
        pytest.param(_map(mode="light"), id="a family that nothing speaks to in one mode"),
        pytest.param(_map(mode="dance"), id="a map for an unknown mode"),
        pytest.param(
            lambda document: document["maps"].append({**document["maps"][0], "mode": "light"}),
            id="two maps for one mode",
        ),
        pytest.param(lambda document: document["maps"].append(document["maps"][0]), id="a map twice"),
        pytest.param(_point(live=UNSPOKEN), id="a line that an unspoken family passes"),
        pytest.param(_point(live=math.nan), id="a line that is no number"),
        pytest.param(_point(not_live=2.0), id="live and not live at once"),
        pytest.param(_point(not_live=0.0), id="nobody was looked at, and is not live"),
        pytest.param(_point(not_live=-math.inf), id="an infinite line"),
        pytest.param(_point(apcer_target=0.0), id="a target of zero"),
        pytest.param(_point(apcer_target=1.0), id="a target of one"),
        pytest.param(_point(refusal_target=-0.1), id="a negative target"),
        pytest.param(_point(worst_species="ghost"), id="a species nobody measured"),
        pytest.param(_point(allowed={"ghost": 0.1}), id="an allowance for a species nobody measured"),
        pytest.param(_point(allowed={"bent-print": 0.001}), id="an allowance under the target"),
        pytest.param(_point(allowed={"bent-print": 1.0}), id="everything allowed"),
        pytest.param(_point(mode="dance"), id="an unknown mode"),
        pytest.param(
            _point(bpcer={"value": 2, "interval": [0, 1], "sessions": 9}), id="a rate of more than one"
        ),
        pytest.param(_point(bpcer={"value": 0, "interval": [0, 1], "sessions": 0}), id="a rate of nobody"),
        pytest.param(_point(bpcer={"value": 0, "interval": [1, 0], "sessions": 9}), id="a turned interval"),
        pytest.param(
            lambda document: document["operating_points"].append(document["operating_points"][0]),
            id="a promise twice",
        ),
        pytest.param(lambda document: document.update(bona_fide=0), id="nobody living"),
        pytest.param(lambda document: document.update(attacks=0), id="no attacks"),
        pytest.param(lambda document: document.update(format="bonafide-calibration/1"), id="another format"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(
    document: Document, spoil: Callable[[Document], None]
) -> None:
    spoilt = copy.deepcopy(document)
    spoil(spoilt)
    refuse(spoilt)


def test_a_promise_is_found_by_its_rate(calibration: PresenceCalibration) -> None:
    assert calibration.operating_point(Mode.LIGHT, 0.01).live == 1.6
    with pytest.raises(NotCalibrated, match=r"0\.005 in mode movement.*0\.01, 0\.03") as caught:
        calibration.operating_point(Mode.MOVEMENT, 0.005)
    assert caught.value.exit_status == 4
    light = tuple(point for point in calibration.operating_points if point.mode is Mode.LIGHT)
    with pytest.raises(NotCalibrated, match="attack-lab --calibrate"):
        dataclasses.replace(calibration, operating_points=light).operating_point(Mode.MOVEMENT, 0.01)


@given(value=st.floats(allow_nan=True, allow_infinity=True), other=st.floats(-10, 10))
def test_a_map_rises_within_its_bounds(value: float, other: float) -> None:
    ratio = EvidenceMap(slope=3.0, offset=-1.0, lowest=-4.0, highest=5.0)
    assert -4 <= ratio(value) <= 5
    if math.isfinite(value) and value <= other:
        assert ratio(value) <= ratio(other)
    if math.isnan(value):
        assert ratio(value) == -4


def test_a_cue_speaks_to_the_families_it_was_calibrated_for(calibration: PresenceCalibration) -> None:
    assert [family for family, _ in calibration.ratios(Cue.DEPTH, 1.2, Mode.LIGHT)] == [Family.SURFACE]
    assert calibration.ratios(Cue.MODEL, 0.99, Mode.LIGHT) == ()


def test_a_map_may_be_for_one_mode(document: Document) -> None:
    depth = next(each for each in document["maps"] if each["cue"] == "depth")
    document["maps"].remove(depth)
    document["maps"] += [
        {**depth, "mode": "light", "offset": -18.0},
        {**depth, "mode": "movement", "offset": -17.0},
    ]
    found = parse_calibration(json.dumps(document).encode(), {})
    assert [found.ratios(Cue.DEPTH, 0.9, mode)[0][1] for mode in (Mode.LIGHT, Mode.MOVEMENT)] == [0.0, 1.0]
    again = parse_calibration(serialise_calibration(found), {})
    assert again.maps == found.maps
