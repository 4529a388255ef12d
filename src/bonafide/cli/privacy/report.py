"""`bonafide privacy report`: the facts that a regulator asks for."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import click

from bonafide.cli.parameters import day
from bonafide.cli.privacy.report_answer import report_document, report_lines
from bonafide.decide import SIM_SIGNUP
from bonafide.errors import NotCalibrated
from bonafide.models import ModelEntry, ModelStore, Role
from bonafide.privacy import purposes
from bonafide.privacy.report import FILING, GroupErrorRate, ModelInUse, privacy_report, reached_by
from bonafide.service.calibrations import calibration_for
from bonafide.service.retention import retention
from bonafide.settings import Settings

_PERIOD = timedelta(days=365)


@click.command(name="report")
@click.option("--since", type=day, help="The first day of the period; a year ago if not given.")
@click.option(
    "--reached-on",
    type=day,
    help=f"The day on which face data of {FILING:,} people was stored, if you know it better.",
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def report_command(
    settings: Settings, /, *, since: datetime | None, reached_on: datetime | None, json_wanted: bool
) -> None:
    """Count what is kept and done, as an impact assessment asks (PIPL, articles 55 and 56).

    Warns as the number of people whose face data is stored nears that from which it is to be filed.
    """
    with retention(settings) as kept:
        now = kept.now()
        with kept.store.read(kept.operator) as transaction:
            report = privacy_report(
                transaction,
                now=now,
                since=since or now.wall - _PERIOD,
                purposes=purposes(),
                models=_models(settings),
                reached_on=reached_on.date() if reached_on else reached_by(transaction),
            )
    if json_wanted:
        click.echo(json.dumps(report_document(report), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(report_lines(report)))


def _models(settings: Settings) -> tuple[ModelInUse, ...]:
    """The models that serve here; those that compare faces with their error rates at what we promise."""
    store = ModelStore(settings.data_dir)
    recogniser = store.recogniser(settings.profile)
    others = (Role.DETECTOR, Role.TEXT_DETECTOR, Role.TEXT_RECOGNISER)
    return (
        _calibrated(recogniser, settings),
        *(ModelInUse(entry.name, entry.contract_id, None) for entry in map(store.serving, others)),
    )


def _calibrated(entry: ModelEntry, settings: Settings) -> ModelInUse:
    try:
        calibration = calibration_for(entry, settings)
    except NotCalibrated:
        # Nothing is decided with it then, and the rest of the report holds all the same.
        return ModelInUse(entry.name, entry.contract_id, None)
    point = calibration.operating_point(SIM_SIGNUP.match.false_match_rate)
    rates = tuple(
        GroupErrorRate(group, rate.value, point.fnmr[group].value if group in point.fnmr else None)
        for group, rate in point.fmr.items()
    )
    return ModelInUse(entry.name, entry.contract_id, calibration.digest, rates)
