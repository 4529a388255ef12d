"""`bonafide witness`: remembers other parties' logs, and cosigns one history of each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from bonafide.cli.input_file import read_whole
from bonafide.cli.vkeys import log_vkey
from bonafide.errors import SetupBroken
from bonafide.evidence.note import SignatureKind, VerifierKey
from bonafide.evidence.witness import Refusal, Witness, parse_request
from bonafide.settings import Settings
from bonafide.vault import FileSigner, KeyFile
from bonafide.vault.private_file import make_folder

_CONFLICT: Final = 10
_REFUSED: Final = 20

_WHY: Final = {
    Refusal.UNKNOWN_LOG: "It is no log whose key was given",
    Refusal.BAD_SIGNATURE: "The log's key did not sign this checkpoint",
    Refusal.OLD_SIZE_TOO_LARGE: "The checkpoint is of fewer leaves than the request begins from",
    Refusal.CONFLICT: "The request begins from another size than is remembered, which is on standard output",
    Refusal.FORK: "The checkpoint does not continue what is remembered of this log: keep the request, for it "
    "shows that the log has two histories",
}


@click.group(name="witness")
def command() -> None:
    """Watch logs of others, and cosign what continues them."""


@command.command(name="key")
@click.pass_obj
def key_command(settings: Settings) -> None:
    """Print this witness's key; its name comes of BONAFIDE_OPERATOR."""
    signer = FileSigner.open(settings.data_dir, KeyFile.WITNESS)
    click.echo(VerifierKey.of(_name(settings), SignatureKind.COSIGNATURE, signer))


@command.command(name="cosign")
@click.argument("request", type=click.Path(path_type=Path))
@click.option(
    "--log",
    "logs",
    metavar="VKEY",
    multiple=True,
    required=True,
    help="Key of a log to watch. May be repeated.",
)
@click.pass_obj
def cosign_command(settings: Settings, /, request: Path, *, logs: tuple[str, ...]) -> int:
    """Cosign a request (a file, or - for standard input) if it continues what is remembered of its log.

    Exit status: 0 cosigned, 10 it begins from another size, which is printed, 20 refused.
    """
    keys = tuple(map(log_vkey, logs))
    asked = parse_request(read_whole(request, "The request"))
    signer = FileSigner.open(settings.data_dir, KeyFile.WITNESS)
    witness = Witness(_memory(settings), _name(settings), signer, keys)
    answer = witness.add(asked, datetime.now(UTC))
    if answer.refusal is not None:
        if answer.refusal is Refusal.CONFLICT:
            click.echo(answer.size)
        click.echo(f"bonafide: {_WHY[answer.refusal]}.", err=True)
        return _CONFLICT if answer.refusal is Refusal.CONFLICT else _REFUSED
    click.echo(answer.cosignature)
    return 0


def _name(settings: Settings) -> str:
    return f"{settings.operator}/witness"


def _memory(settings: Settings) -> Path:
    folder = settings.data_dir / "witness"
    try:
        make_folder(folder)
    except OSError as error:
        raise SetupBroken(
            f"The folder of what the witness remembers cannot be made ({error.strerror})",
            "Let this account write to the data folder",
        ) from None
    return folder / "cosigned.json"
