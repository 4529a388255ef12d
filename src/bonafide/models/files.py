"""Files that appear whole or not at all, and one writer at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bonafide.errors import BonafideError, FetchFailed

_PARTIAL = ".partial"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks, even after a power cut, sees the old one or the new one, whole.

    Raises `FetchFailed` if the disk is full or the folder cannot be written to.
    """
    with explained(path.parent):
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_PARTIAL, dir=path.parent)
        partial = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                # Weights are public; a service may read them under another account than the one that pulled
                # them.
                os.fchmod(file.fileno(), 0o644)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


@contextmanager
def exclusive(folder: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Make the folder if need be and be its only writer; `on_wait` is called if another process is at it.

    The lock goes with the process that holds it, however that ends; what a killed one left half-written is
    removed. Raises `FetchFailed` if the folder cannot be made or written to.
    """
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("wb")
    with lock:
        with explained(folder):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_wait()
                fcntl.flock(lock, fcntl.LOCK_EX)
            for partial in folder.glob(f".*{_PARTIAL}"):
                partial.unlink(missing_ok=True)
        yield


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Say what an `OSError` while writing to a folder means, as `FetchFailed`."""
    try:
        yield
    except OSError as error:
        raise _explanation(folder, error) from error


def _explanation(folder: Path, error: OSError) -> BonafideError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FetchFailed(f"The disk that holds {folder} is full", "Free about 150 MB there and try again")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return FetchFailed(
            f"The folder {folder} cannot be written to",
            "Let this account write there, or name another folder in BONAFIDE_HOME",
        )
    return FetchFailed(
        f"The folder {folder} cannot be used ({error.strerror})",
        "Correct that, or name another in BONAFIDE_HOME",
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
