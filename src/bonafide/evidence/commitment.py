"""What the log holds of a content: a hash of it with a random salt, from which nothing can be told.

Without the salt nobody can tie a commitment to a content, not even to one they guess. Erasing the salt with
the content therefore erases both, and the log stays as it is.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

_FORMAT: Final = b"bonafide-commitment/1\n"
SALT_BYTES: Final = 32


def commit(salt: bytes, content: bytes) -> bytes:
    """SHA-256 of the format's name, 32 random bytes and the content. Raises `ValueError` for no such salt."""
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt is 32 random bytes")
    return hashlib.sha256(_FORMAT + salt + content).digest()


def opens(commitment: bytes, salt: bytes, content: bytes) -> bool:
    """Whether a commitment is to this content, with this salt; never for a salt of another length."""
    return len(salt) == SALT_BYTES and hmac.compare_digest(commitment, commit(salt, content))
