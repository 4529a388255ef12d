"""A counter that keeps its decisions: people who agreed, cases that were decided, a clock that is set."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.conftest import SQLITE_AND_LATER_POSTGRESQL, database_of
from tests.scripted_sight import ScriptedSight
from tests.unhurried import UNHURRIED

from bonafide.capture import Picture, PictureFormat
from bonafide.decide import SIM_SIGNUP, SIM_SIGNUP_BY_PERSON
from bonafide.document import Kind
from bonafide.models import ModelStore, Role
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import ConsentToken, Manner, PersonToken, purposes
from bonafide.privacy.consent import Age, Consent, Giver, give, token, withdraw
from bonafide.privacy.machine import Reading
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.calibrations import calibration_for
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.counter import Counter as ServiceCounter
from bonafide.service.document_index import DocumentIndex
from bonafide.service.keeping import Keeping, KeptDecision
from bonafide.service.live_sight import LiveSight, SeenSession
from bonafide.service.opinions import Opinions
from bonafide.service.person_desk import PersonDesk
from bonafide.service.retention import Retention, new_identifier
from bonafide.service.review_reason import REASONS_FOR
from bonafide.service.reviewing import Reviewing
from bonafide.service.sign_up import SignUp, SignUpState, Told
from bonafide.service.sign_up_order import Wanted
from bonafide.service.sign_ups import SignUps
from bonafide.service.verification import PersonCase, Verification
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.store.metadata import METADATA
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.vault import FileSigner, UnsafeFileHolder, Vault
from bonafide.wording import Language

OPERATOR = "counter.example"
START = datetime(2026, 11, 25, 9, tzinfo=UTC)
REASONS = {
    Outcome.ACCEPT: (Reason.MATCH_CONFIRMED, Reason.PRESENCE_ATTENDED, Reason.DOCUMENT_CONSISTENT),
    Outcome.REFER: (Reason.MATCH_DOUBTFUL,),
    Outcome.REJECT: (Reason.MATCH_REFUTED,),
}


@dataclass
class Machine:
    """Its clocks."""

    now: datetime = START

    def read(self) -> Reading:
        return Reading(self.now, "boot", int((self.now - START).total_seconds() * 1000))

    def passes(self, span: timedelta) -> None:
        self.now += span


@dataclass
class Counter:
    """An operator's counter on one store."""

    kept: Retention
    vault: Vault
    machine: Machine
    folder: Path
    signer: FileSigner = field(
        default_factory=lambda: FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    )

    @property
    def keeping(self) -> Keeping:
        return Keeping(self.kept, self.vault, self.signer)

    @property
    def reviewing(self) -> Reviewing:
        return Reviewing(self.kept, self.vault, self.signer)

    def decides(self, case: str, who: str, outcome: Outcome) -> KeptDecision:
        """Somebody who looked decides alone."""
        made = Opinions(self.kept, self.reviewing).give(case, who, outcome, REASONS_FOR[outcome][0])
        assert made
        return made

    def agrees(self, name: str = "sim-signup") -> tuple[Consent, ConsentToken]:
        """Somebody new agrees."""
        purpose, now = purposes()[name], self.kept.now()

        def work(transaction: object) -> tuple[Consent, ConsentToken]:
            consent = give(
                transaction,  # type: ignore[arg-type]
                purpose,
                version=purpose.version,
                language=Language.ENGLISH,
                giver=Giver.PERSON,
                age=Age.ADULT,
                now=now,
                identifier=new_identifier,
            )
            return consent, token(transaction, consent.id, purpose, now)  # type: ignore[arg-type]

        return self.kept.store.write(OPERATOR, work)

    def withdraws(self, consent: Consent) -> None:
        purpose, now = purposes()[consent.purpose], self.kept.now()
        self.kept.store.write(OPERATOR, lambda transaction: withdraw(transaction, consent.id, purpose, now))

    def pictures(self, mark: str) -> tuple[CasePicture, ...]:
        """Files that can be told from all others."""
        return tuple(CasePicture(kind, f"{mark} {kind} ".encode() * 50) for kind in PictureKind)

    def person_case(self, number: str | None = "L898902C3") -> PersonCase:
        """A case that a person is to compare."""
        models = ModelStore(self.folder)
        return PersonCase(
            outcome=Outcome.REFER,
            reasons=(Reason.PERSON_ASKED, Reason.PRESENCE_NOT_SHOWN, Reason.DOCUMENT_CONSISTENT),
            attended=False,
            policy=SIM_SIGNUP_BY_PERSON,
            text_detector=models.serving(Role.TEXT_DETECTOR),
            text_recogniser=models.serving(Role.TEXT_RECOGNISER),
            document_kind=Kind.TD3,
            document_index=number and self.vault.document_index(OPERATOR, "UTO", number),
            document_checks=(),
            timings_ms={},
        )

    def case(self, outcome: Outcome, number: str | None = "L898902C3") -> Verification:
        """A case that was decided, about a document of some number."""
        models = ModelStore(self.folder)
        detector, recogniser = models.detector(), models.recogniser("fast")
        return Verification(
            outcome=outcome,
            reasons=REASONS[outcome],
            attended=True,
            policy=SIM_SIGNUP,
            detector=detector,
            recogniser=recogniser,
            text_detector=models.serving(Role.TEXT_DETECTOR),
            text_recogniser=models.serving(Role.TEXT_RECOGNISER),
            calibration=calibration_for(recogniser, self.kept.settings),
            document_kind=Kind.TD3,
            document_index=number and self.vault.document_index(OPERATOR, "UTO", number),
            document_checks=(),
            timings_ms={},
            explanation=None,
        )


