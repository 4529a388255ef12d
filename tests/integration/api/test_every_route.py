"""Every route there is refuses whoever may not use it, and another operator's records are not there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from tests.conftest import on_each_database
from tests.integration.api.conftest import OPERATOR, OTHER, presented

from bonafide.api.app import ROUTERS
from bonafide.service.api_keys import Scope, make_api_key, revoke_api_key

if TYPE_CHECKING:
    from tests.integration.api.conftest import Service

# What needs no key, for it tells nothing of anybody.
OPEN = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/v1/openapi.json"),
    ("POST", "/v1/customers/sessions"),  # answers whoever has neither link nor code alike
}
# Whoever has a link or a session needs no key.
LINKED = ("/v1/capture", "/v1/me")
# What a route with an identifier wants to be said.
SAID = {
    "/v1/cases/{identifier}/decision": {"outcome": "accept", "reason": "review.same_person"},
    "/v1/objections/{identifier}/decision": {"outcome": "upheld"},
    "/v1/lines/{identifier}/transfer": {"sign_up": str(uuid.uuid4())},
}
# What is refused before anything is read of anybody, whatever the database.
anywhere = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
GARBAGE = ("", "Bearer", "Bearer x", "Basic eDp4", "Bearer bfk/counter.example/x/y", "Bearer " + "é" * 300)


def routes(service: Service) -> Iterator[tuple[str, str]]:
    """Method and path of all that the service describes, with an identifier of nothing in it."""
    described = service.client.get("/v1/openapi.json").json()
    for path, methods in described["paths"].items():
        for method in methods:
            yield method.upper(), path


def ask(
    service: Service, method: str, path: str, headers: Mapping[str, Any], identifier: str | None = None
) -> httpx2.Response:
    filled = path.replace("{kind}", "selfie")
    filled = re.sub(r"\{[a-z_]+\}", identifier or str(uuid.uuid4()), filled)
    body: dict[str, Any] = {}
    if path.endswith(("/pictures", "/verify")) and method == "POST":
        body = {"files": presented(), "data": {"consented": "yes"} if path.endswith("/verify") else {}}
    elif method in ("POST", "PUT", "PATCH"):
        body = {"json": SAID.get(path, {})}
    return service.client.request(method, filled, headers=headers, **body)


def is_problem(answer: httpx2.Response) -> bool:
    document = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and document["status"] == answer.status_code
        and document["type"] == f"urn:bonafide:problem:{document['code']}"
    )


def test_the_walk_sees_every_router(service: Service) -> None:
    walked = {path for _, path in routes(service)}
    made = [route for make in ROUTERS for route in make(service.counter).routes]
    assert walked == {route.path for route in made if isinstance(route, APIRoute)}
    # A socket answers no request; `test_live.py` has what is said on it.
    assert [route.path for route in made if isinstance(route, APIWebSocketRoute)] == ["/v1/capture/live"]


@anywhere
def test_nobody_without_a_key_gets_anything(service: Service) -> None:
    revoked, text = make_api_key(service.counter.kept(OPERATOR), "old", list(Scope))
    revoke_api_key(service.counter.kept(OPERATOR), revoked.id)
    stranger = service.key()["Authorization"][:-4] + "AAAA"
    for method, path in routes(service):
        if (method, path) in OPEN:
            continue
        for header in (*GARBAGE, f"Bearer {text}", stranger):
            answer = ask(service, method, path, {"Authorization": header.encode()} if header else {})
            assert answer.status_code == 401, (method, path, header, answer.text)
            assert is_problem(answer)
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert service.told.asked == 0


@anywhere
def test_a_key_opens_what_it_has_the_scope_for_and_nothing_else(service: Service) -> None:
    keys = {scope: service.key(scope) for scope in Scope}
    for method, path in routes(service):
        if (method, path) in OPEN:
            continue
        answers = {scope: ask(service, method, path, key) for scope, key in keys.items()}
        refused = {scope for scope, answer in answers.items() if answer.status_code in (401, 403)}
        assert all(answer.status_code < 500 for answer in answers.values()), (method, path)
        if path.startswith(LINKED):
            assert refused == set(Scope), (method, path)
        else:
            assert len(refused) == len(Scope) - 1, (method, path, refused)
            assert all(is_problem(answers[scope]) for scope in refused)


@anywhere
def test_a_key_opens_no_link_and_a_link_no_key(service: Service) -> None:
    _, link = service.link()
    for method, path in routes(service):
        if (method, path) in OPEN or path.startswith(LINKED):
            continue
        assert ask(service, method, path, link).status_code == 401, (method, path)


@on_each_database
def test_another_operators_records_are_not_there(service: Service) -> None:
    sign_up, case = service.waiting()
    line, objection, _ = stands(service)
    theirs = service.key(operator=OTHER)
    ours = service.key()
    walked = 0
    for method, path in routes(service):
        if "{identifier}" not in path or path.startswith(LINKED):
            continue
        walked += 1
        theirs_of = {"/v1/cases": case, "/v1/lines": line, "/v1/objections": objection}
        identifier = next((of for room, of in theirs_of.items() if path.startswith(room)), sign_up)
        answer = ask(service, method, path, theirs, identifier)
        nothing = ask(service, method, path, ours)
        assert (answer.status_code, answer.json()) == (nothing.status_code, nothing.json()), (method, path)
        assert answer.status_code == 404, (method, path, answer.text)
    assert walked >= 4
    assert service.client.get("/v1/sign-ups", headers=theirs).json()["sign_ups"] == []
    assert service.client.get("/v1/cases", headers=theirs).json()["cases"] == []
    assert service.client.get("/v1/lines", headers=theirs).json()["lines"] == []
    assert service.client.get("/v1/objections", headers=theirs).json()["objections"] == []
    assert service.client.get(f"/v1/lines/{line}", headers=ours).json()["active"]
    assert ask(service, "GET", "/metrics", theirs).status_code == 403
    # Nothing that they tried was done: the case still waits.
    assert [each["id"] for each in service.client.get("/v1/cases", headers=ours).json()["cases"]] == [case]


def stands(service: Service) -> tuple[str, str, Mapping[str, str]]:
    """A line, an objection to it, and the headers of whose it is."""
    sign_up, link = service.agreed()
    service.client.post("/v1/capture/pictures", files=presented(), headers=link)
    wanted = {"sign_up": sign_up, "number": "+8613800000001"}
    line = service.client.post("/v1/lines", json=wanted, headers=service.key()).json()["id"]
    came = {"link": link["Authorization"].removeprefix("Bearer ")}
    session = service.client.post("/v1/customers/sessions", json=came).json()["session"]
    me = {"Authorization": f"Bearer {session}"}
    objected = service.client.post("/v1/me/objections", json={"line": line}, headers=me)
    assert objected.status_code == 201, objected.text
    return line, objected.json()["id"], me


def test_another_operators_link_cannot_be_made_of_ones_own(service: Service) -> None:
    _, link = service.link()
    swapped = {"Authorization": link["Authorization"].replace(f"/{OPERATOR}/", f"/{OTHER}/")}
    answer = service.client.get("/v1/capture", headers=swapped)
    assert (answer.status_code, answer.json()["code"]) == (403, "link_over")


def test_every_answer_is_strict_with_browsers_and_caches(service: Service) -> None:
    key = service.key()
    for method, path in [
        *routes(service),
        ("GET", "/nothing"),
        ("DELETE", "/v1/sign-ups"),
        ("TRACE", "/healthz"),
    ]:
        answer = ask(service, method, path, key)
        assert answer.headers["x-content-type-options"] == "nosniff", (method, path)
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
        assert "strict-transport-security" not in answer.headers
