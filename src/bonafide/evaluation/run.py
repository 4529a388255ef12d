"""From a file of labels to an answer: what `bonafide evaluate` does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
import numpy as np

from bonafide.cli.output_file import require_place, write_whole
from bonafide.compare import Calibration
from bonafide.decide import SIM_SIGNUP
from bonafide.evaluation.acquire import acquire
from bonafide.evaluation.datasets import LabelledSet, read_labels
from bonafide.evaluation.document import as_document
from bonafide.evaluation.measure import evaluate, prepare
from bonafide.evaluation.report import render_report
from bonafide.evaluation.results import Impostors, Provenance
from bonafide.evaluation.table import as_table
from bonafide.models import ModelEntry, ModelStore, licence_notice
from bonafide.service.calibrations import calibration_for
from bonafide.service.templates import SeveralFaces, TemplateExtractor
from bonafide.settings import Settings
from bonafide.version import VERSION

# The same labels give the same intervals, so that two reports can be compared.
_SEED = 19795


@dataclass(frozen=True, slots=True)
class Request:
    """What to measure. `impostors` None takes the listed pairs, or all against all for a gallery."""

    labels: Path
    root: Path
    groups: Path | None
    profile: str
    impostors: Impostors | None
    about: str
    several_faces: SeveralFaces
    workers: int | None


def run(request: Request, settings: Settings, report: Path | None, *, as_json: bool) -> str:
    """Measure, write the report if one is asked for, and return what goes to standard output.

    Raises `UnreadableData` for labels that cannot be read, `UsageError` for labels that say too little, and
    what loading the models raises.
    """
    if report is not None:
        require_place(report, "The report")
    labelled = read_labels(request.labels, request.root, request.groups)
    impostors = request.impostors or (Impostors.ALL if labelled.pairs is None else Impostors.LISTED)
    labelled = prepare(labelled, impostors)
    entry = ModelStore(settings.data_dir).recogniser(request.profile)
    if notice := licence_notice(entry):
        click.echo(notice, err=True)
    calibration = calibration_for(entry, settings)
    acquisition = acquire(
        "Making templates",
        labelled,
        partial(TemplateExtractor, request.profile, settings, request.several_faces),
        request.workers,
    )
    found = evaluate(
        labelled,
        acquisition,
        calibration,
        _provenance(request, entry, calibration, labelled, datetime.now(UTC)),
        impostors=impostors,
        about=request.about,
        random=np.random.default_rng(_SEED),
    )
    if report is not None:
        write_whole(report, render_report(found).encode(), "The report")
    if as_json:
        return json.dumps(as_document(found), ensure_ascii=False, allow_nan=False, indent=2)
    return as_table(found)


def _provenance(
    request: Request, entry: ModelEntry, calibration: Calibration, labelled: LabelledSet, now: datetime
) -> Provenance:
    return Provenance(
        profile=request.profile,
        model=entry.name,
        contract=entry.contract_id,
        calibration=calibration.digest,
        calibration_data=calibration.data,
        calibration_measured_on=calibration.measured_on,
        calibration_caveats=calibration.caveats,
        policy=SIM_SIGNUP.name,
        policy_digest=SIM_SIGNUP.digest,
        policy_fmr=SIM_SIGNUP.match.false_match_rate,
        labels=labelled.digest,
        several_faces=request.several_faces,
        measured_at=now,
        version=VERSION,
    )
