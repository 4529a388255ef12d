"""What whoever runs the service sees of it: readiness, figures and a log, in none of which anybody is."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.conftest import on_each_database
from tests.in_process import client_of
from tests.integration.api.conftest import OPERATOR, OTHER, Service, Told, make_counter, presented, running
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from bonafide.api.app import Limits
from bonafide.api.log import begin_logging, of_the_server
from bonafide.compare import Promise
from bonafide.errors import VaultClosed, WeightsMissing
from bonafide.outcome import Outcome
from bonafide.service.api_keys import Scope
from bonafide.service.counter import Counter
from bonafide.store import Store
from bonafide.vault import Vault


def test_a_whole_service_is_ready(service: Service) -> None:
    assert service.client.get("/healthz").json() == {"status": "ok"}
    answer = service.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"store": "ok", "vault": "ok", "models": "ok"})


def test_what_is_away_is_named(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_arguments: object) -> str:
        raise VaultClosed("away", "wait")

    monkeypatch.setattr(Vault, "document_index", closed)
    monkeypatch.setattr(
        type(service.counter.verifier), "load", lambda _: (_ for _ in ()).throw(WeightsMissing("a", "b"))
    )
    answer = service.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503,
        {"store": "ok", "vault": "unusable", "models": "unusable"},
    )
    service.counter.store.close()
    assert service.client.get("/readyz").json()["store"] == "unusable"
    assert service.client.get("/healthz").status_code == 200, (
        "a process that lives is not killed for its store"
    )


def figures(service: Service) -> dict[str, float]:
    answer = service.client.get("/metrics", headers=service.key(Scope.METRICS))
    assert answer.status_code == 200, answer.text
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_outcomes_stages_routes_and_the_queue_are_counted(service: Service) -> None:
    _, case = service.waiting()
    service.client.get(f"/v1/cases/{case}/pictures/selfie", headers=service.key())
    service.told.outcome = Outcome.REJECT
    _, link = service.agreed()
    service.client.post("/v1/capture/pictures", files=presented(), headers=link)
    before = figures(service)
    assert before['bonafide_outcomes_total{by="machine",outcome="reject"}'] == 1
    assert before['bonafide_reasons_total{outcome="refer",reason="match.doubtful"}'] == 1
    assert before['bonafide_stage_seconds_count{stage="total"}'] == 2
    assert before['bonafide_stage_seconds_sum{stage="decide"}'] == pytest.approx(0.003)
    route = 'method="GET",route="/v1/cases/{identifier}/pictures/{kind}",status="200"'
    assert before[f"bonafide_request_seconds_count{{{route}}}"] == 1
    assert before[f'bonafide_waiting_cases{{operator="{OPERATOR}"}}'] == 1
    assert before[f'bonafide_waiting_cases{{operator="{OTHER}"}}'] == 0
    assert 0 < before[f'bonafide_oldest_waiting_case_seconds{{operator="{OPERATOR}"}}'] < 600
    service.client.post(
        f"/v1/cases/{case}/decision",
        json={"outcome": "accept", "reason": "review.same_person"},
        headers=service.key(),
    )
    after = figures(service)
    assert after['bonafide_outcomes_total{by="person",outcome="accept"}'] == 1
    assert after[f'bonafide_waiting_cases{{operator="{OPERATOR}"}}'] == 0


def test_the_outbox_is_counted_and_says_nothing_of_where_to(service: Service) -> None:
    address = "https://shop.example/told-nobody"
    key = service.key(Scope.WEBHOOKS)
    made = service.client.post("/v1/webhooks", json={"address": address}, headers=key).json()
    assert service.client.post(f"/v1/webhooks/{made['id']}/test", headers=key).status_code == 202
    found = figures(service)
    of = f'{{operator="{OPERATOR}"}}'
    assert found[f"bonafide_waiting_messages{of}"] == 1
    assert 0 < found[f"bonafide_oldest_waiting_message_seconds{of}"] < 600
    assert (found[f"bonafide_messages_given_up{of}"], found[f"bonafide_disabled_webhooks{of}"]) == (0, 0)
    assert not any("shop.example" in name or made["id"] in name for name in found)


def test_error_rates_are_told_beside_their_promise(service: Service) -> None:
    service.waiting()
    of = f'{{measure="not-matched",operator="{OPERATOR}"'
    found = figures(service)
    assert (found[f"bonafide_watched_errors{of}}}"], found[f"bonafide_watched_trials{of}}}"]) == (1, 1)
    assert 0 < found[f"bonafide_promised_rate{of}}}"] < 0.5
    states = {state: found[f'bonafide_watched_state{of},state="{state}"}}'] for state in Promise}
    assert states == {Promise.KEPT: 0, Promise.NOT_CONTRADICTED: 1, Promise.EXCEEDED: 0}
    assert not any("bonafide_promised_rate" in name and '"referred"' in name for name in found)


def test_what_a_stranger_asks_for_is_no_label(service: Service) -> None:
    for path in ("/v1/11010119900307", "/v1/sign-ups/13800000000", "/%00"):
        service.client.get(path)
    service.client.request("BREW", "/healthz")
    names = " ".join(figures(service))
    assert "11010119900307" not in names
    assert "13800000000" not in names
    assert "BREW" not in names
    assert 'route="unknown"' in names


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What the service logs, as it does when it runs."""
    root = logging.getLogger()
    loggers = [root, logging.getLogger("bonafide"), logging.getLogger("uvicorn")]
    handlers, levels = root.handlers[:], [logger.level for logger in loggers]
    stream = StringIO()
    begin_logging(stream)
    yield stream
    logging.captureWarnings(capture=False)
    logging.getLogger("uvicorn.error").removeFilter(of_the_server)
    root.handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def test_no_secret_and_nobody_is_in_the_log(service: Service, logged: StringIO) -> None:
    secrets = ["11010119900307", "13800000000", "王五", "password7"]
    key = service.key()
    _, link = service.agreed(reference="order-secretive")
    for secret in secrets:
        service.client.get(f"/v1/sign-ups/{secret}?after={secret}", headers=key)
        service.client.post("/v1/sign-ups", json={"reference": secret, secret: secret}, headers=key)
        service.client.post("/v1/capture/pictures", content=secret.encode(), headers=link)
        stranger = {b"Authorization": f"Bearer {secret}".encode(), b"X-Forwarded-For": b"198.51.100.7"}
        service.client.get("/v1/cases", headers=stranger)
    service.told.raises = RuntimeError(" ".join(secrets))
    answer = service.client.post(
        "/v1/capture/pictures", files=presented(), data={"device": "password7"}, headers=link
    )
    assert answer.status_code == 500
    logging.getLogger("bonafide.any").error("%s", link["Authorization"])
    text = logged.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    shown = {line["route"] for line in lines if line["says"] == "request"}
    assert {"/v1/sign-ups/{identifier}", "/v1/sign-ups", "/v1/capture/pictures", "/v1/cases"} <= shown
    assert any("RuntimeError" in line["says"] for line in lines)
    for secret in (*secrets, "order-secretive", "127.0.0.1", "198.51.100.7", "bfk/", "bfl/"):
        assert secret not in text, secret
    for bearer in (key, link):
        assert bearer["Authorization"].rpartition("/")[2] not in text


