"""`bonafide bench`: what face checks, readings, records and a service cost, beside the least they can."""

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
@click.option(
    "--decisions",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Decisions kept one by one; eight times as many in groups.",
)
@click.option(
    "--served",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    help="Whole verifications that a service of two workers serves; 0 starts no service.",
)
@click.option(
    "--live",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="Live sessions at once with such a service; 0 holds none.",
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
    decisions: int,
    served: int,
    live: int,
    as_json: bool,
) -> None:
    """Measure speed against the bare kernels and the bare disk.

    Measured are the face check, in which nothing is read, and the reading of a drawn passport. The floor is
    what no program could save: the networks on prepared tensors and the JPEG decoder on bytes, as often as
    this case needs them. Whole and floor take turns, so that a busy machine strikes both alike. So do the
    keeping of records, in a database made in the data folder and removed, and a bare fsync there; and a
    service, with an empty data folder and for this machine alone, and a process that verifies without one.
    Live sessions are those of a simulated person with a drawn face.
    """
    from bonafide.evaluation.bench.run import Request, run  # noqa: PLC0415 - slow to import

    request = Request(document, selfie, profile, rounds, starts, windows, decisions, served, live)
    click.echo(run(request, settings, as_json=as_json))
