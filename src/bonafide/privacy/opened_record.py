"""Sealed records, opened for somebody and wiped after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bonafide.store.sealed import SealedRow, open_from
from bonafide.vault import Vault, wipe


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """A record that was opened; `content` is zeros once the block that opened it has ended."""

    record: str
    kind: str
    content: bytearray = field(repr=False)


@contextmanager
def opened_records(
    vault: Vault, operator: str, rows: Sequence[SealedRow]
) -> Iterator[tuple[OpenedRecord, ...]]:
    """Open records until the end of the block; that somebody does must be in the log by then.

    Raises `RecordAltered` and `VaultClosed` as the vault.
    """
    opened: list[OpenedRecord] = []
    try:
        for row in rows:
            opened.append(OpenedRecord(row.id, row.kind, open_from(vault, operator, row)))
        yield tuple(opened)
    finally:
        for record in opened:
            wipe(record.content)
