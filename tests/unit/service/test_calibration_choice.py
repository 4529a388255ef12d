"""Whose calibration counts: the operator's own before ours, and never another in place of a broken one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bonafide.compare import Calibration, serialise_calibration
from bonafide.errors import ContractMismatch, NotCalibrated, UnreadableData
from bonafide.models import ModelEntry, Role, load_manifest
from bonafide.service.calibrations import calibration_for, calibration_path
from bonafide.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


def put(settings: Settings, calibration: Calibration) -> Path:
    path = calibration_path(calibration.model, settings)
    path.parent.mkdir()
    path.write_bytes(serialise_calibration(calibration))
    return path


def test_a_model_without_one_says_how_to_make_it(settings: Settings, recogniser: ModelEntry) -> None:
    with pytest.raises(NotCalibrated, match="bonafide calibrate --profile made-up") as refused:
        calibration_for(recogniser, settings)
    assert refused.value.exit_status == 4


def test_the_operators_own_is_found_by_the_name_of_the_model(
    settings: Settings, recogniser: ModelEntry, calibrated: Calibration
) -> None:
    put(settings, calibrated)
    assert calibration_for(recogniser, settings).data == "made-up scores"


def test_one_that_was_measured_with_another_version_is_refused(
    settings: Settings, recogniser: ModelEntry, calibrated: Calibration
) -> None:
    put(settings, calibrated)
    with pytest.raises(ContractMismatch, match="another version"):
        calibration_for(dataclasses.replace(recogniser, recipe_version=99), settings)


@pytest.mark.parametrize(
    "entry",
    [entry for entry in load_manifest() if entry.role is Role.RECOGNISER],
    ids=lambda entry: entry.name,
)
def test_a_broken_own_one_never_falls_back_to_ours_unseen(
    settings: Settings, entry: ModelEntry, calibrated: Calibration
) -> None:
    assert calibration_for(entry, settings).contract == entry.contract_id
    path = put(settings, dataclasses.replace(calibrated, model=entry.name))
    with pytest.raises(ContractMismatch):
        calibration_for(entry, settings)
    path.write_bytes(b"{}")
    with pytest.raises(UnreadableData):
        calibration_for(entry, settings)
    path.unlink()
    assert calibration_for(entry, settings).contract == entry.contract_id
