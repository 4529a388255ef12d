"""Doubts about a photographed document: traces of a display, of a copy, of edited text, of another portrait.

Each refers to a person and never rejects alone. `docs/doubts.md` says how far they go.
"""

from bonafide.document.doubts.copied import copy_check
from bonafide.document.doubts.edited import EditedFinding, edited_check
from bonafide.document.doubts.portrait import border_check, portrait_check
from bonafide.document.doubts.rectify import rectified
from bonafide.document.doubts.screen import screen_check

__all__ = [
    "EditedFinding",
    "border_check",
    "copy_check",
    "edited_check",
    "portrait_check",
    "rectified",
    "screen_check",
]
