"""Handing in pictures: of however many at once, one is worked on, and what comes of it is one commit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from bonafide.capture import Picture
from bonafide.outcome import Outcome
from bonafide.privacy import PersonToken
from bonafide.privacy.holdings import DecisionRecord
from bonafide.service.announcing import announce
from bonafide.service.attempt_limits import AttemptKey, AttemptKind, record_failure
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.claim import Claim, Claims
from bonafide.service.counter import Counter
from bonafide.service.counter_history import CounterHistory, Judged, count_in
from bonafide.service.judging import flaws_to_mend, tried_in_vain
from bonafide.service.keeping import Keeping
from bonafide.service.live_sight import SeenSession
from bonafide.service.sign_up import SignUpState, Told
from bonafide.service.sign_up_links import read_link
from bonafide.service.sign_up_settling import STATE_OF
from bonafide.service.verification import PersonCase, Verification
from bonafide.store import Transaction
from bonafide.store.sign_up_tables import SIGN_UP


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Presented:
    """What somebody hands in. `device` is what the device that shows the pictures is known by, `session` the
    live session that the selfie was taken from, if it was.
    """

    document: Picture
    selfie: Picture
    document_back: Picture | None = None
    device: str | None = None
    session: SeenSession | None = None

    @property
    def pictures(self) -> tuple[CasePicture, ...]:
        """As a case keeps them for a person."""
        back = self.document_back
        kept = () if back is None else (CasePicture(PictureKind.DOCUMENT_BACK, back.data),)
        return (
            CasePicture(PictureKind.DOCUMENT, self.document.data),
            *kept,
            CasePicture(PictureKind.SELFIE, self.selfie.data),
        )


class Submitting:
    """Takes pictures for an operator's sign-ups; safe to share between threads."""

    def __init__(self, counter: Counter, operator: str) -> None:
        self._counter = counter
        self._operator = operator
        self._claims = Claims(counter, operator)
        self._keeping = Keeping(counter.kept(operator), counter.vault, counter.signer)
        self._history = CounterHistory(counter, operator)

    def submit(self, link: str, presented: Presented) -> Told:
        """Decide the sign-up of a link, of whom has agreed. Once this returns a decision, no crash loses it.

        Whoever agreed that a person compares is referred to one, their document read and no face looked for.

        Of the device only keyed hashes are kept, for an hour where it failed, for 30 days where it was
        decided. Where a pattern across sign-ups is seen (`counter_history.py`), a person decides in place of
        the machine that would have accepted. Pictures that could only not be judged may be handed in again
        while tries are left; on the last try a person is to look at them.

        Raises `NotPermitted` for a link that is unknown, used, run out, not agreed to or being worked with,
        `TooManyTries` while document, device or person are locked (`attempt_limits.py`), `UnreadablePicture`
        for pictures that turn out to be damaged, which costs a try. What else is raised costs none.
        """
        claim = self._claims.take(read_link(link, self._operator), presented.device)
        with self._claims.tries(claim):
            return self._decided(claim, presented)

    def decide(self, claim: Claim, presented: Presented) -> Told:
        """The same for whoever took the sign-up a while ago; it is let go of whatever comes of it. Nothing is
        looked at where somebody withdrew, declined, was erased or took it over since.
        """
        with self._claims.tries(claim):
            self._claims.renew(claim)
            return self._decided(claim, presented)

    def _decided(self, claim: Claim, presented: Presented) -> Told:
        keys = claim.keys
        case = self._looked_at(claim, presented)
        if case.document_index is not None:
            of_document = self._claims.key(claim.row, AttemptKind.DOCUMENT, case.document_index)
            self._claims.require_unlocked(claim, of_document)
            keys = (*keys, of_document)
        flaws = flaws_to_mend(case)
        if flaws and claim.row.tries_left > 0:
            self._claims.let_go(claim, keys)
            return Told(SignUpState.AGREED, None, flaws, claim.row.tries_left, again=True)
        judged = self._history.judge(claim.row, claim.subject, case, presented.device, claim.hold)
        failed = keys if tried_in_vain(case) else ()
        return self._keep(claim, judged, failed, presented.pictures)

    def _looked_at(self, claim: Claim, presented: Presented) -> Verification | PersonCase:
        """What the token that the customer's consent gave lets be looked at, and nothing else."""
        index = partial(self._counter.vault.document_index, self._operator)
        attended, back = claim.row.attended, presented.document_back
        document, selfie = presented.document, presented.selfie
        if isinstance(claim.leave, PersonToken):
            return self._counter.verifier.by_person.prepare(
                document, selfie, claim.leave, document_back=back, attended=attended, index=index
            )
        return self._counter.verifier.verify(
            document,
            selfie,
            claim.leave,
            document_back=back,
            attended=attended,
            index=index,
            session=presented.session,
        )

    def _keep(
        self,
        claim: Claim,
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
        return Told(state, case.outcome, case.reasons, max(0, claim.row.tries_left), again=False)
