"""What a service does unasked, and how it first begins."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.postgresql import new_postgresql_database

from bonafide.errors import StoreUnusable, VaultClosed
from bonafide.evidence.log import latest_checkpoint
from bonafide.outcome import Outcome
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service import chores
from bonafide.service.api_keys import Scope, api_key_of
from bonafide.service.beginning import FIRST_KEY_LIFE, begin, upgrade
from bonafide.service.chores import Chore, doing_chores, erase_what_is_due, sign_the_log
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.store.migrations import State
from bonafide.store.schema import SEALED

if TYPE_CHECKING:
    from tests.integration.service.conftest import Counter

OPERATOR = "counter.example"
OTHER = "another.example"


def test_leaves_come_under_a_checkpoint(counter: Counter, tmp_path: Path) -> None:
    _, leave = counter.agrees()
    counter.keeping.keep(counter.case(Outcome.ACCEPT), leave, ())
    settings = Settings(tmp_path / "data", operator=OPERATOR)
    with counter.kept.store.read(OPERATOR) as transaction:
        assert latest_checkpoint(transaction) is None
    sign_the_log(settings, counter.kept.store)
    with counter.kept.store.read(OPERATOR) as transaction:
        signed = latest_checkpoint(transaction)
    assert signed is not None
    assert signed.checkpoint.size == 1
    sign_the_log(settings, counter.kept.store)
    with counter.kept.store.read(OPERATOR) as transaction:
        assert latest_checkpoint(transaction) == signed, "there is nothing new to sign"


def test_what_is_due_goes_and_one_operators_fault_is_no_others(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _, leave = counter.agrees()
    counter.keeping.keep(counter.case(Outcome.REFER), leave, counter.pictures("case"))
    store = counter.kept.store
    store.begin_operator(OTHER, counter.machine.now)
    settings = Settings(tmp_path / "data", operator=OPERATOR)
    monkeypatch.setattr(chores, "RetentionClock", lambda _store: counter.kept.clock)
    turned = []

    def turn(_store: Store, _vault: object, operator: str, **_more: object) -> None:
        turned.append(operator)
        if operator == OTHER:
            raise VaultClosed("The holder of its keys is away", "Wait")

    monkeypatch.setattr(chores, "upkeep", turn)
    monkeypatch.setattr("bonafide.service.retention.open_vault", lambda _settings: counter.vault)

    def sealed() -> int:
        with store.read(OPERATOR) as transaction:
            return len(transaction.connection.execute(SEALED.select()).all())

    erase_what_is_due(settings, store)
    assert sealed() > 0, "nothing is due yet"
    assert OTHER in caplog.text
    assert OPERATOR not in caplog.text
    assert turned == [OTHER, OPERATOR]
    counter.machine.passes(timedelta(hours=73))
    erase_what_is_due(settings, store)
    assert sealed() == 0


def test_a_chore_that_fails_is_told_of_and_done_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Semaphore(0)
    faults = [StoreUnusable("The database cannot be reached", "Wait"), RuntimeError("王五")]

    def work(_settings: Settings, _store: Store) -> None:
        done.release()
        if faults:
            raise faults.pop(0)

    caplog.set_level(logging.ERROR)
    with doing_chores(Settings(tmp_path), [Chore("sweeping", 0.01, work)]):
        for _ in range(4):
            assert done.acquire(timeout=30)
    assert "sweeping" in caplog.text
    assert "The database cannot be reached" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "王五" not in caplog.text
    assert not [thread for thread in threading.enumerate() if thread.name == "sweeping"]


def test_the_first_start_makes_a_way_in_and_the_second_does_not(tmp_path: Path) -> None:
    settings = Settings(tmp_path, operator=OPERATOR)
    store = Store.open(f"sqlite:///{tmp_path / 'records.sqlite'}")
    first = begin(settings, store)
    assert first is not None
    assert first.key not in repr(first)
    now = RetentionClock(store).now().wall
    found = api_key_of(store, first.key, now)
    assert found is not None
    assert (found[0], found[1].scopes) == (OPERATOR, frozenset(Scope))
    assert api_key_of(store, first.key, now + FIRST_KEY_LIFE) is None
    assert begin(settings, store) is None
    assert store.operators() == (OPERATOR,)
    store.close()


def test_a_server_is_not_made_by_starting(tmp_path: Path, postgresql_folder: Path) -> None:
    database = new_postgresql_database(postgresql_folder)
    settings = Settings(tmp_path, operator=OPERATOR, database=database)
    store = Store.open(database)
    assert begin(settings, store) is None
    assert store.state() is State.EMPTY
    with pytest.raises(StoreUnusable, match="bonafide store upgrade"):
        store.operators()
    upgrade(settings, store)
    upgrade(settings, store)
    assert store.operators() == (OPERATOR,)
    store.close()
