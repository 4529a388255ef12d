"""Pictures named on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from bonafide.capture import Picture, read_picture
from bonafide.errors import UnreadablePicture, UsageError
from bonafide.outcome import Subject
from bonafide.service.speaking import about

_STDIN = "-"


def read_named(name: str, subject: Subject | None = None) -> Picture:
    """Read a picture from a file, or from standard input if its name is `-`.

    Raises `UnreadablePicture`, which says of which picture it speaks if `subject` is given.
    """
    try:
        return read_picture(sys.stdin.buffer if name == _STDIN else Path(name))
    except UnreadablePicture as error:
        raise about(subject, error) if subject else error from None


def read_pair(document: str, selfie: str, back: str | None = None) -> tuple[Picture, Picture]:
    """Read a case's two pictures. Raises `UnreadablePicture`, or `UsageError` if two of them, or one and the
    document's `back`, are standard input.
    """
    if [document, selfie, back].count(_STDIN) > 1:
        raise UsageError("Only one picture fits on standard input", "Give the other one as a file")
    return read_named(document, Subject.DOCUMENT), read_named(selfie, Subject.SELFIE)


def read_pair_of_sides(front: str, back: str | None) -> tuple[Picture, Picture | None]:
    """Read a document's front and, if there is one, its back. Raises what `read_pair` raises."""
    if front == back == _STDIN:
        raise UsageError("Only one picture fits on standard input", "Give the other one as a file")
    other = None if back is None else read_named(back, Subject.DOCUMENT)
    return read_named(front, Subject.DOCUMENT), other
