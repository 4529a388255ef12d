"""Files with personal data in the clear: for this account alone, and never in place of another."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bonafide.errors import UsageError


@contextlib.contextmanager
def private_file(path: Path, what: str) -> Iterator[BinaryIO]:
    """A new file of mode 0600, which goes again if the block fails; `what` begins the error's sentence.

    It is written where it was asked for and nowhere else: a draft beside it would be another copy to find.
    Raises `UsageError`.
    """
    with _explained(what):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def private_folder(path: Path, what: str) -> Iterator[Path]:
    """A new folder of mode 0700, for new files; it goes again with all that is in it if the block fails.
    Raises `UsageError`.
    """
    with _explained(what):
        path.mkdir(mode=0o700)
    try:
        yield path
    except BaseException:
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
        raise


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise UsageError(f"{what} is not written over something else", "Name a new one") from None
    except OSError as error:
        raise UsageError(
            f"{what} cannot be written there ({error.strerror})",
            "Name one in a folder that can be written to",
        ) from None
