"""Files that a command writes where it was told to."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from bonafide.errors import UsageError


def require_place(path: Path, what: str) -> None:
    """Raises `UsageError` as `write_whole` will, as far as that can be told before the work is done."""
    if not path.parent.is_dir():
        raise _refused(what, os.strerror(errno.ENOENT))
    if not os.access(path.parent, os.W_OK):
        raise _refused(what, os.strerror(errno.EACCES))


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
        raise _refused(what, error.strerror) from None


def _refused(what: str, why: str | None) -> UsageError:
    return UsageError(
        f"{what} cannot be written there ({why})", "Name a file in a folder that can be written to"
    )


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
