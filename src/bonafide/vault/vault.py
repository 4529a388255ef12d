"""Seals records, each under a data key of its own that the holder of the operator's keys wraps."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

import rfc8785

from bonafide.errors import KeyUnusable, UsageError
from bonafide.vault.binding import Binding, KeyBinding
from bonafide.vault.envelope import KEY_BYTES, NONCE_BYTES, Sealed, decrypt, encrypt
from bonafide.vault.holder import KeyHolder, KeyName, KeyUse
from bonafide.vault.memory import wipe

_INDEX_FORMAT: Final = "bonafide-document/1"
_DERIVED_FORMAT: Final = "bonafide-derived/1"
_OTHER_INDEX_FORMAT: Final = "bonafide-index/1"


class Vault:
    """Seals and opens records; safe to share between threads.

    The holder is asked at every call and no key is remembered, so that nothing opens once the holder or a
    key is gone. Every method raises `VaultClosed` then, within a second. `random` gives that many random
    bytes.
    """

    def __init__(self, holder: KeyHolder, random: Callable[[int], bytes] = os.urandom) -> None:
        self._holder = holder
        self._random = random

    @property
    def unsafe(self) -> bool:
        """Whether its holder is for trying out only."""
        return self._holder.unsafe

    def seal(self, plaintext: bytes | bytearray | memoryview, binding: Binding, epoch: int) -> Sealed:
        """Encrypt a record under a fresh data key; the caller wipes the plaintext."""
        key = bytearray(self._random(KEY_BYTES))
        try:
            wrapped = self._holder.wrap(_wrapping(binding.operator, epoch), key, binding.of_key())
            nonce = self._random(NONCE_BYTES)
            return Sealed(epoch, wrapped, nonce, encrypt(key, nonce, plaintext, binding.of_content()))
        finally:
            wipe(key)

    def open(self, sealed: Sealed, binding: Binding) -> bytearray:
        """The record's content, which the caller wipes. Raises `RecordAltered` if it was changed or is bound
        to anything else than `binding`.
        """
        name = _wrapping(binding.operator, sealed.epoch)
        key = self._holder.unwrap(name, sealed.wrapped_key, binding.of_key())
        try:
            return decrypt(key, sealed.nonce, sealed.ciphertext, binding.of_content())
        finally:
            wipe(key)

    @contextlib.contextmanager
    def opened(self, sealed: Sealed, binding: Binding) -> Iterator[bytearray]:
        """The record's content until the end of the block, then zeros. Raises `RecordAltered` as `open`."""
        plaintext = self.open(sealed, binding)
        try:
            yield plaintext
        finally:
            wipe(plaintext)

    def rewrap(self, wrapped_key: bytes, binding: Binding | KeyBinding, old: int, new: int) -> bytes:
        """A record's data key, wrapped in epoch `old`, wrapped anew in epoch `new`; the record is as it was.
        Raises `RecordAltered` for a wrapping that is not this record's or was changed.
        """
        bound_to = binding.of_key()
        key = self._holder.unwrap(_wrapping(binding.operator, old), wrapped_key, bound_to)
        try:
            return self._holder.wrap(_wrapping(binding.operator, new), key, bound_to)
        finally:
            wipe(key)

    def document_index(self, operator: str, issuer: str, number: str) -> str:
        """What stands for a document's number in the records of an operator: HMAC-SHA-256 under its index
        key, 64 hex digits. Two operators' are not alike.

        Only letters and digits count, in any case and width, for a machine-readable zone has fillers in
        place of all else (ICAO 9303-3, 4.6). Raises `UsageError` where none are left, which would make all
        unread documents one.
        """
        parts = [_characters(issuer), _characters(number)]
        if not all(parts):
            raise UsageError(
                "A document without an issuer or a number has no index", "Index only documents that were read"
            )
        message = rfc8785.dumps([_INDEX_FORMAT, operator, *parts])
        return self._holder.mac(_index(operator), message).hex()

    def derived_key(self, operator: str, use: str, *parts: str) -> bytearray:
        """A key of 32 bytes for one use and context of an operator's, the same whenever asked for:
        HMAC-SHA-256 under its index key (NIST SP 800-108r1, 4.1, one block). It tells nothing of that key nor
        of any other that is derived, outlives epochs, and is nowhere kept; the caller wipes it.
        """
        return bytearray(self._holder.mac(_index(operator), _context(operator, use, parts)))

    def seal_derived(
        self, plaintext: bytes | bytearray, operator: str, use: str, *parts: str
    ) -> tuple[bytes, bytes]:
        """Encrypt under the key derived for a use and context, which is for no record of a person's: no epoch
        ends it. The nonce and the ciphertext with its tag.
        """
        key = self.derived_key(operator, use, *parts)
        try:
            nonce = self._random(NONCE_BYTES)
            return nonce, encrypt(key, nonce, plaintext, _context(operator, use, parts))
        finally:
            wipe(key)

    def open_derived(
        self, nonce: bytes, ciphertext: bytes, operator: str, use: str, *parts: str
    ) -> bytearray:
        """What `seal_derived` sealed for the same use and context, which the caller wipes. Raises
        `RecordAltered` for any other, or if it was changed.
        """
        key = self.derived_key(operator, use, *parts)
        try:
            return decrypt(key, nonce, ciphertext, _context(operator, use, parts))
        finally:
            wipe(key)

    def index(self, operator: str, use: str, text: str) -> str:
        """What stands for something else than a document in the records of an operator: HMAC-SHA-256 under
        its index key, 64 hex digits. `use` says what it is (`line`, `device`): two uses' are never alike, nor
        is any like a document's.

        `text` counts as it is, every character; whoever asks brings it into one form first. Raises
        `UsageError` where it or the use is empty, which would make all that is unknown one.
        """
        if not use or not text:
            raise UsageError("Nothing has no index", "Index only what is there, under the name of its use")
        message = rfc8785.dumps([_OTHER_INDEX_FORMAT, operator, use, text])
        return self._holder.mac(_index(operator), message).hex()

    def begin_operator(self, operator: str) -> None:
        """Make the operator's index key where there is none. Raises `KeyUnusable` if it was destroyed.

        To be called only where the operator is new to the database: a key made in place of a lost one
        would know no document again.
        """
        self._begin(_index(operator))

    def begin_epoch(self, operator: str, epoch: int) -> None:
        """Make the wrapping key of an epoch, counted from 1. Raises `KeyUnusable` if there is or was one."""
        self._holder.make(_wrapping(operator, epoch))

    def ensure_epoch(self, operator: str, epoch: int) -> None:
        """Make the wrapping key of an epoch where there is none; one made by another process at this moment
        does as well. Raises `KeyUnusable` if it was destroyed.
        """
        self._begin(_wrapping(operator, epoch))

    def destroy_epoch(self, operator: str, epoch: int) -> None:
        """Destroy an epoch's wrapping key for good, and with it whatever any copy of the database holds
        under it. One that is not there is no error.
        """
        self._holder.destroy(_wrapping(operator, epoch))

    def holds_epoch(self, operator: str, epoch: int) -> bool:
        """Whether the wrapping key of an epoch is there."""
        return self._holder.holds(_wrapping(operator, epoch))

    def _begin(self, name: KeyName) -> None:
        if self._holder.holds(name):
            return
        try:
            self._holder.make(name)
        except KeyUnusable:
            # Made by another process at this moment, it does as well.
            if not self._holder.holds(name):
                raise


def _wrapping(operator: str, epoch: int) -> KeyName:
    return KeyName(operator, KeyUse.WRAPPING, epoch)


def _index(operator: str) -> KeyName:
    return KeyName(operator, KeyUse.INDEX)


def _context(operator: str, use: str, parts: tuple[str, ...]) -> bytes:
    return rfc8785.dumps([_DERIVED_FORMAT, operator, use, *parts])


def _characters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper()))
