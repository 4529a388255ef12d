"""Reading a file or a stream, and never more of it than the limit."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from bonafide.capture.limits import MOST_BYTES, check_size
from bonafide.errors import UnreadablePicture


def read_bytes(source: Path | BinaryIO) -> bytes:
    """All bytes of a file or stream; of one over the limit just enough to tell.

    Raises `UnreadablePicture` when it cannot be read, is no ordinary file, or is over the limit.
    """
    try:
        return _read_file(source) if isinstance(source, Path) else _read_stream(source)
    except FileNotFoundError:
        problem = UnreadablePicture("There is no such picture file", "Check the file's name and folder")
    except PermissionError:
        problem = UnreadablePicture(
            "The picture file may not be read by this user", "Allow reading it, or copy it elsewhere"
        )
    except (OSError, ValueError):  # ValueError: a path with a null character
        problem = UnreadablePicture(
            "The picture file cannot be read", "Check its name and the disk, and try again"
        )
    raise problem from None


def _read_file(path: Path) -> bytes:
    # Without O_NONBLOCK, opening a named pipe would wait for somebody to write.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UnreadablePicture(
                "The path leads to a folder, not to a picture file", "Name a file in the folder"
            )
        if not stat.S_ISREG(status.st_mode):
            raise UnreadablePicture(
                "The path leads to a pipe or device, not to a picture file",
                "Name an ordinary file, or pass the picture on standard input",
            )
        check_size(status.st_size)
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            return _read_stream(file)
    finally:
        os.close(descriptor)


def _read_stream(stream: BinaryIO) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while size <= MOST_BYTES and (piece := stream.read(MOST_BYTES + 1 - size)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)
