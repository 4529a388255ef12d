"""What `evaluate` and `calibrate` both ask about labelled pictures."""

from __future__ import annotations

from pathlib import Path

import click

LABELS = click.argument("labels", metavar="PAIRS", type=click.Path(path_type=Path))
ROOT = click.option(
    "--root", type=click.Path(path_type=Path), help="Folder of the pictures; else that of PAIRS."
)
PROFILE = click.option("--profile", metavar="P", help="fast, accurate, or the name of a model of your own.")
GROUPS = click.option(
    "--groups", type=click.Path(path_type=Path), help="File of `path group` or `person group` lines."
)
SEVERAL_FACES = click.option(
    "--several-faces",
    type=click.Choice(["central", "refuse"]),
    default="central",
    show_default=True,
    help="In a picture with several faces, take the central one, or none as `verify` does.",
)
WORKERS = click.option(
    "--workers", type=click.IntRange(min=1), help="Processes that make templates; else all cores."
)
