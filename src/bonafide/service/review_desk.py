"""What a reviewer works at: their queue, a case's pictures, and what comes of what they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bonafide.errors import VaultClosed
from bonafide.outcome import Outcome
from bonafide.privacy.opened_record import OpenedRecord
from bonafide.service.case_picture import PictureKind
from bonafide.service.keeping import KeptDecision
from bonafide.service.known_cases import Answer
from bonafide.service.known_mixing import KnownMixing
from bonafide.service.opinions import CaseToDecide, Opinions
from bonafide.service.retention import Retention
from bonafide.service.review_reason import ReviewReason
from bonafide.service.reviewing import Reviewing
from bonafide.vault import FileSigner, Vault


@dataclass(frozen=True, slots=True)
class Said:
    """What came of an opinion: a decision, none where another's is wanted, or the `right` answer of a case
    whose answer was known.
    """

    decision: KeptDecision | None = None
    right: Answer | None = None


class ReviewDesk:
    """One person's, who has entered; safe to share between threads. Cases with a known answer are among the
    others and look as they do. `reviews` and `settles` are what they may do, as in `Opinions`.
    """

    def __init__(
        self, kept: Retention, vault: Vault, signer: FileSigner, who: str, *, reviews: bool, settles: bool
    ) -> None:
        self._reviewing = Reviewing(kept, vault, signer)
        self._opinions = Opinions(kept, self._reviewing)
        self._mixing = KnownMixing(kept, vault)
        self._who = who
        self._reviews = reviews
        self._settles = settles

    def queue(self) -> tuple[CaseToDecide, ...]:
        """The cases that want their opinion, oldest first."""
        found = self._opinions.wanted_of(self._who, reviews=self._reviews, settles=self._settles)
        mixed = self._mixed()
        if mixed is None:
            return found
        return tuple(sorted((*found, mixed), key=lambda case: (case.opened_at, case.id)))

    def find(self, case: str) -> CaseToDecide | None:
        """A case that wants their opinion; None for any other."""
        found = self._opinions.find(case, self._who, reviews=self._reviews, settles=self._settles)
        return found or (mixed if (mixed := self._mixed()) is not None and mixed.id == case else None)

    def kinds(self, case: CaseToDecide) -> tuple[PictureKind, ...]:
        """Of what a case has pictures; nothing is opened."""
        return self._mixing.kinds(case.id, self._who) if case.known else self._reviewing.kinds(case.id)

    @contextmanager
    def picture(self, case: CaseToDecide, kind: PictureKind) -> Iterator[OpenedRecord]:
        """One picture of a case, until the end of the block; the log says so before. Raises as
        `Reviewing.picture`.
        """
        picture = self._mixing.picture if case.known else self._reviewing.picture
        with picture(case.id, self._who, kind) as opened:
            yield opened

    def say(self, case: CaseToDecide, outcome: Outcome, reason: ReviewReason) -> Said:
        """Give an opinion on a case that they looked at. Raises as `Opinions.give`."""
        if case.known:
            return Said(right=self._mixing.answer(case.id, self._who, Answer(outcome, reason)))
        may = {"reviews": self._reviews, "settles": self._settles}
        return Said(self._opinions.give(case.id, self._who, outcome, reason, **may))

    def _mixed(self) -> CaseToDecide | None:
        if not self._reviews:
            return None
        try:
            return self._mixing.wanted_of(self._who)
        except VaultClosed:
            # Without the keys nobody sees a picture either; the real cases are still to be listed.
            return None
