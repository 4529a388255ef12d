"""The receipt: claims, a digest of each, and one Ed25519 signature (RFC 8032) over the digests.

Signing digests instead of the claims lets a verifier say which claim was changed, and lets a later issue show
some claims of a receipt and withhold others. docs/adr/0004-receipts.md says why it is not a JWT.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import rfc8785

from bonafide.errors import UnreadableReceipt
from bonafide.evidence.claims import ClaimValue

FORMAT = "bonafide-receipt/1"
_MOST_BYTES = 64 * 1024
_MEMBERS = {"format", "claims", "digests", "key", "signature"}


class Signer(Protocol):
    """Holds a signing key."""

    @property
    def key_id(self) -> str:
        """SHA-256, hex, of the raw public key."""

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""


class Statement(Protocol):
    """What a receipt can say."""

    def as_document(self) -> Mapping[str, ClaimValue]:
        """The claims as JSON values, by name."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as its file says it, not yet checked.

    `digests` has for each claim the SHA-256, hex, of its name and value; `key` names the signing key by the
    SHA-256, hex, of its raw public key; `signature` is 64 bytes.
    """

    claims: Mapping[str, ClaimValue]
    digests: Mapping[str, str]
    key: str
    signature: bytes


def sign_receipt(claims: Statement, signer: Signer) -> Receipt:
    """A signed receipt of the claims."""
    document = claims.as_document()
    digests = {name: claim_digest(name, value) for name, value in document.items()}
    return Receipt(document, digests, signer.key_id, signer.sign(signed_message(digests, signer.key_id)))


def claim_digest(name: str, value: ClaimValue) -> str:
    """SHA-256, hex, over the canonical JSON (RFC 8785) of one claim's name and value."""
    return hashlib.sha256(rfc8785.dumps([name, _canonical(value)])).hexdigest()


def signed_message(digests: Mapping[str, str], key: str) -> bytes:
    """The bytes that are signed: the format's name, so that no other signature passes for one of these, and
    the canonical JSON of the digests and the key's id.
    """
    return FORMAT.encode() + b"\n" + rfc8785.dumps({"digests": dict(digests), "key": key})


def serialise_receipt(receipt: Receipt) -> bytes:
    """The receipt's file: UTF-8 JSON, made to be read by people too."""
    document = {
        "format": FORMAT,
        "claims": dict(receipt.claims),
        "digests": dict(receipt.digests),
        "key": receipt.key,
        "signature": base64.b64encode(receipt.signature).decode("ascii"),
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def parse_receipt(content: bytes) -> Receipt:
    """Read a receipt's file, strictly; nothing in it is believed yet.

    Raises `UnreadableReceipt` for what is no receipt at all. A receipt that was changed is read, so that
    checking it can say what was changed.
    """
    if len(content) > _MOST_BYTES:
        raise _unreadable()
    try:
        document = json.loads(content.decode("utf-8"), object_pairs_hook=_without_repetition)
        # Half of a surrogate pair is valid JSON, but no text that could be digested.
        json.dumps(document, ensure_ascii=False).encode()
        if document.keys() != _MEMBERS or document["format"] != FORMAT:
            raise ValueError("other members than a receipt's")
        return Receipt(
            claims={name: _claim(value) for name, value in document["claims"].items()},
            digests={name: _text(value) for name, value in document["digests"].items()},
            key=_text(document["key"]),
            signature=base64.b64decode(_text(document["signature"]), validate=True),
        )
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise _unreadable() from None


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers may each believe another of two members with one name.
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is repeated")
    return members


def _claim(value: object) -> ClaimValue:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise ValueError("a claim is neither text, truth nor a list of texts")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _canonical(value: ClaimValue) -> str | bool | list[str | Any]:
    return list(value) if isinstance(value, list) else value


def _unreadable() -> UnreadableReceipt:
    return UnreadableReceipt(
        "The file is not a receipt of Bonafide",
        "Give the file that `bonafide verify --receipt` wrote, unopened",
    )
