"""Calibration files: read strictly, or refused; and what a score means by one."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bonafide.compare import Calibration, LogisticMap, parse_calibration, serialise_calibration
from bonafide.errors import ContractMismatch, UnreadableData, UsageError

Document = dict[str, Any]


def parsed(document: object, contract: str) -> Calibration:
    return parse_calibration(json.dumps(document).encode(), contract)


@pytest.fixture
def document(calibrated: Calibration) -> Document:
    """A good file, to be spoilt."""
    loaded: Document = json.loads(serialise_calibration(calibrated))
    return loaded


@pytest.fixture
def refused(calibrated: Calibration) -> Callable[[object], None]:
    def refuse(document: object) -> None:
        with pytest.raises(UnreadableData, match="bonafide calibrate") as caught:
            parsed(document, calibrated.contract)
        assert caught.value.exit_status == 3

    return refuse


def test_what_is_written_is_what_is_read(calibrated: Calibration) -> None:
    content = serialise_calibration(calibrated)
    found = parse_calibration(content, calibrated.contract)
    assert found == dataclasses.replace(calibrated, digest=hashlib.sha256(content).hexdigest())
    assert serialise_calibration(found) == content


def test_the_digest_is_that_of_the_bytes(calibrated: Calibration) -> None:
    content = serialise_calibration(calibrated)
    spaced = content + b"\n"
    digests = {parse_calibration(each, calibrated.contract).digest for each in (content, spaced)}
    assert digests == {hashlib.sha256(each).hexdigest() for each in (content, spaced)}


def test_the_file_is_for_people_too(calibrated: Calibration) -> None:
    text = serialise_calibration(calibrated).decode()
    assert "说明不了任何问题" in text
    assert text.endswith("}\n")


def test_the_calibration_of_another_model_is_named_as_such(calibrated: Calibration) -> None:
    with pytest.raises(ContractMismatch, match=r"made-up.*another version.*bonafide calibrate") as refused:
        parse_calibration(serialise_calibration(calibrated), "another contract")
    assert refused.value.exit_status == 4


@pytest.mark.parametrize("member", ["format", "curve", "operating_points", "llr", "groups"])
@pytest.mark.parametrize("instead", [None, 3, [[]], [None]])
def test_a_member_of_another_kind_is_refused(
    document: Document, refused: Callable[[object], None], member: str, instead: object
) -> None:
    refused(document | {member: instead})


@pytest.mark.parametrize(
    "member", ["format", "model", "contract", "curve", "operating_points", "llr", "groups"]
)
def test_a_missing_member_is_refused(
    document: Document, refused: Callable[[object], None], member: str
) -> None:
    del document[member]
    refused(document)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'"text"', b"\x00" * 9]
)
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableData):
        parse_calibration(content, "contract")


@pytest.mark.parametrize(
    "curve",
    [
        pytest.param([], id="empty"),
        pytest.param([[0.1, 0.1]], id="one point"),
        pytest.param([[0.1, 0.2], [0.01, 0.1]], id="a lower rate for a lower score"),
        pytest.param([[0.1, 0.1], [0.1, 0.2]], id="one rate twice"),
        pytest.param([[0.1, 0.1], [0.01, 0.1]], id="one score twice"),
        pytest.param([[0.01, 0.1], [0.1, 0.2]], id="rising rates"),
        pytest.param([[1, 0.1], [0.1, 0.2]], id="a rate of one"),
        pytest.param([[0.1, 0.1], [0, 0.2]], id="a rate of zero"),
        pytest.param([[0.1, 0.1], [-0.1, 0.2]], id="a negative rate"),
        pytest.param([[math.nan, 0.1], [0.1, 0.2]], id="a rate that is no number"),
        pytest.param([[0.1, math.nan], [0.01, 0.2]], id="a score that is no number"),
        pytest.param([[0.1, 0.1], [0.01, math.inf]], id="an infinite score"),
        pytest.param([[0.1, 0.1, 0.1], [0.01, 0.2]], id="three numbers"),
    ],
)
def test_a_curve_that_contradicts_itself_is_refused(
    document: Document, refused: Callable[[object], None], curve: list[list[float]]
) -> None:
    document["operating_points"] = [
        {**document["operating_points"][0], "fmr_target": point[0], "threshold": point[1]} for point in curve
    ]
    refused(document | {"curve": curve})


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 0.05},
        {"fmr_target": 0.05},
        {"threshold": math.nan},
        {"worst_group": "west"},
        {"fmr": {}},
        {"fmr": {"north": {"value": 0.1, "interval": [0.05], "comparisons": 3}}},
        {"fmr": {"north": {"value": math.nan, "interval": [0, 1], "comparisons": 3}}},
        {"fmr": {"north": {"value": 0.1, "interval": [0, math.nan], "comparisons": 3}}},
        {"fmr": {"north": {"value": 0.1, "interval": [0.2, 0.1], "comparisons": 3}}},
        {"fmr": {"north": {"value": 1.1, "interval": [0, 1], "comparisons": 3}}},
        {"fnmr": {"south": {"value": 0.1, "interval": [0, 2], "comparisons": 3}}},
        {"fnmr": {"south": {"value": 0.1, "interval": [0, 1], "comparisons": math.inf}}},
        {"fmr_target": 10**400},
    ],
)
def test_an_operating_point_that_is_not_on_the_curve_or_not_measured_is_refused(
    document: Document, refused: Callable[[object], None], changes: Document
) -> None:
    document["operating_points"][1] |= changes
    refused(document)


@pytest.mark.parametrize(
    "changes",
    [
        {"slope": 0},
        {"slope": -1},
        {"slope": math.inf},
        {"offset": math.nan},
        {"lowest": 1},
        {"highest": -1},
        {"lowest": -math.inf},
        {"highest": math.inf},
    ],
)
def test_a_map_that_does_not_rise_or_has_no_ends_is_refused(
    document: Document, refused: Callable[[object], None], changes: Document
) -> None:
    document["llr"] |= changes
    refused(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON document."""
    steps: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        steps = list(value.items())
    elif isinstance(value, list):
        steps = list(enumerate(value))
    return [path, *(place for step, inner in steps for place in places(inner, (*path, step)))]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), instead=json_values)
