"""`bonafide case`: what the machine could not decide, for a person."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import click

from bonafide.cli.opened_records import OUTPUT, write_opened
from bonafide.cli.output_file import require_place, write_whole
from bonafide.cli.parameters import WHO, identifier
from bonafide.cli.table import table_lines
from bonafide.evidence.moment_text import moment_text
from bonafide.outcome import Outcome
from bonafide.service.retention import retention
from bonafide.service.reviewing import Reviewing
from bonafide.settings import Settings


@click.group(name="case")
def command() -> None:
    """Open and decide the cases that were referred to a person."""


@command.command(name="list")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_command(settings: Settings, /, *, json_wanted: bool) -> None:
    """List the cases that wait to be decided, oldest first."""
    with _reviewing(settings) as reviewing:
        waiting = reviewing.waiting()
    if json_wanted:
        documents = [
            {"id": case.id, "purpose": case.purpose, "opened_at": moment_text(case.opened_at)}
            for case in waiting
        ]
        click.echo(json.dumps(documents, indent=1))
        return
    rows = ((case.id, case.purpose, case.opened_at) for case in waiting)
    click.echo("\n".join(table_lines(("case", "purpose", "referred at"), *rows)))


@command.command(name="open")
@click.argument("case", type=identifier)
@WHO
@OUTPUT
@click.pass_obj
def open_command(settings: Settings, /, case: str, *, who: str, output: Path) -> None:
    """Write the pictures of a case into a new folder, to be looked at and deleted."""
    with _reviewing(settings) as reviewing:
        write_opened(reviewing.opened(case, who), output)


@command.command(name="decide")
@click.argument("case", type=identifier)
@click.argument("outcome", type=click.Choice([Outcome.ACCEPT.value, Outcome.REJECT.value]))
@WHO
@click.option(
    "--receipt", type=click.Path(path_type=Path, dir_okay=False), help="Write a signed receipt here."
)
@click.pass_obj
def decide_command(settings: Settings, /, case: str, outcome: str, *, who: str, receipt: Path | None) -> None:
    """Decide a case that you opened; its pictures are erased."""
    if receipt:
        require_place(receipt, "The receipt")
    with _reviewing(settings) as reviewing:
        made = reviewing.decide(case, who, Outcome(outcome))
    if receipt:
        write_whole(receipt, made.receipt, "The receipt")
    click.echo(f"Decided: {outcome}. The decision is {made.id}; the pictures are erased.")


@contextlib.contextmanager
def _reviewing(settings: Settings) -> Iterator[Reviewing]:
    with retention(settings) as kept:
        yield Reviewing(kept, kept.vault(), kept.signer())
