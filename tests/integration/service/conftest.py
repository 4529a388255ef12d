"""A counter that keeps its decisions: people who agreed, cases that were decided, a clock that is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bonafide.decide import SIM_SIGNUP
from bonafide.document import Kind
from bonafide.models import ModelStore, Role
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import ConsentToken, purposes
from bonafide.privacy.consent import Age, Consent, Giver, give, token, withdraw
from bonafide.privacy.machine import Reading
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service.calibrations import calibration_for
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.keeping import Keeping
from bonafide.service.retention import Retention, new_identifier
from bonafide.service.reviewing import Reviewing
from bonafide.service.verification import Verification
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.store.metadata import METADATA
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