def test_no_socket_says_who_asks_and_for_what(counter: Counter, logged: StringIO) -> None:
    phone = "13800000000"
    with running(counter) as url:
        sockets = url.replace("http://", "ws://")
        with connect(f"{sockets}/v1/capture/live?of={phone}") as accepted:
            from_port = str(accepted.local_address[1])
            accepted.send("{}")
            assert json.loads(accepted.recv(20))["code"] == "request_malformed"
        with pytest.raises(InvalidStatus, match="403"):
            connect(f"{sockets}/v1/sign-ups/{phone}?of={phone}").close()
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    said = [line["says"] for line in lines if line["from"].startswith("uvicorn")]
    assert any(each.startswith("Started server process") for each in said)
    assert any(each.startswith("Finished server process") for each in said)
    assert "Application startup complete." in said
    for secret in (phone, from_port, "/v1/capture/live", "WebSocket"):
        assert not any(secret in each for each in said), secret
    assert phone not in logged.getvalue()


def test_what_goes_wrong_with_a_socket_is_still_logged(logged: StringIO) -> None:
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "/uvicorn/protocols/websockets/any.py", 1, "Wrong", (), None
    )
    logging.getLogger("uvicorn.error").handle(record)
    assert json.loads(logged.getvalue())["says"] == "Wrong"


def test_a_service_that_is_full_says_so_and_goes_on(counter: Counter, told: Told) -> None:
    told.go.clear()
    with (
        running(counter, Limits(threads=1, waiting=1)) as url,
        client_of(url) as client,
    ):
        service = Service(counter, told, url, client)
        key = service.key(Scope.VERIFY)
        answers: list[httpx2.Response] = []

        def ask() -> None:
            answers.append(
                client.post("/v1/verify", files=presented(), data={"consented": "yes"}, headers=key)
            )

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        while len(answers) < 6:
            told.begun.acquire(timeout=0.05)
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.json()["code"] for answer in answers} == {"busy"}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
        assert client.get("/healthz").status_code == 200, "others are still answered"
        told.go.set()
        for thread in threads:
            thread.join()
        assert sorted(answer.status_code for answer in answers) == [200] * 2 + [503] * 6
        ask()
        assert answers[-1].status_code == 200


def test_no_more_pictures_are_held_than_there_is_room_for(counter: Counter, told: Told) -> None:
    limits = Limits(threads=1, waiting=1, forms=1)
    with running(counter, limits) as url, client_of(url) as client:
        key = Service(counter, told, url, client).key(Scope.VERIFY)
        place = urlsplit(url)
        form = {"Content-Type": "multipart/form-data; boundary=b", **key}
        head = "".join(f"{name}: {value}\r\n" for name, value in form.items())
        asked: dict[str, Any] = {"files": presented(), "data": {"consented": "yes"}, "headers": key}

        def beside_one_that_still_comes_in() -> httpx2.Response:
            with socket.create_connection((place.hostname, place.port)) as sending:
                sending.sendall(
                    f"POST /v1/verify HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 100\r\n\r\n--b".encode()
                )
                return client.post("/v1/verify", **asked)

        # Of the two, theirs may come second: then it is they who are told that there is no room.
        while (answer := beside_one_that_still_comes_in()).status_code == 200:
            pass
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        while client.post("/v1/verify", **asked).status_code == 503:
            pass  # until the server saw that they are gone


@on_each_database
def test_a_store_that_is_away_is_told_as_such(store: Store, tmp_path: Path, told: Told) -> None:
    counter = make_counter(store, tmp_path, told)
    with running(counter) as url, client_of(url) as client:
        key = Service(counter, told, url, client).key()
        store.close()
        answer = client.get("/v1/sign-ups", headers=key)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"]
