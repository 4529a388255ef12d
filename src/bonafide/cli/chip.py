"""`bonafide chip`: whether a state signed what is on a document's chip."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bonafide.cli.checks import check_lines, checks_document
from bonafide.document.chip import authenticate, read_chip_files
from bonafide.service.moment import local_now
from bonafide.service.trust import trust_of
from bonafide.settings import Settings
from bonafide.wording import phrase


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Certificates, master lists and revocation lists to trust; may be given several times.",
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(settings: Settings, /, folder: Path, *, trust: tuple[Path, ...], json_wanted: bool) -> int:
    """Check the files of a document's chip.

    DIR holds the files as a reader delivers them (docs/chip.md). Exit status: 0 authentic, 20 otherwise.
    """
    found = authenticate(read_chip_files(folder), trust_of(settings, trust), local_now())
    if json_wanted:
        document = {
            "authentic": found.authentic,
            "reasons": [reason.value for reason in found.reasons],
            "checks": checks_document(found.checks),
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        name = "chip_authentic" if found.authentic else "chip_not_authentic"
        click.echo(phrase(name, settings.language))
        click.echo("\n".join(check_lines(found.checks, settings.language)))
    return 0 if found.authentic else 20
