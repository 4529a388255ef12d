"""Files that a command writes where it was told to."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bonafide.errors import UsageError


def write_whole(path: Path, content: bytes, what: str) -> None:
    """Write a file whole or not at all; `what` begins the error's sentence. Raises `UsageError`."""
    draft = None
    try:
        descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            # mkstemp lets nobody else read it; an ordinary file is as readable as the account wants it.
            os.fchmod(descriptor, 0o666 & ~_umask())
            file.write(content)
        os.replace(draft, path)
    except OSError as error:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
        raise UsageError(
            f"{what} cannot be written there ({error.strerror})",
            "Name a file in a folder that can be written to",
        ) from None


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
