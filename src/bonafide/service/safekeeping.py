"""Store and vault of one operator, as the settings name them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.vault import Vault, open_holder, without_core_dumps


@dataclass(frozen=True, slots=True)
class Safekeeping:
    """Where an operator's records lie, and what opens them."""

    operator: str
    store: Store
    vault: Vault

    @classmethod
    def open(cls, settings: Settings) -> Safekeeping:
        """What the settings name; this process writes no core dumps from then on.

        Raises `SettingInvalid` for a database or holder that cannot be, `KeyUnusable` and `VaultClosed` as
        the holder does. The database is first reached when it is used.
        """
        without_core_dumps()
        return cls(settings.operator, open_store(settings), Vault(open_holder(settings)))


def open_store(settings: Settings) -> Store:
    """The database that `BONAFIDE_DATABASE` names, else `records.sqlite` in the data folder."""
    return Store.open(settings.database or _file(settings.data_dir))


def _file(data_dir: Path) -> str:
    return f"sqlite:///{data_dir / 'records.sqlite'}"
