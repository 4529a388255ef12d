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
from bonafide.privacy.opinion import Origin
from bonafide.service.opinions import Opinions
from bonafide.service.retention import retention
from bonafide.service.review_reason import REASONS_FOR, ReviewReason
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
    with _reviewing(settings) as (_, opinions):
        waiting = opinions.waiting()
    if json_wanted:
        choices = {outcome.value: [*map(str, reasons)] for outcome, reasons in REASONS_FOR.items()}
        documents = [
            {
                "id": case.id,
                "purpose": case.purpose,
                "opened_at": moment_text(case.opened_at),
                "reasons": [reason.value for reason in case.reasons],
                "two_decide": case.two_decide,
                "choices": choices,
            }
            for case in waiting
        ]
        click.echo(json.dumps(documents, indent=1))
        return
    rows = (
        (case.id, case.purpose, case.opened_at, "two" if case.two_decide else "one", ", ".join(case.reasons))
        for case in waiting
    )
    columns = ("case", "purpose", "referred at", "decide", "because")
    click.echo("\n".join(table_lines(columns, *rows)))
    for outcome, reasons in REASONS_FOR.items():
        click.echo(f"Reasons to {outcome.value}: {', '.join(reasons)}")


@command.command(name="open")
@click.argument("case", type=identifier)
@WHO
@OUTPUT
@click.pass_obj
def open_command(settings: Settings, /, case: str, *, who: str, output: Path) -> None:
    """Write the pictures of a case into a new folder, to be looked at and deleted."""
    with _reviewing(settings) as (reviewing, _):
        write_opened(reviewing.opened(case, who), output)


@command.command(name="decide")
@click.argument("case", type=identifier)
@click.argument("outcome", type=click.Choice([Outcome.ACCEPT.value, Outcome.REJECT.value]))
@click.option(
    "--reason",
    type=click.Choice([*map(str, ReviewReason)]),
    required=True,
    help="Why: one of those that `case list` names for the outcome.",
)
@WHO
@click.option(
    "--receipt", type=click.Path(path_type=Path, dir_okay=False), help="Write a signed receipt here."
)
@click.pass_obj
def decide_command(
    settings: Settings, /, case: str, outcome: str, *, reason: str, who: str, receipt: Path | None
) -> None:
    """Say what you think of a case that you opened, and why.

    It is decided, and its pictures are erased; or, where two decide, another's opinion is wanted, given on
    the service's pages.
    """
    if receipt:
        require_place(receipt, "The receipt")
    with _reviewing(settings) as (_, opinions):
        made = opinions.give(case, who, Outcome(outcome), ReviewReason(reason))
    if made is None:
        click.echo(f"Kept: {outcome}. Another's opinion is wanted, on the service's pages; no receipt yet.")
        return
    if receipt:
        write_whole(receipt, made.receipt, "The receipt")
    click.echo(f"Decided: {outcome}. The decision is {made.id}; the pictures are erased.")


@contextlib.contextmanager
def _reviewing(settings: Settings) -> Iterator[tuple[Reviewing, Opinions]]:
    with retention(settings) as kept:
        reviewing = Reviewing(kept, kept.vault(), kept.signer())
        yield reviewing, Opinions(kept, reviewing, Origin.COMMAND)
