"""What reading a document gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bonafide.document.check import DocumentCheck, Result
from bonafide.document.kind import Kind
from bonafide.face import Face
from bonafide.outcome import Reason

FieldValue = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reading:
    """A document's kind, what it says, and what its checks found. Its fields are personal data.

    `fields` are by name: dates as ISO 8601 (or 长期, for life), a zone's lines as `mrz`. `portrait` is the
    printed portrait's place as x, y, width, height in pixels of the upright picture of the front, or the face
    where the place is not known; None without a face.
    """

    kind: Kind
    fields: Mapping[str, FieldValue]
    checks: tuple[DocumentCheck, ...]
    portrait: tuple[float, float, float, float] | None

    @property
    def doubts(self) -> tuple[Reason, ...]:
        """The reasons of every check that did not pass, each once, in order."""
        return tuple(dict.fromkeys(check.reason for check in self.checks if check.reason is not None))

    @property
    def consistent(self) -> bool:
        """Whether every check passed."""
        return all(check.result is Result.PASSED for check in self.checks)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PortraitFaces:
    """The faces of a document's picture, in pixels of the upright whole: which is the portrait, and whether
    those beside it show the same person (None where there is none beside it).

    `looked` is False where nobody's face was looked for: then nothing is said of faces, for or against.
    """

    portrait: Face | None
    others: tuple[Face, ...] = ()
    alike: bool | None = None
    looked: bool = True
