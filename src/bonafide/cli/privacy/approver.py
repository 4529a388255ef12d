"""`bonafide privacy approver`: who may approve that something is opened out of the ordinary."""

from __future__ import annotations

import json
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bonafide.cli.table import table_lines
from bonafide.errors import KeyUnusable, UnreadableData, UsageError
from bonafide.evidence.moment_text import moment_text
from bonafide.privacy.approver import approvers, find_approver, register_approver, remove_approver
from bonafide.service.retention import retention
from bonafide.settings import Settings
from bonafide.store import Transaction
from bonafide.vault import key_id, read_public_key


@click.group(name="approver")
def approver_command() -> None:
    """Say who may approve that something is opened."""


@approver_command.command(name="add")
@click.argument("name")
@click.argument("keyfile", type=click.Path(path_type=Path))
@click.pass_obj
def add_command(settings: Settings, /, name: str, keyfile: Path) -> None:
    """Let somebody approve, with the public key (PEM, Ed25519) that they made for it.

    A name or key that was ever registered is not taken again.
    """
    key = _public_key(keyfile)
    with retention(settings) as kept:
        now = kept.now()
        kept.store.write(kept.operator, lambda transaction: register_approver(transaction, name, key, now))
    click.echo(f"{name} may approve, with the key {key_id(key)}.")


@approver_command.command(name="list")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_command(settings: Settings, /, *, json_wanted: bool) -> None:
    """List who may approve, and who might once."""
    with retention(settings) as kept, kept.store.read(kept.operator) as transaction:
        known = approvers(transaction)
    rows = [(one.who, key_id(Ed25519PublicKey.from_public_bytes(one.public_key)), one) for one in known]
    if json_wanted:
        document = [
            {
                "who": who,
                "key": key,
                "since": moment_text(one.made_at),
                "until": one.removed_at and moment_text(one.removed_at),
            }
            for who, key, one in rows
        ]
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    table = [(who, key[:16], one.made_at, one.removed_at) for who, key, one in rows]
    click.echo("\n".join(table_lines(("WHO", "KEY", "SINCE", "UNTIL"), *table)))


@approver_command.command(name="remove")
@click.argument("name")
@click.pass_obj
def remove_command(settings: Settings, /, name: str) -> None:
    """Let somebody approve no more; what they approved and nobody used counts no more either."""
    with retention(settings) as kept:
        now = kept.now()

        def remove(transaction: Transaction) -> None:
            if find_approver(transaction, name) is None:
                raise UsageError(
                    "Nobody of that name may approve", "Name one whom `bonafide privacy approver list` lists"
                )
            remove_approver(transaction, name, now)

        kept.store.write(kept.operator, remove)
    click.echo(f"{name} may approve no more.")


def _public_key(file: Path) -> Ed25519PublicKey:
    try:
        return read_public_key(file)
    except KeyUnusable:
        raise UnreadableData(
            "The approver's file is not an Ed25519 public key",
            "Let them make one: `openssl genpkey -algorithm ed25519 -out private.pem`, then "
            "`openssl pkey -in private.pem -pubout -out public.pem`",
        ) from None
