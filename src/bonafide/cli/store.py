"""`bonafide store`: the database of what is kept, and the epochs of its keys."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.progress import Progress

from bonafide.errors import UsageError
from bonafide.service.safekeeping import Safekeeping, open_store
from bonafide.settings import Settings
from bonafide.store.epochs import Epoch, current_epoch, destroy_epoch, epochs, rotate
from bonafide.store.rewrap import rewrap

_ALTERED = 20


@click.group(name="store")
def command() -> None:
    """Make the store, and look after the keys of what it keeps."""


@command.command(name="upgrade")
@click.pass_obj
def upgrade_command(settings: Settings) -> None:
    """Make the database's tables, or bring them to this version, and list the operator."""
    store = open_store(settings)
    with contextlib.closing(store):
        store.upgrade()
        new = settings.operator not in store.operators()
    if new:
        _begin_operator(settings)
    click.echo(f"The store is up to date; its operator is {settings.operator}.")


@command.command(name="epochs")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def epochs_command(settings: Settings, /, *, json_wanted: bool) -> None:
    """List the epochs of the operator's wrapping keys."""
    store = open_store(settings)
    with contextlib.closing(store):
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
    with _opened(settings) as safe:
        click.echo(_line(rotate(safe.store, safe.vault, safe.operator, _now())))


@command.command(name="rewrap")
@click.pass_obj
def rewrap_command(settings: Settings) -> int:
    """Put all records under the current epoch; broken off, it goes on where it stopped.

    Exit status: 0 all of them, 20 some were altered and stay where they are.
    """
    with _opened(settings) as safe, Progress(console=Console(stderr=True), transient=True) as shown:
        current = current_epoch(safe.store, safe.vault, safe.operator, _now())
        task = shown.add_task("Wrapping anew", total=None)

        def tell(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total)

        result = rewrap(safe.store, safe.vault, safe.operator, current.number, progress=tell)
    click.echo(f"{result.moved} records came under epoch {current.number}; {result.altered} were altered.")
    return _ALTERED if result.altered else 0


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
    with _opened(settings) as safe:
        click.echo(_line(destroy_epoch(safe.store, safe.vault, safe.operator, number, _now())))


def _begin_operator(settings: Settings) -> None:
    with _opened(settings) as safe:
        # The key first: an operator that is listed has one, and nobody ever makes it another.
        safe.vault.begin_operator(safe.operator)
        safe.store.begin_operator(safe.operator, _now())


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Safekeeping]:
    safe = Safekeeping.open(settings)
    with contextlib.closing(safe.store):
        yield safe


def _now() -> datetime:
    return datetime.now(UTC)


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
