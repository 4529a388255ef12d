"""One-to-one comparison: the score comes with what it means and what it rests on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bonafide.compare import Calibration, compare
from bonafide.errors import ContractMismatch
from bonafide.face import Template


def template(contract: str, *vector: float) -> Template:
    return Template(np.array(vector, np.float32), contract)


def test_a_comparison_says_what_it_is_worth_and_by_what(calibrated: Calibration) -> None:
    probe, reference = (template(calibrated.contract, *vector) for vector in ((1, 0), (0.35, 0.9367)))
    found = compare(probe, reference, calibrated)
    assert found.cosine == pytest.approx(0.35)
    assert found.false_match_rate == pytest.approx(10**-3.5)
    assert found.log_likelihood_ratio == pytest.approx(25 * 0.35 - 7.5, abs=1e-5)
    assert (found.model, found.contract) == (calibrated.model, calibrated.contract)
    assert found.calibration == calibrated.digest


def test_the_two_faces_may_change_places(calibrated: Calibration) -> None:
    one, other = (template(calibrated.contract, *vector) for vector in ((0.6, 0.8), (0, 1)))
    assert compare(one, other, calibrated) == compare(other, one, calibrated)


@pytest.mark.parametrize("foreign", ["probe", "reference", "calibration"])
def test_what_belongs_to_another_model_is_refused(calibrated: Calibration, foreign: str) -> None:
    contracts = dict.fromkeys(("probe", "reference", "calibration"), calibrated.contract) | {
        foreign: "another"
    }
    probe, reference = (template(contracts[side], 1, 0) for side in ("probe", "reference"))
    with pytest.raises(ContractMismatch):
        compare(probe, reference, dataclasses.replace(calibrated, contract=contracts["calibration"]))
