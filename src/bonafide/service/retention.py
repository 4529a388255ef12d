"""An operator's records, by the clock that says how long they are kept."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from bonafide.errors import SettingInvalid
from bonafide.privacy.now import Now
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service.safekeeping import open_store, open_vault
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.vault import FileSigner, Vault


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept of an operator's customers, and what time it is for it.

    Keys are opened when they are asked for: what needs none goes on while their holder is away.
    """

    settings: Settings
    store: Store
    clock: RetentionClock

    @property
    def operator(self) -> str:
        """Whose records these are."""
        return self.settings.operator

    def now(self) -> Now:
        """This moment. Raises `StoreUnusable` as the store does. Not to be asked within a unit of work."""
        return self.clock.now()

    def vault(self) -> Vault:
        """What opens records. Raises as `open_vault`."""
        return open_vault(self.settings)

    def signer(self) -> FileSigner:
        """What signs receipts. Raises `KeyUnusable`."""
        return FileSigner.open(self.settings.data_dir)


@contextlib.contextmanager
def retention(settings: Settings) -> Iterator[Retention]:
    """The records of the operator that the settings name, until the end of the block.

    Raises `SettingInvalid` for an operator that the store does not list: nobody would sweep what is kept of
    its customers. `StoreUnusable` as the store does.
    """
    with contextlib.closing(open_store(settings)) as store:
        require_listed(settings, store)
        yield Retention(settings, store, RetentionClock(store))


def require_listed(settings: Settings, store: Store) -> None:
    """Raises `SettingInvalid` for an operator that the store does not list, `StoreUnusable` as the store."""
    if settings.operator not in store.operators():
        raise SettingInvalid(
            f"The store lists no operator {settings.operator}",
            "Set BONAFIDE_OPERATOR to one that it lists, or run `bonafide store upgrade`",
        )


def new_identifier() -> str:
    """A random identifier, which tells nothing."""
    return str(uuid.uuid4())


def random_bytes(size: int) -> bytes:
    """So many random bytes of the system's."""
    return os.urandom(size)
