"""`bonafide account`: the operator's own people, who enter the pages."""

from __future__ import annotations

import json

import click

from bonafide.cli.table import table_lines
from bonafide.errors import UsageError
from bonafide.evidence.moment_text import moment_text
from bonafide.service.accounts import account_named, accounts, end_account, invite
from bonafide.service.retention import retention
from bonafide.service.roles import Role
from bonafide.settings import Settings


@click.group(name="account")
def command() -> None:
    """Invite the operator's people, and end their accounts."""


@command.command(name="invite")
@click.argument("name")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="What they are; may be given several times.",
)
@click.pass_obj
def invite_command(settings: Settings, /, name: str, *, roles: tuple[str, ...]) -> None:
    """Invite somebody, or let somebody who has an account make a new way to enter.

    NAME is what the log of accesses calls them. The invitation is printed once, good for 24 hours and one
    use; give it to nobody else.
    """
    with retention(settings) as kept:
        account, text = invite(kept, name, frozenset(map(Role, roles)))
    click.echo(
        f"{account.name} is invited. On the service's page /staff/invitation they paste this:", err=True
    )
    click.echo(text)


@command.command(name="list")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_command(settings: Settings, /, *, json_wanted: bool) -> None:
    """List who has an account, and who had one."""
    with retention(settings) as kept:
        found = accounts(kept)
    if json_wanted:
        documents = [
            {
                "name": one.name,
                "roles": [role.value for role in Role if role in one.roles],
                "entered": one.entered,
                "since": moment_text(one.made_at),
                "until": one.ended_at and moment_text(one.ended_at),
            }
            for one in found
        ]
        click.echo(json.dumps(documents, ensure_ascii=False, indent=1))
        return
    rows = (
        (
            one.name,
            ", ".join(role for role in Role if role in one.roles),
            "can enter" if one.entered else "ended" if one.ended_at else "invited",
            one.made_at,
            one.ended_at,
        )
        for one in found
    )
    click.echo("\n".join(table_lines(("NAME", "ROLES", "STATE", "SINCE", "UNTIL"), *rows)))


@command.command(name="disable")
@click.argument("name")
@click.pass_obj
def disable_command(settings: Settings, /, name: str) -> None:
    """End an account with its sessions and ways to enter, at once and for good."""
    with retention(settings) as kept:
        if end_account(kept, account_named(kept, name).id) is None:
            raise UsageError("That account has ended already", "Nothing needs doing")
    click.echo(f"{name} can enter no more.")
