"""Keys that sign receipts, checkpoints and cosignatures, each in a file of this account's own."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from bonafide.errors import KeyUnusable
from bonafide.vault.private_file import make_file, make_folder, read_file

_MOST_BYTES = 16 * 1024


class KeyFile(StrEnum):
    """What an installation signs: one key each, so that no signature can pass for one of another kind."""

    RECEIPTS = "receipt-signing.pem"
    LOG = "log-signing.pem"
    """Checkpoints of the evidence log."""

    WITNESS = "witness-signing.pem"
    """Cosignatures of other logs' checkpoints."""


class FileSigner:
    """Signs with an Ed25519 key out of a file (PKCS #8, mode 0600): for one machine, and for trying out."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.key_id = key_id(key.public_key())

    @classmethod
    def open(cls, data_dir: Path, file: KeyFile = KeyFile.RECEIPTS) -> FileSigner:
        """One of the installation's keys, made at first use.

        Raises `KeyUnusable` for a key that others may read, that is damaged or that cannot be made: it is
        never quietly replaced, for what was signed with it could then no longer be verified.
        """
        path = data_dir / "keys" / file
        with _explained():
            if not path.exists():
                _make(path)
            return cls(_read(path))

    @classmethod
    def existing(cls, data_dir: Path, file: KeyFile = KeyFile.RECEIPTS) -> FileSigner:
        """One of the installation's keys. Raises `KeyUnusable` as `open` does, and if there is none."""
        path = data_dir / "keys" / file
        with _explained():
            if not path.exists():
                raise KeyUnusable(
                    "This installation has signed nothing of that kind, so it has no key to verify it with",
                    "Name the public key of the installation that signed it with `--key`",
                )
            return cls(_read(path))

    @property
    def public_key(self) -> Ed25519PublicKey:
        """What verifiers need."""
        return self._key.public_key()

    @property
    def public_pem(self) -> str:
        """The public key as PEM (SubjectPublicKeyInfo), to hand to whoever verifies receipts."""
        return self.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes (RFC 8032)."""
        return self._key.sign(message)


def key_id(public_key: Ed25519PublicKey) -> str:
    """What a receipt calls its key: SHA-256, hex, of the raw public key (32 bytes)."""
    return hashlib.sha256(public_key.public_bytes_raw()).hexdigest()


def read_public_key(path: Path) -> Ed25519PublicKey:
    """An Ed25519 public key from a PEM file. Raises `KeyUnusable` if it is not one."""
    try:
        with path.open("rb") as file:
            key = load_pem_public_key(file.read(_MOST_BYTES))
    except (OSError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(
            "The file to trust is not an Ed25519 public key",
            "Give the PEM file that `bonafide receipt key` printed where the receipt was signed",
        )
    return key


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KeyUnusable(
            f"The signing key cannot be used ({error.strerror})",
            "Let this account, and no other, read and write the folder `keys` in the data folder",
        ) from None


def _make(path: Path) -> None:
    make_folder(path.parent)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with contextlib.suppress(FileExistsError):
        make_file(path, pem)


def _read(path: Path) -> Ed25519PrivateKey:
    pem = read_file(
        path,
        KeyUnusable(
            "The signing key may be read or changed by other accounts",
            "Find out who had access; if nobody did, set its mode to 0600, else remove it and trust what it "
            "signed no more",
        ),
    )
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(
            "The signing key's file is damaged",
            "Put it back from a backup; a new key cannot vouch for what the old one signed",
        )
    return key
