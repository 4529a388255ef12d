"""The clock by which what is kept is erased: it survives restarts, and no setting of the wall clock moves it.

Retention time begins as the wall's time and then goes at its own pace:

- while the machine runs, by its boot clock, which also runs while it sleeps and which nobody can set. So
  nothing is erased early within one boot, and nothing kept longer, wherever the wall clock is set to. (While
  a virtual machine is paused from outside, its boot clock stands still, and things are kept for that time
  more.)
- across a restart, by the wall's difference since the last tick, and never backwards. If the wall says less
  than it said then, the time for which the machine was off is not counted, and things are kept longer by just
  that. If it says more than is true, they are kept that much shorter: nothing else tells how long it was off.
- a boot clock that went back is that of a machine restored from a snapshot, which is a restart.

Hosts that share one database share the clock, and take turns as across restarts. For that their wall clocks
must agree to a minute, by which things may then be erased early, once and not each time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from bonafide.privacy.machine import Reading, reading
from bonafide.privacy.now import Now
from bonafide.store import Store, Transaction
from bonafide.store.schema import CLOCK

# How far the wall clocks of hosts may lie apart, and be corrected, without it counting as having been set.
TOLERANCE: Final = timedelta(minutes=1)
# How often the clock is written down: what is lost of it in a crash is made up for by the boot clock.
_WRITTEN_EVERY: Final = timedelta(minutes=1)
_NO_OPERATOR: Final = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock as it stands. `wall_at` is what the wall clock is expected to say at `retention_at`."""

    retention_at: datetime
    wall_at: datetime
    boot: str
    since_boot_ms: int

    @classmethod
    def first(cls, seen: Reading) -> Tick:
        """The clock of a new installation: it begins as the wall's time."""
        return cls(seen.wall, seen.wall, seen.boot, seen.since_boot_ms)

    def advanced(self, seen: Reading) -> Tick:
        """The clock at a later reading, of this machine or another."""
        if self._same_boot(seen):
            ran = timedelta(milliseconds=seen.since_boot_ms - self.since_boot_ms)
        else:
            ran = max(seen.wall - self.wall_at, timedelta(0))
        expected = self.wall_at + ran
        # Hosts whose clocks differ a little must not each add their difference at every turn.
        wall_at = seen.wall if abs(seen.wall - expected) > TOLERANCE else expected
        return Tick(self.retention_at + ran, wall_at, seen.boot, seen.since_boot_ms)

    def _same_boot(self, seen: Reading) -> bool:
        return seen.boot == self.boot and seen.since_boot_ms >= self.since_boot_ms


class RetentionClock:
    """The clock of one installation, as one process sees it; safe to share between threads.

    Asked, it counts on from what it last wrote down, which it does at the first asking and each minute after.
    """

    def __init__(self, store: Store, read_machine: Callable[[], Reading] = reading) -> None:
        self._store = store
        self._read_machine = read_machine
        self._lock = threading.Lock()
        self._written: Tick | None = None

    def now(self) -> Now:
        """This moment. Raises `StoreUnusable` as the store does. Not to be asked within a unit of work."""
        with self._lock:
            seen = self._read_machine()
            last = self._written
            if last is not None and last.boot == seen.boot and last.since_boot_ms <= seen.since_boot_ms:
                at = last.advanced(seen)
                if at.retention_at - last.retention_at < _WRITTEN_EVERY:
                    return Now(seen.wall, at.retention_at)
            seen, self._written = self._store.write(_NO_OPERATOR, self._tick)
            return Now(seen.wall, self._written.retention_at)

    def _tick(self, transaction: Transaction) -> tuple[Reading, Tick]:
        row = _locked(transaction)
        # Read under the lock: of two readings the later one is then written later.
        seen = self._read_machine()
        if row is None:
            tick = Tick.first(seen)
            _insert(transaction, tick)
            row = _locked(transaction) or tick  # another host may have been first
        tick = row.advanced(seen)
        if self._written is not None and self._written._same_boot(seen):
            # Another host's turn may have counted less than went by here.
            tick = replace(
                tick, retention_at=max(tick.retention_at, self._written.advanced(seen).retention_at)
            )
        transaction.connection.execute(CLOCK.update().where(CLOCK.c.id == 1).values(**_columns(tick)))
        return seen, tick


def _columns(tick: Tick) -> dict[str, object]:
    return {
        "retention_at": tick.retention_at,
        "wall_at": tick.wall_at,
        "boot": tick.boot,
        "since_boot_ms": tick.since_boot_ms,
    }


def _locked(transaction: Transaction) -> Tick | None:
    query = select(CLOCK.c.retention_at, CLOCK.c.wall_at, CLOCK.c.boot, CLOCK.c.since_boot_ms)
    found = transaction.connection.execute(query.with_for_update()).first()
    return None if found is None else Tick(*found)


def _insert(transaction: Transaction, tick: Tick) -> None:
    # Both databases speak it alike; SQLAlchemy has it in each one's own dialect only.
    insert = postgresql.insert if transaction.connection.dialect.name == "postgresql" else sqlite.insert
    transaction.connection.execute(insert(CLOCK).values(id=1, **_columns(tick)).on_conflict_do_nothing())
