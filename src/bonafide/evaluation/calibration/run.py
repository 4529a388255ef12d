"""From a file of labels to a calibration file: what `bonafide calibrate` does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
import numpy as np

from bonafide.cli.output_file import require_place, write_whole
from bonafide.compare import Calibration, parse_calibration, serialise_calibration
from bonafide.decide import SIM_SIGNUP
from bonafide.errors import UsageError
from bonafide.evaluation.acquire import acquire
from bonafide.evaluation.calibration.fit import Origin, fit_calibration, measure_group
from bonafide.evaluation.calibration.parts import groups_of, parts_of
from bonafide.evaluation.calibration.portrait_extractor import PortraitExtractor
from bonafide.evaluation.datasets import read_labels, with_picture_groups
from bonafide.models import ModelStore, licence_notice
from bonafide.service.calibrations import calibration_path
from bonafide.service.templates import SeveralFaces, TemplateExtractor
from bonafide.settings import Settings

# The same labels and weights give the same file.
_SEED = 19795


@dataclass(frozen=True, slots=True)
class CalibrationRequest:
    """What to calibrate, and on what. `output` None is where this installation looks for its own."""

    labels: Path
    root: Path
    groups: Path | None
    profile: str
    portraits: bool
    several_faces: SeveralFaces
    about: str
    caveats: tuple[str, ...]
    output: Path | None
    workers: int | None


@dataclass(frozen=True, slots=True)
class Made:
    """A calibration, the file it went to, and how many pictures gave no template."""

    calibration: Calibration
    path: Path
    failures: int


def run(request: CalibrationRequest, settings: Settings, now: datetime) -> Made:
    """Measure and write the file.

    Raises `UnreadableData` for labels that cannot be read, `UsageError` for labels that say too little, and
    what loading the models raises.
    """
    entry = ModelStore(settings.data_dir).recogniser(request.profile)
    if notice := licence_notice(entry):
        click.echo(notice, err=True)
    path = request.output or calibration_path(entry.name, settings)
    if request.output is None:
        path.parent.mkdir(parents=True, exist_ok=True)
    require_place(path, "The calibration")
    labelled = with_picture_groups(read_labels(request.labels, request.root, request.groups))
    parts = parts_of(labelled)
    if request.portraits and parts.roles:
        raise UsageError(
            "The pairs hold documents on one side already",
            "Leave out `--portraits`, which stands in for them",
        )
    chosen = (request.profile, settings, request.several_faces)
    photos = acquire("Making templates", labelled, partial(TemplateExtractor, *chosen), request.workers)
    portraits = (
        acquire("Making portraits", labelled, partial(PortraitExtractor, *chosen), request.workers)
        if request.portraits
        else None
    )
    measured = [measure_group(*group) for group in groups_of(labelled, parts, photos, portraits)]
    calibration = fit_calibration(
        measured,
        entry,
        Origin(now.astimezone(UTC).date().isoformat(), request.about, request.caveats),
        SIM_SIGNUP.match.false_match_rate,
        np.random.default_rng(_SEED),
    )
    content = serialise_calibration(calibration)
    write_whole(path, content, "The calibration")
    # What was written is what will be believed, so it is read back as any file is.
    return Made(parse_calibration(content, entry.contract_id), path, int((~photos.acquired).sum()))
