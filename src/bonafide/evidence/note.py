"""Signed notes and verifier keys (C2SP signed-note): a text, and lines that sign it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bonafide.errors import UnreadableData

_DASH: Final = "\N{EM DASH} "
_ID_BYTES: Final = 4
_KEY_BYTES: Final = 32
_MOST_BYTES: Final = 64 * 1024
_MOST_SIGNATURES: Final = 64
_NAME: Final = re.compile(r"[^\s+]{1,256}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


class SigningKey(Protocol):
    """Holds an Ed25519 key (RFC 8032)."""

    @property
    def public_key(self) -> Ed25519PublicKey:
        """What verifies its signatures."""

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""


class SignatureKind(IntEnum):
    """What a key signs: the specification's signature type identifier."""

    NOTE = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key (raw, 32 bytes) by the name it signs with, and what for."""

    name: str
    kind: SignatureKind
    public_key: bytes

    @classmethod
    def of(cls, name: str, kind: SignatureKind, key: SigningKey) -> VerifierKey:
        """What verifies the signatures of a key. Raises `UnreadableData` for a name no key can have."""
        if not _NAME.fullmatch(name):
            raise _key_unreadable()
        return cls(name, kind, key.public_key.public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        """The four bytes with which a signature names its key."""
        material = bytes([self.kind]) + self.public_key
        return hashlib.sha256(self.name.encode() + b"\n" + material).digest()[:_ID_BYTES]

    def made(self, line: SignatureLine) -> bool:
        """Whether a line says that this key made it."""
        return line.name == self.name and line.key_id == self.key_id

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether an Ed25519 signature over a message is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        """The `vkey`, as it is handed from one person to another."""
        material = base64.b64encode(bytes([self.kind]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature as a note's line says it; `key_id` is 4 bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """The line, without its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A note, of which nothing is believed yet; `text` ends with a newline and is what was signed."""

    text: str
    signatures: tuple[SignatureLine, ...]

    def __bytes__(self) -> bytes:
        """The note's file."""
        return "".join([self.text, "\n", *(f"{line}\n" for line in self.signatures)]).encode()


def sign_note(text: str, name: str, key: SigningKey) -> SignatureLine:
    """A signature of a text that ends with a newline."""
    verifier = VerifierKey.of(name, SignatureKind.NOTE, key)
    return SignatureLine(name, verifier.key_id, key.sign(text.encode()))


def parse_note(content: bytes) -> Note:
    """Read a note strictly. Raises `UnreadableData` for what is none, and for two signatures of one key, of
    which every reader could believe another.
    """
    text = _decoded(content)
    body, blank, signatures = text.rpartition("\n\n")
    if not blank or not body:
        raise _unreadable()
    return Note(f"{body}\n", parse_signatures(signatures))


def parse_signatures(text: str) -> tuple[SignatureLine, ...]:
    """Read signature lines, at least one. Raises `UnreadableData`."""
    lines = text.split("\n")
    if lines.pop() or not 1 <= len(lines) <= _MOST_SIGNATURES:
        raise _unreadable()
    signatures = tuple(map(_signature, lines))
    if len({(line.name, line.key_id) for line in signatures}) != len(signatures):
        raise _unreadable()
    return signatures


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key for Ed25519 notes or cosignatures. Raises `UnreadableData` for anything else."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
        raise _key_unreadable()
    try:
        material = strict_base64(parts[2])
        key = VerifierKey(parts[0], SignatureKind(material[0]), material[1:])
    except (ValueError, IndexError):
        raise _key_unreadable() from None
    if len(key.public_key) != _KEY_BYTES or parts[1] != key.key_id.hex():
        raise _key_unreadable()
    return key


def strict_base64(text: str) -> bytes:
    """Decode what has one form only (RFC 4648, section 4, padded). Raises `ValueError` for anything else."""
    try:
        decoded = base64.b64decode(text.encode("ascii"), validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    # The last character's spare bits could say anything.
    if base64.b64encode(decoded).decode() != text:
        raise ValueError("not the one base64 form")
    return decoded


def made_by(line: SignatureLine, keys: Sequence[VerifierKey]) -> VerifierKey | None:
    """The key that a line says made it, if it is one of these."""
    return next((key for key in keys if key.made(line)), None)


def _decoded(content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        raise _unreadable()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise _unreadable() from None
    if _CONTROL.search(text):
        raise _unreadable()
    return text


def _signature(line: str) -> SignatureLine:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not _NAME.fullmatch(name):
        raise _unreadable()
    try:
        decoded = strict_base64(encoded)
    except ValueError:
        raise _unreadable() from None
    if len(decoded) <= _ID_BYTES:
        raise _unreadable()
    return SignatureLine(name, decoded[:_ID_BYTES], decoded[_ID_BYTES:])


def _unreadable() -> UnreadableData:
    return UnreadableData(
        "What should be a signed note is none", "Give it as the log or the witness wrote it, unopened"
    )


def _key_unreadable() -> UnreadableData:
    return UnreadableData(
        "The key to verify a log or a witness with cannot be read",
        "Give it in the form NAME+ID+KEY, as the log or the witness printed it",
    )
