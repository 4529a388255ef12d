"""One record under one data key: AES-256-GCM-SIV (RFC 8452)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from bonafide.errors import RecordAltered
from bonafide.vault.memory import wipe

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record that only the vault opens, to be kept as it is.

    `epoch` names the wrapping key, `wrapped_key` is the data key as the holder wrapped it, `nonce` 12 bytes,
    `ciphertext` the record and after it the tag of 16 bytes.
    """

    epoch: int
    wrapped_key: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)


def encrypt(
    key: bytes | bytearray, nonce: bytes, plaintext: bytes | bytearray | memoryview, bound_to: bytes
) -> bytes:
    """The ciphertext and after it the tag of 16 bytes."""
    return AESGCMSIV(key).encrypt(nonce, plaintext, bound_to)


def decrypt(key: bytes | bytearray, nonce: bytes, ciphertext: bytes, bound_to: bytes) -> bytearray:
    """The plaintext, which the caller wipes. Raises `RecordAltered` if anything of it was changed."""
    if len(nonce) != NONCE_BYTES or len(ciphertext) < TAG_BYTES:
        raise altered()
    plaintext = bytearray(len(ciphertext) - TAG_BYTES)
    try:
        AESGCMSIV(key).decrypt_into(nonce, ciphertext, bound_to, plaintext)
    except InvalidTag:
        wipe(plaintext)
        raise altered() from None
    return plaintext


def altered() -> RecordAltered:
    """What to raise for a record that does not open, whatever it is in it that was touched."""
    return RecordAltered(
        "A record does not open: it was moved, changed or damaged",
        "Find out who writes to the database; put the record back from a backup of the same epoch",
    )
