"""Decoding a HEIC in a process of its own, for the reasons that `heif_worker` gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from bonafide.errors import SetupBroken

_WORKER: Final = Path(__file__).with_name("heif_worker.py")
_DAMAGED: Final = 65
_HEADER: Final = 12
_PIECE: Final = 1 << 20


def decode_apart(data: bytes, width: int, height: int) -> NDArray[np.uint8]:
    """The pixels of a HEIC of `width` times `height` pixels: uint8 RGB HxWx3.

    Raises `ValueError` when it cannot be decoded or has another size, `SetupBroken` when the process cannot
    run.
    """
    # -P: the worker's own folder is no place to import from.
    command = [sys.executable, "-P", str(_WORKER)]
    try:
        process = subprocess.Popen(  # noqa: S603 - our own program; nothing of the picture is in the command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        raise _unable() from None
    with process:
        pixels = _exchange(process, data, width, height)
    if pixels is not None:
        return pixels
    if process.returncode < 0 or process.returncode == _DAMAGED:
        raise ValueError("the decoder refused the picture, or broke on it")
    raise _unable()


def _exchange(
    process: subprocess.Popen[bytes], data: bytes, width: int, height: int
) -> NDArray[np.uint8] | None:
    """Hand over the file and take the pixels; None if they do not come in full."""
    to_worker, from_worker = process.stdin, process.stdout
    if to_worker is None or from_worker is None:
        return None
    try:
        to_worker.write(data)
        to_worker.close()
    except BrokenPipeError:
        return None
    header = from_worker.read(_HEADER)
    size = tuple(int.from_bytes(header[at : at + 4]) for at in range(0, _HEADER, 4))
    if size in ((width, height, 1), (width, height, 3)):
        pixels: NDArray[np.uint8] = np.empty((height, width, size[2]), np.uint8)
        if _read_into(pixels.data.cast("B"), from_worker):
            return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
    elif len(header) == _HEADER:
        # It decoded something else, and would wait for a reader.
        process.kill()
    return None


def _read_into(view: memoryview, stream: IO[bytes]) -> bool:
    """Fill `view`, piece by piece; whether there was enough."""
    position = 0
    while position < len(view) and (piece := stream.read(min(_PIECE, len(view) - position))):
        view[position : position + len(piece)] = piece
        position += len(piece)
    return position == len(view)


def _unable() -> SetupBroken:
    return SetupBroken(
        "HEIC pictures cannot be decoded, because the process that does it does not run",
        "Install Bonafide again with its dependencies, or send the picture as JPEG",
    )
