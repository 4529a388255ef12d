"""The pictures of a case, as they were given."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class PictureKind(StrEnum):
    """What a picture of a case is of."""

    DOCUMENT = "document"
    DOCUMENT_BACK = "document-back"
    SELFIE = "selfie"


@dataclass(frozen=True, slots=True)
class CasePicture:
    """A picture of a case, a whole file."""

    kind: PictureKind
    content: bytes = field(repr=False)