def test_any_json_in_any_place_is_read_or_refused(
    calibrated: Calibration, data: st.DataObject, instead: object
) -> None:
    spoilt: Any = {"whole": json.loads(serialise_calibration(calibrated))}
    *way, last = data.draw(st.sampled_from(places(spoilt)[1:]))
    target = spoilt
    for step in way:
        target = target[step]
    target[last] = instead
    try:
        found = parsed(spoilt["whole"], calibrated.contract)
    except (UnreadableData, ContractMismatch):
        return
    assert 0 < found.false_match_rate(0.35) < 1
    assert np.isfinite(found.log_likelihood_ratio(np.array([0.35]))).all()
    for point in found.operating_points:
        assert 0 <= point.fmr[point.worst_group].value <= 1


@given(st.binary(max_size=60))
@example(b'{"format": 1e999}')
@example(b'{"format": "bonafide-calibration/1"}')
def test_any_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableData):
        parse_calibration(content, "contract")


def test_at_the_points_of_the_curve_their_own_rates_are_promised(calibrated: Calibration) -> None:
    for rate, threshold in calibrated.curve:
        assert calibrated.false_match_rate(threshold) == pytest.approx(rate, rel=1e-12)


def test_between_two_points_the_logarithm_is_interpolated(calibrated: Calibration) -> None:
    assert calibrated.false_match_rate(0.35) == pytest.approx(10**-3.5)
    assert calibrated.false_match_rate(0.425) == pytest.approx(10**-4.25)


def test_nothing_smaller_than_the_smallest_measured_rate_is_promised(calibrated: Calibration) -> None:
    assert calibrated.false_match_rate(0.5) == calibrated.false_match_rate(1.0) == 1e-5


def test_below_the_lowest_point_nothing_is_promised(calibrated: Calibration) -> None:
    assert calibrated.false_match_rate(0.0999) == calibrated.false_match_rate(-1) == 1


def test_a_score_that_is_no_number_promises_nothing(calibrated: Calibration) -> None:
    assert calibrated.false_match_rate(math.nan) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(-1.1, 1.1), st.floats(-1.1, 1.1))
def test_a_higher_score_never_has_a_higher_rate(calibrated: Calibration, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert calibrated.false_match_rate(high) <= calibrated.false_match_rate(low)


def test_a_promised_rate_is_found_and_another_names_those_that_are(calibrated: Calibration) -> None:
    assert calibrated.operating_point(1e-4).threshold == 0.4
    assert calibrated.operating_point(1e-4 * (1 + 1e-9)).threshold == 0.4
    with pytest.raises(
        UsageError, match=r"promises no false match rate of 1e-06\. Choose one of 0\.1, 0\.01"
    ):
        calibrated.operating_point(1e-6)


def test_the_logistic_map_is_a_line_that_ends_at_what_was_seen() -> None:
    llr = LogisticMap(slope=20, offset=-8, lowest=-6, highest=7)
    np.testing.assert_allclose(llr(np.array([-1, 0.2, 0.4, 0.6, 1])), [-6, -4, 0, 4, 7])
    assert llr(np.zeros((2, 3), np.float32)).shape == (2, 3)
    assert llr(np.zeros(1, np.float32)).dtype == np.float64
