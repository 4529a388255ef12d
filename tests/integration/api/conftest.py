"""The service as it is called: a real server in this process, two operators, and an engine that is told what
to decide.
"""

from __future__ import annotations

import io
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image
from tests.conftest import SQLITE_AND_LATER_POSTGRESQL, database_of
from tests.in_process import client_of, serving
from tests.scripted_sight import ScriptedSight
from tests.unhurried import UNHURRIED

from bonafide.api.app import Limits, make_app
from bonafide.capture import Picture
from bonafide.decide import SIM_SIGNUP
from bonafide.document import Kind
from bonafide.models import ModelStore, Role
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import ConsentToken
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service.api_keys import Scope, make_api_key
from bonafide.service.calibrations import calibration_for
from bonafide.service.counter import Counter
from bonafide.service.live_sight import LiveSight
from bonafide.service.person_desk import PersonDesk
from bonafide.service.verification import Case, Verification
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.vault import FileSigner, UnsafeFileHolder, Vault

if TYPE_CHECKING:
    from bonafide.api.traces import Traces

OPERATOR = "counter.example"
OTHER = "other.example"
REASONS = {
    Outcome.ACCEPT: (Reason.MATCH_CONFIRMED, Reason.PRESENCE_ATTENDED, Reason.DOCUMENT_CONSISTENT),
    Outcome.REFER: (Reason.MATCH_DOUBTFUL,),
    Outcome.REJECT: (Reason.MATCH_REFUTED,),
}


@dataclass
class Told:
    """What the engine is told to decide; `raises` takes its place, and it waits for `go`."""

    outcome: Outcome = Outcome.ACCEPT
    reasons: tuple[Reason, ...] | None = None
    number: str | None = "L898902C3"
    raises: Exception | None = None
    go: threading.Event = field(default_factory=threading.Event)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    asked: int = 0
    sight: ScriptedSight = field(default_factory=ScriptedSight)

    def __post_init__(self) -> None:
        self.go.set()


class ToldVerifier(Verifier):
    """Decides what it is told, of whatever pictures."""

    def __init__(self, told: Told, settings: Settings, seen: Callable[[Case], None] | None = None) -> None:
        self._what = told
        self._settings = settings
        self._seen = seen

    def load(self) -> None:
        pass

    def live(self, consent: ConsentToken) -> LiveSight:  # noqa: ARG002 - the engine's signature
        return self._what.sight

    @property
    def by_person(self) -> PersonDesk:
        # Without documents to read, it costs nothing.
        return PersonDesk(None, told=self._seen)

    def telling(self, decided: Callable[[Case], None]) -> Verifier:
        return ToldVerifier(self._what, self._settings, decided)

    def verify(
        self,
        document: Picture,  # noqa: ARG002 - the engine's signature
        selfie: Picture,  # noqa: ARG002
        consent: ConsentToken,  # noqa: ARG002
        *,
        attended: bool = False,
        index: Callable[[str, str], str] | None = None,
        **_more: Any,  # noqa: ANN401
    ) -> Verification:
        told = self._what
        told.asked += 1
        told.begun.release()
        assert told.go.wait(60)
        if told.raises is not None:
            raise told.raises
        models = ModelStore(self._settings.data_dir)
        recogniser = models.recogniser("fast")
        case = Verification(
            outcome=told.outcome,
            reasons=told.reasons or REASONS[told.outcome],
            attended=attended,
            policy=SIM_SIGNUP,
            detector=models.detector(),
            recogniser=recogniser,
            text_detector=models.serving(Role.TEXT_DETECTOR),
            text_recogniser=models.serving(Role.TEXT_RECOGNISER),
            calibration=calibration_for(recogniser, self._settings),
            document_kind=Kind.TD3,
            document_index=index("UTO", told.number) if index and told.number else None,
            document_checks=(),
            timings_ms={"decide": 1.5, "total": 12.0},
            explanation=None,
        )
        if self._seen is not None:
            self._seen(case)
        return case


