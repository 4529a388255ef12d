"""`bonafide serve` with its models, from a stranger's first start to its end."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import psutil
import pytest
from tests.e2e.serving import SOURCES, ran, serving, started

from bonafide.evidence import parse_receipt

if TYPE_CHECKING:
    from tests.e2e.conftest import Run, Specimens

CUSTOMER = {"attended": True, "agent": "agent-3"}


@pytest.fixture
def home(models_home: Path, tmp_path: Path) -> Path:
    """A data folder with the weights and nothing else."""
    own = tmp_path / "home"
    own.mkdir()
    (own / "models").symlink_to(models_home / "models", target_is_directory=True)
    return own


@pytest.fixture
def starts(bare_run_here: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `bonafide serve` in this process, up to where it would serve."""

    def serves(*_arguments: object) -> None:
        raise AssertionError("it serves")

    monkeypatch.setattr("bonafide.api.worker.serve", serves)
    # They are the process's own.
    monkeypatch.setattr("bonafide.api.worker.stop_by_signal", lambda: None)
    monkeypatch.setattr("bonafide.api.log.begin_logging", lambda: None)
    return bare_run_here


def pictures(specimens: Specimens, selfie: Path) -> dict[str, bytes]:
    return {
        "document": specimens.front.read_bytes(),
        "document_back": specimens.back.read_bytes(),
        "selfie": selfie.read_bytes(),
    }


def agreed(client: httpx2.Client, key: dict[str, str], **wanted: object) -> tuple[str, dict[str, str]]:
    made = client.post("/v1/sign-ups", json=wanted, headers=key).json()
    link = {"Authorization": f"Bearer {made['link']}"}
    shown = client.get("/v1/capture", headers=link).json()
    words = {"version": shown["version"], "language": shown["language"], "age": "18-or-over"}
    assert client.post("/v1/capture/consent", json=words, headers=link).status_code == 200
    return made["sign_up"]["id"], link


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=[pytest.mark.long, pytest.mark.alone])])
def test_a_stranger_starts_it_signs_somebody_up_and_stops_it(
    home: Path, specimens: Specimens, sample_pictures: Path, workers: str
) -> None:
    with serving(home, BONAFIDE_WORKERS=workers) as served, served.client() as client:
        key = dict(served.first_key)
        identifier, link = agreed(client, key, **CUSTOMER)
        given = pictures(specimens, sample_pictures / "obama2.jpg")
        told = client.post("/v1/capture/pictures", files=given, headers=link)
        assert told.json()["state"] == "accepted", told.text
        receipt = client.get(f"/v1/sign-ups/{identifier}/receipt", headers=key).content
        assert parse_receipt(receipt).claims["outcome"] == "accept"
        figures = client.get("/metrics", headers=key).text
        assert 'bonafide_outcomes_total{by="machine",outcome="accept"} 1.0' in figures

        # What is in flight when it is stopped is finished, and answered.
        _, link = agreed(client, key, **CUSTOMER)
        answers: list[httpx2.Response] = []

        def ask() -> None:
            with served.client() as another:
                answers.append(another.post("/v1/capture/pictures", files=given, headers=link))

        asking = threading.Thread(target=ask)
        before = served.log.read_text().count("/v1/capture/pictures")
        asking.start()
        time.sleep(0.3)  # it is being worked on: a whole check takes longer
        assert served.log.read_text().count("/v1/capture/pictures") == before
        assert served.stop() == 0
        asking.join()
        assert [answer.json()["state"] for answer in answers] == ["accepted"]

        log = served.log.read_text()
        for line in log.splitlines():
            json.loads(line)
        for secret in ("bfk/", "bfl/", "127.0.0.1:5", identifier, "agent-3", *specimens.card_says.values()):
            assert len(secret) < 4 or secret not in log, secret
        assert not specimens.said_by(log.encode())

    # The second start finds everything as it was, and tells no key.
    with serving(home, BONAFIDE_WORKERS=workers) as served, served.client() as client:
        assert "bfk/" not in served.said
        found = client.get(f"/v1/sign-ups/{identifier}", headers=key).json()
        assert found["state"] == "accepted"
        # The log is signed without being asked: when it starts, and each minute.
        until = time.monotonic() + 60
        while (proof := client.get(f"/v1/sign-ups/{identifier}/proof", headers=key)).status_code != 200:
            assert proof.json()["code"] == "proof_not_yet"
            assert time.monotonic() < until
            time.sleep(0.2)
        assert served.stop(signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("workers", "after"),
    [
        ("1", 0.0),
        pytest.param("1", 1.0, marks=pytest.mark.long),
        pytest.param("2", 0.5, marks=pytest.mark.long),
        pytest.param("2", 1.5, marks=pytest.mark.long),
    ],
)
def test_it_stops_while_it_starts(home: Path, workers: str, after: float) -> None:
    served = started(home, BONAFIDE_WORKERS=workers)
    # From when Python can take a signal on; before that, whoever sent it ended what was not begun.
    while not (home / "records.sqlite").exists() and served.process.poll() is None:
        time.sleep(0.02)
    time.sleep(after)
    assert served.stop() == 0, served.log.read_text()
    assert "Traceback" not in served.log.read_text()


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"BONAFIDE_BIND": "0.0.0.0:0"}, "BONAFIDE_BEHIND_TLS"),
        ({"BONAFIDE_PRODUCTION": "yes"}, "BONAFIDE_BEHIND_TLS"),
        ({"BONAFIDE_PRODUCTION": "yes", "BONAFIDE_BEHIND_TLS": "yes"}, "BONAFIDE_KEY_HOLDER"),
        ({"DATABASE_URL": "sqlite:////a", "BONAFIDE_DATABASE": "sqlite:////b"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://a"}, "BONAFIDE_DATABASE"),
        (
            {"BONAFIDE_BIND": "192.0.2.1:1", "BONAFIDE_BEHIND_TLS": "yes"},
            "BONAFIDE_BIND cannot be listened at",
        ),
    ],
)
def test_what_is_unsafe_stops_the_start_by_name(
    starts: Run, tmp_path: Path, unsafe: dict[str, str], named: str
) -> None:
    done = starts("serve", environment={"BONAFIDE_BIND": "127.0.0.1:0", **unsafe})
    assert done.returncode == 4
    assert named in done.stderr.decode()
    assert done.stdout == b""
    assert not (tmp_path / "records.sqlite").exists()


