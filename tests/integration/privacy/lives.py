"""People of whom everything is kept that may be, through the rooms' own functions."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from tests.integration.privacy.conftest import Office

from bonafide.evidence import Claims, parse_receipt, serialise_receipt, sign_receipt
from bonafide.outcome import Outcome
from bonafide.privacy.approver import find_approver, register_approver
from bonafide.privacy.break_glass import approve, ask, open_with
from bonafide.privacy.break_glass_request import Request
from bonafide.privacy.consent import Consent
from bonafide.privacy.counted_row import CountedRow
from bonafide.privacy.export import export
from bonafide.privacy.holdings import HOLDINGS, DecisionRecord
from bonafide.privacy.kept_line import WHILE_ACTIVE, CodeRow, LineRow, PasskeyRow, SessionRow
from bonafide.privacy.known_case import KnownCaseRow, MeasurementRow
from bonafide.privacy.opinion import Opinion
from bonafide.privacy.purpose import Kept
from bonafide.privacy.purpose_file import purposes
from bonafide.privacy.referred_case import ReferredCase
from bonafide.privacy.sign_up_rows import AttemptRow, SignUpRow
from bonafide.service.accounts import AccountRow, InvitationRow
from bonafide.service.announcing import announce
from bonafide.service.attempt_limits import AttemptKind, attempt_key, record_failure
from bonafide.service.ceremonies import CeremonyKind, CredentialKind, CredentialRow, begin_ceremony
from bonafide.service.counter_history import count_in, device_index
from bonafide.service.customer_session import How, open_session
from bonafide.service.idempotency import KEPT
from bonafide.service.keeping import add_decision
from bonafide.service.line import LineEnd
from bonafide.service.lines import end_line
from bonafide.service.objections import make_objection
from bonafide.service.web_sessions import WebSession
from bonafide.store import Store, Transaction
from bonafide.store.delivery_tables import IDEMPOTENCY, WEBHOOK
from bonafide.store.epochs import current_epoch
from bonafide.store.known_tables import KNOWN_CASE, MEASUREMENT
from bonafide.store.line_tables import CUSTOMER_CODE, CUSTOMER_PASSKEY, CUSTOMER_SESSION, LINE
from bonafide.store.people_tables import ACCOUNT, CREDENTIAL, INVITATION, OPINION, WEB_SESSION
from bonafide.store.sealed import SealedRow, find, of_subject, open_from, seal_into
from bonafide.store.sign_up_tables import ATTEMPT, SIGN_UP

KEYS = {name: Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32)) for name in ("an", "bo")}


class BusyOffice(Office):
    """An office whose identifiers are as long as real ones: shorter ones stand in files by chance."""

    def identifier(self) -> str:
        return str(uuid.UUID(bytes=hashlib.sha256(super().identifier().encode()).digest()[:16]))


@dataclass(frozen=True)
class Person:
    """What nobody may ever read of somebody: name, number, pictures, template."""

    name: str
    number: str
    selfie: bytes = field(repr=False)
    document: bytes = field(repr=False)
    template: bytes = field(repr=False)

    @classmethod
    def drawn(cls, name: str, number: str) -> Person:
        """Somebody who does not exist. The picture of the document says the name and the number."""

        def noise(what: str, size: int) -> bytes:
            return hashlib.shake_256(f"{what} of {number}".encode()).digest(size)

        document = noise("document", 3000) + name.encode() + number.encode() + noise("rest", 9000)
        return cls(name, number, b"\xff\xd8\xff" + noise("selfie", 7000), document, noise("template", 2048))

    @property
    def line(self) -> str:
        """The number of their line."""
        drawn = int.from_bytes(hashlib.sha256(self.number.encode()).digest(), "big")
        return f"+86139{drawn % 10**8:08}"

    @property
    def secrets(self) -> dict[str, bytes | str]:
        return {
            "name": self.name,
            "number": self.number,
            "selfie": self.selfie,
            "document": self.document,
            "template": self.template,
            "line": self.line,
            "line within its country": self.line[3:],
        }


@dataclass(frozen=True)
class Life:
    """What is kept of somebody at one operator."""

    office: Office
    person: Person
    consents: tuple[Consent, ...]
    decision: DecisionRecord
    sealed: tuple[SealedRow, ...]
    sign_up: SignUpRow
    attempt: AttemptRow
    line: LineRow
    session: SessionRow
    code: CodeRow
    passkey: PasskeyRow
    answer: AnswerRow
    counted: CountedRow
    opinion: Opinion
    known: KnownCaseRow

    @property
    def subject(self) -> str:
        return self.consents[0].subject

    @property
    def encrypted(self) -> dict[str, bytes | str]:
        """Ciphertexts and wrapped keys."""
        return {
            "answer": self.answer.answer,
            **{
                f"{part} of {row.id}": getattr(row, part)
                for row in self.sealed
                for part in ("ciphertext", "wrapped_key", "nonce")
            },
        }

    @property
    def plain(self) -> dict[str, bytes | str]:
        """What leads to them without being encrypted, and nobody logged as accessed."""
        return {
            "decision": self.decision.id,
            "index": self.decision.document_index or "",
            "salt": self.decision.salt,
            "receipt": base64.b64encode(parse_receipt(self.decision.receipt).signature),
            **{f"consent {at}": consent.id for at, consent in enumerate(self.consents)},
            "opinion": self.opinion.id,
            "known case": self.known.id,
            "sign-up": self.sign_up.id,
            "link": self.sign_up.digest,
            "device": self.counted.device or "",
            "reference": self.sign_up.reference or "",
            "return address": self.sign_up.return_address or "",
            "line's number": self.line.number_index,
            "session": self.session.digest,
            "code": self.code.code_index,
            "passkey": self.passkey.handle,
            "passkey's key": self.passkey.public_key,
        }

    @property
    def logged(self) -> dict[str, bytes | str]:
        """What stays for its term: identifiers in rows about staff (of whom was exported, of what was
        opened) and in messages that were not sent yet, and keyed hashes of what was tried in vain.
        """
        return {
            "subject": self.subject,
            "opened": self.sealed[-1].id,
            "attempt": self.attempt.key,
            "line": self.line.id,
        }

    def opens(self) -> bool:
        """Whether every sealed record is there and opens as what it was."""
        with self.office.store.read(self.office.operator) as transaction:
            rows = of_subject(transaction, self.subject)
        said = sorted(bytes(open_from(self.office.vault, self.office.operator, row)) for row in rows)
        person = self.person
        return said == sorted([person.selfie, person.document, person.template, person.line.encode()])


def lives(office: Office, person: Person) -> Life:
    """Everything happens to somebody that leaves a row anywhere."""
    signup = office.gives()
    pay = office.gives("face-pay", subject=signup.subject)
    decision = decides(office, signup, person.number)
    kept = [office.keeps(signup, content) for content in (person.selfie, person.document)]
    pictures = [row for _, row in kept]
    opinion = is_looked_at(office, kept[0][0])
    template = office.keeps(pay, person.template, Kept.TEMPLATE)[1]
    sign_up, attempt, counted = signs_up(office, decision)
    line, number, session, code = gets_line(office, decision, sign_up, person.line)
    is_told(office, line.id)
    exported = export(
        office.store,
        office.vault,
        office.operator,
        [signup.subject],
        who="clerk",
        now=office.now,
        identifier=office.identifier,
        random=office.random,
    )
    assert len(exported.as_zip()) > len(person.selfie) + len(person.document)
    assert breaks_glass(office, template.id) == person.template
    sealed = (*pictures, number, template)
    passkey = makes_passkey(office, decision)
    answer = is_answered(office, person)
    return Life(
        office,
        person,
        (signup, pay),
        decision,
        sealed,
        sign_up,
        attempt,
        line,
        session,
        code,
        passkey,
        answer,
        counted,
        opinion,
        is_known(office, *pictures),
    )


def is_known(office: Office, selfie: SealedRow, document: SealedRow) -> KnownCaseRow:
    """Their pictures are also a case with a known answer, and a reviewer answered it."""
    now = office.now
    known = KnownCaseRow(
        id=office.identifier(),
        subject=selfie.subject,
        consent=selfie.consent,
        purpose=selfie.purpose,
        document=document.id,
        document_back=None,
        selfie=selfie.id,
        reasons="match.doubtful",
        outcome="accept",
        reason="review.same_person",
        made_by="Su Qin",
        made_at=now.wall,
        deadline=selfie.deadline,
    )
    measured = MeasurementRow(
        id=office.identifier(),
        known_case=office.identifier(),
        shown=office.identifier(),
        who="An Li",
        outcome="accept",
        reason="review.same_person",
        right_outcome="accept",
        right_reason="review.same_person",
        looked_at=now.wall,
        given_at=now.wall,
        deadline=now.retention,
    )

    def work(transaction: Transaction) -> None:
        transaction.add(KNOWN_CASE, known)
        transaction.add(MEASUREMENT, measured)

    office.store.write(office.operator, work)
    return known


def is_looked_at(office: Office, case: ReferredCase | None) -> Opinion:
    """A reviewer, who has just entered, thinks something of a case."""
    assert case is not None
    now, account = office.now, office.identifier()
    session = WebSession(office.identifier(), account, "5" * 64, now.wall, now.retention, now.retention)
    opinion = Opinion(
        office.identifier(),
        case.subject,
        case.purpose,
        case.id,
        "An Li",
        "accept",
        "review.same_person",
        now.wall,
        case.deadline,
    )

    def work(transaction: Transaction) -> None:
        transaction.add(ACCOUNT, AccountRow(account, f"staff {account}", "reviewer", now.wall))
        transaction.add(
            CREDENTIAL, CredentialRow(office.identifier(), account, CredentialKind.PASSKEY, now.wall)
        )
        transaction.add(
            INVITATION, InvitationRow(office.identifier(), account, "6" * 64, now.wall, now.retention)
        )
        begin_ceremony(transaction, CeremonyKind.ENTER, "asked", now)
        transaction.add(WEB_SESSION, session)
        transaction.add(OPINION, opinion)

    office.store.write(office.operator, work)
    return opinion


@dataclass(frozen=True)
class _Subscriber:
    id: str
    address: str
    made_at: datetime
    events: str = ""
    generation: int = 1


@dataclass(frozen=True)
class AnswerRow:
    """An answer that is kept for a day, in case its request comes again."""

    id: str
    request: str
    claim: str
    claimed_until: datetime
    made_at: datetime
    status: int
    nonce: bytes
    answer: bytes
    deadline: datetime


def is_told(office: Office, line: str) -> None:
    """An event of theirs waits to be sent to the operator's own system."""
    now = office.now
    hook = _Subscriber(office.identifier(), "https://billing.example/events", now.wall)

    def work(transaction: Transaction) -> None:
        transaction.remove(WEBHOOK)
        transaction.add(WEBHOOK, hook)
        announce(transaction, "line.ended", line, now)

    office.store.write(office.operator, work)


