from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bonafide.evaluation.document import as_document, rate_name
from bonafide.evaluation.extract import Acquisition
from bonafide.evaluation.results import Evaluation
from bonafide.evaluation.table import as_table

if TYPE_CHECKING:
    from tests.unit.evaluation.conftest import Made

Measured = Callable[..., Evaluation]


def test_scripts_find_what_is_promised_to_them(made: Made, measured: Measured) -> None:
    found = json.loads(json.dumps(as_document(measured(made.labelled, made.acquisition)), allow_nan=False))
    for part in (found, *found["groups"].values()):
        assert set(part["comparisons"]) == {"mated", "non_mated"}
        assert isinstance(part["failures_to_acquire"], int)
        assert list(part["tar_at_fmr"]) == ["1e-2", "1e-3", "1e-4", "1e-5"]
        assert all({"value", "interval"} <= set(tar) for tar in part["tar_at_fmr"].values())
        assert isinstance(part["cllr"], float)
        for point in part["operating_points"]:
            assert {"fmr_target", "fmr", "fmr_interval", "fnmr", "fnmr_interval"} <= set(point)
            assert {"promised_fmr_interval", "within_promise"} <= set(point)
    assert list(found["groups"]) == ["north", "south"]
    assert found["missing_pictures"] == 3


def test_what_is_not_known_is_null_with_a_reason(made: Made, measured: Measured) -> None:
    found = as_document(measured(made.labelled, made.acquisition))
    tar = found["tar_at_fmr"]
    assert isinstance(tar, dict)
    assert tar["1e-5"]["value"] is None
    assert "fewer than 100000" in tar["1e-5"]["unresolved"]


def test_nothing_at_all_is_still_json(made: Made, measured: Measured) -> None:
    nothing = Acquisition(np.zeros((240, 0), np.float32), ("no_face",) * 240)
    found = measured(made.labelled, nothing)
    assert json.loads(json.dumps(as_document(found), allow_nan=False))["cllr"] is None
    assert "no_face 240" in as_table(found)


@pytest.mark.parametrize("write", [as_table, lambda found: json.dumps(as_document(found))])
def test_nobody_is_named(made: Made, measured: Measured, write: Callable[[Evaluation], str]) -> None:
    text = write(measured(made.labelled, made.acquisition))
    assert "person-" not in text
    assert "secret" not in text


def test_the_table_says_what_was_promised_and_found(made: Made, measured: Measured) -> None:
    found = measured(made.labelled, made.acquisition)
    point = found.overall.operating_points[0]
    exceeded = replace(
        found, overall=replace(found.overall, operating_points=(replace(point, promised=(0, 1e-9)),))
    )
    assert "EXCEEDED" in as_table(exceeded)
    assert "EXCEEDED" not in as_table(found)


@pytest.mark.parametrize(
    ("rate", "name"), [(1e-1, "1e-1"), (1e-4, "1e-4"), (1e-6, "1e-6"), (2.5e-3, "2.5e-3")]
)
def test_rates_are_written_as_scripts_write_them(rate: float, name: str) -> None:
    assert rate_name(rate) == name
    assert float(name) == rate
