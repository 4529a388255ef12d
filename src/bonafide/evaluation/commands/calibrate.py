"""`bonafide calibrate`: what a model's scores mean, by an operator's own labelled pictures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bonafide.evaluation.commands import options
from bonafide.evaluation.extras import require_extra
from bonafide.settings import Settings

if TYPE_CHECKING:
    from bonafide.evaluation.calibration.run import Made


@click.command()
@options.LABELS
@options.ROOT
@options.PROFILE
@options.GROUPS
@click.option("--about", required=True, help="What the pictures are, in your words; auditors read it.")
@click.option("--caveat", "caveats", multiple=True, help="What the pictures are not. May be repeated.")
@click.option(
    "--portraits",
    is_flag=True,
    help="The pictures are all photos: make small document portraits of them as well, by drawing.",
)
@options.SEVERAL_FACES
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write here; else where this installation will use it.",
)
@options.WORKERS
@click.pass_obj
def command(
    settings: Settings,
    /,
    labels: Path,
    *,
    root: Path | None,
    profile: str | None,
    groups: Path | None,
    about: str,
    caveats: tuple[str, ...],
    portraits: bool,
    several_faces: str,
    output: Path | None,
    workers: int | None,
) -> None:
    """Calibrate a model on your own labelled pictures.

    PAIRS is a file of `document selfie same` lines (same is 1 or 0), or a gallery file of `path person`
    lines. Pictures that no line with 1 links are taken for different people. Every document is compared with
    every other person's selfie.
    """
    require_extra()
    from bonafide.evaluation.calibration.run import (  # noqa: PLC0415 - an extra, and slow to import
        CalibrationRequest,
        run,
    )
    from bonafide.service.templates import SeveralFaces  # noqa: PLC0415 - the same

    request = CalibrationRequest(
        labels=labels,
        root=labels.parent if root is None else root,
        groups=groups,
        profile=profile or str(settings.profile),
        portraits=portraits,
        several_faces=SeveralFaces(several_faces),
        about=about,
        caveats=caveats,
        output=output,
        workers=workers,
    )
    click.echo("\n".join(_lines(run(request, settings, datetime.now(UTC)))))


def _lines(made: Made) -> Iterator[str]:
    calibration = made.calibration
    yield f"{calibration.model}: calibrated, {calibration.digest[:12]}, in {made.path}"
    if made.failures:
        yield f"{made.failures:,} pictures gave no template and were left out"
    for group in calibration.groups:
        yield (
            f"  {group.name}: {group.people:,} people, {group.pictures:,} pictures, "
            f"{group.mated:,} mated and {group.non_mated:,} non-mated comparisons"
        )
    for point in calibration.operating_points:
        worst = point.fmr[point.worst_group]
        missed = max(point.fnmr.items(), key=lambda item: item[1].value)
        yield (
            f"  promised FMR {point.fmr_target:g}: {worst.value:.1e} measured in the worst group "
            f"({point.worst_group}), FNMR at most {missed[1].value:.2%} ({missed[0]})"
        )
