"""What is kept of a decision, in one durable commit: the decision and, while a person has to decide, the
pictures, sealed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bonafide.errors import NotPermitted
from bonafide.evidence import serialise_receipt
from bonafide.evidence.commitment import SALT_BYTES
from bonafide.evidence.leaf import LeafKind
from bonafide.evidence.log import Appending, append
from bonafide.outcome import Outcome
from bonafide.privacy import Kept, Leave, Now, Purpose, purpose_named, purposes
from bonafide.privacy.consent import standing
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.referred_case import ReferredCase, open_case
from bonafide.service.case_picture import CasePicture
from bonafide.service.receipts import receipt_for
from bonafide.service.retention import Retention, new_identifier, random_bytes
from bonafide.service.verification import PersonCase, Verification
from bonafide.store import Transaction
from bonafide.store.epochs import current_epoch
from bonafide.store.schema import DECISION
from bonafide.store.sealed import seal_into
from bonafide.vault import FileSigner, Vault


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """What was kept, and where its leaf is. `waiting` says that a person now has to decide the case, which
    has the same identifier.
    """

    id: str
    receipt: bytes = field(repr=False)
    position: int
    waiting: bool


class Keeping:
    """Keeps decisions of an operator; safe to share between threads."""

    def __init__(self, kept: Retention, vault: Vault, signer: FileSigner) -> None:
        self._kept = kept
        self._vault = vault
        self._signer = signer

    def keep(
        self,
        case: Verification | PersonCase,
        consent: Leave,
        pictures: tuple[CasePicture, ...],
        *,
        before: Callable[[Transaction], object] | None = None,
        also: Callable[[Transaction, DecisionRecord], object] | None = None,
    ) -> KeptDecision:
        """Keep a decision; once this returns, no crash loses it. It holds no picture, template, score, name
        or number.

        Where the outcome is refer and the purpose allows it, `pictures` are sealed until a person has
        decided, or for 72 hours. `before` and `also` are done in the same unit of work: before anything else,
        to take hold of what is decided, and once the decision's row is there. What they raise undoes it all.

        Raises `NotPermitted` for a consent that is not on record, does not stand or
        is to another purpose, and where the purpose keeps no decisions; `VaultClosed` and `StoreUnusable`.
        Then nothing is kept.
        """
        purpose = purpose_named(case.policy.name, purposes())
        now = self._kept.now()
        waiting = case.outcome is Outcome.REFER and Kept.CASE_PICTURE in purpose.keeps
        epoch = self._epoch(now) if waiting else 0
        identifier = new_identifier()
        receipt = receipt_for(case, self._signer, issued_at=now.wall, identifier=identifier)

        def work(transaction: Transaction) -> DecisionRecord:
            if before is not None:
                before(transaction)
            agreed = standing(transaction, consent, purpose, now)
            if waiting:
                two = case.policy.second_opinion.asked_for(case.reasons)
                opened = open_case(transaction, purpose, consent, now, lambda: identifier, two_decide=two)
                self._seal(transaction, purpose, now, opened, pictures, epoch=epoch)
            # The leaf last: until the commit, everybody who appends waits.
            made = add_decision(
                transaction,
                purpose,
                now,
                identifier=identifier,
                subject=agreed.subject,
                consent=agreed.id,
                outcome=case.outcome,
                receipt=serialise_receipt(receipt),
                document_index=case.document_index,
            )
            if also is not None:
                also(transaction, made)
            return made

        made = self._kept.store.write(self._kept.operator, work)
        return KeptDecision(made.id, made.receipt, made.position, waiting)

    def _epoch(self, now: Now) -> int:
        """Asked for before the unit of work, for beginning one is another."""
        return current_epoch(self._kept.store, self._vault, self._kept.operator, now.retention).number

    def _seal(
        self,
        transaction: Transaction,
        purpose: Purpose,
        now: Now,
        case: ReferredCase,
        pictures: tuple[CasePicture, ...],
        *,
        epoch: int,
    ) -> None:
        for picture in pictures:
            seal_into(
                transaction,
                self._vault,
                picture.content,
                epoch=epoch,
                id=new_identifier(),
                subject=case.subject,
                consent=case.consent,
                purpose=purpose.name,
                kind=picture.kind,
                made_at=now.wall,
                deadline=purpose.keeps[Kept.CASE_PICTURE].after(now.retention),
                referred_case=case.id,
            )


def add_decision(
    transaction: Transaction,
    purpose: Purpose,
    now: Now,
    *,
    identifier: str,
    subject: str,
    consent: str,
    outcome: Outcome,
    receipt: bytes,
    document_index: str | None,
) -> DecisionRecord:
    """A decision's row and its leaf. Raises `NotPermitted` where the purpose keeps no decisions."""
    deadline = purpose.deadline(Kept.DECISION, now.retention)
    if deadline is None:
        raise NotPermitted("For this purpose no decision is kept", "Tell the outcome and keep nothing")
    salt = random_bytes(SALT_BYTES)
    (position,) = append(transaction, now.wall, Appending(LeafKind.DECISION, receipt, salt))
    made = DecisionRecord(
        id=identifier,
        subject=subject,
        consent=consent,
        purpose=purpose.name,
        decided_at=now.wall,
        outcome=outcome.value,
        receipt=receipt,
        document_index=document_index,
        position=position,
        salt=salt,
        deadline=deadline,
    )
    transaction.add(DECISION, made)
    return made
