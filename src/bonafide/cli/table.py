"""Tables, and moments in them, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bonafide.evidence.moment_text import moment_text


def table_lines(*rows: Sequence[object]) -> Iterator[str]:
    """Rows in columns as wide as their widest cell; the first row is their headings."""
    cells = [[_text(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return moment_text(cell)
    return "-" if cell is None or cell == "" else str(cell)
