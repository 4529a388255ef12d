"""A request with an Idempotency-Key is carried out once, however often and from wherever it comes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from tests.conftest import on_each_database
from tests.integration.api.conftest import running

from bonafide.api.app import describe
from bonafide.service.idempotency import Idempotency

if TYPE_CHECKING:
    from tests.integration.api.conftest import Service


def keyed(headers: Any, key: str | None = None) -> dict[str, str]:  # noqa: ANN401
    return {**headers, "Idempotency-Key": key or str(uuid.uuid4())}


def sign_ups(service: Service, key: Any) -> list[Any]:  # noqa: ANN401
    found: list[Any] = service.client.get("/v1/sign-ups", headers=key).json()["sign_ups"]
    return found


def test_the_answer_comes_again_with_its_link(service: Service) -> None:
    key = service.key()
    headers = keyed(key)
    first = service.client.post("/v1/sign-ups", json={"reference": "order-1"}, headers=headers)
    again = service.client.post("/v1/sign-ups", json={"reference": "order-1"}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["link"].startswith("bfl/")
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    for header in ("content-type", "location"):
        assert again.headers[header] == first.headers[header]
    assert len(sign_ups(service, key)) == 1


def test_quotes_make_no_difference(service: Service) -> None:
    key, name = service.key(), str(uuid.uuid4())
    first = service.client.post("/v1/sign-ups", json={}, headers=keyed(key, name))
    again = service.client.post("/v1/sign-ups", json={}, headers=keyed(key, f'"{name}"'))
    assert first.json() == again.json()


def test_without_a_key_each_is_carried_out(service: Service) -> None:
    key = service.key()
    for _ in range(2):
        service.client.post("/v1/sign-ups", json={}, headers=key)
    assert len(sign_ups(service, key)) == 2


def test_a_key_is_for_one_request_of_one_caller(service: Service) -> None:
    key = service.key()
    headers = keyed(key)
    assert service.client.post("/v1/sign-ups", json={"reference": "a"}, headers=headers).status_code == 201
    for path, body in (("/v1/sign-ups", {"reference": "b"}), ("/v1/webhooks", {"reference": "a"})):
        answer = service.client.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    other = keyed(service.key(), headers["Idempotency-Key"])
    assert service.client.post("/v1/sign-ups", json={"reference": "b"}, headers=other).status_code == 201
    assert len(sign_ups(service, key)) == 2


@pytest.mark.parametrize(
    "key", ["short", "x" * 129, "with spaces in it, and so on", '"unbalanced-quote-here']
)
def test_what_is_no_key_is_refused(service: Service, key: str) -> None:
    answer = service.client.post("/v1/sign-ups", json={}, headers=keyed(service.key(), key))
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")
    assert key not in answer.text


def test_whoever_has_no_key_claims_nothing(service: Service, everything_kept: Callable[[], int]) -> None:
    for headers in ({}, {"Authorization": "Bearer bfk/x"}, {"Authorization": "Basic eDp4"}):
        answer = service.client.post("/v1/sign-ups", json={}, headers=keyed(headers))
        assert answer.status_code == 401
    assert everything_kept() == 0


def test_what_was_refused_is_asked_anew(service: Service, everything_kept: Callable[[], int]) -> None:
    key = service.key()
    headers = keyed(key)
    refused = service.client.post("/v1/sign-ups", json={"purpose": "nothing"}, headers=headers)
    assert 400 <= refused.status_code < 500
    assert everything_kept() == 0
    assert service.client.post("/v1/sign-ups", json={}, headers=headers).status_code == 201
    assert everything_kept() == 1


@on_each_database
def test_of_many_at_once_one_is_carried_out(service: Service) -> None:
    key = service.key()
    headers = keyed(key)

    def ask(_: int) -> httpx2.Response:
        return service.client.post("/v1/sign-ups", json={}, headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(24)))
    assert len(sign_ups(service, key)) == 1
    done = [answer for answer in answers if answer.status_code == 201]
    waits = [answer for answer in answers if answer.status_code == 409]
    assert done
    assert len(done) + len(waits) == 24
    assert len({answer.json()["link"] for answer in done}) == 1
    for answer in waits:
        assert answer.json()["code"] == "idempotency_in_flight"
        assert int(answer.headers["retry-after"]) >= 1


def test_another_process_gives_the_same_answer(service: Service) -> None:
    headers = keyed(service.key())
    first = service.client.post("/v1/sign-ups", json={}, headers=headers)
    with running(service.counter) as other:
        assert httpx2.post(f"{other}/v1/sign-ups", json={}, headers=headers).json() == first.json()


def test_a_case_is_decided_once(service: Service) -> None:
    _, case = service.waiting()
    key = service.key()
    assert service.client.get(f"/v1/cases/{case}/pictures/selfie", headers=key).status_code == 200
    headers = keyed(key)
    path, body = f"/v1/cases/{case}/decision", {"outcome": "accept", "reason": "review.same_person"}
    first = service.client.post(path, json=body, headers=headers)
    assert first.status_code == 200, first.text
    assert service.client.post(path, json=body, headers=headers).json() == first.json()
    assert service.client.post(path, json=body, headers=keyed(key)).status_code == 404


def test_what_was_done_is_told_so_though_nobody_can_remember_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bonafide.errors import StoreUnusable

    def away(*_: object) -> bool:
        raise StoreUnusable("The database cannot be reached", "Try again")

    monkeypatch.setattr(Idempotency, "finish", away)
    answer = service.client.post("/v1/sign-ups", json={}, headers=keyed(service.key()))
    assert answer.status_code == 201


def test_whoever_reads_the_description_learns_of_it() -> None:
    paths: Any = describe()["paths"]
    told = {
        path
        for path, methods in paths.items()
        for parameter in methods.get("post", {}).get("parameters", ())
        if parameter["name"] == "Idempotency-Key"
    }
    assert {"/v1/sign-ups", "/v1/webhooks", "/v1/cases/{identifier}/decision"} <= told
    for path in told:
        assert {"400", "409", "422"} <= set(paths[path]["post"]["responses"])
        names = [parameter["name"] for parameter in paths[path]["post"]["parameters"]]
        assert names.count("Idempotency-Key") == 1
    assert not any(
        parameter["name"] == "Idempotency-Key"
        for methods in paths.values()
        for parameter in methods.get("get", {}).get("parameters", ())
    )


@pytest.fixture
def everything_kept(service: Service) -> Callable[[], int]:
    """How many requests are remembered."""
    from bonafide.store.delivery_tables import IDEMPOTENCY

    def count() -> int:
        with service.counter.store.read("counter.example") as transaction:
            return len(transaction.connection.execute(IDEMPOTENCY.select()).all())

    return count
