"""A process that signs people up until it is killed; it says so of each once the store has said yes."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from functools import partial
from multiprocessing.connection import Connection

from tests.integration.store.rows import (
    CaseRow,
    ConsentRow,
    DecisionRow,
    EpochRow,
    HeadRow,
    LeafRow,
    PictureRow,
    SubjectRow,
)

from bonafide.errors import StoreUnusable
from bonafide.store import Store, Transaction
from bonafide.store.schema import CONSENT, DECISION, EPOCH, LEAF, LOG_HEAD, REFERRED_CASE, SEALED, SUBJECT

OPERATOR = "a.example"
PICTURES = 3
_THREADS = 4


def prepare(store: Store) -> None:
    """What all sign-ups stand on."""

    def work(transaction: Transaction) -> None:
        transaction.add_if_new(LOG_HEAD, HeadRow(0))
        transaction.add_if_new(EPOCH, EpochRow())

    store.write(OPERATOR, work)


def commitment(name: str) -> bytes:
    """The leaf of a decision."""
    return hashlib.sha256(name.encode()).digest()


def sign_up(transaction: Transaction, name: str, *, referred: bool) -> None:
    """One person: a consent, and a decision with its leaf, or a case with its pictures."""
    transaction.add(SUBJECT, SubjectRow(name))
    transaction.add(CONSENT, ConsentRow(name, name))
    if referred:
        transaction.add(REFERRED_CASE, CaseRow(name, name, name))
        picture = hashlib.shake_256(name.encode()).digest(4000)
        for number in range(PICTURES):
            transaction.add(SEALED, PictureRow(f"{name}/{number}", name, name, name, picture))
    else:
        transaction.change(LOG_HEAD, size=LOG_HEAD.c.size + 1)
        head = transaction.one(HeadRow, LOG_HEAD)
        assert head is not None
        transaction.add(DECISION, DecisionRow(name, name, name, head.size - 1))
        transaction.add(LEAF, LeafRow(head.size - 1, commitment(name)))


def run(url: str, number: int, acknowledged: Connection) -> None:
    """Sign up from several threads, for as long as this lives."""
    store = Store.open(url)
    answer = acknowledged.fileno()
    os.write(answer, b"begun\n")

    def work(thread: int) -> None:
        count = 0
        while True:
            count += 1
            name, referred = f"{number}-{thread}-{count}", count % 3 == 0
            try:
                store.write(OPERATOR, partial(sign_up, name=name, referred=referred))
            except StoreUnusable:  # of a server that was killed
                time.sleep(0.02)
            else:
                os.write(answer, f"{name}\n".encode())

    for thread in range(_THREADS):
        threading.Thread(target=work, args=(thread,), daemon=True).start()
    threading.Event().wait()
