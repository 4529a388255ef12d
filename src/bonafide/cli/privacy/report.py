"""`bonafide privacy report`: the facts that a regulator asks for."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import click

from bonafide.cli.parameters import day
from bonafide.cli.privacy.rates_answer import rates_document, rates_lines
from bonafide.cli.privacy.report_answer import report_document, report_lines
from bonafide.privacy.report import FILING
from bonafide.service.error_rates import error_rates
from bonafide.service.privacy_facts import privacy_facts
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
        report = privacy_facts(
            kept, since or kept.now().wall - _PERIOD, reached_on.date() if reached_on else None
        )
        rates = error_rates(kept, max(1, (report.at.date() - report.since.date()).days + 1))
    if json_wanted:
        document = {**report_document(report), "error_rates": rates_document(rates)}
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join((*report_lines(report), "", *rates_lines(rates))))
