"""Files for this account alone, made at once or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bonafide.errors import KeyUnusable

_OPEN_TO_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_MOST_BYTES: Final = 16 * 1024
_PAUSE_S: Final = 0.005


def make_folder(folder: Path) -> None:
    """A folder of mode 0700, and those above it. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def make_file(path: Path, content: bytes | bytearray) -> None:
    """A file of mode 0600, on the disk when this returns. Raises `FileExistsError` for the second of two that
    make it, and `OSError`.
    """
    with _draft(path.parent, content) as draft:
        os.link(draft, path)  # loses to whoever was first
    sync_folder(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """A file of mode 0600 in place of another or of none, on the disk when this returns: the old one or the
    new one, whole. Raises `OSError`.
    """
    with _draft(path.parent, content) as draft:
        os.replace(draft, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the folder's entries on the disk. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_file(path: Path, refusal: KeyUnusable) -> bytes:
    """A file's content, at most 16 KiB. Raises `refusal` if other accounts may do anything with it, and
    `OSError`.
    """
    # Opened once: what is checked is what is read.
    with path.open("rb") as file:
        if open_to_others(os.fstat(file.fileno())):
            raise refusal
        return file.read(_MOST_BYTES)


def open_to_others(status: os.stat_result) -> bool:
    """Whether accounts other than the owner may read, write or run it."""
    return bool(status.st_mode & _OPEN_TO_OTHERS)


@contextlib.contextmanager
def locked(path: Path, longest_s: float) -> Iterator[bool]:
    """Keeps other processes of this machine that do the same from what it is used for. False if it is still
    another's after `longest_s`. Raises `OSError`.
    """
    deadline = time.monotonic() + longest_s
    with path.open("rb") as file:
        while not (ours := _lock(file.fileno())) and time.monotonic() < deadline:
            time.sleep(_PAUSE_S)
        yield ours


@contextlib.contextmanager
def _draft(folder: Path, content: bytes | bytearray) -> Iterator[str]:
    """A file on the disk, for this account alone, that goes unless it was moved."""
    descriptor, draft = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
