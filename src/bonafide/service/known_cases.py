"""Cases with a known answer: put in by a supervisor, sealed as any case's pictures, gone in their time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bonafide.capture import read_picture
from bonafide.errors import NotPermitted, UsageError
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Now, purpose_named, purposes
from bonafide.privacy.consent import Age, Consent, Giver, give, token
from bonafide.privacy.known_case import KnownCaseRow
from bonafide.privacy.purpose import Kept
from bonafide.privacy.staff import require_staff_name
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.retention import Retention, new_identifier
from bonafide.service.review_reason import REASONS_FOR, ReviewReason
from bonafide.store import Transaction
from bonafide.store.epochs import current_epoch
from bonafide.store.known_tables import KNOWN_CASE
from bonafide.store.schema import SEALED
from bonafide.store.sealed import seal_into
from bonafide.vault import Vault
from bonafide.wording import Language

PURPOSE: Final = "review-testing"
_NEEDED: Final = frozenset({PictureKind.DOCUMENT, PictureKind.SELFIE})


@dataclass(frozen=True, slots=True)
class Answer:
    """What is right, and why."""

    outcome: Outcome
    reason: ReviewReason


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A pair of pictures whose answer is known; `left` is how long they stay, `consent` what they rest on."""

    id: str
    consent: str
    reasons: tuple[Reason, ...]
    answer: Answer
    made_by: str
    made_at: datetime
    left: timedelta


class KnownCases:
    """An operator's cases with a known answer; safe to share between threads."""

    def __init__(self, kept: Retention, vault: Vault) -> None:
        self._kept = kept
        self._vault = vault

    def add(
        self,
        who: str,
        pictures: tuple[CasePicture, ...],
        reasons: Collection[Reason],
        answer: Answer,
        *,
        consent: str | None,
        language: Language = Language.ENGLISH,
    ) -> KnownCase:
        """Put one in, under a consent on record to the purpose `review-testing` of whoever is in the
        pictures; None records one now, of an adult who read its words in `language`. A drawn specimen shows
        nobody: whoever puts it in agrees for it, so that it has a clock and can be erased as the rest.

        `reasons` are why a machine would have referred it. Raises `UsageError` without a document and a
        selfie, without reasons, and for a reason that is none for its outcome; `UnreadablePicture`;
        `NotPermitted` for a consent that does not stand; `VaultClosed`.
        """
        require_staff_name(who)
        kinds = [picture.kind for picture in pictures]
        if not set(kinds) >= _NEEDED or len(kinds) != len(set(kinds)):
            raise UsageError("A known case has a document and a selfie, one of each", "Give both")
        if not reasons:
            raise UsageError("Nothing is referred without a reason", "Say why a machine would have")
        if answer.reason not in REASONS_FOR.get(answer.outcome, ()):
            raise UsageError("That is no reason for this outcome", "Choose one that is listed with it")
        for picture in pictures:
            read_picture(picture.content)
        now = self._kept.now()
        purpose = purpose_named(PURPOSE, purposes())
        epoch = current_epoch(self._kept.store, self._vault, self._kept.operator, now.retention).number

        def work(transaction: Transaction) -> KnownCaseRow:
            agreed = consent or self._agreed(transaction, language, now).id
            leave = token(transaction, agreed, purpose, now)
            if leave.subject is None:
                raise NotPermitted("Nobody is on record as having agreed to this", "Record the consent")
            deadline = purpose.keeps[Kept.KNOWN_PICTURE].after(now.retention)
            sealed = {picture.kind: new_identifier() for picture in pictures}
            row = KnownCaseRow(
                id=new_identifier(),
                subject=leave.subject,
                consent=agreed,
                purpose=purpose.name,
                document=sealed[PictureKind.DOCUMENT],
                document_back=sealed.get(PictureKind.DOCUMENT_BACK),
                selfie=sealed[PictureKind.SELFIE],
                reasons=" ".join(dict.fromkeys(reason.value for reason in reasons)),
                outcome=answer.outcome.value,
                reason=answer.reason.value,
                made_by=who,
                made_at=now.wall,
                deadline=deadline,
            )
            for picture in pictures:
                seal_into(
                    transaction,
                    self._vault,
                    picture.content,
                    epoch=epoch,
                    id=sealed[picture.kind],
                    subject=row.subject,
                    consent=row.consent,
                    purpose=row.purpose,
                    kind=picture.kind,
                    made_at=now.wall,
                    deadline=deadline,
                )
            transaction.add(KNOWN_CASE, row)
            return row

        return _told(self._kept.store.write(self._kept.operator, work), now)

    def all(self) -> tuple[KnownCase, ...]:
        """Those that are there, newest first."""
        now = self._kept.now()
        with self._kept.store.read(self._kept.operator) as transaction:
            rows = known_rows(transaction, now)
        return tuple(_told(row, now) for row in reversed(rows))

    def remove(self, known: str) -> bool:
        """Take one out: its pictures are erased when this returns, or with the next sweep while somebody
        still reads them. Whether there was one. What was measured by it stays.
        """

        def work(transaction: Transaction) -> bool:
            row = transaction.one(KnownCaseRow, KNOWN_CASE, KNOWN_CASE.c.id == known)
            if row is None:
                return False
            transaction.remove(KNOWN_CASE, KNOWN_CASE.c.id == known)
            transaction.remove(SEALED, SEALED.c.id.in_(pictures_of(row).values()))
            return True

        found = self._kept.store.write(self._kept.operator, work)
        if found:
            self._kept.store.forget_deleted()
        return found

    def _agreed(self, transaction: Transaction, language: Language, now: Now) -> Consent:
        purpose = purpose_named(PURPOSE, purposes())
        return give(
            transaction,
            purpose,
            version=purpose.version,
            language=language,
            giver=Giver.PERSON,
            age=Age.ADULT,
            now=now,
            identifier=new_identifier,
        )


def known_rows(transaction: Transaction, now: Now) -> tuple[KnownCaseRow, ...]:
    """Those whose time is not over, oldest first."""
    return transaction.all(
        KnownCaseRow,
        KNOWN_CASE,
        KNOWN_CASE.c.deadline > now.retention,
        order=[KNOWN_CASE.c.made_at, KNOWN_CASE.c.id],
    )


def pictures_of(row: KnownCaseRow) -> dict[PictureKind, str]:
    """The sealed records of one."""
    found = {PictureKind.DOCUMENT: row.document, PictureKind.SELFIE: row.selfie}
    return found | ({PictureKind.DOCUMENT_BACK: row.document_back} if row.document_back else {})


def reasons_in(row: KnownCaseRow) -> tuple[Reason, ...]:
    """Why a machine would have referred it."""
    return tuple(map(Reason, row.reasons.split()))


def answer_to(row: KnownCaseRow) -> Answer:
    """What is right."""
    return Answer(Outcome(row.outcome), ReviewReason(row.reason))


def _told(row: KnownCaseRow, now: Now) -> KnownCase:
    left = row.deadline - now.retention
    return KnownCase(row.id, row.consent, reasons_in(row), answer_to(row), row.made_by, row.made_at, left)
