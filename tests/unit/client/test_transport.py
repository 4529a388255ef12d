"""Requests are sent again where that is safe, and nowhere else; refusals come by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from bonafide.client import (
    BadCall,
    Client,
    Conflict,
    Invalid,
    NotAuthenticated,
    NotPermitted,
    NotReached,
    NotThere,
    Patience,
    Problem,
    ServiceBroken,
    TooManyAttempts,
    UnexpectedAnswer,
)
from bonafide.client.problems import ClientError

KEY = "bfk/counter.example/1/secret-of-the-key"
HOOK: dict[str, object] = {
    "id": "a",
    "address": "https://shop.example/",
    "events": [],
    "made_at": "2026-11-25T09:00:00Z",
    "failing_since": None,
    "disabled_at": None,
}
Act = Callable[[httpx2.Request], httpx2.Response]


class Service:
    """Answers one request after the other as it is told."""

    def __init__(self, *acts: Act | httpx2.Response) -> None:
        self.acts = list(acts)
        self.requests: list[httpx2.Request] = []
        self.pauses: list[float] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        act = self.acts.pop(0)
        return act if isinstance(act, httpx2.Response) else act(request)

    def client(self) -> Client:
        patience = Patience(sleep=self.pauses.append, chance=lambda: 0.5)
        transport = httpx2.MockTransport(self.answer)
        return Client("https://bonafide.example", KEY, patience=patience, transport=transport)


def problem(status: int, code: str = "busy", **headers: str) -> httpx2.Response:
    said = {
        "type": f"urn:bonafide:problem:{code}",
        "title": "T",
        "status": status,
        "code": code,
        "detail": "D.",
    }
    content = json.dumps(said).encode()
    return httpx2.Response(
        status, headers={"content-type": "application/problem+json", **headers}, content=content
    )


def fine(document: Any = None) -> httpx2.Response:  # noqa: ANN401
    return httpx2.Response(200, json=document)


def breaks(kind: type[httpx2.TransportError]) -> Act:
    def act(request: httpx2.Request) -> httpx2.Response:
        raise kind("secret-of-the-key", request=request)

    return act


TROUBLE = [
    breaks(httpx2.ReadTimeout),
    breaks(httpx2.ReadError),
    breaks(httpx2.RemoteProtocolError),
    breaks(httpx2.ConnectError),
    problem(503, "unavailable"),
    problem(503, "busy"),
    httpx2.Response(502, text="a proxy"),
]


@pytest.mark.parametrize("trouble", TROUBLE)
def test_what_changes_nothing_is_asked_again(trouble: Act | httpx2.Response) -> None:
    service = Service(trouble, fine({"webhooks": [HOOK]}))
    assert service.client().webhooks.all()[0].id == "a"
    assert len(service.requests) == 2


@pytest.mark.parametrize("trouble", [*TROUBLE, problem(409, "idempotency_in_flight", **{"retry-after": "1"})])
def test_what_bears_a_key_is_sent_again_under_the_same(trouble: Act | httpx2.Response) -> None:
    service = Service(trouble, fine(HOOK))
    service.client().webhooks.enable("a")
    first, second = (request.headers["idempotency-key"] for request in service.requests)
    assert first == second
    assert len(first) >= 16


def test_each_call_has_a_key_of_its_own_unless_it_is_given() -> None:
    service = Service(fine(HOOK), fine(HOOK), fine(HOOK))
    client = service.client()
    client.webhooks.enable("a")
    client.webhooks.enable("a")
    client.webhooks.enable("a", idempotency_key="order-2026-0001-enable")
    keys = [request.headers["idempotency-key"] for request in service.requests]
    assert len(set(keys)) == 3
    assert keys[2] == "order-2026-0001-enable"


@pytest.mark.parametrize(
    "trouble", [breaks(httpx2.ReadTimeout), problem(503, "unavailable"), problem(500, "fault")]
)
def test_what_may_have_been_done_is_not_sent_again(trouble: Act | httpx2.Response) -> None:
    service = Service(trouble)
    with pytest.raises((NotReached, ServiceBroken)):
        service.client().me("bfs/x").erase()
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "trouble", [breaks(httpx2.ConnectError), breaks(httpx2.ConnectTimeout), problem(503, "busy")]
)
def test_what_was_not_begun_is_sent_again(trouble: Act | httpx2.Response) -> None:
    service = Service(trouble, fine({"erased": {"line": 1}, "receipt": {}, "stays_until": None}))
    assert service.client().me("bfs/x").erase().erased == {"line": 1}


def test_it_waits_ever_longer_and_as_long_as_it_is_asked() -> None:
    service = Service(*(problem(503, "busy", **{"retry-after": after}) for after in ("0", "7", "no", "0")))
    with pytest.raises(ServiceBroken) as refused:
        service.client().webhooks.all()
    assert service.pauses == [0.5, 7.0, 2.0]
    assert refused.value.retry_after == 0
    # Nobody waits for an hour.
    service = Service(problem(503, "busy", **{"retry-after": "3600"}))
    with pytest.raises(ServiceBroken):
        service.client().webhooks.all()
    assert service.pauses == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, NotAuthenticated),
        (403, NotPermitted),
        (404, NotThere),
        (409, Conflict),
        (413, Invalid),
        (422, Invalid),
        (429, TooManyAttempts),
        (500, ServiceBroken),
    ],
)
def test_refusals_come_by_name_and_once(status: int, kind: type[Problem]) -> None:
    service = Service(problem(status, "line.limit_reached"))
    with pytest.raises(kind) as refused:
        service.client().webhooks.all()
    assert (refused.value.status, refused.value.code) == (status, "line.limit_reached")
    assert len(service.requests) == 1
    assert isinstance(refused.value, ClientError)


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(301, headers={"location": "https://elsewhere.example/"}),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, json={"webhooks": [{}]}),
        httpx2.Response(400, headers={"content-type": "application/problem+json"}, text="{}"),
    ],
)
def test_whatever_is_not_the_service_is_told(answer: httpx2.Response) -> None:
    service = Service(answer)
    with pytest.raises(UnexpectedAnswer):
        service.client().webhooks.all()
    assert len(service.requests) == 1


def test_no_error_repeats_the_key() -> None:
    for trouble in (breaks(httpx2.ReadError), problem(401), httpx2.Response(400, text=KEY)):
        service = Service(*[trouble] * 4)
        with pytest.raises(ClientError) as raised:
            service.client().webhooks.all()
        assert "secret-of-the-key" not in repr(raised.value) + str(raised.value)
    assert "secret-of-the-key" not in repr(Service().client()._transport)


@pytest.mark.parametrize("part", ["", "../lines", "a/b", "a?b", "a b", "%2e%2e", "ä"])
def test_an_identifier_leads_nowhere_else(part: str) -> None:
    service = Service()
    with pytest.raises(BadCall):
        service.client().webhooks.get(part)
    assert service.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bonafide.example",
        "http://bonafide.example",
        "http://10.0.0.1:8765",
        "ftp://localhost",
        "https://a@b/",
        "https://b/?x=1",
    ],
)
def test_an_address_without_https_is_for_this_machine(url: str) -> None:
    with pytest.raises(BadCall):
        Client(url, KEY)
    for here in (
        "http://127.0.0.1:8765",
        "http://localhost:8765",
        "http://[::1]:8765",
        "https://bonafide.example",
    ):
        Client(here, KEY).close()


def test_pages_are_asked_for_as_they_are_needed() -> None:
    def case(name: str) -> dict[str, object]:
        choices: dict[str, list[str]] = {"accept": ["review.same_person"], "reject": []}
        said = {"reasons": ["match.doubtful"], "two_decide": False, "choices": choices}
        told = {"id": name, "purpose": "sim-signup", "manner": "person", "opened_at": "2026-11-25T09:00:00Z"}
        return {**told, **said}

    service = Service(
        fine({"cases": [case("a"), case("b")], "after": "b"}), fine({"cases": [case("c")], "after": None})
    )
    listed = service.client().cases.all(limit=2)
    assert next(listed).id == "a"
    assert len(service.requests) == 1
    assert [each.id for each in listed] == ["b", "c"]
    assert [dict(request.url.params) for request in service.requests] == [
        {"limit": "2"},
        {"after": "b", "limit": "2"},
    ]


def test_whoever_has_a_link_shows_no_key() -> None:
    service = Service(problem(401), problem(401), problem(401))
    client = service.client()
    for call in (
        client.capture("bfl/link").look,
        client.me("bfs/session").lines,
        lambda: client.customers.by_link("bfl/link"),
    ):
        with pytest.raises(NotAuthenticated):
            call()
    assert [request.headers.get("authorization") for request in service.requests] == [
        "Bearer bfl/link",
        "Bearer bfs/session",
        None,
    ]