def picture(shade: int = 100) -> bytes:
    """A picture of nobody."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, shade, shade)).save(file, "PNG")
    return file.getvalue()


def presented(
    document: bytes | None = None, selfie: bytes | None = None
) -> dict[str, tuple[str, bytes, str]]:
    """The parts of a form with pictures."""
    return {
        "document": ("d.png", document or picture(90), "image/png"),
        "selfie": ("s.png", selfie or picture(160), "image/png"),
    }


@dataclass
class Service:
    """A running service, and what is behind it."""

    counter: Counter
    told: Told
    url: str
    client: httpx2.Client

    def key(self, *scopes: Scope, operator: str = OPERATOR, name: str = "till 7") -> Mapping[str, str]:
        """The headers of a new key with some scopes, or all."""
        _, text = make_api_key(self.counter.kept(operator), name, scopes or list(Scope))
        return {"Authorization": f"Bearer {text}"}

    def link(self, *, operator: str = OPERATOR, **wanted: Any) -> tuple[str, Mapping[str, str]]:  # noqa: ANN401
        """A new sign-up's identifier, and the headers of its link."""
        answer = self.client.post("/v1/sign-ups", json=wanted, headers=self.key(operator=operator))
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return made["sign_up"]["id"], {"Authorization": f"Bearer {made['link']}"}

    def agreed(self, **wanted: Any) -> tuple[str, Mapping[str, str]]:  # noqa: ANN401
        """The same, to which somebody has agreed."""
        identifier, link = self.link(**wanted)
        shown = self.client.get("/v1/capture", headers=link).json()
        words = {"version": shown["version"], "language": shown["language"], "age": "18-or-over"}
        answer = self.client.post("/v1/capture/consent", json=words, headers=link)
        assert answer.status_code == 200, answer.text
        return identifier, link

    def waiting(self) -> tuple[str, str]:
        """A sign-up that a person must decide: its identifier and its case's."""
        before, self.told.outcome = self.told.outcome, Outcome.REFER
        # A document that is tried in vain too often is locked, and these are different people's.
        self.told.number = f"L{uuid.uuid4().hex[:8]}"
        identifier, link = self.agreed()
        answer = self.client.post("/v1/capture/pictures", files=presented(), headers=link)
        assert answer.json()["state"] == "waiting", answer.text
        self.told.outcome = before
        found = self.client.get(f"/v1/sign-ups/{identifier}", headers=self.key())
        return identifier, found.json()["decision"]


def make_counter(store: Store, folder: Path, told: Told) -> Counter:
    """What a process has open, of two operators."""
    vault = Vault(UnsafeFileHolder(folder / "keys"))
    for operator in (OPERATOR, OTHER):
        vault.begin_operator(operator)
        store.begin_operator(operator, datetime.now(UTC))
    settings = Settings(folder / "data", operator=OPERATOR)
    signer = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    verifier = ToldVerifier(told, settings)
    return Counter(settings, store, RetentionClock(store), vault, signer, verifier, UNHURRIED)


@contextmanager
def running(counter: Counter, limits: Limits | None = None, traces: Traces | None = None) -> Iterator[str]:
    """A server in this process, as `bonafide serve` runs it; its address."""
    with serving(make_app(counter, limits=limits or Limits(threads=4, waiting=16), traces=traces)) as url:
        yield url


@pytest.fixture(params=SQLITE_AND_LATER_POSTGRESQL)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of each kind, but that `make test` leaves PostgreSQL to `make test-long`."""
    yield from database_of(request, tmp_path)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def counter(store: Store, tmp_path: Path, told: Told) -> Counter:
    return make_counter(store, tmp_path, told)


@contextmanager
def _serving(counter: Counter, told: Told) -> Iterator[Service]:
    with running(counter) as url, client_of(url) as client:
        yield Service(counter, told, url, client)


@pytest.fixture
def service(counter: Counter, told: Told) -> Iterator[Service]:
    with _serving(counter, told) as serving:
        yield serving


@pytest.fixture
def small_service(small_store: Store, tmp_path: Path, told: Told) -> Iterator[Service]:
    """On SQLite, for what is the same on every database."""
    with _serving(make_counter(small_store, tmp_path, told), told) as serving:
        yield serving


__all__ = [
    "OPERATOR",
    "OTHER",
    "Service",
    "Told",
    "make_counter",
    "picture",
    "presented",
    "replace",
    "running",
]
