"""Wiping what was secret from memory, and keeping memory off the disk, as far as Python lets us."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # who verifies a receipt wipes no array, and need not wait for it
    from numpy.typing import NDArray

_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h


def wipe(*buffers: bytearray | memoryview | NDArray[Any]) -> None:
    """Overwrite buffers with zeros, in place.

    Python cannot wipe `bytes` and `str`, which are not to be changed; what libraries copied for themselves;
    what it moved when a buffer grew; nor registers and swapped pages. So a key that passed through `bytes`
    (`os.urandom`, a PKCS #11 module's answer) may lie in freed memory until that is used again. Raises
    `TypeError` or `ValueError` for a buffer that is read-only, and `TypeError` for a memoryview with gaps.
    """
    for buffer in buffers:
        if isinstance(buffer, bytearray | memoryview):
            with memoryview(buffer).cast("B") as view:
                view[:] = bytes(len(view))
        else:
            buffer.fill(0)


def without_core_dumps() -> None:
    """Let a crash of this process leave no copy of its memory, and on Linux no other process of this account
    look into it. For good: it is to be called once, at the start. Elsewhere than on Linux and macOS it does
    nothing.
    """
    # A limit of 0 alone does not bind a handler to which the kernel pipes dumps (core(5)); not being
    # dumpable does.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
