"""What a running service has open: a store, a holder of keys, an engine, for every operator on record."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bonafide.privacy.now import Now
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service.retention import Retention, require_listed
from bonafide.service.safekeeping import open_store, open_vault
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.vault import FileSigner, Vault


@dataclass(frozen=True, slots=True)
class Counter:
    """Everything that requests are answered with; safe to share between threads, not between processes.

    Nothing in it is of one request, so that any worker answers any of them.
    """

    settings: Settings
    store: Store
    clock: RetentionClock
    vault: Vault
    signer: FileSigner
    verifier: Verifier

    @classmethod
    @contextlib.contextmanager
    def open(cls, settings: Settings) -> Iterator[Counter]:
        """Open all of it, until the end of the block.

        Raises what `open_store`, `open_vault`, `FileSigner.open` and `Verifier.open` raise, and
        `SettingInvalid` where the store does not list the settings' operator.
        """
        with contextlib.closing(open_store(settings)) as store:
            require_listed(settings, store)
            yield cls(
                settings,
                store,
                RetentionClock(store),
                open_vault(settings),
                FileSigner.open(settings.data_dir),
                Verifier.open(settings),
            )

    def now(self) -> Now:
        """This moment. Not to be asked within a unit of work."""
        return self.clock.now()

    def kept(self, operator: str) -> Retention:
        """The records of one operator, whom a secret named: it was found among that operator's rows."""
        return Retention(replace(self.settings, operator=operator), self.store, self.clock)
