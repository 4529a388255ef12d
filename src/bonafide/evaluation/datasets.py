"""Labelled pictures: which belong to one person, and to which group.

Two kinds of file, UTF-8, one entry a line, columns separated by tabs if the line has one and by spaces
otherwise:

- pairs: `path_a path_b same`, `same` being 1 or 0, optionally with a group as fourth column;
- gallery: `path person`, optionally with a group as third column.

The first line says which kind it is. Paths are relative to a root folder and never leave it. Errors name the
line by its number and never repeat it, since it names people.
"""

from __future__ import annotations

import hashlib
import os.path
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from bonafide.errors import UnreadableData, UsageError

# Labels of ten million pairs; a larger file is a mistake, and would be held in memory.
_LARGEST_FILE = 2**30


@dataclass(frozen=True, slots=True, repr=False)
class LabelledPicture:
    """A picture on disk. `person` and `group` are None where nobody said."""

    path: Path
    person: str | None
    group: str | None


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPairs:
    """The listed comparisons: `first` and `second` int32 (n,) index pictures, `same` bool (n,).

    `groups` has each pair's own group where the file has that column, and is empty otherwise.
    """

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    same: NDArray[np.bool_]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LabelledSet:
    """Pictures with labels. `pairs` is None for a gallery. `digest` is the SHA-256, hex, of the label file.

    `missing` counts pictures that are listed but not on disk; they are in `pictures` no more, nor their
    pairs.
    """

    pictures: tuple[LabelledPicture, ...]
    pairs: LabelledPairs | None
    missing: int
    digest: str

    @property
    def people(self) -> NDArray[np.int32] | None:
        """Whose each picture is, int32 (pictures,), 0-based without gaps; None unless all are known."""
        names = [picture.person for picture in self.pictures]
        if None in names:
            return None
        numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return np.array([numbers[name] for name in names], np.int32)


def read_labels(path: Path, root: Path, groups: Path | None = None) -> LabelledSet:
    """Read a pairs or gallery file, and a file of `path group` or `person group` lines if there is one.

    Raises `UnreadableData` for a file that cannot be read or contradicts itself, and where no picture is on
    disk.
    """
    content = _read(path, "labels")
    rows = list(_rows(content, "labels"))
    if not rows:
        raise UnreadableData(
            "The labels file is empty", "Give a file of `path_a path_b same` or `path person` lines"
        )
    width = len(rows[0][1])
    is_pairs = width == 4 or (width == 3 and rows[0][1][2] in ("0", "1"))
    for line, columns in rows:
        if len(columns) != width or width not in (2, 3, 4):
            raise _wrong(line, "labels", "does not have the columns of the first line, or too many of them")
    read = _read_pairs(rows, root) if is_pairs else _read_gallery(rows, root)
    labelled = replace(read, digest=hashlib.sha256(content).hexdigest())
    if groups is not None:
        labelled = _with_groups(labelled, groups, root)
    return _on_disk(labelled)


def with_picture_groups(labelled: LabelledSet) -> LabelledSet:
    """The set with its pairs' groups given to their pictures, as comparing all with all needs it.

    Raises `UsageError` if a picture stands in pairs of two groups.
    """
    pairs = labelled.pairs
    if pairs is None or not pairs.groups:
        return labelled
    found: dict[int, str] = {}
    for first, second, group in zip(pairs.first, pairs.second, pairs.groups, strict=True):
        for index in (int(first), int(second)):
            if found.setdefault(index, group) != group:
                raise UsageError(
                    "A picture is in pairs of two groups, so all against all cannot tell its group",
                    "Give `--groups` with one group a picture, or use `--impostors listed`",
                )
    return replace(
        labelled,
        pictures=tuple(
            replace(picture, group=found.get(index)) for index, picture in enumerate(labelled.pictures)
        ),
    )


