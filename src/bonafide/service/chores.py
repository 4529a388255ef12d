"""What a running service does unasked: clocks are kept and the log is signed, without any cron."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from bonafide.errors import BonafideError
from bonafide.evidence.log import integrate
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.privacy.sweep import sweep
from bonafide.privacy.upkeep import upkeep
from bonafide.service.retention import Retention, new_identifier
from bonafide.service.safekeeping import open_store
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.vault import FileSigner, KeyFile
from bonafide.version import SOFTWARE

# For what a chore is in the midst of when the service stops; it goes on at the next start.
_PATIENCE_SECONDS: Final = 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every so many seconds. It may be broken off at any moment and begun again, and done by
    several machines at once.
    """

    name: str
    every: float
    work: Callable[[Settings, Store], None]


def erase_what_is_due(settings: Settings, store: Store) -> None:
    """Sweep what is due of every operator, then turn their keys over, each by itself: what is wrong with one
    keeps no other's from being done.
    """
    clock = RetentionClock(store)
    # Before the holder of keys is asked for anything: what is due goes even while it is away.
    sweep(store, clock.now().retention)
    for operator in store.operators():
        with _telling(f"Turning over the keys of {operator}"):
            kept = Retention(replace(settings, operator=operator), store, clock)
            upkeep(
                store,
                kept.vault(),
                operator,
                now=kept.now(),
                identifier=new_identifier,
                signer=kept.signer(),
                software=SOFTWARE,
            )


def sign_the_log(settings: Settings, store: Store) -> None:
    """Put every operator's new leaves under a checkpoint, so that proofs of them can be had."""
    signer = FileSigner.open(settings.data_dir, KeyFile.LOG)
    for operator in store.operators():
        with _telling(f"Signing the log of {operator}"):
            integrate(store, operator, signer, datetime.now(UTC))


# To add one is to add its line.
CHORES: Final = (
    Chore("erase what is due", 600, erase_what_is_due),
    Chore("sign the log", 60, sign_the_log),
)


@contextmanager
def doing_chores(settings: Settings, chores: Sequence[Chore] = CHORES) -> Iterator[None]:
    """Do chores until the end of the block, each in a thread of its own, first at once. A chore that fails is
    told of in the log and done again when its time comes.
    """
    stop = threading.Event()
    with closing(open_store(settings)) as store:
        threads = [
            threading.Thread(target=_do, args=(chore, settings, store, stop), name=chore.name, daemon=True)
            for chore in chores
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(_PATIENCE_SECONDS)


def _do(chore: Chore, settings: Settings, store: Store, stop: threading.Event) -> None:
    while not stop.is_set():
        with _telling(f"A chore ({chore.name})"):
            chore.work(settings, store)
        stop.wait(chore.every)


@contextmanager
def _telling(what: str) -> Iterator[None]:
    try:
        yield
    except BonafideError as error:
        _log.error("%s failed: %s: %s", what, type(error).__name__, error)
    except Exception as error:
        # A chore that ended silently would keep what should be erased. What it says may be of anybody.
        _log.error("%s failed: %s", what, type(error).__name__)
