"""Where models lie on this machine, and which serves what. Nothing here touches the network."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from bonafide.errors import SetupBroken, UnreadableData, UsageError, WeightsAltered, WeightsMissing
from bonafide.models.entry import ModelEntry, Precision, Role
from bonafide.models.manifest import load_manifest, parse_manifest
from bonafide.models.selection import Selection, read_selection
from bonafide.settings import Profile

_REMEDY = "Run `bonafide models pull`"


class State(StrEnum):
    """What is found where a model should be."""

    PRESENT = "present"
    MISSING = "missing"
    ALTERED = "altered"


class ModelStore:
    """The models under a data folder: `models/NAME.onnx`, and an operator's own with `models/own/NAME.toml`
    beside.
    """

    def __init__(self, data_dir: Path, shipped: tuple[ModelEntry, ...] | None = None) -> None:
        self.folder = data_dir / "models"
        self.own_folder = self.folder / "own"
        self.shipped = load_manifest() if shipped is None else shipped

    @cached_property
    def own(self) -> tuple[ModelEntry, ...]:
        """The operator's own models, by name. Raises `UnreadableData` if an entry is damaged or not what it
        says.
        """
        return tuple(self._own(path) for path in sorted(self.own_folder.glob("*.toml")))

    @property
    def entries(self) -> tuple[ModelEntry, ...]:
        """Every model: the shipped manifest's in its order, then the operator's own."""
        return self.shipped + self.own

    def entry(self, name: str) -> ModelEntry:
        """A model by name. Raises `UsageError` if there is none."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise UsageError(
            f"There is no model {name}", f"Use one of {', '.join(entry.name for entry in self.entries)}"
        )

    def detector(self) -> ModelEntry:
        """The model that finds faces."""
        return self.serving(Role.DETECTOR)

    def serving(self, role: Role) -> ModelEntry:
        """The one shipped model of a role that has no profiles."""
        return next(entry for entry in self.shipped if entry.role is role)

    def passive(self) -> ModelEntry | None:
        """The operator's passive liveness model, None if they added none. Raises `UnreadableData` for
        several.
        """
        own = [entry for entry in self.own if entry.role is Role.PASSIVE]
        if len(own) > 1:
            raise UnreadableData(
                f"There are several passive liveness models: {', '.join(entry.name for entry in own)}",
                f"Leave one of them in {self.own_folder}",
            )
        return own[0] if own else None

    def recogniser(self, profile: Profile | str) -> ModelEntry:
        """The recogniser that serves a profile on this processor, or the one of that name.

        Raises `UsageError` for a name that is neither, `SetupBroken` for an int8 model not known to be right
        here.
        """
        if profile not in list(Profile):
            return self._by_name(profile)
        candidates = self.candidates(Profile(profile))
        if len(candidates) == 1:
            return candidates[0]
        selection = self.selection(Profile(profile))
        if selection is not None:
            return next(entry for entry in candidates if entry.name == selection.model)
        # Nothing measured here, or on another processor: floating point is right on all of them.
        return next(entry for entry in candidates if entry.precision is Precision.FP32)

    def candidates(self, profile: Profile) -> tuple[ModelEntry, ...]:
        """The shipped recognisers that may serve a profile."""
        return tuple(entry for entry in self.shipped if entry.profile is profile)

    def selection(self, profile: Profile) -> Selection | None:
        """What measuring chose for a profile, if that was on this processor and among today's candidates."""
        selection = read_selection(self.folder, profile)
        return selection if selection and selection.holds_for(self.candidates(profile)) else None

    def path(self, entry: ModelEntry) -> Path:
        """Where a model's file belongs."""
        return (self.folder if entry.source else self.own_folder) / f"{entry.name}.onnx"

    def read(self, entry: ModelEntry) -> bytes:
        """A model's bytes, their SHA-256 checked now. Raises `WeightsMissing` or `WeightsAltered`."""
        remedy = _REMEDY if entry.source else "Add it again with `bonafide models add`"
        try:
            content = self.path(entry).read_bytes()
        except FileNotFoundError:
            raise WeightsMissing(f"The model {entry.name} is not on this machine", remedy) from None
        except OSError as error:
            raise WeightsMissing(
                f"The model {entry.name} cannot be read ({error.strerror})", "Let this account read it"
            ) from None
        if hashlib.sha256(content).hexdigest() != entry.built_sha256:
            raise WeightsAltered(
                f"The file of the model {entry.name} is not the one that its manifest names", remedy
            )
        return content

    def state(self, entry: ModelEntry) -> State:
        """Whether a model's file is there and right."""
        try:
            self.read(entry)
        except WeightsMissing:
            return State.MISSING
        except WeightsAltered:
            return State.ALTERED
        return State.PRESENT

    def _by_name(self, name: str) -> ModelEntry:
        entry = self.entry(name)
        if entry.role is not Role.RECOGNISER:
            raise UsageError(f"The model {name} does not compare faces", "Name a recogniser")
        if entry.precision is Precision.INT8 and entry.profile is not None:
            selection = self.selection(entry.profile)
            if selection is None or name not in selection.cpu_ms:
                raise SetupBroken(
                    f"The model {name} is not known to compute right answers on this processor",
                    "Run `bonafide models pull`, which measures it, or use another model",
                )
        return entry

    def _own(self, path: Path) -> ModelEntry:
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise UnreadableData(
                f"The entry {path.name} of your own model cannot be read ({error.strerror})",
                "Let this account read it",
            ) from None
        entries = parse_manifest(text, f"The entry {path.name} of your own model")
        if [entry.name for entry in entries] != [path.stem] or entries[0].source or entries[0].profile:
            raise UnreadableData(
                f"The entry {path.name} does not describe your model {path.stem}",
                "Add it with `bonafide models add`",
            )
        return entries[0]
