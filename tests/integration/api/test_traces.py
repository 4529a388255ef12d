"""What a tracing system hears of the service: the way of a request, and of nobody in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentelemetry.trace
import pytest
from tests.in_process import client_of
from tests.integration.api.conftest import OPERATOR, Service, Told, make_counter, presented, running

from bonafide.api.telemetry import open_traces
from bonafide.outcome import Outcome
from bonafide.service.api_keys import Scope
from bonafide.settings import Settings
from bonafide.store import Store

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

    from bonafide.api.traces import Traces

ALLOWED = {"http.request.method", "http.route", "http.response.status_code"}
STAGES = {"decide"}
SECRETS = ("11010119900307", "13800000000", "王五", "password7")

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@contextmanager
def served(store: Store, folder: Path, told: Told, traces: Traces | None) -> Iterator[Service]:
    counter = make_counter(store, folder, told)
    with running(counter, traces=traces) as url, client_of(url) as client:
        yield Service(counter, told, url, client)


def work_through(service: Service) -> list[str]:
    """Sign-ups of every outcome, questions of strangers, and a fault, with secrets wherever there is room.
    Gives the identifiers and secrets that the service made.
    """
    key = service.key()
    made = [key["Authorization"].removeprefix("Bearer ")]
    # A caller's own trace, whose identifier could be anything.
    own = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01", "tracestate": "who=password7"}
    for outcome in Outcome:
        service.told.outcome = outcome
        identifier, link = service.agreed(reference="order-secretive", attended=True, agent="agent-3")
        answer = service.client.post(
            "/v1/capture/pictures", files=presented(), data={"device": "password7"}, headers={**link, **own}
        )
        assert answer.status_code == 200, answer.text
        made += [identifier, link["Authorization"].removeprefix("Bearer ")]
    for secret in SECRETS:
        service.client.get(f"/v1/sign-ups/{secret}?after={secret}", headers=key)
        service.client.post("/v1/sign-ups", json={"reference": secret, secret: secret}, headers=key)
        service.client.get(
            f"/{secret}", headers=[(b"User-Agent", secret.encode()), (b"Host", b"stranger.example")]
        )
        service.client.request("BREW", f"/v1/{secret}")
    service.told.raises = RuntimeError(" ".join(SECRETS))
    answer = service.client.post("/v1/verify", files=presented(), data={"consented": "yes"}, headers=key)
    assert answer.status_code == 500
    return made


@pytest.fixture
def spans(store: Store, tmp_path: Path, told: Told) -> tuple[list[ReadableSpan], list[str]]:
    """Every span that a service told of which was worked through, and what it made meanwhile."""
    pytest.importorskip("opentelemetry.sdk.trace", reason="needs the extra `telemetry`")
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from bonafide.api.traces import Traces

    exporter = InMemorySpanExporter()
    with served(store, tmp_path, told, Traces(SimpleSpanProcessor(exporter))) as service:
        made = work_through(service)
    return list(exporter.get_finished_spans()), made


def test_no_span_says_anything_but_what_is_allowed(spans: tuple[list[ReadableSpan], list[str]]) -> None:
    found, made = spans
    for span in found:
        attributes: dict[str, Any] = dict(span.attributes or {})
        assert attributes.keys() <= ALLOWED
        if span.name not in {"verification", *STAGES}:
            assert span.name == f"{attributes['http.request.method']} {attributes['http.route']}"
            assert attributes["http.request.method"] in {"GET", "POST", "other"}
            assert attributes["http.route"] == "unknown" or attributes["http.route"].startswith(("/v1/", "/"))
            assert isinstance(attributes["http.response.status_code"], int)
        else:
            assert not attributes
        assert not span.events
        assert not span.links
        assert span.status.description is None
        assert set(span.resource.attributes) == {"service.name", "service.version"}
    everything = " ".join(f"{span.to_json()} {span.context} {span.parent}" for span in found)
    for secret in (*SECRETS, *made, OPERATOR, "stranger.example", "order-secretive", "agent-3", "BREW"):
        assert secret not in everything
        assert secret.encode("unicode_escape").decode() not in everything
    assert "ab" * 16 not in everything, "the trace of a caller is the caller's"
    assert "RuntimeError" not in everything
    for outcome in Outcome:
        assert f'"{outcome}"' not in everything


def test_a_verification_and_its_stages_lie_below_the_request(
    spans: tuple[list[ReadableSpan], list[str]],
) -> None:
    found, _ = spans
    by_id = {span.context.span_id: span for span in found if span.context is not None}
    wholes = [span for span in found if span.name == "verification"]
    assert len(wholes) == len(Outcome)
    for whole in wholes:
        assert whole.parent is not None
        assert by_id[whole.parent.span_id].name == "POST /v1/capture/pictures"
        assert whole.end_time is not None
        assert whole.start_time is not None
        assert whole.end_time - whole.start_time == 12_000_000
        (stage,) = (span for span in found if span.parent is not None and span.parent == whole.context)
        assert stage.name == "decide"
        assert stage.end_time is not None
        assert (stage.start_time, stage.end_time) == (whole.start_time, whole.start_time + 1_500_000)
    names = [span.name for span in found]
    assert names.count("POST /v1/sign-ups") == len(Outcome) + len(SECRETS)
    assert names.count("other unknown") == len(SECRETS)
    (fault,) = (span for span in found if span.name == "POST /v1/verify")
    assert not fault.status.is_ok


def test_the_framework_tells_nothing_of_its_own(
    store: Store, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    class Provider(opentelemetry.trace.TracerProvider):
        """Stands for one that some other library has set up for the whole process."""

        def get_tracer(self, *arguments: Any, **_: Any) -> opentelemetry.trace.Tracer:  # noqa: ANN401
            asked.append(arguments)
            return opentelemetry.trace.NoOpTracer()

    monkeypatch.setattr(opentelemetry.trace, "get_tracer_provider", Provider)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    with collector() as (address, received):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        with served(store, tmp_path, told, None) as service:
            work_through(service)
    assert (asked, received) == ([], [])


@contextmanager
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """An OTLP collector that takes everything; its address, and what it was sent."""
    received: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_is_told_reaches_the_collector_when_the_service_stops(
    store: Store, tmp_path: Path, told: Told
) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="needs the extra `telemetry`")
    with collector() as (address, received):
        traces = open_traces(Settings(tmp_path, telemetry=address))
        assert traces is not None
        with served(store, tmp_path, told, traces) as service:
            form = {"consented": "yes"}
            service.client.post("/v1/verify", files=presented(), data=form, headers=service.key(Scope.VERIFY))
    assert {path for path, _ in received} == {"/v1/traces"}
    content = b"".join(body for _, body in received)
    for word in (b"POST /v1/verify", b"verification", b"decide", b"bonafide"):
        assert word in content


def test_a_collector_that_is_away_keeps_nobody_waiting(store: Store, tmp_path: Path, told: Told) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="needs the extra `telemetry`")
    with collector() as (address, _):
        pass
    traces = open_traces(Settings(tmp_path, telemetry=address))
    with served(store, tmp_path, told, traces) as service:
        assert service.client.get("/healthz").status_code == 200
