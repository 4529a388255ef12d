"""Sample pictures and fonts with clear rights, taken out of published packages like the weights are."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bonafide.errors import UnreadableData
from bonafide.models.entry import PackageFile
from bonafide.models.manifest import parse_package_file

FORMAT = "bonafide-samples/2"


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture or font: the file name it gets here, what may be done with it and who says so, and where it
    comes from.
    """

    name: str
    rights: str
    source: PackageFile


def parse_samples(text: str) -> tuple[Sample, ...]:
    """Read a catalogue of samples (demo/samples.toml documents the format). Raises `UnreadableData`."""
    title = "The catalogue of samples"
    try:
        document = tomllib.loads(text)
        if document.pop("format") != FORMAT:
            raise UnreadableData(
                f"{title} is not of the format {FORMAT!r}", "Take it from the same version of Bonafide"
            )
        packages = document.pop("packages")
        return tuple(_sample(name, table, packages, title) for name, table in document.pop("samples").items())
    except (tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError):
        raise UnreadableData(f"{title} is damaged", "Take it from the same version of Bonafide") from None


def _sample(
    name: str, table: Mapping[str, Any], packages: Mapping[str, Mapping[str, object]], title: str
) -> Sample:
    if Path(name).name != name:
        raise UnreadableData(
            f"{title} names a file outside its folder", "Take it from the same version of Bonafide"
        )
    rights = str(table["rights"])
    source = {**packages[table["package"]], **{key: value for key, value in table.items() if key != "rights"}}
    return Sample(name, rights, parse_package_file(source, title))
