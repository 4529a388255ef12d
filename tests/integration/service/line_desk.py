"""A counter at which people were accepted and get lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from tests.integration.service.conftest import OPERATOR, Counter

from bonafide.outcome import Outcome
from bonafide.privacy.consent import Consent
from bonafide.privacy.kept_line import LineRow
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.bearer import SECRET_BYTES, Bearer, BearerKind
from bonafide.service.counter import Counter as ServiceCounter
from bonafide.service.lines import Lines
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.service.sign_up import SignUpState
from bonafide.service.verifier import Verifier
from bonafide.store import Store
from bonafide.store.line_tables import LINE
from bonafide.store.schema import SEALED
from bonafide.store.sealed import SealedRow
from bonafide.store.sign_up_tables import SIGN_UP


@dataclass(frozen=True)
class Accepted:
    """Somebody who signed up."""

    sign_up: str
    link: str
    consent: Consent
    decision: str | None

    @property
    def subject(self) -> str:
        return self.consent.subject


@dataclass(frozen=True)
class LineDesk:
    """Somebody accepted is a decision that is kept and a sign-up that says so."""

    counter: Counter

    def service(self, store: Store | None = None) -> ServiceCounter:
        """What a process has open; nobody is verified here, so there is no verifier."""
        kept = self.counter.kept
        return ServiceCounter(
            kept.settings,
            store or kept.store,
            kept.clock,
            self.counter.vault,
            self.counter.signer,
            cast(Verifier, None),
        )

    def lines(self, **options: int) -> Lines:
        return Lines(self.service(), OPERATOR, **options)

    def accepts(
        self,
        document: str | None = "L898902C3",
        outcome: Outcome = Outcome.ACCEPT,
        shop: str | None = "shop 3",
    ) -> Accepted:
        """Somebody signs up with a document of a number, and is accepted or not."""
        consent, token = self.counter.agrees()
        case = self.counter.case(outcome, document)
        kept = self.counter.keeping.keep(case, token, self.counter.pictures("x"))
        states = {Outcome.ACCEPT: SignUpState.ACCEPTED, Outcome.REJECT: SignUpState.REJECTED}
        identifier, now = new_identifier(), self.counter.kept.now()
        link = Bearer.made_of(BearerKind.LINK, OPERATOR, identifier, random_bytes(SECRET_BYTES))
        row = SignUpRow(
            id=identifier,
            purpose="sim-signup",
            state=states.get(outcome, SignUpState.WAITING),
            digest=link.digest,
            language="en",
            reference=None,
            return_address=None,
            attended=True,
            agent="agent 7",
            shop=shop,
            made_at=now.wall,
            expires_at=now.wall + timedelta(minutes=30),
            tries_left=4,
            deadline=now.retention + timedelta(days=1000),
            subject=consent.subject,
            consent=consent.id,
            decision=kept.id,
            outcome=outcome,
            decided_at=now.wall,
        )
        self.counter.kept.store.write(OPERATOR, lambda transaction: transaction.add(SIGN_UP, row))
        return Accepted(identifier, link.text, consent, kept.id)

    def rows(self) -> tuple[LineRow, ...]:
        with self.counter.kept.store.read(OPERATOR) as transaction:
            return transaction.all(LineRow, LINE, order=[LINE.c.bound_at, LINE.c.id])

    def sealed(self) -> tuple[SealedRow, ...]:
        with self.counter.kept.store.read(OPERATOR) as transaction:
            return transaction.all(SealedRow, SEALED, SEALED.c.kind == "line", order=[SEALED.c.id])
