"""Of which of the pictures an error speaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bonafide.errors import UnreadablePicture
from bonafide.outcome import Subject


@contextmanager
def speaking_of(subject: Subject) -> Iterator[None]:
    """Say of which picture an error speaks."""
    try:
        yield
    except UnreadablePicture as error:
        raise about(subject, error) from None


def about(subject: Subject, error: UnreadablePicture) -> UnreadablePicture:
    """The same error, saying of which of the two pictures it speaks."""
    problem = error.problem[0].lower() + error.problem[1:]
    return UnreadablePicture(f"{subject.capitalize()}: {problem}", error.remedy)
