"""A request that comes twice is carried out once (draft-ietf-httpapi-idempotency-key-header-07).

A caller names a request with a key of its own making. Its answer is kept for a day and given again to whoever
sends the same request with the same key. Neither key nor request is kept, only keyed hashes: a request may
hold a number, and of a plain hash all numbers could be tried. The answer is sealed under a key that nobody
derives without the caller's own, for it may hold a link that is shown once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, or_

from bonafide.service.retention import Retention, new_identifier
from bonafide.store import Transaction
from bonafide.store.delivery_tables import IDEMPOTENCY
from bonafide.vault import Vault, wipe

KEPT: Final = timedelta(hours=24)
# After this, whoever worked on a request is taken to have died; it may then be carried out again. Longer than
# any request takes. What such a request does must refuse to be done twice by itself.
CLAIM: Final = timedelta(minutes=2)

_ID_USE: Final = "idempotency-key"
_REQUEST_USE: Final = "idempotency-request"
_ANSWER_USE: Final = "idempotency-answer"
# A string of RFC 9651, or the same without its quotes, as most clients send it.
_FORM: Final = re.compile(r'(?P<quote>"?)(?P<key>[!#-\[\]-~]{16,128})(?P=quote)', re.ASCII)


class Refused(StrEnum):
    """Why a request that bears a key is not carried out."""

    OTHER_REQUEST = "other-request"  # the key was used for another one
    IN_FLIGHT = "in-flight"  # the first is being worked on
    ANSWER_GONE = "answer-gone"  # it was carried out, and its answer was erased with somebody's records


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with: HTTP status, media type, body, and where it made something."""

    status: int
    media_type: str
    body: bytes = field(repr=False)
    location: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry a request out, until `CLAIM` has passed."""

    id: str
    claim: str
    caller: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    request: str
    claim: str
    claimed_until: datetime
    made_at: datetime
    deadline: datetime
    status: int | None = None
    nonce: bytes | None = field(default=None, repr=False)
    answer: bytes | None = field(default=None, repr=False)


def parse_key(header: str) -> str | None:
    """The key in a header: 16 to 128 visible ASCII characters, in quotes or not. None for anything else."""
    form = _FORM.fullmatch(header.strip(" "))
    return form["key"] if form else None


class Idempotency:
    """An operator's requests of the last day; safe to share between threads, processes and hosts."""

    def __init__(self, kept: Retention, vault: Vault, identifier: Callable[[], str] = new_identifier) -> None:
        self._kept = kept
        self._vault = vault
        self._identifier = identifier

    def begin(self, caller: str, key: str, request: bytes) -> Claim | Answer | Refused:
        """Claim a request, which then is to be finished or abandoned; or its answer, or why neither.

        `caller` is whose keys it is among (an API key's identifier), `request` all that makes one request
        differ from another: method, path and body. Of any number at once, one gets the claim. Raises
        `VaultClosed` and `StoreUnusable`.
        """
        now = self._kept.now()
        identifier = self._hash(_ID_USE, caller, key)
        digest = self._hash(_REQUEST_USE, caller, key, hashlib.sha256(request).hexdigest())
        wanted = _Row(
            id=identifier,
            request=digest,
            claim=self._identifier(),
            claimed_until=now.retention + CLAIM,
            made_at=now.wall,
            deadline=now.retention + KEPT,
        )
        found = self._kept.store.write(
            self._kept.operator, lambda transaction: _claim(transaction, wanted, now.retention)
        )
        if found is None:
            return Claim(identifier, wanted.claim, caller, key)
        if found.request != digest:
            return Refused.OTHER_REQUEST
        if found.status is None:
            return Refused.IN_FLIGHT
        if found.nonce is None or found.answer is None:
            return Refused.ANSWER_GONE
        return self._opened(found.status, found.nonce, found.answer, caller=caller, key=key)

    def finish(self, claim: Claim, answer: Answer) -> bool:
        """Keep the answer. False where another has taken the request over meanwhile: its answer stands."""
        nonce, sealed = self._vault.seal_derived(
            f"{answer.media_type}\n{answer.location}\n".encode() + answer.body,
            self._kept.operator,
            _ANSWER_USE,
            claim.caller,
            claim.key,
        )

        def work(transaction: Transaction) -> int:
            return transaction.change(
                IDEMPOTENCY, _held(claim), status=answer.status, nonce=nonce, answer=sealed
            )

        return self._kept.store.write(self._kept.operator, work) == 1

    def abandon(self, claim: Claim) -> None:
        """Nothing was done: the same request may come again at once."""
        self._kept.store.write(
            self._kept.operator, lambda transaction: transaction.remove(IDEMPOTENCY, _held(claim))
        )

    def _opened(self, status: int, nonce: bytes, sealed: bytes, *, caller: str, key: str) -> Answer:
        content = self._vault.open_derived(nonce, sealed, self._kept.operator, _ANSWER_USE, caller, key)
        try:
            media_type, location, body = bytes(content).split(b"\n", 2)
        finally:
            wipe(content)
        return Answer(status, media_type.decode(), body, location.decode())

    def _hash(self, use: str, *parts: str) -> str:
        return bytes(self._vault.derived_key(self._kept.operator, use, *parts)).hex()


def _claim(transaction: Transaction, wanted: _Row, now: datetime) -> _Row | None:
    """The row of an earlier request, or None where the claim is ours."""
    if transaction.add_if_new(IDEMPOTENCY, wanted):
        return None
    died = and_(
        IDEMPOTENCY.c.status.is_(None),
        IDEMPOTENCY.c.claimed_until <= now,
        IDEMPOTENCY.c.request == wanted.request,
    )
    free = (IDEMPOTENCY.c.id == wanted.id, or_(IDEMPOTENCY.c.deadline <= now, died))
    taken = transaction.change(
        IDEMPOTENCY,
        *free,
        request=wanted.request,
        claim=wanted.claim,
        claimed_until=wanted.claimed_until,
        made_at=wanted.made_at,
        deadline=wanted.deadline,
        status=None,
        nonce=None,
        answer=None,
    )
    if taken:
        return None
    # Swept between the two statements: whoever asks again finds it free.
    return transaction.one(_Row, IDEMPOTENCY, IDEMPOTENCY.c.id == wanted.id) or wanted


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(
        IDEMPOTENCY.c.id == claim.id, IDEMPOTENCY.c.claim == claim.claim, IDEMPOTENCY.c.status.is_(None)
    )
