"""What stands for a document among an operator's records."""

from __future__ import annotations

from collections.abc import Callable

from bonafide.document import Reading
from bonafide.document.document_number import certain_number

# Of a document's issuer and number.
DocumentIndex = Callable[[str, str], str]


def indexed(reading: Reading | None, index: DocumentIndex | None) -> str | None:
    """What stands for the document that was read; None where its number is not certain or nobody asked."""
    number = certain_number(reading) if reading and index else None
    return index(number.issuer, number.number) if index and number else None
