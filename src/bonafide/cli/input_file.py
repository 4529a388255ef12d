"""Files that a command is given to read whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from bonafide.errors import UnreadableData

_MOST_BYTES: Final = 1 << 20


def read_whole(path: Path, what: str) -> bytes:
    """A small file's content, or standard input's for `-`; `what` begins the error's sentence. Raises
    `UnreadableData`, also for a file that is longer than any that we would read.
    """
    try:
        if str(path) == "-":
            content = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableData(
            f"{what} cannot be read ({error.strerror})", "Check its path and its permissions"
        ) from None
    if len(content) > _MOST_BYTES:
        raise UnreadableData(f"{what} is longer than a megabyte", "Check that it is the right file")
    return content
