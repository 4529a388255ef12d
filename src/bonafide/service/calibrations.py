"""Where the calibration of a model is: the operator's own first, the shipped one else."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from bonafide.compare import Calibration, parse_calibration
from bonafide.errors import NotCalibrated
from bonafide.models import ModelEntry
from bonafide.settings import Settings


def calibration_path(model: str, settings: Settings) -> Path:
    """Where an operator's own calibration of a model lies."""
    return settings.data_dir / "calibrations" / f"{model}.json"


def calibration_for(entry: ModelEntry, settings: Settings) -> Calibration:
    """A model's calibration.

    Raises `NotCalibrated` where there is none, `ContractMismatch` where there is another model's,
    `UnreadableData` where it is damaged: an operator's broken file never falls back to ours unseen.
    """
    own = calibration_path(entry.name, settings)
    if own.is_file():
        return parse_calibration(own.read_bytes(), entry.contract_id)
    if entry.calibration is None:
        raise NotCalibrated(
            f"The model {entry.name} has no calibration, so nothing can be promised with it",
            f"Make one from your own labelled pictures with `bonafide calibrate --profile {entry.name}`",
        )
    shipped = resources.files("bonafide.compare") / "calibrations" / entry.calibration
    return parse_calibration(shipped.read_bytes(), entry.contract_id)
