"""Pictures as they are handed over."""

from __future__ import annotations

from pathlib import Path

from bonafide.client.problems import BadCall

# The content of a file, or where it is: JPEG, PNG, WebP or HEIC, at most 8 MB.
Picture = bytes | Path


def presented(document: Picture, selfie: Picture, document_back: Picture | None) -> dict[str, bytes]:
    """The parts of a form with pictures. Raises `BadCall` for a file that cannot be read."""
    given = {"document": document, "selfie": selfie, "document_back": document_back}
    return {name: _content(picture) for name, picture in given.items() if picture is not None}


def _content(picture: Picture) -> bytes:
    if isinstance(picture, bytes):
        return picture
    try:
        return picture.read_bytes()
    except OSError as error:
        raise BadCall(f"A picture cannot be read ({error.strerror})") from None
