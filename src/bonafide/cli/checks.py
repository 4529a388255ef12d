"""Checks of a document, for people and for programs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from bonafide.document import DocumentCheck, Result
from bonafide.wording import Language, advice, phrase, sentence

_RESULTS = {
    Result.PASSED: "check_passed",
    Result.FAILED: "check_failed",
    Result.NOT_ASSESSABLE: "check_not_assessable",
}


def checks_document(checks: Sequence[DocumentCheck]) -> list[dict[str, object]]:
    """Checks of a document as JSON values."""
    return [
        {"name": check.name, "result": check.result.value, "reason": check.reason and check.reason.value}
        for check in checks
    ]


def check_lines(checks: Sequence[DocumentCheck], language: Language) -> Iterator[str]:
    """Each check in a line, then the reasons of those that did not pass."""
    for check in checks:
        yield f"  {_padded(phrase(_RESULTS[check.result], language), 16)}{check.name}"
    for reason in dict.fromkeys(check.reason for check in checks if check.reason is not None):
        tip = advice(reason, language)
        gap = " " if language is Language.ENGLISH else ""
        yield f"  - {sentence(reason, language)}{gap + tip if tip else ''} ({reason})"


def _padded(text: str, columns: int) -> str:
    """The text and blanks up to so many columns of a terminal, where a Chinese character takes two."""
    taken = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * (columns - taken)