@pytest.fixture(params=SQLITE_AND_LATER_POSTGRESQL)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of each kind, but that `make test` leaves PostgreSQL to `make test-long`."""
    yield from database_of(request, tmp_path)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def counter(store: Store, machine: Machine, tmp_path: Path) -> Counter:
    vault = Vault(UnsafeFileHolder(tmp_path / "keys"))
    vault.begin_operator(OPERATOR)
    store.begin_operator(OPERATOR, machine.now)
    settings = Settings(tmp_path / "data", operator=OPERATOR)
    kept = Retention(settings, store, RetentionClock(store, machine.read))
    return Counter(kept, vault, machine, tmp_path / "data")


class Answering(Verifier):
    """A verifier that costs nothing: it says what it is told to, of a document of some number."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self._lock = threading.Lock()
        self.calls = 0
        self.prepared = 0
        self.doubts: tuple[Reason, ...] = ()
        self.outcome = Outcome.ACCEPT
        self.reasons: tuple[Reason, ...] | None = None
        self.number: str | None = "L898902C3"
        self.meanwhile: Callable[[], object] = lambda: None
        self.sight = ScriptedSight()
        self.sessions: list[SeenSession | None] = []

    def live(self, consent: ConsentToken) -> LiveSight:
        assert type(consent) is ConsentToken
        consent.require(self.counter.machine.now, "sim-signup")
        return self.sight

    @property
    def by_person(self) -> PersonDesk:
        return Preparing(self)

    def verify(  # type: ignore[override]
        self,
        document: Picture,
        selfie: Picture,
        consent: ConsentToken,
        *,
        document_back: Picture | None = None,
        attended: bool = False,
        index: DocumentIndex | None = None,
        session: SeenSession | None = None,
    ) -> Verification:
        assert type(consent) is ConsentToken
        self.sessions.append(session)
        consent.require(self.counter.machine.now, "sim-signup")
        assert document.data != selfie.data != (document_back and document_back.data)
        assert index
        with self._lock:
            self.calls += 1
        self.meanwhile()
        case = self.counter.case(self.outcome, self.number)
        found = index("UTO", self.number) if self.number else None
        reasons = case.reasons if self.reasons is None else self.reasons
        return replace(case, reasons=reasons, attended=attended, document_index=found)


class Preparing(PersonDesk):
    """Prepares cases for a person without reading anything, as an `Answering` verifier says."""

    def __init__(self, verifier: Answering) -> None:
        self._verifier = verifier

    def prepare(
        self,
        document: Picture,
        selfie: Picture,
        consent: PersonToken,
        *,
        document_back: Picture | None = None,
        attended: bool = False,
        index: DocumentIndex | None = None,
    ) -> PersonCase:
        told, counter = self._verifier, self._verifier.counter
        assert type(consent) is PersonToken
        consent.require(counter.machine.now, "sim-signup")
        assert document.data != selfie.data != (document_back and document_back.data)
        assert index
        told.prepared += 1
        told.meanwhile()
        case = counter.person_case(told.number)
        found = index("UTO", told.number) if told.number else None
        reasons = (*case.reasons[:2], *told.doubts) if told.doubts else case.reasons
        return replace(case, reasons=reasons, attended=attended, document_index=found)


def picture(mark: str) -> Picture:
    """A picture that only its bytes tell from others."""
    return Picture(mark.encode() * 50, PictureFormat.JPEG, 640, 480, 1)


DOCUMENT, BACK, SELFIE = picture("the front"), picture("the back"), picture("the face")


@dataclass
class Desk:
    """Where people sign up at that counter."""

    counter: Counter
    verifier: Answering
    service: ServiceCounter

    @property
    def sign_ups(self) -> SignUps:
        return SignUps(self.service, OPERATOR)

    def opens(self, **wanted: Any) -> tuple[str, str]:  # noqa: ANN401
        """A sign-up and its link."""
        made, link = self.sign_ups.create(Wanted(**wanted))
        return made.id, link

    def agrees(
        self,
        link: str,
        age: Age = Age.ADULT,
        giver: Giver = Giver.PERSON,
        manner: Manner = Manner.FACE_MATCHING,
    ) -> SignUp:
        version = purposes()["sim-signup"].version
        return self.sign_ups.agree(
            link, version=version, language=Language.ENGLISH, giver=giver, age=age, manner=manner
        )

    def begins(self, **wanted: Any) -> tuple[str, str]:  # noqa: ANN401
        """A sign-up to which somebody agreed, and its link."""
        made, link = self.opens(**wanted)
        self.agrees(link)
        return made, link

    def submits(self, link: str, device: str | None = None) -> Told:
        return self.sign_ups.submit(link, DOCUMENT, SELFIE, BACK, device=device)

    def state(self, sign_up: str) -> SignUpState:
        found = self.sign_ups.find(sign_up)
        assert found
        return found.state

    def row(self, sign_up: str) -> SignUpRow:
        with self.service.store.read(OPERATOR) as transaction:
            row = transaction.one(SignUpRow, SIGN_UP, SIGN_UP.c.id == sign_up)
        assert row
        return row


@pytest.fixture
def desk(counter: Counter) -> Desk:
    verifier = Answering(counter)
    kept = counter.kept
    service = ServiceCounter(
        kept.settings, kept.store, kept.clock, counter.vault, counter.signer, verifier, UNHURRIED
    )
    return Desk(counter, verifier, service)


@pytest.fixture
def everything(counter: Counter) -> Callable[[], bytes]:
    """All that the store's tables hold of the operator, to search."""

    def read() -> bytes:
        with counter.kept.store.read(OPERATOR) as transaction:
            rows = [
                tuple(row)
                for table in METADATA.sorted_tables
                for row in transaction.connection.execute(table.select())
            ]
        return repr(rows).encode()

    return read