def test_a_database_of_another_version_stops_the_start(tmp_path: Path) -> None:
    assert ran(tmp_path, "store", "upgrade").returncode == 0
    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    done = ran(tmp_path, "serve", BONAFIDE_BIND="127.0.0.1:0")
    assert done.returncode == 4
    assert "bonafide store upgrade" in done.stderr


def test_an_operator_that_is_not_listed_stops_the_start(starts: Run) -> None:
    assert starts("store", "upgrade").returncode == 0
    another = {"BONAFIDE_BIND": "127.0.0.1:0", "BONAFIDE_OPERATOR": "other.example"}
    done = starts("serve", environment=another)
    assert done.returncode == 4
    assert b"BONAFIDE_OPERATOR" in done.stderr


def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "fastapi.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'fastapi'\", name='fastapi')"
    )
    done = ran(tmp_path, "serve", PYTHONPATH=f"{tmp_path}:{SOURCES}")
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "fastapi" in done.stderr
    assert "pip install 'bonafide[service]'" in done.stderr


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.long)])
def test_without_weights_it_says_what_to_pull(tmp_path: Path, workers: str) -> None:
    done = ran(tmp_path, "serve", BONAFIDE_BIND="127.0.0.1:0", BONAFIDE_WORKERS=workers)
    assert done.returncode == 4
    assert "bonafide models pull" in done.stderr


@pytest.mark.long
@pytest.mark.alone
def test_a_worker_that_dies_is_replaced_and_none_outlives_its_parent(home: Path) -> None:
    with serving(home, BONAFIDE_WORKERS="2") as served, served.client() as client:
        parent = psutil.Process(served.process.pid)

        def workers() -> set[int]:
            alive = (each for each in parent.children() if each.status() != psutil.STATUS_ZOMBIE)
            return {each.pid for each in alive if "spawn_main" in " ".join(each.cmdline())}

        before = workers()
        assert len(before) == 2
        psutil.Process(min(before)).kill()
        until = time.monotonic() + 60
        while len(workers() - before) != 1 or "another begins" not in served.log.read_text():
            assert time.monotonic() < until
            time.sleep(0.1)
        for _ in range(20):
            assert client.get("/readyz").status_code == 200
        orphans = [psutil.Process(pid) for pid in workers()]
        served.process.kill()
        _, alive = psutil.wait_procs(orphans, timeout=60)
        assert alive == []
