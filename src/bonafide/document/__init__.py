"""What the identity document says: its kind, fields, portrait, zone, bar code and chip, and whether they
agree.

Reading a picture (`bonafide.document.reader`) and a chip (`bonafide.document.chip`) are packages of their
own, loaded when they are needed.
"""

from bonafide.document.check import DocumentCheck, Result
from bonafide.document.kind import Kind
from bonafide.document.portrait import PortraitChoice, choose_portrait
from bonafide.document.reading import PortraitFaces, Reading

__all__ = [
    "DocumentCheck",
    "Kind",
    "PortraitChoice",
    "PortraitFaces",
    "Reading",
    "Result",
    "choose_portrait",
]
