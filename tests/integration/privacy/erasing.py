"""A process that erases, or sweeps, until it is killed; it says so of each once that was done."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.integration.privacy.conftest import OPERATOR
from tests.integration.store.rows import LATER, NOW, SubjectRow
from tests.integration.store.signing_up import PICTURES, sign_up

from bonafide.privacy.erasure import Erased, erase
from bonafide.privacy.now import Now
from bonafide.privacy.sweep import sweep
from bonafide.service.retention import new_identifier
from bonafide.store import Store, Transaction
from bonafide.store.schema import CONSENT, DECISION, REFERRED_CASE, SEALED, SUBJECT
from bonafide.vault import FileSigner

SIGNER: Final = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
# What hangs on a subject's identifier, and how many rows of it somebody has who was decided or was referred.
WHOLE: Final = {
    True: {CONSENT: 1, REFERRED_CASE: 1, SEALED: PICTURES},
    False: {CONSENT: 1, DECISION: 1},
}
_BATCH: Final = 2


def is_referred(name: str) -> bool:
    """Every other person was."""
    return name.endswith(tuple("02468"))


def add_people(store: Store, names: list[str], *, due: bool) -> None:
    """People of whom all that is kept is due at `LATER`, or is not for long."""

    def work(transaction: Transaction) -> None:
        for name in names:
            sign_up(transaction, name, referred=is_referred(name))
            for table in () if due else (CONSENT, DECISION, REFERRED_CASE, SEALED):
                transaction.change(table, table.c.subject == name, deadline=LATER + timedelta(days=9))

    store.write(OPERATOR, work)


def erase_one(store: Store, subject: str) -> Erased:
    """Erase somebody, as a service would."""
    return erase(
        store,
        OPERATOR,
        [subject],
        now=Now(NOW, NOW),
        identifier=new_identifier,
        signer=SIGNER,
        software="bonafide test",
    )


def erase_all(store: Store, say: Callable[[str], object]) -> None:
    """Erase everybody, one after the other."""
    with store.read(OPERATOR) as transaction:
        subjects = [row.id for row in transaction.all(SubjectRow, SUBJECT)]
    for subject in subjects:
        say(f"{subject} {erase_one(store, subject).identifier}")


def sweep_all(store: Store, say: Callable[[str], object]) -> None:
    """Erase what is due, in many small transactions."""
    if sweep(store, LATER, batch=_BATCH).forgotten:
        say("swept")


def run(url: str, work: Callable[[Store, Callable[[str], object]], None], acknowledged: Connection) -> None:
    """Do one of these, and wait to be killed."""
    answer = acknowledged.fileno()
    store = Store.open(url)
    store.operators()  # connected, so that what is killed is the work
    os.write(answer, b"begun\n")
    work(store, partial(_say, answer))
    threading.Event().wait()


def _say(answer: int, line: str) -> None:
    os.write(answer, f"{line}\n".encode())
