"""Who holds the root of all keys: what every holder can do, and how its keys are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

_EPOCH: Final = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


class KeyUse(StrEnum):
    """What a key of a holder is for."""

    WRAPPING = "wrapping"
    INDEX = "index"


@dataclass(frozen=True, slots=True, order=True)
class KeyName:
    """A key of one operator. `epoch` counts from 1 for a wrapping key and is 0 for the index key, which
    outlives epochs.
    """

    operator: str
    use: KeyUse
    epoch: int = 0

    def __str__(self) -> str:
        return f"bonafide/{self.operator}/{self.use}/{self.epoch}"

    @classmethod
    def parse(cls, text: str) -> KeyName | None:
        """The name that `str` made this text of; None if it is of something else."""
        first, _, rest = text.partition("/")
        operator, use, epoch = [*rest.rsplit("/", 2), "", "", ""][:3]
        if first != "bonafide" or use not in set(KeyUse) or not _EPOCH.fullmatch(epoch):
            return None
        return cls(operator, KeyUse(use), int(epoch))


class KeyHolder(Protocol):
    """Holds wrapping and index keys of 256 bits, which never leave it; safe to share between threads.

    Every method raises `VaultClosed` within a second if the holder cannot be reached. Nothing is remembered
    between calls that would let one succeed without it.
    """

    @property
    def unsafe(self) -> bool:
        """Whether this holder is for trying out only."""

    def make(self, name: KeyName) -> None:
        """Make a key. Raises `KeyUnusable` if there is one of that name, destroyed or not."""

    def holds(self, name: KeyName) -> bool:
        """Whether the key is there."""

    def names(self, operator: str) -> tuple[KeyName, ...]:
        """The keys of an operator, in order."""

    def wrap(self, name: KeyName, key: bytes | bytearray, binding: bytes) -> bytes:
        """Encrypt and authenticate 32 bytes of key with `binding`. Raises `VaultClosed` without that key."""

    def unwrap(self, name: KeyName, wrapped: bytes, binding: bytes) -> bytearray:
        """The 32 bytes again; the caller wipes them. Raises `VaultClosed` without that key, `RecordAltered`
        for a wrapping or binding that is not the one it was wrapped with.
        """

    def mac(self, name: KeyName, message: bytes) -> bytes:
        """HMAC-SHA-256 (RFC 2104), 32 bytes. Raises `VaultClosed` without that key."""

    def destroy(self, name: KeyName) -> None:
        """Destroy a key for good; one that is not there is no error."""
