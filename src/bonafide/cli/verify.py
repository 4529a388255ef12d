"""`bonafide verify`: the main job."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import click

from bonafide.cli.answer import EXIT_STATUS, as_json, as_text
from bonafide.cli.opening import open_verifier
from bonafide.cli.output_file import write_whole
from bonafide.cli.pictures import read_named, read_pair
from bonafide.decide import PRESETS
from bonafide.document.chip import read_chip_files
from bonafide.errors import NotPermitted
from bonafide.evidence import serialise_receipt
from bonafide.outcome import Subject
from bonafide.privacy import ConsentToken, Purpose, attested, purposes
from bonafide.service.moment import local_now
from bonafide.service.receipts import receipt_for
from bonafide.service.trust import trust_of
from bonafide.settings import Settings
from bonafide.vault import FileSigner
from bonafide.wording import Language


@click.command()
@click.option(
    "--document", metavar="FILE", required=True, help="Picture of the document; - is standard input."
)
@click.option("--document-back", metavar="FILE", help="Picture of the document's other side.")
@click.option(
    "--chip",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder with the files of the document's chip (docs/chip.md).",
)
@click.option(
    "--trust",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Certificates to trust for the chip; may be given several times.",
)
@click.option("--selfie", metavar="FILE", required=True, help="Picture of the customer; - is standard input.")
@click.option(
    "--purpose",
    type=click.Choice(sorted(PRESETS)),
    default="sim-signup",
    show_default=True,
    help="What the customer agreed to; it has the policy.",
)
@click.option(
    "--consented",
    is_flag=True,
    help="The customer read what the purpose asks and agreed (`bonafide consent show`).",
)
@click.option("--attended", is_flag=True, help="An agent vouches that the customer is there in person.")
@click.option("--profile", metavar="P", help="accurate, fast, or the name of a model of your own.")
@click.option(
    "--receipt", type=click.Path(path_type=Path, dir_okay=False), help="Write a signed receipt here."
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.option("--explain", is_flag=True, help="Show scores, for your own tuning; never to who is verified.")
@click.pass_obj
def command(
    settings: Settings,
    /,
    document: str,
    selfie: str,
    *,
    document_back: str | None,
    chip: Path | None,
    trust: tuple[Path, ...],
    purpose: str,
    consented: bool,
    attended: bool,
    profile: str | None,
    receipt: Path | None,
    json_wanted: bool,
    explain: bool,
) -> int:
    """Is this person the one on this document?

    Exit status: 0 accept, 10 refer to a person, 20 reject.
    """
    # Nobody's pictures are even opened before they agreed.
    consent = _attested(purposes()[purpose], settings.language, consented=consented)
    # What may be wrong with the pictures or the key is said before any model is loaded.
    pictures = read_pair(document, selfie, document_back)
    back = None if document_back is None else read_named(document_back, Subject.DOCUMENT)
    files = None if chip is None else read_chip_files(chip)
    authorities = trust_of(settings, trust) if files else None
    signer = FileSigner.open(settings.data_dir) if receipt else None
    verifier = open_verifier(settings, profile)
    case = verifier.verify(
        *pictures,
        consent,
        document_back=back,
        chip=files,
        trust=authorities,
        attended=attended,
        explain=explain,
    )
    if receipt and signer:
        made = receipt_for(case, signer, issued_at=datetime.now(UTC), identifier=str(uuid.uuid4()))
        write_whole(receipt, serialise_receipt(made), "The receipt")
    place = str(receipt) if receipt else None
    click.echo(
        as_json(case, receipt=place) if json_wanted else as_text(case, settings.language, receipt=place)
    )
    return EXIT_STATUS[case.outcome]


def _attested(purpose: Purpose, language: Language, *, consented: bool) -> ConsentToken:
    """The word of whoever runs the command that the customer agreed."""
    if not consented:
        raise NotPermitted(
            "Nobody's face is compared before they agreed to it",
            f"Show what `bonafide consent show {purpose.name}` prints and repeat with --consented if they "
            f"agree; if they decline: {purpose.notices[language].alternative}",
        )
    return attested(purpose, local_now())
