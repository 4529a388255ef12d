"""Giving somebody everything that is kept of them."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final

from bonafide.errors import RecordAltered
from bonafide.evidence.access import Action
from bonafide.evidence.moment_text import moment_text
from bonafide.privacy.holdings import HOLDINGS
from bonafide.privacy.kept_access import log_access
from bonafide.privacy.now import Now
from bonafide.privacy.staff import require_staff_name
from bonafide.store import Store, Transaction
from bonafide.store.sealed import SealedRow, open_from
from bonafide.vault.memory import wipe
from bonafide.vault.vault import Vault

FORMAT: Final = "bonafide-export/1"
# Of no use to anybody who reads it, and of some to whoever attacks the vault.
_LEFT_OUT: Final = {"wrapped_key", "nonce", "ciphertext"}
_SAME_FOR_ALL: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of the export. What was sealed is in `content` as plain bytes: hand it over, then forget it."""

    path: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that is kept of somebody: `kept.json`, and a file for each record that was sealed."""

    files: tuple[ExportedFile, ...]

    def as_zip(self) -> bytes:
        """The files in one, uncompressed."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for file in self.files:
                archive.writestr(zipfile.ZipInfo(file.path, _SAME_FOR_ALL), file.content)
        return content.getvalue()


def export(
    store: Store,
    vault: Vault,
    operator: str,
    subjects: Sequence[str],
    *,
    who: str,
    now: Now,
    identifier: Callable[[], str],
    random: Callable[[int], bytes],
) -> Export:
    """Everything that is kept of somebody, under however many identifiers, opened; nothing is written but
    that `who` looked, before they do.

    A record that does not open because it was altered is named as such and has no file. Raises `UsageError`
    for a `who` that is no name, `VaultClosed` if the holder of the keys cannot be reached, `StoreUnusable` as
    the store does.
    """
    require_staff_name(who)
    whom = tuple(dict.fromkeys(subjects))

    def trace(transaction: Transaction) -> None:
        for subject in whom:
            log_access(
                transaction, who, Action.EXPORT, now, identifier=identifier, random=random, record=subject
            )

    store.write(operator, trace)
    people: list[dict[str, object]] = []
    files: list[ExportedFile] = []
    with store.read(operator) as transaction:
        for subject in whom:
            kept: dict[str, object] = {}
            for holding in HOLDINGS:
                rows = []
                for row in holding.export(transaction, subject):
                    said = _readable(row)
                    if isinstance(row, SealedRow):
                        file = _opened(vault, operator, row)
                        said["file"] = file.path if file else "it was altered and does not open"
                        files += [file] if file else []
                    rows.append(said)
                kept[holding.name] = rows
            people.append(kept)
    document = {"format": FORMAT, "operator": operator, "exported_at": _value(now.wall), "kept": people}
    content = (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
    return Export((ExportedFile("kept.json", content), *files))


def _opened(vault: Vault, operator: str, row: SealedRow) -> ExportedFile | None:
    try:
        plaintext = open_from(vault, operator, row)
    except RecordAltered:
        return None
    try:
        return ExportedFile(f"{row.kind}/{row.id}", bytes(plaintext))
    finally:
        wipe(plaintext)


def _readable(row: object) -> dict[str, object]:
    names = [item.name for item in fields(row) if item.name not in _LEFT_OUT]  # type: ignore[arg-type]
    return {name: _value(getattr(row, name)) for name in names}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return moment_text(value, "milliseconds")
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
