"""`bonafide evaluate`: error rates of a labelled set of pictures."""

from __future__ import annotations

from pathlib import Path

import click

from bonafide.evaluation.commands import options
from bonafide.evaluation.extras import require_extra
from bonafide.settings import Settings


@click.command()
@options.LABELS
@options.ROOT
@options.PROFILE
@click.option(
    "--impostors",
    type=click.Choice(["listed", "all"]),
    help="Compare different people as listed, or all against all. Listed for pairs, all for a gallery.",
)
@options.GROUPS
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write an HTML page here.")
@click.option("--about", default="", help="What the pictures are, in your words, for the report.")
@options.SEVERAL_FACES
@options.WORKERS
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(
    settings: Settings,
    /,
    labels: Path,
    *,
    root: Path | None,
    profile: str | None,
    impostors: str | None,
    groups: Path | None,
    report: Path | None,
    about: str,
    several_faces: str,
    workers: int | None,
    as_json: bool,
) -> None:
    """Measure error rates on labelled pictures.

    PAIRS is a file of `path_a path_b same` lines (same is 1 or 0), or a gallery file of `path person` lines.
    A further column may name a group.
    """
    require_extra()
    from bonafide.evaluation.results import Impostors  # noqa: PLC0415 - an extra, and slow to import
    from bonafide.evaluation.run import Request, run  # noqa: PLC0415 - the same
    from bonafide.service.templates import SeveralFaces  # noqa: PLC0415 - the same

    request = Request(
        labels=labels,
        root=labels.parent if root is None else root,
        groups=groups,
        profile=profile or str(settings.profile),
        impostors=None if impostors is None else Impostors(impostors),
        about=about,
        several_faces=SeveralFaces(several_faces),
        workers=workers,
    )
    click.echo(run(request, settings, report, as_json=as_json))
