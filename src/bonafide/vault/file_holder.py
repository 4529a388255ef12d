"""Keys in a folder, for trying out: who copies the folder has them all."""

from __future__ import annotations

import contextlib
import hmac
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from bonafide.errors import KeyUnusable, RecordAltered, VaultClosed
from bonafide.vault.envelope import KEY_BYTES, NONCE_BYTES, TAG_BYTES, decrypt, encrypt
from bonafide.vault.holder import KeyName
from bonafide.vault.memory import wipe
from bonafide.vault.private_file import make_file, make_folder, open_to_others, read_file, sync_folder

_ROOT: Final = "root"
_PREFIX: Final = "bonafide/"
_ENDING: Final = ".key"
_ENCRYPTED_BYTES: Final = NONCE_BYTES + KEY_BYTES + TAG_BYTES
# What is left of a destroyed key, so that its name is never used again.
_DESTROYED: Final = bytes(_ENCRYPTED_BYTES)


class UnsafeFileHolder:
    """Holds keys in a folder of mode 0700, in files of mode 0600: a root key in the clear, and each other
    encrypted under it.

    Unsafe, for the root lies beside what it protects, and a file's bytes may outlive it on flash disks, in
    journals and in snapshots: nobody can show that a key was destroyed. The folder and its root are
    made where there is nothing yet when the holder is opened, and never later. Nothing is remembered between
    calls.

    Every method raises `VaultClosed` if the folder or the root is missing, and `KeyUnusable` if a file of it
    is damaged or open to other accounts.
    """

    def __init__(self, folder: Path, random: Callable[[int], bytes] = os.urandom) -> None:
        self._folder = folder
        self._random = random
        with _reached():
            if not (folder / _ROOT).exists() and not any(folder.glob(f"*{_ENDING}")):
                make_folder(folder)
                with contextlib.suppress(FileExistsError):
                    make_file(folder / _ROOT, random(KEY_BYTES))
                sync_folder(folder.parent)
        with self._root():
            pass

    @property
    def unsafe(self) -> bool:
        """Always: this holder is for trying out only."""
        return True

    def make(self, name: KeyName) -> None:
        """Make a key. Raises `KeyUnusable` if there is one of that name, destroyed or not."""
        with self._root() as root:
            key = bytearray(self._random(KEY_BYTES))
            nonce = self._random(NONCE_BYTES)
            try:
                encrypted = nonce + encrypt(root, nonce, key, _bound_to(name))
            finally:
                wipe(key)
            try:
                make_file(self._path(name), encrypted)
            except FileExistsError:
                raise KeyUnusable(
                    "There is or was a key of that name, and names are not used twice",
                    "Use the key that is there, or begin the next epoch",
                ) from None

    def holds(self, name: KeyName) -> bool:
        """Whether the key is there."""
        with self._root():
            return self._read(name) is not None

    def names(self, operator: str) -> tuple[KeyName, ...]:
        """The keys of an operator, in order."""
        with self._root():
            files = (file for file in os.listdir(self._folder) if file.endswith(_ENDING))
            listed = (KeyName.parse(_PREFIX + unquote(file.removesuffix(_ENDING))) for file in files)
            return tuple(
                sorted(name for name in listed if name and name.operator == operator and self._read(name))
            )

    def wrap(self, name: KeyName, key: bytes | bytearray, binding: bytes) -> bytes:
        """A nonce of 12 bytes, the key encrypted with AES-256-GCM-SIV, and its tag: 60 bytes."""
        nonce = self._random(NONCE_BYTES)
        with self._key(name) as wrapping:
            return nonce + encrypt(wrapping, nonce, key, binding)

    def unwrap(self, name: KeyName, wrapped: bytes, binding: bytes) -> bytearray:
        """The 32 bytes again; the caller wipes them. Raises `RecordAltered` as the contract says."""
        with self._key(name) as wrapping:
            return decrypt(wrapping, wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], binding)

    def mac(self, name: KeyName, message: bytes) -> bytes:
        """HMAC-SHA-256 (RFC 2104), 32 bytes."""
        with self._key(name) as key:
            return hmac.digest(key, message, "sha256")

    def destroy(self, name: KeyName) -> None:
        """Overwrite a key with zeros in place, which stay as its grave."""
        with self._root():
            if self._read(name) is None:
                return
            descriptor = os.open(self._path(name), os.O_WRONLY)
            try:
                os.write(descriptor, _DESTROYED)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    @contextlib.contextmanager
    def _root(self) -> Iterator[bytearray]:
        with _reached():
            if open_to_others(self._folder.stat()):
                raise _refusal()
            root = bytearray(read_file(self._folder / _ROOT, _refusal()))
            try:
                if len(root) != KEY_BYTES:
                    raise _damaged()
                yield root
            finally:
                wipe(root)

    @contextlib.contextmanager
    def _key(self, name: KeyName) -> Iterator[bytearray]:
        with self._root() as root:
            encrypted = self._read(name)
            if encrypted is None:
                raise VaultClosed(
                    "The key with which this is sealed is not held, or was destroyed",
                    "If its holder was replaced, put the right one back; what was destroyed stays closed",
                )
            try:
                key = decrypt(root, encrypted[:NONCE_BYTES], encrypted[NONCE_BYTES:], _bound_to(name))
            except RecordAltered:
                raise _damaged() from None
        try:
            yield key
        finally:
            wipe(key)

    def _read(self, name: KeyName) -> bytes | None:
        """A key, encrypted, or None for one that was destroyed or never made."""
        try:
            encrypted = read_file(self._path(name), _refusal())
        except FileNotFoundError:
            return None
        if len(encrypted) != _ENCRYPTED_BYTES:
            raise _damaged()
        return None if encrypted == _DESTROYED else encrypted

    def _path(self, name: KeyName) -> Path:
        return self._folder / (quote(str(name).removeprefix(_PREFIX), safe="") + _ENDING)


def _bound_to(name: KeyName) -> bytes:
    return f"bonafide-key/1 {name}".encode()


@contextlib.contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise VaultClosed(
            f"The folder of the keys cannot be used ({error.strerror})",
            "Put the folder `keys/vault` of the data folder back, for this account alone to read and write",
        ) from None


def _refusal() -> KeyUnusable:
    return KeyUnusable(
        "The keys of the vault may be read or changed by other accounts",
        "Find out who had access; if nobody did, set the folder's mode to 0700 and its files' to 0600, else "
        "begin another epoch, re-wrap and destroy this one",
    )


def _damaged() -> KeyUnusable:
    return KeyUnusable("A key of the vault is damaged", "Put its file back from a backup of the holder")
