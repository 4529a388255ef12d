"""`bonafide verify`: the main job."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import click

from bonafide.cli.answer import EXIT_STATUS, as_json, as_text
from bonafide.cli.opening import open_verifier
from bonafide.cli.output_file import require_place, write_whole
from bonafide.cli.parameters import identifier
from bonafide.cli.pictures import read_named, read_pair
from bonafide.decide import PRESETS
from bonafide.document.chip import read_chip_files
from bonafide.errors import NotPermitted, UsageError
from bonafide.evidence import serialise_receipt
from bonafide.outcome import Subject
from bonafide.privacy import ConsentToken, Purpose, attested, purposes
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.document_index import DocumentIndex
from bonafide.service.moment import local_now
from bonafide.service.receipts import receipt_for
from bonafide.service.trust import trust_of
from bonafide.service.verification import Verification
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
@click.option("--consent", metavar="ID", type=identifier, help="The consent on record; keeps the decision.")
@click.option(
    "--consented",
    is_flag=True,
    help="You vouch that the customer read what the purpose asks and agreed; keeps nothing.",
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
    consent: str | None,
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
    declared = purposes()[purpose]
    if receipt:
        require_place(receipt, "The receipt")
    if consented and consent:
        raise UsageError("A consent is on record or vouched for, not both", "Give --consent or --consented")

    def look(
        leave: ConsentToken, index: DocumentIndex | None
    ) -> tuple[Verification, tuple[CasePicture, ...]]:
        # What may be wrong with the pictures is said before any model is loaded.
        front, live = read_pair(document, selfie, document_back)
        back = None if document_back is None else read_named(document_back, Subject.DOCUMENT)
        files = None if chip is None else read_chip_files(chip)
        authorities = trust_of(settings, trust) if files else None
        case = open_verifier(settings, profile).verify(
            front,
            live,
            leave,
            document_back=back,
            chip=files,
            trust=authorities,
            attended=attended,
            explain=explain,
            index=index,
        )
        named = (
            (PictureKind.DOCUMENT, front),
            (PictureKind.DOCUMENT_BACK, back),
            (PictureKind.SELFIE, live),
        )
        return case, tuple(CasePicture(kind, picture.data) for kind, picture in named if picture)

    # Nobody's pictures are even opened before they agreed.
    if consent:
        from bonafide.cli.kept_case import decide_and_keep  # noqa: PLC0415 - loads a database, for this alone

        case, kept = decide_and_keep(settings, declared, consent, look)
        signed: bytes | None = kept.receipt
    else:
        leave = _attested(declared, settings.language, consented=consented)
        signer = FileSigner.open(settings.data_dir) if receipt else None
        case, _ = look(leave, None)
        kept = None
        signed = _signed(case, signer) if signer else None
    if receipt and signed:
        write_whole(receipt, signed, "The receipt")
    place = str(receipt) if receipt else None
    click.echo(
        as_json(case, receipt=place, kept=kept)
        if json_wanted
        else as_text(case, settings.language, receipt=place, kept=kept)
    )
    return EXIT_STATUS[case.outcome]


def _signed(case: Verification, signer: FileSigner) -> bytes:
    """A receipt that nobody keeps but who asked for it."""
    made = receipt_for(case, signer, issued_at=datetime.now(UTC), identifier=str(uuid.uuid4()))
    return serialise_receipt(made)


def _attested(purpose: Purpose, language: Language, *, consented: bool) -> ConsentToken:
    """The word of whoever runs the command that the customer agreed."""
    if not consented:
        raise NotPermitted(
            "Nobody's face is compared before they agreed to it",
            f"Show what `bonafide consent show {purpose.name}` prints and repeat with --consented if they "
            f"agree; if they decline: {purpose.notices[language].alternative}",
        )
    return attested(purpose, local_now())
