"""The files of a chip, as a phone app or a reader at the counter delivers them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bonafide.document.chip.security_object import DATA_GROUPS
from bonafide.errors import UnreadableData

# A whole chip holds 32 to 256 kB.
MOST_FILE_BYTES: Final = 1_000_000
# EF.DG1, EF_DG1.bin, DG01.bin, DG1; EF.SOD, SOD.bin; EF.COM, COM.bin.
_NAME: Final = re.compile(
    r"(?:ef[._ -]?)?(?:dg[_-]?0?(?P<number>[0-9]{1,2})|(?P<other>sod|com))(?:\.(?:bin|dat|der|ef))?",
    re.IGNORECASE | re.ASCII,
)
_TITLES: Final = frozenset(("SOD", "COM", *(f"DG{number}" for number in DATA_GROUPS)))
_REMEDY: Final = "Name a folder with the files DG1.bin, DG2.bin and SOD.bin as they were read from the chip"


@dataclass(frozen=True, slots=True)
class ChipFiles:
    """Files as they are on the chip: EF.SOD, and data groups by number 1..16. None of it is trusted yet.

    EF.COM, the table of contents, has no place here: nobody signs it, so it can say nothing that counts.
    """

    sod: bytes | None = field(repr=False)
    data_groups: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        """Keep a copy, in order, that nobody changes."""
        object.__setattr__(self, "data_groups", MappingProxyType(dict(sorted(self.data_groups.items()))))


def read_chip_files(folder: Path) -> ChipFiles:
    """The chip's files in a folder, by their usual names in any case.

    `DG1.bin`, `EF.DG1`, `EF_DG01.bin`, `SOD.bin`, `EF.SOD` and the like. All other files are ignored,
    certificates among them: what lies beside a chip's files is no reason to trust them.

    A file that is missing is for `authenticate` to say. Raises `UnreadableData` when there is no such folder,
    no file of a chip in it, two for one, or one that is over 1 MB or cannot be read.
    """
    try:
        matches = [(path, _NAME.fullmatch(path.name)) for path in sorted(folder.iterdir())]
        named = [(path, _title(match)) for path, match in matches if match and path.is_file()]
    except (OSError, ValueError):  # ValueError: a path with a null character
        raise UnreadableData("There is no such folder of chip files", _REMEDY) from None
    files: dict[str, bytes] = {}
    for path, title in named:
        if title not in _TITLES:
            continue
        if title in files:
            raise UnreadableData(f"The folder holds two files for {title}", "Leave one of them")
        files[title] = _read(path, title)
    if not files:
        raise UnreadableData("The folder holds no file of a chip", _REMEDY)
    groups = {number: files[f"DG{number}"] for number in DATA_GROUPS if f"DG{number}" in files}
    return ChipFiles(files.get("SOD"), groups)


def _title(match: re.Match[str]) -> str:
    return f"DG{int(match['number'])}" if match["number"] else match["other"].upper()


def _read(path: Path, title: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_FILE_BYTES + 1)
    except OSError:
        raise UnreadableData(f"The chip's file {title} cannot be read", "Check its permissions") from None
    if len(data) > MOST_FILE_BYTES:
        raise UnreadableData(f"The chip's file {title} is larger than 1 MB", "Read the chip again")
    return data
