"""A running digest of a session: one value that stands for every step and every frame in their order.

It goes into the receipt. Whoever kept the frames could show later that they are the ones; from the digest
alone nobody gets anything back. SHA-256 of the value before and of one event, each event of a fixed length.
"""

from __future__ import annotations

import hashlib
import struct
from typing import Final

from bonafide.capture.challenge import Mode, Step

_BEGIN: Final = b"bonafide-live/1\0"
_REVEAL, _SHOWN, _FRAME = b"R", b"S", b"F"


class RunningDigest:
    """Takes events in their order; `hex` is what stands for them so far."""

    def __init__(self, mode: Mode) -> None:
        self._value = hashlib.sha256(_BEGIN + mode.value.encode("ascii")).digest()

    @property
    def hex(self) -> str:
        """The value, in 64 hexadecimal digits."""
        return self._value.hex()

    def reveal(self, step: int, asked: Step) -> None:
        """A step was revealed."""
        colour = "" if asked.colour is None else asked.colour.value
        self._add(_REVEAL, struct.pack(">H", step) + f"{asked.kind.value}:{colour}".encode("ascii"))

    def shown(self, step: int, at: float) -> None:
        """The customer's program said when it shows a step, in seconds of its clock."""
        self._add(_SHOWN, struct.pack(">Hd", step, at))

    def frame(self, step: int, captured: float, digest: bytes) -> None:
        """A frame came in: captured when, in seconds of that clock, and the SHA-256 of its bytes."""
        self._add(_FRAME, struct.pack(">Hd", step & 0xFFFF, captured) + digest)

    def _add(self, kind: bytes, event: bytes) -> None:
        self._value = hashlib.sha256(self._value + kind + hashlib.sha256(event).digest()).digest()
