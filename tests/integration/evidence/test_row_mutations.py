"""Random mutations of a log's rows, on both databases, each of which an audit must find."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from types import ModuleType
from typing import Final

import pytest
from tests.conftest import later_on_postgresql
from tests.integration.evidence.kept_log import OTHER, SIZES, audited, audited_after, fill
from tests.integration.evidence.row_mutations import MUTATORS, fork

from bonafide.evidence import audit_store, record_audit
from bonafide.evidence.checkpoint import SignedCheckpoint, sign_checkpoint
from bonafide.store import Store, Transaction
from bonafide.store.schema import CHECKPOINT, DECISION, TILE

USUAL: Final = 200
LONG: Final = 10_000


def mutate(store: Store, count: int, earlier: Sequence[SignedCheckpoint]) -> dict[str, tuple[int, int]]:
    """How often each kind of mutation was made, and how often it was found."""
    chance = random.Random(2026)  # noqa: S311 - the same ones every time
    tally = {mutator.__name__: (0, 0) for mutator in MUTATORS}
    while sum(times for times, _ in tally.values()) < count:
        mutator = chance.choice(MUTATORS)
        report = audited_after(store, partial(mutator, chance=chance), earlier)
        if report is not None:
            times, seen = tally[mutator.__name__]
            tally[mutator.__name__] = (times + 1, seen + (not report.valid))
    return tally


def escaped(tally: dict[str, tuple[int, int]]) -> set[str]:
    return {name for name, (times, seen) in tally.items() if seen < times}


def _all_are_found(store: Store, count: int) -> None:
    earlier = fill(store)
    tally = mutate(store, count, earlier)
    assert min(times for times, _ in tally.values()) > count / 50, "every kind had its turn"
    assert escaped(tally) == set()
    assert audited(store, earlier).valid, "each was undone"


@later_on_postgresql
def test_hundreds_of_mutations_are_found(store: Store) -> None:
    _all_are_found(store, USUAL)


@pytest.mark.long
def test_ten_thousand_mutations_are_found(store: Store) -> None:
    _all_are_found(store, LONG)


def test_without_an_earlier_checkpoint_a_log_that_signs_again_is_believed(store: Store) -> None:
    """What witnesses are for; and that these tests see what is not found."""
    fill(store)
    chance = random.Random(7)  # noqa: S311
    reports = [audited_after(store, lambda transaction: fork(transaction, chance)) for _ in range(12)]
    assert any(report is not None and report.valid for report in reports)


def test_an_auditor_that_looks_away_is_noticed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = fill(store)
    note = bytes(sign_checkpoint(earlier[0].checkpoint, OTHER))

    def salted(transaction: Transaction) -> object:
        return transaction.change(DECISION, salt=bytes(32))

    def signed(transaction: Transaction) -> object:
        return transaction.change(CHECKPOINT, CHECKPOINT.c.size == SIZES[0], note=note)

    def hashed(transaction: Transaction) -> object:
        return transaction.change(TILE, TILE.c.level == 1, hashes=bytes(32))

    blinded: list[tuple[ModuleType, str, object]] = [
        (record_audit, "opens", lambda *_: True),
        (audit_store, "signature_findings", lambda *_: iter(())),
        (audit_store, "_tile_findings", lambda *_: iter(())),
    ]
    for change, (module, name, answer) in zip((salted, signed, hashed), blinded, strict=True):
        seen = audited_after(store, change)
        with monkeypatch.context() as patched:
            patched.setattr(module, name, answer)
            unseen = audited_after(store, change)
        assert seen is not None
        assert unseen is not None
        assert (seen.valid, unseen.valid) == (False, True)
