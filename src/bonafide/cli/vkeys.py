"""Keys of logs and witnesses, as they are handed from one person to another."""

from __future__ import annotations

from bonafide.errors import UsageError
from bonafide.evidence.note import SignatureKind, VerifierKey, parse_vkey


def log_vkey(text: str) -> VerifierKey:
    """A log's key. Raises `UsageError` for a witness's, `UnreadableData` for none at all."""
    return _of_kind(text, SignatureKind.NOTE, "a log's")


def witness_vkey(text: str) -> VerifierKey:
    """A witness's key. Raises `UsageError` for a log's, `UnreadableData` for none at all."""
    return _of_kind(text, SignatureKind.COSIGNATURE, "a witness's")


def _of_kind(text: str, kind: SignatureKind, whose: str) -> VerifierKey:
    key = parse_vkey(text)
    if key.kind is not kind:
        raise UsageError(
            f"A key that was given is not {whose}",
            "Logs print theirs with `bonafide audit key`, witnesses with `bonafide witness key`",
        )
    return key
