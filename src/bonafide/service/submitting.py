"""Handing in pictures: of however many at once, one is worked on, and what comes of it is one commit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import or_

from bonafide.capture import Picture
from bonafide.errors import BonafideError, NotPermitted, UnreadablePicture
from bonafide.outcome import Outcome
from bonafide.privacy import ConsentToken, Manner, Now, PersonToken, purposes
from bonafide.privacy.consent import person_token, token
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.announcing import announce
from bonafide.service.attempt_limits import (
    AttemptKey,
    AttemptKind,
    attempt_key,
    record_failure,
    require_unlocked,
)
from bonafide.service.bearer import Bearer
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.counter import Counter
from bonafide.service.counter_history import CounterHistory, Judged, count_in
from bonafide.service.judging import flaws_to_mend, tried_in_vain
from bonafide.service.keeping import Keeping
from bonafide.service.retention import new_identifier
from bonafide.service.sign_up import CLAIM_LIFE, SignUpState, Told
from bonafide.service.sign_up_links import busy, manner_of, read_link, require_usable, row_of_link
from bonafide.service.sign_up_settling import STATE_OF
from bonafide.service.verification import PersonCase, Verification
from bonafide.store import Transaction
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.wording.language import Language


@dataclass(frozen=True, slots=True)
class _Claim:
    """Leave to work on a sign-up; whoever takes it over after a minute makes it void."""

    id: str
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


class Submitting:
    """Takes pictures for an operator's sign-ups; safe to share between threads."""

    def __init__(self, counter: Counter, operator: str) -> None:
        self._counter = counter
        self._operator = operator
        self._store = counter.store
        self._keeping = Keeping(counter.kept(operator), counter.vault, counter.signer)
        self._history = CounterHistory(counter, operator)

    def submit(
        self,
        link: str,
        document: Picture,
        selfie: Picture,
        document_back: Picture | None = None,
        *,
        device: str | None = None,
    ) -> Told:
        """Decide the sign-up of a link, of whom has agreed. Once this returns a decision, no crash loses it.

        Whoever agreed that a person compares is referred to one, their document read and no face looked for.

        `device` is what the device that shows the pictures is known by; only keyed hashes of it are kept, for
        an hour where it failed, for 30 days where it was decided. Where a pattern across sign-ups is seen
        (`counter_history.py`), a person decides in place of the machine that would have accepted. Pictures
        that could only not be judged may be handed in again while tries are left; on the last try a person
        is to look at them.

        Raises `NotPermitted` for a link that is unknown, used, run out, not agreed to or being worked with,
        `TooManyTries` while document, device or person are locked (`attempt_limits.py`), `UnreadablePicture`
        for pictures that turn out to be damaged, which costs a try. What else is raised costs none.
        """
        claim = self._claim(read_link(link, self._operator), device)
        keys = claim.keys
        with self._tries(claim):
            case = self._looked_at(claim, document, selfie, document_back)
            if case.document_index is not None:
                of_document = self._key(claim.row, AttemptKind.DOCUMENT, case.document_index)
                self._require_unlocked(claim, of_document)
                keys = (*keys, of_document)
            flaws = flaws_to_mend(case)
            if flaws and claim.row.tries_left > 0:
                self._let_go(claim, keys)
                return Told(SignUpState.AGREED, None, flaws, claim.row.tries_left, again=True)
            judged = self._history.judge(claim.row, claim.subject, case, device, claim.hold)
            failed = keys if tried_in_vain(case) else ()
            return self._keep(claim, judged, failed, _pictures(document, selfie, document_back))

    def _looked_at(
        self, claim: _Claim, document: Picture, selfie: Picture, document_back: Picture | None
    ) -> Verification | PersonCase:
        """What the token that the customer's consent gave lets be looked at, and nothing else."""
        index = partial(self._counter.vault.document_index, self._operator)
        attended = claim.row.attended
        if isinstance(claim.leave, PersonToken):
            return self._counter.verifier.by_person.prepare(
                document, selfie, claim.leave, document_back=document_back, attended=attended, index=index
            )
        return self._counter.verifier.verify(
            document, selfie, claim.leave, document_back=document_back, attended=attended, index=index
        )

    def _claim(self, link: Bearer, device: str | None) -> _Claim:
        now = self._counter.now()
        # Most of those that cannot have it are refused before they wait to write.
        with self._store.read(self._operator) as transaction:
            seen = _claimable(transaction, link, now)
        keys = (
            self._key(seen, AttemptKind.SUBJECT, seen.subject or seen.id),
            *(() if device is None else (self._key(seen, AttemptKind.DEVICE, device),)),
        )
        identifier = new_identifier()

        def work(transaction: Transaction) -> _Claim:
            row = _claimable(transaction, link, now)
            _require_unlocked(transaction, keys, row, now)
            free = or_(SIGN_UP.c.claimed_at.is_(None), SIGN_UP.c.claimed_at <= now.retention - CLAIM_LIFE)
            ours = (
                SIGN_UP.c.id == row.id,
                SIGN_UP.c.state == SignUpState.AGREED,
                SIGN_UP.c.tries_left > 0,
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
            return _Claim(identifier, row, row.subject, leave, keys)

        return self._store.write(self._operator, work)

    @contextlib.contextmanager
    def _tries(self, claim: _Claim) -> Iterator[None]:
        """What costs a try, and what gives it back."""
        try:
            yield
        except UnreadablePicture:
            with contextlib.suppress(BonafideError):
                self._let_go(claim, claim.keys)
            raise
        except NotPermitted:
            with contextlib.suppress(BonafideError):
                self._let_go(claim, ())
            raise
        except BaseException:
            with contextlib.suppress(BonafideError):
                self._store.write(self._operator, partial(claim.end, state=SignUpState.AGREED, give_back=1))
            raise

    def _let_go(self, claim: _Claim, failed: tuple[AttemptKey, ...]) -> None:
        now = self._counter.now()

        def work(transaction: Transaction) -> None:
            claim.end(transaction, state=SignUpState.AGREED)
            record_failure(transaction, failed, claim.subject, now)

        self._store.write(self._operator, work)

    def _keep(
        self,
        claim: _Claim,
        judged: Judged,
        failed: tuple[AttemptKey, ...],
        pictures: tuple[CasePicture, ...],
    ) -> Told:
        now, case = self._counter.now(), judged.case
        state = STATE_OF[case.outcome]

        def also(transaction: Transaction, made: DecisionRecord) -> None:
            transaction.change(
                SIGN_UP,
                SIGN_UP.c.id == claim.row.id,
                outcome=case.outcome.value,
                reasons=" ".join(case.reasons),
                decision=made.id,
                referred_case=made.id if case.outcome is Outcome.REFER else None,
                decided_at=made.decided_at,
                deadline=made.deadline,
            )
            count_in(transaction, judged.row)
            record_failure(transaction, failed, claim.subject, now)
            announce(transaction, f"sign-up.{state}", claim.row.id, now)

        self._keeping.keep(case, claim.leave, pictures, before=partial(claim.end, state=state), also=also)
        return Told(state, case.outcome, case.reasons, claim.row.tries_left, again=False)

    def _require_unlocked(self, claim: _Claim, key: AttemptKey) -> None:
        now = self._counter.now()
        with self._store.read(self._operator) as transaction:
            _require_unlocked(transaction, (key,), claim.row, now)

    def _key(self, row: SignUpRow, kind: AttemptKind, what: str) -> AttemptKey:
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
    return row


def _pictures(document: Picture, selfie: Picture, document_back: Picture | None) -> tuple[CasePicture, ...]:
    back = () if document_back is None else (CasePicture(PictureKind.DOCUMENT_BACK, document_back.data),)
    return (
        CasePicture(PictureKind.DOCUMENT, document.data),
        *back,
        CasePicture(PictureKind.SELFIE, selfie.data),
    )
