"""`bonafide known-case`: cases with a known answer, by which it is measured how well people decide."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bonafide.cli.parameters import WHO, identifier
from bonafide.cli.pictures import read_named
from bonafide.cli.table import table_lines
from bonafide.errors import UsageError
from bonafide.evidence.moment_text import moment_text
from bonafide.outcome import Reason
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.known_cases import Answer, KnownCases
from bonafide.service.retention import retention
from bonafide.service.review_reason import REASONS_FOR, ReviewReason
from bonafide.settings import Settings

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(name="known-case")
def command() -> None:
    """Put in cases with a known answer, which measure how well people decide."""


@command.command(name="add")
@click.option("--document", type=_FILE, required=True, help="A picture of a document, real or drawn.")
@click.option("--document-back", type=_FILE, help="Of its other side.")
@click.option("--selfie", type=_FILE, required=True, help="A picture of a face, real or drawn.")
@click.option(
    "--because",
    type=click.Choice([*map(str, Reason)]),
    multiple=True,
    required=True,
    help="Why a machine would refer it; may be given several times.",
)
@click.option(
    "--answer",
    type=click.Choice([*map(str, ReviewReason)]),
    required=True,
    help="What is right, by its reason.",
)
@click.option(
    "--consent",
    type=identifier,
    required=True,
    help="The agreement of whoever is in the pictures, by `bonafide consent give review-testing`.",
)
@WHO
@click.pass_obj
def add_command(
    settings: Settings,
    /,
    *,
    document: Path,
    document_back: Path | None,
    selfie: Path,
    because: tuple[str, ...],
    answer: str,
    consent: str,
    who: str,
) -> None:
    """Put one in. Only pictures of people on the staff who agreed to this, or drawn specimens."""
    files = {
        PictureKind.DOCUMENT: document,
        PictureKind.DOCUMENT_BACK: document_back,
        PictureKind.SELFIE: selfie,
    }
    pictures = tuple(CasePicture(kind, read_named(str(path)).data) for kind, path in files.items() if path)
    reason = ReviewReason(answer)
    outcome = next(one for one, reasons in REASONS_FOR.items() if reason in reasons)
    with retention(settings) as kept:
        made = KnownCases(kept, kept.vault()).add(
            who, pictures, tuple(map(Reason, because)), Answer(outcome, reason), consent=consent
        )
    click.echo(made.id)


@command.command(name="list")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_command(settings: Settings, /, *, json_wanted: bool) -> None:
    """List those that are there, newest first; nobody sees a picture."""
    with retention(settings) as kept:
        found = KnownCases(kept, kept.vault()).all()
    if json_wanted:
        documents = [
            {
                "id": case.id,
                "outcome": case.answer.outcome.value,
                "reason": case.answer.reason.value,
                "reasons": [reason.value for reason in case.reasons],
                "consent": case.consent,
                "made_by": case.made_by,
                "made_at": moment_text(case.made_at),
            }
            for case in found
        ]
        click.echo(json.dumps(documents, indent=1))
        return
    rows = (
        (case.id, case.answer.reason, ", ".join(case.reasons), case.made_by, case.made_at) for case in found
    )
    click.echo("\n".join(table_lines(("known case", "answer", "because", "put in by", "at"), *rows)))


@command.command(name="remove")
@click.argument("known", type=identifier)
@click.pass_obj
def remove_command(settings: Settings, /, known: str) -> None:
    """Take one out: its pictures are erased, and what was measured by it stays."""
    with retention(settings) as kept:
        if not KnownCases(kept, kept.vault()).remove(known):
            raise UsageError("There is no such known case", "See `bonafide known-case list`")
    click.echo("Taken out; the pictures are erased.")
