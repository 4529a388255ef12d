"""Killed at any moment, an erasure was done whole or not at all; what has a receipt is gone for good."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from tests.integration.privacy import erasing
from tests.integration.privacy.conftest import OPERATOR
from tests.integration.store.rows import LATER, NOW, HeadRow, LeafRow, SubjectRow
from tests.integration.store.signing_up import prepare

from bonafide.evidence import check_receipt, parse_receipt
from bonafide.evidence.commitment import commit
from bonafide.evidence.statements import erasure_salt
from bonafide.privacy.erasure import ErasureRow
from bonafide.privacy.sweep import sweep
from bonafide.store import Store, Transaction
from bonafide.store.schema import ERASURE, LEAF, LOG_HEAD, SUBJECT

# Warm: what is forked has imported everything.
_CLEAN = multiprocessing.get_context("forkserver")
_CLEAN.set_forkserver_preload(["tests.integration.privacy.erasing"])

Work = Callable[[Store, Callable[[str], object]], None]


def killed_after(seconds: float, url: str, work: Work) -> list[str]:
    """Let a process work, and kill it; what it had been told was done."""
    reads, writes = _CLEAN.Pipe(duplex=False)
    process = _CLEAN.Process(target=erasing.run, args=(url, work, writes))
    process.start()
    writes.close()
    assert os.read(reads.fileno(), 6) == b"begun\n"
    time.sleep(seconds)
    process.kill()
    process.join()
    said = b"".join(iter(lambda: os.read(reads.fileno(), 65536), b""))
    reads.close()
    return said.decode().split("\n")[:-1]


class Moments:
    """Random moments to kill at: early ones, and late ones if nothing gets done before."""

    def __init__(self) -> None:
        seed = random.randrange(2**32)  # noqa: S311
        print(f"kills at random moments of seed {seed}")  # noqa: T201 - pytest shows it if this fails
        self._random = random.Random(seed)  # noqa: S311
        self._longest = 0.12

    def next(self) -> float:
        return self._random.uniform(0, self._longest)

    def learn(self, *, done: bool) -> None:
        self._longest = max(0.12, self._longest * 0.9) if done else min(2, self._longest * 2)


def people(found: Transaction) -> set[str]:
    """Whose subject is there; with each is all of them, and of nobody else is anything."""
    subjects = {row.id for row in found.all(SubjectRow, SUBJECT)}
    for table in {*erasing.WHOLE[True], *erasing.WHOLE[False]}:
        query = select(table.c.subject, func.count()).group_by(table.c.subject)
        rows = {row[0]: row[1] for row in found.connection.execute(query.where(table.c.operator == OPERATOR))}
        whole = {name: erasing.WHOLE[erasing.is_referred(name)].get(table, 0) for name in subjects}
        assert rows == {name: count for name, count in whole.items() if count}
    return subjects


def receipts(found: Transaction) -> dict[str, str]:
    """What each erasure's receipt says went, by its identifier. Each has its leaf, and no leaf is without."""
    erasures = found.all(ErasureRow, ERASURE)
    leaves = found.all(LeafRow, LEAF, order=[LEAF.c.position])
    assert found.one(HeadRow, LOG_HEAD) == HeadRow(len(leaves))
    if found.connection.dialect.name == "sqlite":
        assert found.connection.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
        assert found.connection.execute(text("PRAGMA foreign_key_check")).all() == []
    assert [leaf.position for leaf in leaves] == list(range(len(leaves)))
    assert sorted(commit(erasure_salt(row.receipt), row.receipt) for row in erasures) == sorted(
        leaf.commitment for leaf in leaves if leaf.kind == "erasure"
    )
    for row in erasures:
        assert check_receipt(parse_receipt(row.receipt), (erasing.SIGNER.public_key,)).valid
    return {row.id: str(parse_receipt(row.receipt).claims["erased"]) for row in erasures}


def no_byte_of(what: bytes, store: Store, url: str) -> bool:
    """Whether nothing of it is in SQLite's files once they were written anew; PostgreSQL's log keeps it until
    it is recycled.
    """
    assert store.rewrite()
    if not url.startswith("sqlite"):
        return True
    path = Path(str(make_url(url).database))
    return not any(what in file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def erasing_killed(store: Store, url: str, times: int) -> None:
    prepare(store)
    store.begin_operator(OPERATOR, NOW)
    moments, everybody, gone = Moments(), set[str](), set[str]()
    for number in range(10 * times):
        if number >= times and len(gone) > times / 2:
            break  # on a machine with much else to do, little gets done before most kills
        names = [f"erased-{number:04}-{at:04}-{at % 10}" for at in range(6)]
        erasing.add_people(store, names, due=False)
        everybody |= set(names)
        acknowledged = dict(line.split() for line in killed_after(moments.next(), url, erasing.erase_all))
        moments.learn(done=bool(acknowledged))
        # As of one moment: what the killed one had asked of a server may still be under way.
        with store.read(OPERATOR) as found:
            left, told = people(found), receipts(found)
        gone |= acknowledged.keys()
        assert not left & gone, "what was acknowledged is gone for good"
        assert set(acknowledged.values()) <= told.keys()
        # Each of those who are gone is in just one receipt, acknowledged or not.
        assert sum("'subject: 1'" in erased for erased in told.values()) == len(everybody - left)
    assert len(gone) > times / 2
    # A second run finishes.
    with store.read(OPERATOR) as found:
        left = people(found)
    for subject in left:
        assert erasing.erase_one(store, subject).forgotten
    assert store.forget_deleted()
    with store.read(OPERATOR) as found:
        assert people(found) == set()
    assert no_byte_of(b"erased-", store, url)


def sweeping_killed(store: Store, url: str, times: int) -> None:
    prepare(store)
    store.begin_operator(OPERATOR, NOW)
    moments, stays, swept = Moments(), set[str](), 0
    for number in range(10 * times):
        if number >= times and swept > times / 8:
            break
        names = [f"due-{number:04}-{at:04}-{at % 10}" for at in range(8)]
        erasing.add_people(store, names, due=True)
        stays |= {f"stays-{number:04}-{at}" for at in range(2)}
        erasing.add_people(store, sorted(stays)[-2:], due=False)
        acknowledged = killed_after(moments.next(), url, erasing.sweep_all)
        moments.learn(done=bool(acknowledged))
        swept += len(acknowledged)
        with store.read(OPERATOR) as found:
            assert receipts(found) == {}
            left = {row.id for row in found.all(SubjectRow, SUBJECT)}
        assert stays <= left
        assert not acknowledged or left == stays
    assert swept > times / 8
    assert sweep(store, LATER).forgotten
    with store.read(OPERATOR) as found:
        assert people(found) == stays
    assert no_byte_of(b"due-", store, url)


@pytest.mark.long
def test_two_hundred_kills_while_erasing(store: Store, database: str) -> None:
    erasing_killed(store, database, 200)


@pytest.mark.long
def test_two_hundred_kills_while_sweeping(store: Store, database: str) -> None:
    sweeping_killed(store, database, 200)
