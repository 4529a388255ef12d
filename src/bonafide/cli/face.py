"""`bonafide face`: what detection and quality say of one picture."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from bonafide.cli.answer import face_document, quality_document
from bonafide.cli.pictures import read_named
from bonafide.outcome import Reason, Subject
from bonafide.service.inspection import InspectedFace, Inspection, inspect
from bonafide.service.moment import local_now
from bonafide.service.purposes import trial
from bonafide.settings import Settings
from bonafide.wording import Language, advice, phrase, sentence


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--as",
    "subject",
    type=click.Choice([subject.value for subject in Subject]),
    default=Subject.SELFIE.value,
    show_default=True,
    help="Which picture's limits to judge by.",
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(settings: Settings, /, file: str, *, subject: Subject, json_wanted: bool) -> int:
    """Report the faces in a picture and their quality.

    FILE may be -, standard input. For tests, with pictures of people who agreed to them.
    """
    now = local_now()
    found = inspect(read_named(file), Subject(subject), settings, trial(now), now)
    if json_wanted:
        click.echo(json.dumps(_document(found), ensure_ascii=False, allow_nan=False, indent=1))
    else:
        click.echo("\n".join(_lines(found, Subject(subject), settings.language)))
    return 0


def _document(found: Inspection) -> dict[str, object]:
    return {
        "width": found.width,
        "height": found.height,
        "detector": {"name": found.detector.name, "contract": found.detector.contract_id},
        "faces": [
            {
                **face_document(inspected.face),
                "flaws": [flaw.value for flaw in inspected.quality.flaws],
                "quality": quality_document(inspected.quality),
            }
            for inspected in found.faces
        ],
    }


def _lines(found: Inspection, subject: Subject, language: Language) -> Iterator[str]:
    yield phrase("faces_found", language, count=len(found.faces), width=found.width, height=found.height)
    for number, inspected in enumerate(found.faces, start=1):
        yield from _face_lines(number, inspected, subject, language)


def _face_lines(number: int, inspected: InspectedFace, subject: Subject, language: Language) -> Iterator[str]:
    x, y, width, height = (round(value) for value in inspected.face.box)
    yield f"{number}: {width} x {height} (+{x}, +{y})"
    for flaw in inspected.quality.flaws:
        reason = Reason.of(subject, flaw)
        yield f"  - {sentence(reason, language)} {advice(reason, language) or ''} ({reason})"
    if not inspected.quality.flaws:
        yield f"  - {phrase('face_good', language)}"
    for measure in inspected.quality.measures:
        value = measure.unassessed or f"{measure.value:3d} / 100   {measure.raw:10.3f}"
        yield f"    {measure.name:<15} {value}"
