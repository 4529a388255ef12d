"""Opened records as files, to be looked at and deleted."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import click

from bonafide.cli.private_output import private_file, private_folder
from bonafide.privacy.opened_record import OpenedRecord

OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A new folder, for this account alone.",
)


def write_opened(opening: AbstractContextManager[tuple[OpenedRecord, ...]], folder: Path) -> None:
    """Open records into a new folder, each by its kind and identifier. Raises `UsageError` for a folder that
    cannot be made, before anything is opened, and what opening raises.
    """
    with private_folder(folder, "What is opened") as made, opening as opened:
        for record in opened:
            with private_file(made / f"{record.kind}-{record.record}", "What is opened") as file:
                file.write(record.content)
    click.echo(f"{len(opened)} record(s) are in {folder}, in the clear: delete it as soon as it was seen.")
