"""`bonafide api-key`: keys of machines."""

from __future__ import annotations

import json
from datetime import timedelta

import click

from bonafide.cli.parameters import identifier
from bonafide.cli.table import table_lines
from bonafide.errors import UsageError
from bonafide.evidence.moment_text import moment_text
from bonafide.service.api_keys import ApiKey, Scope, api_keys, make_api_key, revoke_api_key
from bonafide.service.retention import retention
from bonafide.settings import Settings


@click.group(name="api-key")
def command() -> None:
    """Make, list and revoke the keys that machines sign people up with."""


@command.command(name="make")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    required=True,
    help="What it may be used for; once for each.",
)
@click.option(
    "--days", type=click.IntRange(1, 3660), help="How long it may be used; else until it is revoked."
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def make_command(
    settings: Settings, /, name: str, *, scopes: tuple[str, ...], days: int | None, json_wanted: bool
) -> None:
    """Make a key for a machine of that name, and print it this once."""
    life = None if days is None else timedelta(days=days)
    with retention(settings) as kept:
        key, text = make_api_key(kept, name, [Scope(scope) for scope in scopes], life=life)
    if json_wanted:
        click.echo(json.dumps({**_document(key), "key": text}, ensure_ascii=False, indent=1))
        return
    click.echo(text)
    click.echo(f"This is the key {key.id}. It is shown this once; keep it where secrets are kept.", err=True)


@command.command(name="list")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_command(settings: Settings, /, *, json_wanted: bool) -> None:
    """List the keys, the expired and revoked ones too."""
    with retention(settings) as kept:
        known = api_keys(kept)
    if json_wanted:
        click.echo(json.dumps([_document(key) for key in known], ensure_ascii=False, indent=1))
        return
    rows = (
        (key.id, key.name, " ".join(sorted(key.scopes)), key.made_at, key.expires_at, key.revoked_at)
        for key in known
    )
    click.echo("\n".join(table_lines(("KEY", "NAME", "SCOPES", "SINCE", "UNTIL", "REVOKED"), *rows)))


@command.command(name="revoke")
@click.argument("key", type=identifier)
@click.pass_obj
def revoke_command(settings: Settings, /, key: str) -> None:
    """Let a key open nothing any more, from now on."""
    with retention(settings) as kept:
        revoked = revoke_api_key(kept, key)
    if revoked is None:
        raise UsageError("There is no such key", "Name one that `bonafide api-key list` lists")
    click.echo(f"The key of {revoked.name} opens nothing any more.")


def _document(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "made_at": moment_text(key.made_at),
        "expires_at": key.expires_at and moment_text(key.expires_at),
        "revoked_at": key.revoked_at and moment_text(key.revoked_at),
    }