def is_answered(office: Office, person: Person) -> AnswerRow:
    """A machine was told something about them, and might ask again."""
    now, key = office.now, office.identifier()
    nonce, sealed = office.vault.seal_derived(
        person.line.encode(), office.operator, "idempotency-answer", "till-7", key
    )
    row = AnswerRow(
        id=bytes(office.vault.derived_key(office.operator, "idempotency-key", key)).hex(),
        request=bytes(office.vault.derived_key(office.operator, "idempotency-request", key)).hex(),
        claim=office.identifier(),
        claimed_until=now.retention,
        made_at=now.wall,
        status=201,
        nonce=nonce,
        answer=sealed,
        deadline=now.retention + KEPT,
    )
    office.store.write(office.operator, lambda transaction: transaction.add(IDEMPOTENCY, row))
    return row


def gets_line(
    office: Office, decision: DecisionRecord, sign_up: SignUpRow, number: str
) -> tuple[LineRow, SealedRow, SessionRow, CodeRow]:
    """A line that has ended, its sealed number, an objection to it, and how its customer came in."""
    now, identifier = office.now, office.identifier()
    epoch = current_epoch(office.store, office.vault, office.operator, now.retention).number
    active = LineRow(
        id=identifier,
        subject=decision.subject,
        consent=decision.consent,
        decision=decision.id,
        purpose=decision.purpose,
        sign_up=sign_up.id,
        number_index=office.vault.index(office.operator, "line", number),
        document_index=decision.document_index or "",
        shop=sign_up.shop,
        bound_at=now.wall,
        ended_at=None,
        ended_because=None,
        deadline=WHILE_ACTIVE,
    )
    code = CodeRow(
        id=office.identifier(),
        subject=decision.subject,
        line=identifier,
        number_index=active.number_index,
        code_index=office.vault.index(office.operator, "customer-code", f"{identifier} 12345678"),
        tries_left=5,
        made_at=now.wall,
        deadline=now.retention + timedelta(minutes=10),
    )

    def work(transaction: Transaction) -> tuple[LineRow, SealedRow, SessionRow, CodeRow]:
        transaction.add(LINE, active)
        transaction.add(CUSTOMER_CODE, code)
        seal_into(
            transaction,
            office.vault,
            number.encode(),
            epoch=epoch,
            id=identifier,
            subject=decision.subject,
            consent=decision.consent,
            purpose=decision.purpose,
            kind=Kept.LINE,
            made_at=now.wall,
            deadline=WHILE_ACTIVE,
        )
        make_objection(transaction, active, decision.subject, now)
        ended = end_line(transaction, active, LineEnd.CANCELLED, now)
        text = open_session(
            transaction,
            subject=decision.subject,
            document_index=decision.document_index,
            how=How.CODE,
            opened_with=code.id,
            now=now,
            line=identifier,
        )
        assert text
        (session,) = transaction.all(
            SessionRow, CUSTOMER_SESSION, CUSTOMER_SESSION.c.subject == decision.subject
        )
        row = find(transaction, identifier)
        assert row
        return ended, row, session, code

    return office.store.write(office.operator, work)


