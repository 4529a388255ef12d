"""`bonafide attack-lab`: simulated sessions of living persons and attacks, through the code that decides."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from bonafide.evaluation.extras import require_extra
from bonafide.settings import Settings


@click.command()
@click.option(
    "--faces",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Portraits, a sub-folder for each person; else the sample pictures of a checkout.",
)
@click.option(
    "--sessions",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Sessions of each species; twice as many of living persons.",
)
@click.option(
    "--mode",
    type=click.Choice(["light", "movement"]),
    default="light",
    show_default=True,
    help="Movements and colours of the screen, or movements alone.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="The same seed, the same sessions.",
)
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the figures here, as JSON.",
)
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write an HTML page here.",
)
@click.option(
    "--calibrate",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="First tune on half of the people, write the calibration here, and judge by it.",
)
@click.option(
    "--skip",
    metavar="PEOPLE",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Leave out the first of each half: those whom earlier runs have shown.",
)
@click.option(
    "--enough",
    is_flag=True,
    help="In the report, of each species with a limit as many as show it kept if none is let through.",
)
@click.option("--workers", type=click.IntRange(min=1), help="How many processes; else as many as cores.")
@click.pass_obj
def command(
    settings: Settings,
    /,
    *,
    faces: Path | None,
    sessions: int,
    mode: str,
    seed: int,
    json_file: Path | None,
    report: Path | None,
    calibrate: Path | None,
    skip: int,
    enough: bool,
    workers: int | None,
) -> None:
    """Simulate live sessions of people and of attacks, and count who gets through.

    Everything is rendered: nothing here says how real attacks fare. A session costs some 3 s of one core.
    With eight people or more, those of one half are tuned on and those of the other reported.
    """
    require_extra()
    from bonafide.capture.challenge import Mode  # noqa: PLC0415 - slow to import
    from bonafide.evaluation.attack_lab.run import Request, run  # noqa: PLC0415 - an extra, slow to import

    request = Request(faces, sessions, Mode(mode), seed, json_file, report, calibrate, skip, enough, workers)
    click.echo(run(request, settings, datetime.now(UTC)))
