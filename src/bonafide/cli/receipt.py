"""`bonafide receipt`: verify and read receipts."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bonafide.cli.plain import plain
from bonafide.errors import UnreadableReceipt
from bonafide.evidence import ClaimValue, Receipt, ReceiptCheck, check_receipt, parse_receipt
from bonafide.settings import Settings
from bonafide.vault import FileSigner, read_public_key
from bonafide.wording import Language, phrase

_NOT_VALID = 20
_DIGEST_LENGTH = 64
_MOST_BYTES = 1 << 20


@click.group(name="receipt")
def command() -> None:
    """Verify and read receipts."""


@command.command(name="verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Public key (PEM) to trust; else this installation's own. May be repeated.",
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify_command(settings: Settings, /, file: Path, *, keys: tuple[Path, ...], json_wanted: bool) -> int:
    """Check a receipt, offline, and name what is wrong with it.

    Exit status: 0 valid, 20 not valid, 3 not a receipt.
    """
    receipt = _read(file)
    trusted = tuple(map(read_public_key, keys)) or (FileSigner.existing(settings.data_dir).public_key,)
    check = check_receipt(receipt, trusted)
    if json_wanted:
        click.echo(json.dumps(_document(receipt, check), ensure_ascii=False, indent=1))
    else:
        click.echo(_text(receipt, check, settings.language))
    return 0 if check.valid else _NOT_VALID


@command.command(name="key")
@click.pass_obj
def key_command(settings: Settings) -> None:
    """Print the public key with which this installation's receipts are verified."""
    click.echo(FileSigner.open(settings.data_dir).public_pem, nl=False)


def _read(file: Path) -> Receipt:
    try:
        with file.open("rb") as opened:
            return parse_receipt(opened.read(_MOST_BYTES))
    except OSError as error:
        raise UnreadableReceipt(
            f"The receipt cannot be read ({error.strerror})", "Check its path and its permissions"
        ) from None


def _document(receipt: Receipt, check: ReceiptCheck) -> dict[str, object]:
    return {
        "valid": check.valid,
        "discrepancies": [{"kind": wrong.kind.value, "claim": wrong.claim} for wrong in check.discrepancies],
        "claims": dict(receipt.claims),
        "key": receipt.key,
    }


def _text(receipt: Receipt, check: ReceiptCheck, language: Language) -> str:
    lines = [phrase("receipt_valid" if check.valid else "receipt_invalid", language)]
    lines += [
        # A claim's name is whatever the file says.
        f"  - {phrase(f'discrepancy_{wrong.kind}', language, claim=plain(wrong.claim or ''))}"
        for wrong in check.discrepancies
    ]
    width = max(map(len, receipt.claims), default=0)
    lines += [
        f"  {plain(name).ljust(width)}  {plain(_claim_text(value))}" for name, value in receipt.claims.items()
    ]
    return "\n".join(lines)


def _claim_text(value: ClaimValue) -> str:
    """A claim for a person: digests are shortened, which `--json` does not do."""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value[:16]}…" if len(value) == _DIGEST_LENGTH else value
