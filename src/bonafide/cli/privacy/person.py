"""`bonafide privacy find`, `export`, `erase`, `receipts`: what somebody may ask of what is kept of them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bonafide.cli.erased import erased_document, erased_lines, write_receipt
from bonafide.cli.input_file import read_whole
from bonafide.cli.output_file import write_whole
from bonafide.cli.parameters import WHO, identifier, purpose_by_name
from bonafide.cli.private_output import private_file
from bonafide.errors import UsageError
from bonafide.privacy import Purpose
from bonafide.privacy.erasure import erase, receipts_of
from bonafide.privacy.export import export
from bonafide.privacy.finding import find_by_document
from bonafide.service.retention import new_identifier, random_bytes, retention
from bonafide.settings import Settings
from bonafide.version import SOFTWARE

_NAMES = ("receipt.json", "second-receipt.json")


@click.command(name="find")
@click.argument("issuer")
@WHO
@click.pass_obj
def find_command(settings: Settings, /, issuer: str, *, who: str) -> None:
    """Print the identifiers of whoever showed a document, for `export` and `erase`.

    ISSUER is the state that issued it by its three letters (CHN), or the authority of a driving licence. Its
    number is read from standard input, for a command line is seen by others.
    """
    number = read_whole(Path("-"), "The number").decode("utf-8", "replace").strip()
    with retention(settings) as kept:
        found = find_by_document(
            kept.store,
            kept.operator,
            kept.vault().document_index(kept.operator, issuer, number),
            who=who,
            now=kept.now(),
            identifier=new_identifier,
            random=random_bytes,
        )
    for subject in found:
        click.echo(subject)
    if not found:
        click.echo("Nothing is kept of whoever showed that document.", err=True)


@click.command(name="export")
@click.argument("subjects", metavar="SUBJECT...", nargs=-1, required=True, type=identifier)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="A new file (ZIP), for this account alone.",
)
@WHO
@click.pass_obj
def export_command(settings: Settings, /, subjects: tuple[str, ...], *, output: Path, who: str) -> None:
    """Write all that is kept of somebody into a file, opened, to be handed to them."""
    with retention(settings) as kept, private_file(output, "The export") as file:
        exported = export(
            kept.store,
            kept.vault(),
            kept.operator,
            subjects,
            who=who,
            now=kept.now(),
            identifier=new_identifier,
            random=random_bytes,
        )
        file.write(exported.as_zip())
    click.echo(f"{len(exported.files)} file(s) are in {output}, in the clear: hand it over, then delete it.")


@click.command(name="erase")
@click.argument("subjects", metavar="SUBJECT...", nargs=-1, required=True, type=identifier)
@click.option(
    "--purpose", type=purpose_by_name, help="Only what rests on consents to it, which were withdrawn."
)
@click.option("--yes", is_flag=True, help="It cannot be undone: say that you mean it.")
@click.option("--receipt", type=click.Path(path_type=Path, dir_okay=False), help="Write the receipt here.")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def erase_command(
    settings: Settings,
    /,
    subjects: tuple[str, ...],
    *,
    purpose: Purpose | None,
    yes: bool,
    receipt: Path | None,
    json_wanted: bool,
) -> None:
    """Erase all that is kept of somebody, and give a signed receipt of it."""
    if not yes:
        raise UsageError("What is erased cannot be brought back", "Repeat it with --yes to do it")
    with retention(settings) as kept:
        erased = erase(
            kept.store,
            kept.operator,
            subjects,
            now=kept.now(),
            identifier=new_identifier,
            signer=kept.signer(),
            software=SOFTWARE,
            purpose=purpose.name if purpose else None,
        )
    if json_wanted:
        click.echo(json.dumps(erased_document(erased), indent=1))
    else:
        click.echo("\n".join(erased_lines(erased, settings.language)))
    if receipt:
        write_receipt(erased, receipt)


@click.command(name="receipts")
@click.argument("erasure", type=identifier)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help=f"A folder to write them into, as {' and '.join(_NAMES)}.",
)
@click.pass_obj
def receipts_command(settings: Settings, /, erasure: str, *, output: Path | None) -> None:
    """Give the receipts of an erasure: the first, and the second once no backup can be opened any more."""
    with retention(settings) as kept, kept.store.read(kept.operator) as transaction:
        receipts = receipts_of(transaction, erasure)
    if not receipts:
        raise UsageError(
            "There is no such erasure of this operator",
            "Give the identifier that `bonafide privacy erase` printed",
        )
    for name, receipt in zip(_NAMES, receipts, strict=False):
        if output is None:
            click.echo(receipt, nl=False)
        else:
            write_whole(output / name, receipt, "The receipt")
            click.echo(output / name)
    if len(receipts) < len(_NAMES):
        click.echo("The second receipt follows once the keys of its time are destroyed.", err=True)
