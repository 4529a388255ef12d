"""Leave to work on one sign-up: of however many who have its link, one at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import or_

from bonafide.errors import BonafideError, NotPermitted, UnreadablePicture
from bonafide.privacy import ConsentToken, Manner, Now, PersonToken, purposes
from bonafide.privacy.consent import person_token, standing, token
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.attempt_limits import (
    AttemptKey,
    AttemptKind,
    attempt_key,
    record_failure,
    require_unlocked,
)
from bonafide.service.bearer import Bearer
from bonafide.service.counter import Counter
from bonafide.service.retention import new_identifier
from bonafide.service.sign_up import CLAIM_LIFE, SignUpState
from bonafide.service.sign_up_links import busy, manner_of, require_usable, row_of_link, run_out, tries_of
from bonafide.store import Transaction
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.wording.language import Language


@dataclass(frozen=True, slots=True)
class Claim:
    """Leave to work on a sign-up; whoever takes it over after a minute makes it void."""

    id: str
    operator: str
    row: SignUpRow
    subject: str
    leave: ConsentToken | PersonToken
    # What a failure is counted against.
    keys: tuple[AttemptKey, ...]

    def end(self, transaction: Transaction, *, state: SignUpState, give_back: int = 0) -> None:
        """Let go of the sign-up. Raises `NotPermitted` if it was decided, declined, erased or taken over
        meanwhile.
        """
        ended = {
            "claim": None,
            "claimed_at": None,
            "state": state.value,
            "tries_left": SIGN_UP.c.tries_left + give_back,
        }
        self._change(transaction, **ended)

    def hold(self, transaction: Transaction) -> None:
        """Take the sign-up's row, before anything else is written. Raises as `end`."""
        self._change(transaction, claim=self.id)

    def renew(self, transaction: Transaction, now: Now) -> None:
        """Keep it for another minute. Raises as `end`, and where the consent does not stand any more."""
        self._change(transaction, claimed_at=now.retention)
        standing(transaction, self.leave, purposes()[self.row.purpose], now)

    def _change(self, transaction: Transaction, **values: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        own = (
            SIGN_UP.c.id == self.row.id,
            SIGN_UP.c.claim == self.id,
            SIGN_UP.c.state == SignUpState.AGREED,
        )
        if transaction.change(SIGN_UP, *own, **values) != 1:
            raise NotPermitted(
                "The sign-up went on without these pictures", "See where it stands, and go on from there"
            )


class Claims:
    """Leave to work on an operator's sign-ups; safe to share between threads."""

    def __init__(self, counter: Counter, operator: str) -> None:
        self._counter = counter
        self._operator = operator
        self._store = counter.store

    def take(self, link: Bearer, device: str | None) -> Claim:
        """Take a sign-up, which costs a try until it is given back. Raises `NotPermitted` for a link that is
        unknown, used, run out or not agreed to, `InProgress` where somebody works on it, `TooManyTries`.
        """
        now = self._counter.now()
        # Most of those that cannot have it are refused before they wait to write.
        with self._store.read(self._operator) as transaction:
            seen = _claimable(transaction, link, now)
        keys = (
            self.key(seen, AttemptKind.SUBJECT, seen.subject or seen.id),
            *(() if device is None else (self.key(seen, AttemptKind.DEVICE, device),)),
        )
        identifier = new_identifier()

        def work(transaction: Transaction) -> Claim:
            row = _claimable(transaction, link, now)
            _require_unlocked(transaction, keys, row, now)
            free = or_(SIGN_UP.c.claimed_at.is_(None), SIGN_UP.c.claimed_at <= now.retention - CLAIM_LIFE)
            ours = (
                SIGN_UP.c.id == row.id,
                SIGN_UP.c.state == SignUpState.AGREED,
                SIGN_UP.c.tries_left > row.tries_left - tries_of(row, manner_of(row)),
                free,
            )
            counted = {
                "claim": identifier,
                "claimed_at": now.retention,
                "tries_left": SIGN_UP.c.tries_left - 1,
            }
            if transaction.change(SIGN_UP, *ours, **counted) != 1:
                _claimable(transaction, link, now)  # says why, if it went or was decided at this moment
                raise busy()
            row = row_of_link(transaction, link)
            if row.consent is None or row.subject is None:
                raise NotPermitted("Nobody has agreed with this link", "Ask for consent first")
            if manner_of(row) is not manner_of(seen):  # changed at this moment, and the keys with it
                raise busy()
            ask = person_token if manner_of(row) is Manner.PERSON else token
            leave = ask(transaction, row.consent, purposes()[row.purpose], now)
            return Claim(identifier, self._operator, row, row.subject, leave, keys)

        return self._store.write(self._operator, work)

    @contextlib.contextmanager
    def tries(self, claim: Claim) -> Iterator[None]:
        """What costs a try, and what gives it back."""
        try:
            yield
        except UnreadablePicture:
            with contextlib.suppress(BonafideError):
                self.let_go(claim, claim.keys)
            raise
        except NotPermitted:
            with contextlib.suppress(BonafideError):
                self.let_go(claim, ())
            raise
        except BaseException:
            with contextlib.suppress(BonafideError):
                self.give_back(claim)
            raise

    def let_go(self, claim: Claim, failed: tuple[AttemptKey, ...]) -> None:
        """Let go of a sign-up whose try is spent, and count it against these. Raises as `Claim.end`."""
        now = self._counter.now()

        def work(transaction: Transaction) -> None:
            claim.end(transaction, state=SignUpState.AGREED)
            record_failure(transaction, failed, claim.subject, now)

        self._store.write(self._operator, work)

    def give_back(self, claim: Claim) -> None:
        """Let go of a sign-up, its try unspent. Raises as `Claim.end`."""
        self._store.write(self._operator, partial(claim.end, state=SignUpState.AGREED, give_back=1))

    def renew(self, claim: Claim) -> None:
        """Keep a sign-up for another minute. Raises as `Claim.renew`."""
        now = self._counter.now()
        self._store.write(self._operator, lambda transaction: claim.renew(transaction, now))

    def require_unlocked(self, claim: Claim, key: AttemptKey) -> None:
        """Raises `TooManyTries` while what is counted under a key is locked."""
        now = self._counter.now()
        with self._store.read(self._operator) as transaction:
            _require_unlocked(transaction, (key,), claim.row, now)

    def key(self, row: SignUpRow, kind: AttemptKind, what: str) -> AttemptKey:
        """What a failure is counted under, by a keyed hash of what it is about."""
        # Each manner counts its own failures: what locks face matching must leave the other way open.
        by = f"{Manner.PERSON}:" if manner_of(row) is Manner.PERSON else ""
        return attempt_key(self._counter.vault, self._operator, kind, f"{by}{what}")


def _require_unlocked(
    transaction: Transaction, keys: tuple[AttemptKey, ...], row: SignUpRow, now: Now
) -> None:
    manner = manner_of(row) or Manner.FACE_MATCHING
    require_unlocked(transaction, keys, purposes()[row.purpose], Language(row.language), now, manner=manner)


def _claimable(transaction: Transaction, link: Bearer, now: Now) -> SignUpRow:
    row = row_of_link(transaction, link)
    require_usable(row, now, declined=True)
    if row.state != SignUpState.AGREED:
        raise NotPermitted("Nobody has agreed with this link", "Ask for consent first")
    if row.claimed_at is not None and now.retention < row.claimed_at + CLAIM_LIFE:
        raise busy()
    if tries_of(row, manner_of(row)) <= 0:
        raise run_out()
    return row