def makes_passkey(office: Office, decision: DecisionRecord) -> PasskeyRow:
    """A way to come in again, after a face check."""
    identifier = office.identifier()
    row = PasskeyRow(
        id=identifier,
        subject=decision.subject,
        document_index=decision.document_index,
        line=None,
        handle=f"handle-of-{identifier}",
        public_key=hashlib.shake_256(f"key of {identifier}".encode()).digest(77),
        uses=1,
        transports="hybrid internal",
        made_at=office.now.wall,
        used_at=None,
        deadline=WHILE_ACTIVE,
    )
    office.store.write(office.operator, lambda transaction: transaction.add(CUSTOMER_PASSKEY, row))
    return row


def signs_up(office: Office, decision: DecisionRecord) -> tuple[SignUpRow, AttemptRow, CountedRow]:
    """The sign-up in which that was decided, and a failure before it."""
    identifier = office.identifier()
    row = SignUpRow(
        id=identifier,
        purpose=decision.purpose,
        state="accepted",
        digest=hashlib.sha256(f"link of {identifier}".encode()).hexdigest(),
        language="en",
        reference=f"order.{identifier}",
        return_address=f"https://{identifier}.example/done",  # in its first bytes nobody else's
        attended=True,
        agent="agent 7",
        shop="south gate",
        made_at=office.now.wall,
        expires_at=office.now.wall + timedelta(minutes=30),
        tries_left=4,
        deadline=decision.deadline,
        subject=decision.subject,
        consent=decision.consent,
        decision=decision.id,
        outcome=decision.outcome,
        reasons="match.confirmed",
        decided_at=decision.decided_at,
    )
    counted = CountedRow(
        id=row.id,
        subject=decision.subject,
        purpose=decision.purpose,
        document=decision.document_index,
        device=device_index(office.vault, office.operator, f"device of {decision.subject}"),
        agent=row.agent,
        outcome=decision.outcome,
        unmatched=False,
        at=office.now.retention,
        deadline=office.now.retention + timedelta(days=30),
    )
    key = attempt_key(office.vault, office.operator, AttemptKind.DOCUMENT, decision.document_index or "")

    def work(transaction: Transaction) -> AttemptRow:
        transaction.add(SIGN_UP, row)
        record_failure(transaction, (key,), decision.subject, office.now)
        count_in(transaction, counted)
        (attempt,) = transaction.all(AttemptRow, ATTEMPT, ATTEMPT.c.subject == decision.subject)
        return attempt

    return row, office.store.write(office.operator, work), counted


