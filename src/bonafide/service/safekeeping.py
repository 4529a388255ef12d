"""Store and vault, as the settings name them."""

from __future__ import annotations

from pathlib import Path

from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.vault import Vault, open_holder, without_core_dumps


def open_store(settings: Settings) -> Store:
    """The database that `BONAFIDE_DATABASE` names, else `records.sqlite` in the data folder; it is first
    reached when it is used. Raises `SettingInvalid` for one that cannot be.
    """
    return Store.open(settings.database or _file(settings.data_dir))


def open_vault(settings: Settings) -> Vault:
    """What opens records; this process writes no core dumps from then on.

    Raises `SettingInvalid`, `KeyUnusable` and `VaultClosed` as `open_holder` does.
    """
    without_core_dumps()
    return Vault(open_holder(settings))


def _file(data_dir: Path) -> str:
    return f"sqlite:///{data_dir / 'records.sqlite'}"
