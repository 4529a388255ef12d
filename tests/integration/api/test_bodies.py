"""What is too large, too slow, or no request at all."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.conftest import new_upgraded_sqlite
from tests.integration.api.conftest import Service, presented

from bonafide.api import app as app_module
from bonafide.api import patience, worker
from bonafide.api.bodies import LimitedBodies
from bonafide.service.api_keys import Scope
from bonafide.web.multipart import MOST_PICTURE_BYTES

if TYPE_CHECKING:
    from starlette.types import ASGIApp


@pytest.fixture
def database(upgraded_sqlite: Path, tmp_path: Path) -> str:
    """One is enough: no byte of these reaches it."""
    return new_upgraded_sqlite(upgraded_sqlite, tmp_path)


def code_of(service: Service, **request: object) -> tuple[int, str]:
    answer = service.client.post("/v1/verify", headers=service.key(Scope.VERIFY), **request)  # type: ignore[arg-type]
    return answer.status_code, answer.json()["code"]


def test_a_picture_over_the_limit_is_refused(service: Service) -> None:
    large = presented(selfie=b"x" * (MOST_PICTURE_BYTES + 1))
    assert code_of(service, files=large, data={"consented": "yes"}) == (413, "request_too_large")


def raw(service: Service, *pieces: bytes, wait: float = 20) -> bytes:
    """What a connection answers to bytes as they are."""
    place = urlsplit(service.url)
    with socket.create_connection((place.hostname, place.port), timeout=wait) as connection:
        for piece in pieces:
            connection.sendall(piece)
        answer = b""
        try:
            while more := connection.recv(65536):
                answer += more
        except ConnectionResetError:
            pass
        return answer


def head(service: Service, length: int, kind: str = "application/json", path: str = "/v1/sign-ups") -> bytes:
    key = service.key()["Authorization"]
    return (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("kind", "path", "most"),
    [
        ("application/json", "/v1/sign-ups", 64_000),
        ("multipart/form-data; boundary=b", "/v1/verify", 26_000_000),
    ],
)
def test_an_endless_body_is_refused_when_it_passes_the_limit(
    service: Service, kind: str, path: str, most: int
) -> None:
    place = urlsplit(service.url)
    taken = 0
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(head(service, 10**12, kind, path))
        if "multipart" in kind:
            connection.sendall(b"\r\n" * 10)
        connection.settimeout(20)
        try:
            while taken < 4 * most + 10_000_000:
                connection.sendall(b"\r\n" * 16_384)
                taken += 32_768
        except OSError:
            pass
    # What the sockets between hold is not the service's.
    assert taken < most + 9_000_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"--b\r\n\r\n",
        b'--b\r\nContent-Disposition: form-data; name="document"\r\n\r\nx',
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="consented"\r\n\r\n\xff\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="consented"\r\n\r\nyes\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="selfie"\r\n\r\nx\r\n' * 2 + b"--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="selfie"\r\nX' + b"y" * 20_000,
        b"--b\r\n" + b"A: b\r\n" * 200,
    ],
)
def test_a_form_that_is_none_is_refused(service: Service, body: bytes) -> None:
    key = {**service.key(Scope.VERIFY), "Content-Type": "multipart/form-data; boundary=b"}
    answer = service.client.post("/v1/verify", content=body, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "request_malformed"), answer.text
    assert service.told.asked == 0


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/mixed; boundary=b", "", "multipart/form-data-x"]
)
def test_another_media_type_is_refused(service: Service, kind: str) -> None:
    answer = service.client.post("/v1/verify", content=b"{}", headers={**service.key(), "Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "request_media_type")


@pytest.mark.parametrize("boundary", ["", "b" * 71])
def test_a_boundary_that_is_none_is_refused(service: Service, boundary: str) -> None:
    kind = f"multipart/form-data; boundary={boundary}"
    answer = service.client.post("/v1/verify", content=b"", headers={**service.key(), "Content-Type": kind})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff", b'"' + b"x" * 100, b"[" * 50_000, b"NaN", b'{"reference": "\\ud800"}']
)
def test_json_that_is_none_is_refused(service: Service, body: bytes) -> None:
    answer = service.client.post(
        "/v1/sign-ups", content=body, headers={**service.key(), "Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


class Hasty(LimitedBodies):
    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, idle_seconds=0.3, whole_seconds=1.0)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "LimitedBodies", Hasty)
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(worker, "_IDLE_SECONDS", 1)


@pytest.mark.usefixtures("hasty")
def test_a_body_that_stops_coming_is_told_so(request: pytest.FixtureRequest) -> None:
    service: Service = request.getfixturevalue("service")
    answer = raw(service, head(service, 100), b'{"refer')
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"request_too_slow" in answer


@pytest.mark.usefixtures("hasty")
def test_a_body_that_trickles_is_told_so(request: pytest.FixtureRequest) -> None:
    service: Service = request.getfixturevalue("service")
    place = urlsplit(service.url)
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(head(service, 1000))
        connection.settimeout(0.1)
        answer = b""
        for _ in range(200):
            try:
                connection.sendall(b" ")
                answer = connection.recv(65536)
                break
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "pieces", [(), (b"GET /healthz HT",), (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /he",)]
)
def test_a_head_that_never_ends_costs_the_connection(
    request: pytest.FixtureRequest, pieces: tuple[bytes, ...]
) -> None:
    service: Service = request.getfixturevalue("service")
    answer = raw(service, *pieces)
    assert answer.count(b"HTTP/1.1 ") == (1 if pieces and len(pieces[0]) > 20 else 0)


@pytest.mark.usefixtures("hasty")
def test_a_long_answer_is_not_taken_for_a_slow_head(request: pytest.FixtureRequest) -> None:
    service: Service = request.getfixturevalue("service")
    service.told.go.clear()
    threading.Timer(1, service.told.go.set).start()
    files, said = presented(), {"consented": "yes"}
    answer = service.client.post("/v1/verify", files=files, data=said, headers=service.key(Scope.VERIFY))
    assert answer.status_code == 200
