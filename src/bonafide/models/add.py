"""Taking in an operator's own recogniser or passive liveness model. docs/own-models.md is its manual."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from bonafide.errors import UnreadableData, UsageError
from bonafide.models.entry import InputContract, ModelEntry, Role
from bonafide.models.files import exclusive, write_atomically
from bonafide.models.known_answers import run_synthetic
from bonafide.models.manifest import parse_manifest
from bonafide.models.progress import Progress
from bonafide.models.runtime import InferenceSession
from bonafide.models.session import session_from
from bonafide.models.store import ModelStore
from bonafide.settings import Profile

_MAX_MODEL_BYTES = 1 << 30
_MAX_ENTRY_BYTES = 1 << 16


def add_model(store: ModelStore, model: Path, description: Path, progress: Progress) -> ModelEntry:
    """Copy an ONNX model and its manifest entry into the store, after running it once.

    A recogniser cannot compare anybody before it is calibrated, and a passive liveness model weighs nothing
    before a calibration of presence does. Adding a name again replaces it. Raises `UnreadableData` for an
    entry or a model that is not as it should be, `UsageError` for a name, or a place, that is taken.
    """
    text = _read(description, _MAX_ENTRY_BYTES, "The manifest entry").decode("utf-8", "replace")
    entry = _own_entry(store, parse_manifest(text, "The manifest entry"))
    content = _read(model, _MAX_MODEL_BYTES, "The model")
    actual = hashlib.sha256(content).hexdigest()
    if actual != entry.built_sha256:
        raise UnreadableData(
            f"The model's SHA-256 is {actual}, and its entry says {entry.built_sha256}",
            "Name the right file, or correct built_sha256 if this is the file you mean",
        )
    _try(entry, session_from(content))
    with exclusive(
        store.own_folder, lambda: progress.note("Waiting for another `bonafide models add` to finish")
    ):
        # The entry last: without it the model does not exist.
        write_atomically(store.own_folder / f"{entry.name}.onnx", content)
        write_atomically(store.own_folder / f"{entry.name}.toml", text.encode())
    return entry


def _own_entry(store: ModelStore, entries: tuple[ModelEntry, ...]) -> ModelEntry:
    if len(entries) != 1:
        raise UnreadableData(
            "The manifest entry describes more or fewer than one model", "Describe one model"
        )
    entry = entries[0]
    taken = {shipped.name for shipped in store.shipped} | set(Profile)
    if entry.name in taken:
        raise UsageError(f"The name {entry.name} is Bonafide's own", "Give your model another name")
    if entry.role not in (Role.RECOGNISER, Role.PASSIVE):
        raise UnreadableData(
            "Only recognisers and passive liveness models can be added",
            "Set role to 'recogniser' or 'passive-liveness'",
        )
    passive = store.passive() if entry.role is Role.PASSIVE else None
    if passive is not None and passive.name != entry.name:
        raise UsageError(
            f"There is a passive liveness model already, {passive.name}, and live sessions use one",
            f"Give yours that name, or remove {passive.name}.toml and {passive.name}.onnx",
        )
    if entry.source or entry.profile or entry.calibration:
        raise UnreadableData(
            "The manifest entry has a source, a profile or a calibration, which your own model cannot have",
            "Remove them; a model is calibrated after it was added",
        )
    return entry


def _try(entry: ModelEntry, session: InferenceSession) -> None:
    """Raise `UnreadableData` unless the model takes and gives what its entry says."""
    contract = entry.input
    expected = f"float32 (1, 3, {contract.size}, {contract.size})"
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)" or not _fits(inputs[0].shape, contract):
        raise UnreadableData(
            f"The model does not take one input {expected}", "Correct size, or export it again"
        )
    try:
        first = np.asarray(session.run(None, {inputs[0].name: _flat_input(contract)})[0])
        whole = run_synthetic(entry, session)
    except Exception as error:
        if not type(error).__module__.startswith("onnxruntime"):
            raise
        raise UnreadableData(f"The model does not run on {expected}", "Export it again") from error
    length = entry.passive.classes if entry.passive else contract.output_length
    if first.size != length:
        key, content = ("classes", "them") if entry.passive else ("output_length", "the embedding")
        raise UnreadableData(
            f"The model's first output holds {first.size} numbers for one face, and its entry says {length}",
            f"Correct {key}, or export {content} as the first output",
        )
    second = whole[: first.size]
    if not np.isfinite(whole).all() or not np.any(second) or np.allclose(first.ravel(), second):
        raise UnreadableData(
            "The model's output does not depend on its input as it should", "Export it again"
        )


def _fits(shape: list[int | str | None], contract: InputContract) -> bool:
    wanted = (1, 3, contract.size, contract.size)
    # A name or nothing in place of a number is a free dimension.
    return len(shape) == 4 and all(
        not isinstance(have, int) or have == want for have, want in zip(shape, wanted, strict=True)
    )


def _flat_input(contract: InputContract) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    grey = np.full((1, 3, contract.size, contract.size), 128, np.float32)
    return ((grey - np.float32(contract.mean)) * np.float32(contract.scale)).astype(np.float32)


def _read(path: Path, limit: int, title: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise UnreadableData(
            f"{title} cannot be read ({error.strerror})", "Name a file that can be"
        ) from None
    if not content or len(content) > limit:
        raise UnreadableData(f"{title} is empty or longer than {limit} bytes", "Name the right file")
    return content
