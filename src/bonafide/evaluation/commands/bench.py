"""`bonafide bench`: what a face check and a reading cost, beside the bare kernels."""

from __future__ import annotations

from pathlib import Path

import click

from bonafide.settings import Settings


@click.command()
@click.option(
    "--document",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="JPEG of a document with a portrait; else a specimen is drawn, 1600 x 1000.",
)
@click.option(
    "--selfie",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="JPEG of one person; else a specimen is drawn, 960 x 1280.",
)
@click.option("--profile", metavar="P", help="accurate, fast, or the name of a model of your own; else both.")
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Warm face checks; a quarter as many readings.",
)
@click.option("--starts", type=click.IntRange(min=1), default=10, show_default=True, help="Starts from cold.")
@click.option(
    "--windows", type=click.IntRange(min=1), default=30, show_default=True, help="Windows of two workers."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(
    settings: Settings,
    /,
    document: Path | None,
    selfie: Path | None,
    *,
    profile: str | None,
    rounds: int,
    starts: int,
    windows: int,
    as_json: bool,
) -> None:
    """Measure speed against the bare kernels.

    Measured are the face check, in which nothing is read, and the reading of a drawn passport. The floor is
    what no program could save: the networks on prepared tensors and the JPEG decoder on bytes, as often as
    this case needs them. Whole and floor take turns, so that a busy machine strikes both alike.
    """
    from bonafide.evaluation.bench.run import Request, run  # noqa: PLC0415 - slow to import

    request = Request(document, selfie, profile, rounds, starts, windows)
    click.echo(run(request, settings, as_json=as_json))
