"""Cases that a person decides: who looks is in the log before they see anything, and then the pictures go."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import and_

from bonafide.decide import PRESETS, SecondOpinion
from bonafide.errors import NotPermitted, UnreadableReceipt
from bonafide.evidence import parse_receipt, serialise_receipt, sign_receipt
from bonafide.evidence.access import AccessRow, Action
from bonafide.evidence.review_claims import DecidedBy, ReviewClaims
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Now, purpose_named, purposes
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.kept_access import log_access
from bonafide.privacy.opened_record import OpenedRecord, opened_records
from bonafide.privacy.referred_case import ReferredCase, close_case, waiting_case, waiting_cases
from bonafide.privacy.staff import require_staff_name
from bonafide.service.case_picture import PictureKind
from bonafide.service.keeping import add_decision
from bonafide.service.retention import Retention, new_identifier, random_bytes
from bonafide.service.review_reason import ReviewReason
from bonafide.service.sign_up_settling import begin_to_settle, settle
from bonafide.store import Transaction
from bonafide.store.schema import ACCESS, DECISION
from bonafide.store.sealed import SealedRow, of_case
from bonafide.vault import FileSigner, Vault
from bonafide.version import SOFTWARE


class Reviewing:
    """Shows and decides an operator's referred cases; safe to share between threads."""

    def __init__(self, kept: Retention, vault: Vault, signer: FileSigner) -> None:
        self._kept = kept
        self._vault = vault
        self._signer = signer

    def waiting(self) -> tuple[ReferredCase, ...]:
        """The cases that wait to be decided, oldest first."""
        now = self._kept.now()
        with self._kept.store.read(self._kept.operator) as transaction:
            return waiting_cases(transaction, now)

    @contextmanager
    def opened(self, case: str, who: str) -> Iterator[tuple[OpenedRecord, ...]]:
        """The pictures of a case (their kinds are `PictureKind`s), until the end of the block.

        Raises `UsageError` for somebody who is not named in one short line, `NotPermitted` for a case that
        does not wait to be decided, `RecordAltered` and `VaultClosed` as the vault; that they were asked for
        is in the log even then.
        """
        require_staff_name(who)
        now = self._kept.now()

        def look(transaction: Transaction) -> tuple[SealedRow, ...]:
            _log(transaction, waiting_case(transaction, case, now), who, Action.REVIEW, now)
            return of_case(transaction, case)

        rows = self._kept.store.write(self._kept.operator, look)
        with opened_records(self._vault, self._kept.operator, rows) as opened:
            yield opened

    @contextmanager
    def picture(self, case: str, who: str, kind: PictureKind) -> Iterator[OpenedRecord]:
        """One picture of a case, until the end of the block; the log says which. Raises as `opened`, and
        `NotPermitted` where the case has none of that kind.
        """
        require_staff_name(who)
        now = self._kept.now()

        def look(transaction: Transaction) -> SealedRow:
            waiting = waiting_case(transaction, case, now)
            found = next((row for row in of_case(transaction, case) if row.kind == kind), None)
            if found is None:
                raise NotPermitted("The case has no such picture", "Ask for one that it has")
            _log(transaction, waiting, who, Action.REVIEW, now, record=found.id)
            return found

        row = self._kept.store.write(self._kept.operator, look)
        with opened_records(self._vault, self._kept.operator, (row,)) as (opened,):
            yield opened

    def kinds(self, case: str) -> tuple[PictureKind, ...]:
        """Of what a case has pictures; nothing is opened."""
        with self._kept.store.read(self._kept.operator) as transaction:
            there = {row.kind for row in of_case(transaction, case)}
        return tuple(kind for kind in PictureKind if kind in there)

    def decide_within(
        self,
        transaction: Transaction,
        case: str,
        who: str,
        outcome: Outcome,
        now: Now,
        *,
        reasons: Collection[ReviewReason],
        decided_by: DecidedBy,
    ) -> DecisionRecord:
        """Decide within a unit of work, after which `Store.forget_deleted` comes. Whether somebody may is for
        `Opinions` to know, through which every decision goes.

        Raises `NotPermitted` for somebody who did not look, and for a case that does not wait to be decided.
        """
        identifier = new_identifier()
        begin_to_settle(transaction, case, outcome)
        closed = close_case(transaction, case, now)
        require_looked(transaction, case, who)
        _log(transaction, closed, who, Action.DECIDE, now)
        referral = transaction.one(DecisionRecord, DECISION, DECISION.c.id == case)
        claims = ReviewClaims(
            identifier=identifier,
            issued_at=now.wall,
            purpose=closed.purpose,
            outcome=outcome,
            referral=case,
            reasons=tuple(reasons),
            decided_by=decided_by,
            software=SOFTWARE,
            by_person=closed.by_person,
        )
        made = add_decision(
            transaction,
            purpose_named(closed.purpose, purposes()),
            now,
            identifier=identifier,
            subject=closed.subject,
            consent=closed.consent,
            outcome=outcome,
            receipt=serialise_receipt(sign_receipt(claims, self._signer)),
            document_index=referral.document_index if referral else None,
        )
        settle(transaction, case, made, now)
        return made


def reasons_of(transaction: Transaction, case: str) -> tuple[Reason, ...] | None:
    """Why the machine referred a case, as its receipt says; None where that cannot be read, as when a newer
    version wrote it.
    """
    referral = transaction.one(DecisionRecord, DECISION, DECISION.c.id == case)
    return reasons_in(referral.receipt) if referral else None


def reasons_in(receipt: bytes) -> tuple[Reason, ...] | None:
    """The machine's reasons in a receipt; None where they cannot be read."""
    try:
        said = parse_receipt(receipt).claims["reasons"]
        return tuple(map(Reason, said)) if isinstance(said, list) else None
    except (UnreadableReceipt, ValueError, KeyError):
        return None


def two_decide(case: ReferredCase, reasons: tuple[Reason, ...] | None) -> bool:
    """Whether two people decide a case, as its policy asked when it was opened. Of one from before that was
    kept: as its purpose's policy asks now of its reasons, and two where nobody can say them.
    """
    if case.two_decide is not None:
        return case.two_decide
    asks = PRESETS[case.purpose].second_opinion if case.purpose in PRESETS else SecondOpinion.ALWAYS
    return reasons is None or asks.asked_for(reasons)


def require_looked(transaction: Transaction, case: str, who: str) -> None:
    """Raises `NotPermitted` for somebody who has not looked at a case."""
    looked = and_(ACCESS.c.referred_case == case, ACCESS.c.who == who)
    if not transaction.all(AccessRow, ACCESS, looked, ACCESS.c.action == Action.REVIEW):
        raise NotPermitted("Nobody decides a case without having looked at it", "Open it first")


def log_opinion(transaction: Transaction, case: ReferredCase, who: str, now: Now) -> None:
    """Put into the log that somebody gave an opinion that did not decide."""
    _log(transaction, case, who, Action.OPINION, now)


def _log(
    transaction: Transaction,
    case: ReferredCase,
    who: str,
    action: Action,
    now: Now,
    *,
    record: str | None = None,
) -> None:
    log_access(
        transaction,
        who,
        action,
        now,
        identifier=new_identifier,
        random=random_bytes,
        purpose=case.purpose,
        referred_case=case.id,
        record=record,
    )
