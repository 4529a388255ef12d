"""What an erasure did, for people and for programs, and its receipt as a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bonafide.cli.output_file import write_whole
from bonafide.errors import UsageError
from bonafide.evidence.moment_text import moment_text
from bonafide.privacy.erasure import Erased
from bonafide.wording import Language, phrase


def erased_lines(erased: Erased, language: Language) -> Iterator[str]:
    """What went, what says so, and what of it is still somewhere."""
    rows = sum(count for _, count in erased.rows)
    yield phrase("erased", language, rows=rows, erasure=erased.identifier)
    if erased.in_term and erased.stays_until is None:
        yield phrase("erased_in_term", language, lines=erased.in_term)
    if erased.keys_gone_by is not None:
        yield phrase("erased_backups", language, moment=moment_text(erased.keys_gone_by))
    if not erased.forgotten:
        yield phrase("erased_not_forgotten", language)


def erased_document(erased: Erased) -> dict[str, object]:
    """The same as JSON values."""
    return {
        "erasure": erased.identifier,
        "erased": dict(erased.rows),
        "lines_in_term": erased.in_term,
        "epochs": list(erased.epochs),
        "keys_gone_by": erased.keys_gone_by and moment_text(erased.keys_gone_by),
        "forgotten": erased.forgotten,
    }


def write_receipt(erased: Erased, path: Path) -> None:
    """Write the receipt. Raises `UsageError`, which then says that the rest is done."""
    try:
        write_whole(path, erased.receipt, "It is erased, but the receipt")
    except UsageError as error:
        raise UsageError(
            error.problem, f"Get the receipt with `bonafide privacy receipts {erased.identifier}`"
        ) from None