class _Pictures:
    """Pictures in the order they are first named, each once."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._numbers: dict[Path, int] = {}
        self.paths: list[Path] = []

    def number(self, name: str, line: int) -> int:
        path = _inside(self._root, name)
        if path is None:
            raise _wrong(line, "labels", "has a path that leaves the root folder")
        if path not in self._numbers:
            self._numbers[path] = len(self.paths)
            self.paths.append(path)
        return self._numbers[path]


def _read_pairs(rows: list[tuple[int, list[str]]], root: Path) -> LabelledSet:
    pictures = _Pictures(root)
    first, second, same, groups = [], [], [], []
    for line, columns in rows:
        one, other = pictures.number(columns[0], line), pictures.number(columns[1], line)
        if columns[2] not in ("0", "1"):
            raise _wrong(
                line, "labels", "says neither 1 (same person) nor 0 (different people) in its third column"
            )
        if one == other:
            raise _wrong(line, "labels", "compares a picture with itself")
        first.append(one)
        second.append(other)
        same.append(columns[2] == "1")
        groups.extend(columns[3:])
    people: list[str | None] = [path.parent.name for path in pictures.paths]
    # Folders name people only if they never contradict the pairs.
    if any((people[a] == people[b]) != equal for a, b, equal in zip(first, second, same, strict=True)):
        people = [None] * len(people)
    return LabelledSet(
        tuple(
            LabelledPicture(path, person, None) for path, person in zip(pictures.paths, people, strict=True)
        ),
        LabelledPairs(
            np.array(first, np.int32), np.array(second, np.int32), np.array(same, np.bool_), tuple(groups)
        ),
        missing=0,
        digest="",
    )


def _read_gallery(rows: list[tuple[int, list[str]]], root: Path) -> LabelledSet:
    pictures = _Pictures(root)
    labelled: list[LabelledPicture] = []
    for line, columns in rows:
        number = pictures.number(columns[0], line)
        if number != len(labelled):
            raise _wrong(line, "labels", "lists a picture a second time")
        group = columns[2] if len(columns) == 3 else None
        labelled.append(LabelledPicture(pictures.paths[number], columns[1], group))
    return LabelledSet(tuple(labelled), None, missing=0, digest="")


def _with_groups(labelled: LabelledSet, path: Path, root: Path) -> LabelledSet:
    named: dict[str | Path, str] = {}
    for line, columns in _rows(_read(path, "groups"), "groups"):
        if len(columns) != 2:
            raise _wrong(line, "groups", "does not have two columns")
        key, group = columns
        inside = _inside(root.absolute(), key)
        for name in (key, inside) if inside is not None else (key,):
            if named.setdefault(name, group) != group:
                raise _wrong(line, "groups", "gives a second group to what an earlier line gave another")
    # A picture's own line counts before its person's.
    pictures = tuple(
        replace(picture, group=named.get(picture.path, named.get(picture.person) if picture.person else None))
        for picture in labelled.pictures
    )
    if all(picture.group is None for picture in pictures):
        raise UnreadableData(
            "The groups file names no picture and no person of the labels file",
            "Give lines of `path group` or `person group`, written as in the labels file",
        )
    pairs = labelled.pairs and replace(labelled.pairs, groups=())
    return replace(labelled, pictures=pictures, pairs=pairs)


def _on_disk(labelled: LabelledSet) -> LabelledSet:
    here = np.array([picture.path.is_file() for picture in labelled.pictures])
    if not here.any():
        raise UnreadableData(
            "None of the listed pictures is on disk", "Give the folder they lie in with `--root`"
        )
    pairs = labelled.pairs
    if pairs is not None:
        kept = here[pairs.first] & here[pairs.second]
        number = np.cumsum(here, dtype=np.int32) - np.int32(1)
        pairs = LabelledPairs(
            number[pairs.first[kept]],
            number[pairs.second[kept]],
            pairs.same[kept],
            tuple(group for group, keep in zip(pairs.groups, kept, strict=False) if keep),
        )
    pictures = tuple(picture for picture, is_here in zip(labelled.pictures, here, strict=True) if is_here)
    return replace(labelled, pictures=pictures, pairs=pairs, missing=int((~here).sum()))


def _inside(root: Path, name: str) -> Path | None:
    """The path under root, or None if it leaves it. Links are followed: whoever made them meant them."""
    if "\0" in name:
        return None
    path = Path(os.path.normpath(root / PurePath(name)))
    return path if path.is_relative_to(os.path.normpath(root)) else None


def _read(path: Path, kind: str) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise UnreadableData(f"The {kind} file is larger than 1 GiB", "Split it")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableData(
            f"The {kind} file cannot be read", "Check its path and its permissions"
        ) from error


def _rows(content: bytes, kind: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers from 1 and columns of the lines that are not blank."""
    for line, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise _wrong(line, kind, "is not UTF-8") from error
        columns = [column.strip() for column in text.split("\t")] if "\t" in text else text.split()
        if not any(columns):
            continue
        if not all(columns):
            raise _wrong(line, kind, "has an empty column")
        yield line, columns


def _wrong(line: int, kind: str, what: str) -> UnreadableData:
    return UnreadableData(f"Line {line} of the {kind} file {what}", "Correct that line")
