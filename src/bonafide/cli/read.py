"""`bonafide read`: what a document says, and whether it agrees with itself."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from bonafide.cli.checks import check_lines, checks_document
from bonafide.cli.pictures import read_pair_of_sides
from bonafide.document import Reading
from bonafide.service.desk import DeskReading, DocumentDesk
from bonafide.service.moment import local_now
from bonafide.service.purposes import trial
from bonafide.settings import Settings
from bonafide.wording import Language, phrase


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--back", metavar="FILE", help="Picture of the document's other side.")
@click.option(
    "--minimum-age", type=click.IntRange(0, 130), metavar="YEARS", help="Check that the holder is so old."
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(
    settings: Settings, /, file: str, *, back: str | None, minimum_age: int | None, json_wanted: bool
) -> int:
    """Read an identity document and check it.

    FILE shows its front, or its only side; - is standard input. What it says is printed here and nowhere
    else. For tests, with documents of people who agreed to them.
    """
    front, other = read_pair_of_sides(file, back)
    now = local_now()
    found = DocumentDesk.open(settings).read(front, other, now.date(), trial(now), minimum_age)
    if json_wanted:
        click.echo(json.dumps(_document(found), ensure_ascii=False, allow_nan=False, indent=1))
    else:
        click.echo("\n".join(reading_lines(found.reading, settings.language)))
    return 0


def _document(found: DeskReading) -> dict[str, object]:
    reading = found.reading
    return {
        "kind": reading.kind.value,
        "fields": {
            name: list(value) if isinstance(value, tuple) else value for name, value in reading.fields.items()
        },
        "checks": checks_document(reading.checks),
        "portrait": reading.portrait and [round(value, 1) for value in reading.portrait],
        "timings_ms": {stage: round(value, 2) for stage, value in found.timings_ms.items()},
    }


def reading_lines(reading: Reading, language: Language) -> Iterator[str]:
    """A reading for people: the kind, the fields, the checks and what to do about those that did not pass."""
    yield phrase("document_kind", language, kind=reading.kind.value)
    for name, value in reading.fields.items():
        for line in value if isinstance(value, tuple) else (value,):
            yield f"  {name:<16}{line}"
    yield from check_lines(reading.checks, language)
