"""The retention clock as it is kept: across processes, in threads, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bonafide.privacy.machine import Reading
from bonafide.privacy.retention_clock import RetentionClock, Tick
from bonafide.store import Store
from bonafide.store.schema import CLOCK

START = datetime(2026, 11, 25, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine:
    """Says what it is told to."""

    def __init__(self, boot: str = "first") -> None:
        self.says = Reading(START, boot, 1000)

    def __call__(self) -> Reading:
        return self.says

    def passes(self, span: timedelta, wall: timedelta | None = None) -> None:
        moved = self.says.since_boot_ms + span // timedelta(milliseconds=1)
        self.says = Reading(self.says.wall + (span if wall is None else wall), self.says.boot, moved)


def kept(store: Store) -> Tick:
    with store.read("") as transaction:
        query = select(CLOCK.c.retention_at, CLOCK.c.wall_at, CLOCK.c.boot, CLOCK.c.since_boot_ms)
        return Tick(*transaction.connection.execute(query).one())


def test_it_begins_with_the_wall_and_goes_on_by_the_boot_clock(store: Store) -> None:
    machine = Machine()
    clock = RetentionClock(store, machine)
    assert clock.now().retention == START
    machine.passes(HOUR, wall=-10 * HOUR)
    now = clock.now()
    assert (now.wall, now.retention) == (START - 10 * HOUR, START + HOUR)


def test_it_is_written_down_each_minute_and_counts_on_between(store: Store) -> None:
    machine = Machine()
    clock = RetentionClock(store, machine)
    clock.now()
    machine.passes(timedelta(seconds=59))
    assert clock.now().retention == START + timedelta(seconds=59)
    assert kept(store).retention_at == START
    machine.passes(timedelta(seconds=1))
    assert clock.now().retention == kept(store).retention_at == START + timedelta(minutes=1)


def test_a_process_that_was_killed_takes_nothing_with_it(store: Store) -> None:
    machine = Machine()
    RetentionClock(store, machine).now()
    machine.passes(timedelta(seconds=30))
    # Nothing was written since; another process goes by the same boot clock.
    assert RetentionClock(store, machine).now().retention == START + timedelta(seconds=30)
    machine.passes(HOUR)
    machine.says = replace(machine.says, boot="second", since_boot_ms=5)
    assert RetentionClock(store, machine).now().retention == START + HOUR + timedelta(seconds=30)


def test_two_hosts_that_run_at_once_agree(store: Store) -> None:
    here, there = Machine("here"), Machine("there")
    there.passes(timedelta(0), wall=timedelta(seconds=20))  # its wall clock is ahead
    first, second = RetentionClock(store, here), RetentionClock(store, there)
    last = START
    for _ in range(20):
        for clock in (first, second):
            told = clock.now().retention
            assert told >= last - timedelta(minutes=1)
            last = max(last, told)
        here.passes(timedelta(minutes=5))
        there.passes(timedelta(minutes=5))
    # Within the minute that their walls may lie apart, however often they took turns.
    assert timedelta(0) <= first.now().retention - (START + 20 * timedelta(minutes=5)) <= timedelta(minutes=1)


def test_threads_may_ask_at_once(store: Store) -> None:
    clock = RetentionClock(store)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: clock.now().retention, range(40)))
    assert max(told) - min(told) < timedelta(minutes=1)
    assert clock.now().retention >= max(told)
