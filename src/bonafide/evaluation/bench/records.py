"""Records as a sign-up leaves them, and what is done with them: work for the measurement of safekeeping."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Final

from bonafide.evidence.commitment import SALT_BYTES
from bonafide.evidence.leaf import LeafKind
from bonafide.evidence.log import Appending, append, integrate, prove_inclusion
from bonafide.evidence.note import SigningKey
from bonafide.privacy.consent import Consent, Subject
from bonafide.privacy.holdings import DecisionRecord
from bonafide.service.retention import new_identifier
from bonafide.store import Store, Transaction
from bonafide.store.epochs import current_epoch, rotate
from bonafide.store.rewrap import rewrap
from bonafide.store.schema import CONSENT, DECISION, SUBJECT
from bonafide.store.sealed import seal_into
from bonafide.vault.binding import Binding
from bonafide.vault.envelope import Sealed
from bonafide.vault.vault import Vault

OPERATOR: Final = "bench.example"
# As large as a signed receipt is, which the store does not look into.
RECEIPT_BYTES: Final = 1500
_KEPT_FOR: Final = timedelta(days=180)
_PURPOSE: Final = "sim-signup"
_KIND: Final = "selfie"
_SEALED_ELSEWHERE: Final = "sealed, and kept nowhere"


class Records:
    """One operator's records in a store, under one person: how many people there are changes nothing here.

    `now` has a time zone. Its methods raise what the store and the vault raise.
    """

    def __init__(self, store: Store, vault: Vault, key: SigningKey, now: datetime) -> None:
        self._store = store
        self._vault = vault
        self._key = key
        self._now = now
        self._subject, self._consent = new_identifier(), new_identifier()
        # Which leaf is proved to be in the log does not matter, but that it is not always the same.
        self._random = Random(0)  # noqa: S311 - nothing is secret
        self._integrated = 0
        store.write(OPERATOR, self._consent_to)
        current_epoch(store, vault, OPERATOR, now)

    def decide(self) -> None:
        """Keep one decision, durably."""
        self._store.write(OPERATOR, partial(self._decisions, count=1))

    def decide_by_threads(self, count: int, pool: ThreadPoolExecutor, threads: int) -> None:
        """Keep decisions one by one from many threads, as requests of a service would."""

        def several(most: int) -> None:
            for _ in range(most):
                self.decide()

        shares = [count // threads + (number < count % threads) for number in range(threads)]
        for done in [pool.submit(several, share) for share in shares if share]:
            done.result()

    def decide_together(self, count: int, together: int) -> None:
        """Keep decisions so many to a transaction, as an import or a queue would."""
        for size in _parts(count, together):
            self._store.write(OPERATOR, partial(self._decisions, count=size))

    def append_leaves(self, count: int, together: int) -> None:
        """Append leaves without records, so many to a transaction."""
        for size in _parts(count, together):
            entries = [self._entry() for _ in range(size)]
            self._store.write(OPERATOR, partial(self._append, entries=entries))

    def integrate(self) -> None:
        """Put the new leaves into the tree and sign it."""
        self._integrated = integrate(self._store, OPERATOR, self._key, self._now).checkpoint.size

    def prove(self) -> None:
        """Prove a leaf, chosen at random, to be in the tree as it was last integrated."""
        with self._store.read(OPERATOR) as transaction:
            prove_inclusion(transaction, self._random.randrange(self._integrated), self._integrated)

    def seal(self, plaintext: bytes) -> Sealed:
        """Seal a record, and keep it nowhere."""
        return self._vault.seal(plaintext, self._binding(_SEALED_ELSEWHERE), 1)

    def open(self, sealed: Sealed) -> None:
        """Open what was sealed so, before another epoch began."""
        with self._vault.opened(sealed, self._binding(_SEALED_ELSEWHERE)):
            pass

    def seal_kept(self, plaintext: bytes, count: int) -> None:
        """Seal and keep so many records."""
        epoch = current_epoch(self._store, self._vault, OPERATOR, self._now).number

        def work(transaction: Transaction) -> None:
            for _ in range(count):
                seal_into(
                    transaction,
                    self._vault,
                    plaintext,
                    epoch=epoch,
                    id=new_identifier(),
                    subject=self._subject,
                    consent=self._consent,
                    purpose=_PURPOSE,
                    kind=_KIND,
                    made_at=self._now,
                    deadline=self._now + _KEPT_FOR,
                )

        self._store.write(OPERATOR, work)

    def rotate(self) -> None:
        """Begin another epoch."""
        rotate(self._store, self._vault, OPERATOR, self._now)

    def rewrap(self) -> None:
        """Put all kept sealed records under the newest epoch."""
        epoch = current_epoch(self._store, self._vault, OPERATOR, self._now).number
        rewrap(self._store, self._vault, OPERATOR, epoch)

    def _consent_to(self, transaction: Transaction) -> None:
        transaction.add(SUBJECT, Subject(self._subject, self._now))
        transaction.add(
            CONSENT,
            Consent(
                id=self._consent,
                subject=self._subject,
                purpose=_PURPOSE,
                purpose_version=1,
                text_digest=os.urandom(32).hex(),
                language="en",
                giver="person",
                given_at=self._now,
                deadline=self._now + _KEPT_FOR,
            ),
        )

    def _decisions(self, transaction: Transaction, count: int) -> None:
        entries = [self._entry() for _ in range(count)]
        positions = append(transaction, self._now, *entries)
        rows = [
            DecisionRecord(
                id=new_identifier(),
                subject=self._subject,
                consent=self._consent,
                purpose=_PURPOSE,
                decided_at=self._now,
                outcome="accept",
                receipt=entry.content,
                document_index=os.urandom(32).hex(),
                position=position,
                salt=entry.salt,
                deadline=self._now + _KEPT_FOR,
            )
            for entry, position in zip(entries, positions, strict=True)
        ]
        transaction.add(DECISION, *rows)

    def _append(self, transaction: Transaction, entries: list[Appending]) -> None:
        append(transaction, self._now, *entries)

    def _entry(self) -> Appending:
        return Appending(LeafKind.DECISION, os.urandom(RECEIPT_BYTES), os.urandom(SALT_BYTES))

    def _binding(self, record: str) -> Binding:
        return Binding(OPERATOR, self._subject, _PURPOSE, self._consent, record, _KIND)


def _parts(count: int, most: int) -> list[int]:
    """A number in parts of at most so many."""
    full, rest = divmod(count, most)
    return [most] * full + [rest] * bool(rest)
