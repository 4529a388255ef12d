"""The retention clock's arithmetic on simulated machines: jumps, restarts, sleep, snapshots, hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.errors import SetupBroken
from bonafide.privacy.machine import Reading, reading
from bonafide.privacy.retention_clock import TOLERANCE, Tick

START = datetime(2026, 11, 25, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MS = timedelta(milliseconds=1)
YEARS = timedelta(days=3650)
# What goes by between two events, and how somebody sets the wall clock.
SPANS = st.timedeltas(timedelta(0), timedelta(days=40)).map(lambda span: timedelta(milliseconds=span // MS))
JUMPS = st.timedeltas(-YEARS, YEARS).map(lambda span: timedelta(milliseconds=span // MS))


@dataclass
class Machine:
    """A machine whose true time we know. Asleep or awake, its boot clock runs; off, it does not."""

    true: datetime = START
    wall_ahead: timedelta = timedelta(0)
    boots: int = 1
    booted: datetime = field(default=START)
    name: str = "a"

    def passes(self, span: timedelta) -> None:
        self.true += span

    def is_set(self, jump: timedelta) -> None:
        self.wall_ahead += jump

    def restarts(self, off: timedelta) -> None:
        self.true += off
        self.booted = self.true
        self.boots += 1

    def read(self) -> Reading:
        return Reading(
            self.true + self.wall_ahead, f"{self.name}{self.boots}", (self.true - self.booted) // MS
        )


@given(st.lists(st.tuples(SPANS, JUMPS)))
def test_within_a_boot_nothing_but_time_moves_it(events: list[tuple[timedelta, timedelta]]) -> None:
    machine = Machine()
    tick = Tick.first(machine.read())
    for span, jump in events:
        machine.passes(span)
        machine.is_set(jump)
        tick = tick.advanced(machine.read())
        # Never early, never late.
        assert tick.retention_at == machine.true


@given(st.lists(st.tuples(SPANS, SPANS)))
def test_across_restarts_with_a_wall_clock_that_is_right_it_is_right(
    events: list[tuple[timedelta, timedelta]],
) -> None:
    machine = Machine()
    tick = Tick.first(machine.read())
    for span, off in events:
        machine.passes(span)  # with or without a tick before the machine goes off: it was killed
        machine.restarts(off)
        tick = tick.advanced(machine.read())
        assert tick.retention_at == machine.true


@given(st.lists(st.tuples(SPANS, JUMPS, SPANS, JUMPS), max_size=8))
def test_whatever_happens_it_is_off_by_no_more_than_what_was_set_across_restarts(
    events: list[tuple[timedelta, timedelta, timedelta, timedelta]],
) -> None:
    machine = Machine()
    tick = Tick.first(machine.read())
    early, late = timedelta(0), timedelta(0)
    for span, while_on, off, while_off in events:
        machine.passes(span)
        machine.is_set(while_on)
        before = tick
        tick = tick.advanced(machine.read())
        assert tick.retention_at - before.retention_at == span
        machine.is_set(while_off)
        machine.restarts(off)
        before = tick
        tick = tick.advanced(machine.read())
        assert tick.retention_at >= before.retention_at
        early += max(while_off, timedelta(0)) + TOLERANCE
        late += off + TOLERANCE  # at worst all the time that the machine was off
        assert machine.true - late <= tick.retention_at <= machine.true + early


def test_set_forward_nothing_is_early_and_set_back_nothing_is_late() -> None:
    machine = Machine()
    tick = Tick.first(machine.read())
    machine.is_set(YEARS)
    machine.passes(HOUR)
    tick = tick.advanced(machine.read())
    assert tick.retention_at == START + HOUR
    machine.is_set(-2 * YEARS)
    machine.passes(HOUR)
    tick = tick.advanced(machine.read())
    assert tick.retention_at == START + 2 * HOUR
    # Nor does the jump come in by the back door of a restart.
    machine.restarts(HOUR)
    assert tick.advanced(machine.read()).retention_at == START + 3 * HOUR


def test_a_wall_clock_that_forgot_the_time_while_off_keeps_things_for_that_time_only() -> None:
    machine = Machine()
    tick = Tick.first(machine.read())
    machine.is_set(-YEARS)
    machine.restarts(HOUR)
    tick = tick.advanced(machine.read())
    assert tick.retention_at == START
    machine.is_set(YEARS)  # the network told it
    machine.passes(HOUR)
    tick = tick.advanced(machine.read())
    assert tick.retention_at == START + HOUR
    machine.restarts(HOUR)
    assert tick.advanced(machine.read()).retention_at == START + 2 * HOUR


def test_a_snapshot_that_is_restored_counts_as_a_restart() -> None:
    machine = Machine()
    machine.passes(10 * HOUR)
    tick = Tick.first(machine.read())
    machine.booted += 5 * HOUR  # its boot clock went back to the fifth hour
    machine.passes(HOUR)
    later = tick.advanced(machine.read())
    assert later.retention_at == tick.retention_at + HOUR
    machine.passes(HOUR)
    assert later.advanced(machine.read()).retention_at == tick.retention_at + 2 * HOUR


@given(
    st.lists(st.tuples(st.integers(0, 2), st.timedeltas(timedelta(0), 10 * HOUR)), min_size=1),
    st.lists(st.timedeltas(-TOLERANCE / 2, TOLERANCE / 2), min_size=3, max_size=3),
)
def test_hosts_that_take_turns_do_not_add_up_their_differences(
    turns: list[tuple[int, timedelta]], differences: list[timedelta]
) -> None:
    hosts = [Machine(name=name) for name in "abc"]
    for host, difference in zip(hosts, differences, strict=True):
        host.is_set(timedelta(milliseconds=difference // MS))
    tick = Tick.first(hosts[0].read())
    for turn, span in turns:
        for host in hosts:
            host.passes(timedelta(milliseconds=span // MS))
        before, tick = tick, tick.advanced(hosts[turn].read())
        assert tick.retention_at >= before.retention_at
        assert abs(tick.retention_at - hosts[0].true) <= TOLERANCE


def test_this_machine_can_be_read() -> None:
    first, second = reading(), reading()
    assert first.boot == second.boot
    assert 0 < first.since_boot_ms <= second.since_boot_ms
    assert first.wall.tzinfo is not None


def test_a_machine_that_does_not_know_its_boot_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bonafide.privacy.machine._macos_boot", str)
    monkeypatch.setattr("bonafide.privacy.machine._LINUX_BOOT", Path("/nowhere/boot_id"))
    with pytest.raises(SetupBroken, match="does not say when it was last started"):
        reading()


def test_nor_in_quick_turns() -> None:
    here, there = Machine(name="here"), Machine(name="there", wall_ahead=timedelta(seconds=20))
    tick = Tick.first(here.read())
    for turn in range(1000):
        for host in (here, there):
            host.passes(timedelta(seconds=1))
        tick = tick.advanced((here, there)[turn % 2].read())
    assert tick.retention_at == START + timedelta(seconds=1020)
