"""Killed at any moment under load: no outcome is lost that somebody was told, and none is there by halves."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from pathlib import Path

import pytest
from tests.integration.service import signing_people_up
from tests.integration.service.conftest import OPERATOR, START

from bonafide.evidence.commitment import opens
from bonafide.evidence.leaf import Leaf
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.referred_case import ReferredCase
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.store import Store
from bonafide.store.schema import DECISION, LEAF, REFERRED_CASE, SEALED
from bonafide.store.sealed import SealedRow
from bonafide.store.sign_up_tables import SIGN_UP

_CLEAN = multiprocessing.get_context("forkserver")
_CLEAN.set_forkserver_preload(["tests.integration.service.signing_people_up"])
_STATES = {"accept": "accepted", "refer": "waiting", "reject": "rejected"}


def acknowledged_before(seconds: float, url: str, folder: Path) -> dict[str, str]:
    """Let a process sign people up and kill it; whom it was told what for."""
    reads, writes = _CLEAN.Pipe(duplex=False)
    process = _CLEAN.Process(target=signing_people_up.run, args=(url, folder, writes))
    process.start()
    writes.close()
    assert os.read(reads.fileno(), 6) == b"begun\n"
    time.sleep(seconds)
    process.kill()
    process.join()
    said = b"".join(iter(lambda: os.read(reads.fileno(), 65536), b""))
    reads.close()
    return dict(line.decode().split() for line in said.split(b"\n")[:-1])


def check(store: Store, acknowledged: dict[str, str]) -> None:
    """Whatever was told is there; each decision has its leaf and its sign-up, each referral its pictures."""
    with store.read(OPERATOR) as found:
        rows = found.all(SignUpRow, SIGN_UP)
        decisions = {row.id: row for row in found.all(DecisionRecord, DECISION)}
        leaves = {leaf.position: leaf for leaf in found.all(Leaf, LEAF)}
        cases = {row.id for row in found.all(ReferredCase, REFERRED_CASE)}
        pictures = [row.referred_case for row in found.all(SealedRow, SEALED)]
    states = {row.id: row.state for row in rows}
    assert {made: states.get(made) for made in acknowledged} == acknowledged
    decided = [row for row in rows if row.decision is not None]
    assert sorted(str(row.decision) for row in decided) == sorted(decisions)
    for row in rows:
        decision = decisions.get(row.decision or "")
        if decision is None:
            assert row.state in ("open", "agreed")
            assert (row.outcome, row.decided_at) == (None, None)
        else:
            assert (row.state, row.outcome) == (_STATES[decision.outcome], decision.outcome)
            assert (row.subject, row.consent) == (decision.subject, decision.consent)
            assert row.claim is None
            assert opens(leaves[decision.position].commitment, decision.salt, decision.receipt)
    assert leaves.keys() == set(range(len(decisions)))
    waiting = {row.referred_case for row in decided if row.state == "waiting"}
    assert waiting == cases
    assert sorted(pictures, key=str) == sorted([*cases] * 3)


def killed(store: Store, url: str, folder: Path, times: int) -> None:
    seed = random.randrange(2**32)  # noqa: S311
    print(f"kills at random moments of seed {seed}")  # noqa: T201 - pytest shows it if this fails
    moments = random.Random(seed)  # noqa: S311
    store.begin_operator(OPERATOR, START)
    signing_people_up.desk_of(store, folder).counter.kept.now()
    everything: dict[str, str] = {}
    longest = 0.25
    for number in range(10 * times):
        if number >= times and len(everything) > times / 2:
            break  # on a machine with much else to do, little gets done before most kills
        acknowledged = acknowledged_before(moments.uniform(0, longest), url, folder)
        longest = min(3, longest * 2) if not acknowledged else max(0.25, longest * 0.9)
        everything |= acknowledged
        check(store, everything)
    assert len(everything) > times / 2
    assert set(everything.values()) <= {"accepted", "waiting", "rejected"}


@pytest.mark.long
def test_a_hundred_kills(store: Store, database: str, tmp_path: Path) -> None:
    killed(store, database, tmp_path, 100)
