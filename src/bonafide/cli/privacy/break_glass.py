"""`bonafide privacy break-glass`: opening something out of the ordinary, which takes two people."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta
from pathlib import Path

import click
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bonafide.cli.opened_records import OUTPUT, write_opened
from bonafide.cli.output_file import write_whole
from bonafide.cli.parameters import WHO, identifier
from bonafide.cli.plain import plain
from bonafide.errors import KeyUnusable, UnreadableData, UnreadableInput, UsageError
from bonafide.evidence.moment_text import moment_text
from bonafide.privacy.break_glass import (
    PEOPLE,
    approve,
    approved_by,
    ask,
    open_with,
    request_of,
)
from bonafide.privacy.break_glass_request import parse_request
from bonafide.service.retention import new_identifier, random_bytes, retention
from bonafide.settings import Settings
from bonafide.vault.private_file import read_file

_MOST_BYTES = 16 * 1024


@click.group(name="break-glass")
def break_glass_command() -> None:
    """Open one record or case, after two people signed the request."""


@break_glass_command.command(name="ask")
@WHO
@click.option("--reason", required=True, help="Why, in one line that names nobody.")
@click.option("--record", type=identifier, help="The record to open.")
@click.option(
    "--case", "referred_case", type=identifier, help="The case to open, with all that is kept of it."
)
@click.option(
    "--minutes", type=click.IntRange(1, 60), default=60, show_default=True, help="How long it is good."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Write the request here, to be signed.",
)
@click.pass_obj
def ask_command(
    settings: Settings,
    /,
    *,
    who: str,
    reason: str,
    record: str | None,
    referred_case: str | None,
    minutes: int,
    output: Path,
) -> None:
    """Ask to open a record or a case, and write the request that two people are to sign."""
    with retention(settings) as kept:
        now = kept.now()
        request = kept.store.write(
            kept.operator,
            lambda transaction: ask(
                transaction,
                asked_by=who,
                reason=reason,
                now=now,
                identifier=new_identifier,
                record=record,
                referred_case=referred_case,
                life=timedelta(minutes=minutes),
            ),
        )
    write_whole(output, request.content, "The request")
    click.echo(f"The request {request.id} is in {output}, good until {moment_text(request.good_until)}.")


@break_glass_command.command(name="show")
@click.argument("request", type=identifier)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the request here, to be signed."
)
@click.pass_obj
def show_command(settings: Settings, /, request: str, *, output: Path | None) -> None:
    """Show a request, and who approved it so far."""
    with retention(settings) as kept, kept.store.read(kept.operator) as transaction:
        found, people = request_of(transaction, request), approved_by(transaction, request)
    _tell(found.content)
    click.echo(f"approved_by: {', '.join(people) or '-'} ({len(people)} of {PEOPLE})")
    if output:
        write_whole(output, found.content, "The request")


@break_glass_command.command(name="sign")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    required=True,
    help="Your private key (PEM, Ed25519, mode 0600).",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Write the signature here.",
)
@click.option("--yes", is_flag=True, help="You have read what is shown and approve it.")
def sign_command(*, file: Path, key: Path, output: Path, yes: bool) -> None:
    """Read a request, and sign it with your own key, on your own machine; nothing else is needed there."""
    content = _read(file, "The request")
    parse_request(content)
    _tell(content)
    if not yes:
        raise UsageError("It is not signed yet", "Read it, and repeat with --yes to approve it")
    signature = base64.b64encode(_private_key(key).sign(content)) + b"\n"
    write_whole(output, signature, "The signature")


@break_glass_command.command(name="approve")
@click.argument("request", type=identifier)
@WHO
@click.option(
    "--signature", type=click.Path(path_type=Path), required=True, help="The file that `sign` wrote for them."
)
@click.pass_obj
def approve_command(settings: Settings, /, request: str, *, who: str, signature: Path) -> None:
    """Bring in the signature of somebody who may approve."""
    signed = _signature(signature)
    with retention(settings) as kept:
        now = kept.now()
        kept.store.write(kept.operator, lambda transaction: approve(transaction, request, who, signed, now))
        with kept.store.read(kept.operator) as transaction:
            people = approved_by(transaction, request)
    click.echo(f"{len(people)} of {PEOPLE} approved: {', '.join(people)}.")


@break_glass_command.command(name="open")
@click.argument("request", type=identifier)
@WHO
@OUTPUT
@click.pass_obj
def open_command(settings: Settings, /, request: str, *, who: str, output: Path) -> None:
    """Open what an approved request names, once, into files. Only who asked for it may."""
    with retention(settings) as kept:
        opening = open_with(
            kept.store,
            kept.vault(),
            kept.operator,
            request,
            who=who,
            now=kept.now(),
            identifier=new_identifier,
            random=random_bytes,
        )
        write_opened(opening, output)


def _tell(content: bytes) -> None:
    """All that is signed; a changed file may hold anything, which a terminal is not to obey."""
    for name, value in json.loads(content).items():
        click.echo(f"{name}: {'-' if value is None else plain(value)}")


def _read(file: Path, what: str) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_MOST_BYTES)
    except OSError as error:
        raise UnreadableInput(
            f"{what} cannot be read ({error.strerror})", "Check its path and its permissions"
        ) from None


def _signature(file: Path) -> bytes:
    try:
        return base64.b64decode(_read(file, "The signature").strip(), validate=True)
    except binascii.Error:
        raise UnreadableData(
            "The file is no signature", "Give the one that `bonafide privacy break-glass sign` wrote"
        ) from None


def _private_key(file: Path) -> Ed25519PrivateKey:
    refusal = KeyUnusable(
        "Your key may be read or changed by other accounts",
        "If nobody had access, set its mode to 0600; else let another key of yours be registered",
    )
    try:
        key = load_pem_private_key(read_file(file, refusal), password=None)
    except OSError as error:
        raise KeyUnusable(
            f"Your key cannot be read ({error.strerror})", "Check its path and its permissions"
        ) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(
            "Your key is not an Ed25519 key, or has a passphrase",
            "Make one with `openssl genpkey -algorithm ed25519`, and keep it on a medium of your own",
        )
    return key
