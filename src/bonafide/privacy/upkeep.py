"""Turning keys over: a new epoch when one has run out, old records under it, old keys destroyed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bonafide.errors import NotPermitted
from bonafide.evidence.receipt import Signer
from bonafide.privacy.erasure import BACKUPS, finish_erasures
from bonafide.privacy.now import Now
from bonafide.store import Store
from bonafide.store.epochs import LONGEST, current_epoch, destroy_epoch, epochs
from bonafide.store.rewrap import rewrap
from bonafide.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Upkept:
    """What was done for one operator. `altered` counts records whose keys could not be wrapped anew; `held`
    are epochs whose time has come, but whose keys were not destroyed, for such records still lie under them.
    """

    operator: str
    epoch: int
    rewrapped: int
    altered: int
    destroyed: tuple[int, ...]
    held: tuple[int, ...]
    finished_erasures: int


def upkeep(
    store: Store,
    vault: Vault,
    operator: str,
    *,
    now: Now,
    identifier: Callable[[], str],
    signer: Signer,
    software: str,
    length: timedelta = LONGEST,
    backups: timedelta = BACKUPS,
) -> Upkept:
    """Begin the operator's next epoch if it is time, wrap the keys of older records anew, destroy the keys of
    epochs that ended `backups` ago, and give the second receipts of erasures that thereby end.

    Broken off, it is to be called again and goes on. Raises `VaultClosed` if the holder cannot be reached,
    `StoreUnusable` as the store does.
    """
    current = current_epoch(store, vault, operator, now.retention, length)
    moved = rewrap(store, vault, operator, current.number)
    destroyed, held = [], []
    for epoch in epochs(store, operator):
        over = epoch.number < current.number and epoch.ends_at + backups <= now.retention
        if epoch.destroyed_at is not None or not over:
            continue
        try:
            destroy_epoch(store, vault, operator, epoch.number, now.retention)
        except NotPermitted:
            held.append(epoch.number)
        else:
            destroyed.append(epoch.number)
    finished = store.write(
        operator,
        lambda transaction: finish_erasures(
            transaction, now=now, identifier=identifier, signer=signer, software=software
        ),
    )
    return Upkept(
        operator, current.number, moved.moved, moved.altered, tuple(destroyed), tuple(held), finished
    )
