"""Reading a manifest of models. It is data, read strictly: a misspelt key is an error, never a default."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, NoReturn, TypeVar, cast

from bonafide.errors import UnreadableData
from bonafide.models.entry import (
    ColourOrder,
    InputContract,
    ModelEntry,
    PackageFile,
    PassiveContract,
    Precision,
    Role,
)
from bonafide.settings import Profile

FORMAT = "bonafide-models/1"
ALIGNMENT_TEMPLATES = ("arcface-112",)

# Names become file names.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CALIBRATION = re.compile(r"[a-z0-9][a-z0-9._-]*\.json")
_MAX_FILE_BYTES = 1 << 30
_REQUIRED: Any = object()

T = TypeVar("T")


@cache
def load_manifest() -> tuple[ModelEntry, ...]:
    """The models that Bonafide knows where to get, in the manifest's order."""
    return parse_manifest((resources.files(__package__) / "manifest.toml").read_text("utf-8"), "The manifest")


def parse_manifest(text: str, title: str) -> tuple[ModelEntry, ...]:
    """The entries of a manifest, in its order; `title` begins the error's sentence.

    Raises `UnreadableData` naming the table and key that is unknown, missing or malformed.
    """
    try:
        document = _Table(title, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UnreadableData(f"{title} is not valid TOML", f"Correct it: {error}") from None
    if document.take("format", str) != FORMAT:
        document.refuse("format", f"is not {FORMAT!r}")
    models = document.table("models")
    document.finish()
    entries = tuple(_entry(name, models.table(name)) for name in models.names())
    models.finish()
    return entries


def parse_package_file(document: Mapping[str, Any], title: str) -> PackageFile:
    """One file of a package, from a table with `PackageFile`'s keys. Raises `UnreadableData`."""
    table = _Table(title, "", document)
    source = _package_file(table)
    table.finish()
    return source


class _Table:
    """A TOML table whose every key must be asked for."""

    def __init__(self, title: str, where: str, content: Mapping[str, Any]) -> None:
        self._title = title
        self._where = where
        self._rest = dict(content)

    def names(self) -> list[str]:
        return list(self._rest)

    def take(self, key: str, kind: type[T], default: T = _REQUIRED) -> T:
        if key not in self._rest:
            if default is _REQUIRED:
                self.refuse(key, "is missing")
            return default
        value = self._rest.pop(key)
        if kind is float and type(value) is int:
            value = float(value)
        # `type` and not isinstance: in Python, true is an int.
        if type(value) is not kind:
            self.refuse(key, f"is not of the kind {kind.__name__}")
        return value

    def text(self, key: str, pattern: re.Pattern[str]) -> str:
        value = self.take(key, str)
        if not pattern.fullmatch(value):
            self.refuse(key, "is malformed")
        return value

    def choice(self, key: str, choices: Mapping[str, T] | type[T]) -> T:
        value = self.take(key, str)
        known = choices if isinstance(choices, Mapping) else {str(item): item for item in cast(Any, choices)}
        if value not in known:
            self.refuse(key, f"is none of {', '.join(known)}")
        return cast(T, known[value])

    def has(self, key: str) -> bool:
        return key in self._rest

    def table(self, key: str) -> _Table:
        return _Table(self._title, f"{self._where}{key}.", self.take(key, dict))

    def finish(self) -> None:
        for key in self._rest:
            self.refuse(key, "is not a key we know")

    def refuse(self, key: str, complaint: str) -> NoReturn:
        raise UnreadableData(
            f"{self._title} cannot be used: {self._where}{key} {complaint}",
            "docs/own-models.md lists the keys and their values",
        )


def _entry(name: str, table: _Table) -> ModelEntry:
    if not _NAME.fullmatch(name):
        table.refuse("", "is not a name of lower-case letters, digits, dots, hyphens and underscores")
    role = table.choice("role", Role)
    source, recipe, recipe_version = None, "as-is", 1
    if table.has("source"):
        inner = table.table("source")
        source = _package_file(inner)
        inner.finish()
        recipe, recipe_version = table.take("recipe", str), table.take("recipe_version", int)
    entry = ModelEntry(
        name=name,
        role=role,
        profile=table.choice("profile", Profile) if table.has("profile") else None,
        precision=table.choice("precision", Precision) if table.has("precision") else Precision.FP32,
        licence=table.take("licence", str),
        commercial_use=table.take("commercial_use", bool),
        remarks=table.take("remarks", str, ""),
        source=source,
        recipe=recipe,
        recipe_version=recipe_version,
        built_sha256=table.text("built_sha256", _SHA256),
        input=_input(role, table.table("input")),
        calibration=table.text("calibration", _CALIBRATION) if table.has("calibration") else None,
        passive=_passive(table.table("passive")) if role is Role.PASSIVE else None,
    )
    table.finish()
    return entry


def _input(role: Role, table: _Table) -> InputContract:
    recogniser = role is Role.RECOGNISER
    templates = {template: template for template in ALIGNMENT_TEMPLATES}
    orders: Mapping[str, ColourOrder] = {"rgb": "rgb", "bgr": "bgr"}
    contract = InputContract(
        size=table.take("size", int),
        colour_order=table.choice("colour_order", orders),
        mean=table.take("mean", float),
        scale=table.take("scale", float),
        template=table.choice("template", templates) if recogniser else None,
        output_length=table.take("output_length", int) if recogniser else None,
    )
    table.finish()
    if not 1 <= contract.size <= 1024:
        table.refuse("size", "is not between 1 and 1024")
    if not 0 < contract.scale <= 1:
        table.refuse("scale", "is not above 0 and at most 1")
    if not 0 <= contract.mean <= 255:
        table.refuse("mean", "is not between 0 and 255")
    if contract.output_length is not None and not 16 <= contract.output_length <= 4096:
        table.refuse("output_length", "is not between 16 and 4096")
    return contract


def _passive(table: _Table) -> PassiveContract:
    contract = PassiveContract(
        crop_scale=table.take("crop_scale", float),
        classes=table.take("classes", int),
        live_class=table.take("live_class", int),
        softmax=table.take("softmax", bool),
    )
    table.finish()
    if not 1 <= contract.crop_scale <= 10:
        table.refuse("crop_scale", "is not between 1 and 10")
    if not 1 <= contract.classes <= 100:
        table.refuse("classes", "is not between 1 and 100")
    if not 0 <= contract.live_class < contract.classes:
        table.refuse("live_class", "is none of the classes, which are counted from 0")
    if contract.softmax and contract.classes == 1:
        table.refuse("softmax", "makes 1 of a single class whatever it is")
    return contract


def _package_file(table: _Table) -> PackageFile:
    source = PackageFile(
        package=table.take("package", str),
        version=table.take("version", str),
        archive_sha256=table.text("archive_sha256", _SHA256),
        archive_size=table.take("archive_size", int),
        path=table.take("path", str),
        sha256=table.text("sha256", _SHA256),
        size=table.take("size", int),
    )
    for key, size in (("size", source.size), ("archive_size", source.archive_size)):
        if not 0 < size <= _MAX_FILE_BYTES:
            table.refuse(key, "is not between 1 byte and 1 GiB")
    return source
