"""Killed at any moment, the store has lost nothing that it said yes to, and holds nothing by halves."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import text
from tests.integration.store import signing_up
from tests.integration.store.conftest import Server
from tests.integration.store.rows import (
    CaseRow,
    ConsentRow,
    DecisionRow,
    HeadRow,
    LeafRow,
    PictureRow,
    SubjectRow,
)

from bonafide.store import Store
from bonafide.store.schema import CONSENT, DECISION, LEAF, LOG_HEAD, REFERRED_CASE, SEALED, SUBJECT

# Warm: what is forked has imported everything.
_CLEAN = multiprocessing.get_context("forkserver")
_CLEAN.set_forkserver_preload(["tests.integration.store.signing_up"])


def acknowledged_before(kill: Callable[[], None], url: str, number: int) -> set[str]:
    """Let a process sign people up, kill something, then the process; whom it was told yes for."""
    reads, writes = _CLEAN.Pipe(duplex=False)
    process = _CLEAN.Process(target=signing_up.run, args=(url, number, writes))
    process.start()
    writes.close()
    said = os.read(reads.fileno(), 6)  # it begins
    assert said == b"begun\n"
    kill()
    process.kill()
    process.join()
    rest = b"".join(iter(lambda: os.read(reads.fileno(), 65536), b""))
    reads.close()
    return {line.decode() for line in rest.split(b"\n")[:-1]}


def check(store: Store, acknowledged: set[str]) -> None:
    """Everything that was acknowledged is there, and whatever is there is whole."""
    with store.read(signing_up.OPERATOR) as found:
        subjects = {row.id for row in found.all(SubjectRow, SUBJECT)}
        consents = {row.id: row.subject for row in found.all(ConsentRow, CONSENT)}
        decisions = found.all(DecisionRow, DECISION)
        cases = {row.id for row in found.all(CaseRow, REFERRED_CASE)}
        pictures = [row.referred_case for row in found.all(PictureRow, SEALED)]
        leaves = {row.position: row.commitment for row in found.all(LeafRow, LEAF)}
        head = found.one(HeadRow, LOG_HEAD)
        if found.connection.dialect.name == "sqlite":
            assert found.connection.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
            assert found.connection.execute(text("PRAGMA foreign_key_check")).all() == []
    decided = {row.id for row in decisions}
    assert acknowledged <= decided | cases
    assert not decided & cases
    assert subjects == decided | cases
    assert consents == {name: name for name in subjects}
    assert head == HeadRow(len(leaves))
    assert leaves == {row.position: signing_up.commitment(row.id) for row in decisions}
    assert leaves.keys() == set(range(len(leaves)))
    assert sorted(pictures, key=str) == sorted([*cases] * signing_up.PICTURES)


def killed(store: Store, url: str, times: int) -> None:
    seed = random.randrange(2**32)  # noqa: S311
    print(f"kills at random moments of seed {seed}")  # noqa: T201 - pytest shows it if this fails
    moments = random.Random(seed)  # noqa: S311
    signing_up.prepare(store)
    everything: set[str] = set()
    longest = 0.12
    for number in range(10 * times):
        if number >= times and len(everything) > times / 2:
            break
        wait = partial(time.sleep, moments.uniform(0, longest))
        acknowledged = acknowledged_before(wait, url, number)
        # On a busy machine it gets nothing done in that time, and nothing would be shown.
        longest = min(2, longest * 2) if not acknowledged else max(0.12, longest * 0.9)
        everything |= acknowledged
        check(store, everything)
    assert len(everything) > times / 2


def test_a_few_kills(store: Store, database: str) -> None:
    killed(store, database, 8)


@pytest.mark.long
def test_two_hundred_kills(store: Store, database: str) -> None:
    killed(store, database, 200)


@pytest.mark.long
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_server_killed(store: Store, database: str, postgresql: Server) -> None:
    signing_up.prepare(store)
    everything: set[str] = set()

    def kill() -> None:
        time.sleep(random.uniform(0.05, 0.3))  # noqa: S311
        postgresql.kill()
        time.sleep(0.05)  # in which nobody is told yes

    for number in range(10):
        everything |= acknowledged_before(kill, database, number)
        postgresql.start()
        check(store, everything)
    assert len(everything) > 10
