"""`bonafide privacy upkeep`: what has to be done each day, without anybody thinking of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from bonafide.privacy.sweep import Swept, sweep
from bonafide.privacy.upkeep import Upkept, upkeep
from bonafide.service.retention import new_identifier, retention
from bonafide.settings import Settings
from bonafide.version import SOFTWARE

_LEFT = 20


@click.command(name="upkeep")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def upkeep_command(settings: Settings, /, *, json_wanted: bool) -> int:
    """Erase what is due, turn keys over, and give the second receipts of erasures. For cron.

    Erases what is due of every operator of the store; turns over the keys of this one. May be broken off and
    repeated.

    Exit status: 0 done, 20 an old key lives on, for records that were altered lie under it.
    """
    with retention(settings) as kept:
        # Before the holder is asked for anything: what is due goes even while it is away.
        swept = sweep(kept.store, kept.now().retention)
        if not json_wanted:
            click.echo("\n".join(_swept_lines(swept)))
        done = upkeep(
            kept.store,
            kept.vault(),
            kept.operator,
            now=kept.now(),
            identifier=new_identifier,
            signer=kept.signer(),
            software=SOFTWARE,
        )
    if json_wanted:
        click.echo(json.dumps(_document(swept, done), indent=1))
    else:
        click.echo("\n".join(_lines(done)))
    return _LEFT if done.altered or done.held else 0


def _swept_lines(swept: Swept) -> Iterator[str]:
    for gone in swept.gone:
        yield f"{gone.operator}: {gone.rows} of {gone.holding} were due and are erased"
    if not swept.gone:
        yield "Nothing was due."
    if not swept.forgotten:
        yield "Somebody still reads what was erased before; the next upkeep takes its last bytes."


def _lines(done: Upkept) -> Iterator[str]:
    yield f"{done.operator}: epoch {done.epoch} is current, {done.rewrapped} records came under it"
    for number in done.destroyed:
        yield f"{done.operator}: the key of epoch {number} is destroyed"
    for number in done.held:
        yield f"{done.operator}: the key of epoch {number} is due, but altered records lie under it"
    if done.altered:
        yield f"{done.operator}: {done.altered} records were altered and stay where they are"
    yield f"{done.operator}: {done.finished_erasures} erasures have their second receipt now"


def _document(swept: Swept, done: Upkept) -> dict[str, object]:
    return {
        "swept": [
            {"operator": gone.operator, "holding": gone.holding, "rows": gone.rows} for gone in swept.gone
        ],
        "forgotten": swept.forgotten,
        "operator": done.operator,
        "epoch": done.epoch,
        "rewrapped": done.rewrapped,
        "altered": done.altered,
        "destroyed": list(done.destroyed),
        "held": list(done.held),
        "finished_erasures": done.finished_erasures,
    }
