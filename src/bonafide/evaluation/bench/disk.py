"""The bare disk: what one durable write costs that has nothing around it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

# A page of most databases and file systems.
BLOCK: Final = bytes(4096)


class BareDisk:
    """A file in a folder that only grows, by blocks of 4 KiB, each on the disk before the next."""

    def __init__(self, folder: Path) -> None:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND
        self._descriptor = os.open(folder / "bare", flags, 0o600)

    def write(self) -> None:
        """Append a block and wait until the disk has it."""
        os.write(self._descriptor, BLOCK)
        _sync(self._descriptor)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":
        # There fsync leaves it in the drive's own memory; SQLite's `fullfsync` asks for the same.
        from fcntl import F_FULLFSYNC, fcntl  # noqa: PLC0415 - nowhere else

        fcntl(descriptor, F_FULLFSYNC)
    else:
        os.fsync(descriptor)
