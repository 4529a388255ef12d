"""A process that signs people up by links until it is killed; of each it says what it was told."""

from __future__ import annotations

import os
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from tests.integration.service.conftest import OPERATOR, Answering, Counter, Desk, Machine

from bonafide.errors import StoreUnusable
from bonafide.outcome import Outcome, Reason
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service.counter import Counter as ServiceCounter
from bonafide.service.retention import Retention
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.vault import UnsafeFileHolder, Vault

_THREADS: Final = 4
# What each third person hears; the pictures of every fifth could first not be judged.
_OUTCOMES: Final = tuple(Outcome)


def desk_of(store: Store, folder: Path) -> Desk:
    """The counter of a folder, on a store."""
    machine = Machine()
    vault = Vault(UnsafeFileHolder(folder / "keys"))
    vault.begin_operator(OPERATOR)
    settings = Settings(folder / "data", operator=OPERATOR)
    kept = Retention(settings, store, RetentionClock(store, machine.read))
    counter = Counter(kept, vault, machine, folder / "data")
    verifier = Answering(counter)
    service = ServiceCounter(settings, store, kept.clock, vault, counter.signer, verifier)
    return Desk(counter, verifier, service)


def run(url: str, folder: Path, acknowledged: Connection) -> None:
    """Sign up from several threads, for as long as this lives."""
    store = Store.open(url)
    store.operators()  # connected, so that what is killed is the work
    answer = acknowledged.fileno()
    os.write(answer, b"begun\n")

    def work(thread: int) -> None:
        desk = desk_of(store, folder)  # with an outcome of its own
        count = 0
        while True:
            count += 1
            try:
                made, link = desk.begins(reference=f"{thread}.{count}")
                if count % 5 == 0:
                    desk.verifier.outcome, desk.verifier.reasons = Outcome.REFER, (Reason.SELFIE_BLURRED,)
                    assert desk.submits(link).again
                desk.verifier.outcome, desk.verifier.reasons = _OUTCOMES[count % 3], None
                # Every document is another's, or it would soon be locked.
                desk.verifier.number = f"L{os.getpid()}X{thread}X{count}"
                told = desk.submits(link)
            except StoreUnusable:  # of a server that was killed
                time.sleep(0.02)
            else:
                os.write(answer, f"{made} {told.state}\n".encode())

    for thread in range(_THREADS):
        threading.Thread(target=work, args=(thread,), daemon=True).start()
    threading.Event().wait()
