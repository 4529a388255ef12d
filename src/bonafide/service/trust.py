"""Whose signatures on chips an operator trusts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bonafide.document.chip import TrustStore, read_trust
from bonafide.settings import Settings


def trust_of(settings: Settings, named: Sequence[Path] = ()) -> TrustStore:
    """The certificates in the files named, or without any in the folder `trust` of the data folder; empty
    where there is none. Raises `UnreadableData`.
    """
    folder = settings.data_dir / "trust"
    if named:
        return read_trust(named)
    return read_trust([folder]) if folder.is_dir() and any(folder.iterdir()) else TrustStore()