def decides(office: Office, consent: Consent, number: str) -> DecisionRecord:
    """A decision with a signed receipt, in the log."""
    purpose = purposes()[consent.purpose]
    index = office.vault.document_index(office.operator, "CHN", number)
    claims = Claims(
        identifier=office.identifier(),
        issued_at=office.now.wall,
        purpose=purpose.name,
        outcome=Outcome.ACCEPT,
        reasons=(),
        attended=True,
        false_match_rate=1e-4,
        detector="d" * 64,
        recogniser="e" * 64,
        text_detector=None,
        text_recogniser=None,
        document="cn-resident-card",
        calibration="c" * 64,
        policy="b" * 64,
        software="bonafide test",
    )
    receipt = serialise_receipt(sign_receipt(claims, office.signer))
    return office.store.write(
        office.operator,
        lambda transaction: add_decision(
            transaction,
            purpose,
            office.now,
            identifier=office.identifier(),
            subject=consent.subject,
            consent=consent.id,
            outcome=Outcome.ACCEPT,
            receipt=receipt,
            document_index=index,
        ),
    )


def breaks_glass(office: Office, record: str) -> bytes:
    """A record, opened by two people."""

    def work(transaction: Transaction) -> Request:
        for who, key in KEYS.items():
            if find_approver(transaction, who) is None:
                register_approver(transaction, who, key.public_key(), office.now)
        request = ask(
            transaction,
            asked_by="an",
            reason="a test of the glass",
            now=office.now,
            identifier=office.identifier,
            record=record,
            life=timedelta(minutes=5),
        )
        for who, key in KEYS.items():
            approve(transaction, request.id, who, key.sign(request.content), office.now)
        return request

    request = office.store.write(office.operator, work)
    with open_with(
        office.store,
        office.vault,
        office.operator,
        request.id,
        who="an",
        now=office.now,
        identifier=office.identifier,
        random=office.random,
    ) as opened:
        return b"".join(bytes(record.content) for record in opened)


def empty_tables(store: Store, operator: str) -> list[str]:
    """Tables of personal data without a row of the operator's."""
    with store.read(operator) as transaction:
        return [
            table.name
            for holding in HOLDINGS
            for table in holding.tables
            if not transaction.connection.execute(
                select(func.count()).select_from(table).where(table.c.operator == operator)
            ).scalar_one()
        ]
