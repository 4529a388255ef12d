"""`bonafide store`: the database of what is kept, and the epochs of its keys."""

from __future__ import annotations

import contextlib
import json

import click
from rich.console import Console
from rich.progress import Progress

from bonafide.errors import UsageError
from bonafide.service.beginning import upgrade
from bonafide.service.retention import retention
from bonafide.service.safekeeping import open_store
from bonafide.settings import Settings
from bonafide.store.epochs import Epoch, current_epoch, destroy_epoch, epochs, rotate
from bonafide.store.rewrap import rewrap

_ALTERED = 20
_REPEAT = 20


@click.group(name="store")
def command() -> None:
    """Make the store, and look after the keys of what it keeps."""


@command.command(name="upgrade")
@click.pass_obj
def upgrade_command(settings: Settings) -> None:
    """Make the database's tables, or bring them to this version, and list the operator."""
    with contextlib.closing(open_store(settings)) as store:
        upgrade(settings, store)
    click.echo(f"The store is up to date; its operator is {settings.operator}.")


@command.command(name="epochs")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def epochs_command(settings: Settings, /, *, json_wanted: bool) -> None:
    """List the epochs of the operator's wrapping keys."""
    with contextlib.closing(open_store(settings)) as store:
        found = epochs(store, settings.operator)
    if json_wanted:
        click.echo(json.dumps([_document(epoch) for epoch in found], indent=1))
        return
    for epoch in found:
        click.echo(_line(epoch))


@command.command(name="rotate")
@click.pass_obj
def rotate_command(settings: Settings) -> None:
    """Begin a new epoch now, under which everything is sealed from then on."""
    with retention(settings) as kept:
        click.echo(_line(rotate(kept.store, kept.vault(), kept.operator, kept.now().retention)))


@command.command(name="rewrap")
@click.pass_obj
def rewrap_command(settings: Settings) -> int:
    """Put all records under the current epoch; broken off, it goes on where it stopped.

    Exit status: 0 all of them, 20 some were altered and stay where they are.
    """
    with retention(settings) as kept, Progress(console=Console(stderr=True), transient=True) as shown:
        vault = kept.vault()
        current = current_epoch(kept.store, vault, kept.operator, kept.now().retention)
        task = shown.add_task("Wrapping anew", total=None)

        def tell(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total)

        result = rewrap(kept.store, vault, kept.operator, current.number, progress=tell)
    click.echo(f"{result.moved} records came under epoch {current.number}; {result.altered} were altered.")
    return _ALTERED if result.altered else 0


@command.command(name="rewrite")
@click.pass_obj
def rewrite_command(settings: Settings) -> int:
    """Write the database anew, so that its files keep no byte of what was erased. Nobody writes meanwhile.

    Exit status: 0 done, 20 somebody still reads what was before: repeat it.
    """
    with retention(settings) as kept:
        rewritten = kept.store.rewrite()
    click.echo("Nothing erased is left." if rewritten else "Somebody still reads: repeat it later.")
    return 0 if rewritten else _REPEAT


@command.command(name="destroy-epoch")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--yes", is_flag=True, help="It cannot be undone: say that you mean it.")
@click.pass_obj
def destroy_epoch_command(settings: Settings, /, number: int, *, yes: bool) -> None:
    """Destroy an epoch's key: whatever a backup holds under it can never be opened again."""
    if not yes:
        raise UsageError(
            f"Backups made in epoch {number} could never be opened again", "Repeat it with --yes to do it"
        )
    with retention(settings) as kept:
        now = kept.now().retention
        click.echo(_line(destroy_epoch(kept.store, kept.vault(), kept.operator, number, now)))


def _document(epoch: Epoch) -> dict[str, object]:
    return {
        "number": epoch.number,
        "begins_at": epoch.begins_at.isoformat(timespec="seconds"),
        "ends_at": epoch.ends_at.isoformat(timespec="seconds"),
        "destroyed_at": epoch.destroyed_at and epoch.destroyed_at.isoformat(timespec="seconds"),
    }


def _line(epoch: Epoch) -> str:
    line = f"epoch {epoch.number}: {epoch.begins_at:%Y-%m-%d %H:%M} to {epoch.ends_at:%Y-%m-%d %H:%M} UTC"
    return (
        line if epoch.destroyed_at is None else f"{line}, key destroyed {epoch.destroyed_at:%Y-%m-%d %H:%M}"
    )
