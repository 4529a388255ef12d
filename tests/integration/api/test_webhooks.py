"""Webhooks over HTTP: made, tried out, rotated, removed; and what happens reaches them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook as Oracle
from tests.integration.api.conftest import OPERATOR, OTHER, presented
from tests.integration.service.receiver import Receiver, receiving

from bonafide.evidence.access import AccessRow
from bonafide.service.api_keys import Scope
from bonafide.service.webhook_delivery import Courier
from bonafide.store.schema import ACCESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.api.conftest import Service


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def deliver(service: Service) -> int:
    counter = service.counter
    courier = Courier(counter.settings, counter.store, counter.clock)
    courier._vault = counter.vault
    return courier.deliver_due()


def made(service: Service, receiver: Receiver, *events: str, key: Any = None) -> Any:  # noqa: ANN401
    answer = service.client.post(
        "/v1/webhooks",
        json={"address": receiver.address, "events": list(events)},
        headers=key or service.key(Scope.WEBHOOKS),
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_webhook_is_made_listed_tried_rotated_and_removed(service: Service, receiver: Receiver) -> None:
    key = service.key(Scope.WEBHOOKS)
    webhook = made(service, receiver, "sign-up.accepted", key=key)
    secret = webhook.pop("secret")
    place = f"/v1/webhooks/{webhook['id']}"
    assert service.client.get("/v1/webhooks", headers=key).json() == {"webhooks": [webhook]}
    assert service.client.get(place, headers=key).json() == webhook
    sent = service.client.post(f"{place}/test", headers=key)
    assert sent.status_code == 202
    turned = service.client.post(f"{place}/rotate", headers=key).json()
    assert turned.pop("secret") != secret
    assert turned == webhook
    assert deliver(service) == 1
    (got,) = receiver.received
    assert got.headers["webhook-id"] == sent.json()["event"]
    assert Oracle(secret).verify(got.body, got.headers)["data"] == {"id": webhook["id"], "state": "test"}
    assert service.client.post(f"{place}/enable", headers=key).json() == webhook
    assert service.client.delete(place, headers=key).status_code == 204
    for method, path in (
        ("GET", place),
        ("DELETE", place),
        ("POST", f"{place}/test"),
        ("POST", f"{place}/rotate"),
    ):
        assert service.client.request(method, path, headers=key).status_code == 404


def test_what_happens_to_a_sign_up_is_told(service: Service, receiver: Receiver) -> None:
    secret = made(service, receiver)["secret"]
    identifier, link = service.agreed(reference="order-2026-1")
    service.client.post("/v1/capture/pictures", files=presented(), headers=link)
    assert deliver(service) == 1
    (got,) = receiver.received
    said = Oracle(secret).verify(got.body, got.headers)
    assert said["type"] == "sign-up.accepted"
    assert said["data"] == {"id": identifier, "state": "accepted"}
    # Not even the operator's own name for the order.
    assert b"order-2026-1" not in got.body + json.dumps(got.headers).encode()


def test_a_person_s_decision_is_told_as_well(service: Service, receiver: Receiver) -> None:
    made(service, receiver)
    identifier, case = service.waiting()
    key = service.key()
    service.client.get(f"/v1/cases/{case}/pictures/selfie", headers=key)
    service.client.post(
        f"/v1/cases/{case}/decision", json={"outcome": "accept", "reason": "review.same_person"}, headers=key
    )
    deliver(service)
    said = [json.loads(got.body) for got in receiver.received]
    assert {each["type"] for each in said} == {"sign-up.waiting", "sign-up.accepted"}
    assert {each["data"]["id"] for each in said} == {identifier}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"address": ""}, 422),
        ({"address": "https://shop.example/", "events": ["sign-up.forgotten"]}, 422),
        ({"address": "https://shop.example/", "secret": "mine"}, 422),
        ({"address": "http://shop.example/"}, 400),
        ({"address": "https://169.254.169.254/latest/meta-data"}, 403),
        ({"address": "https://10.0.0.1/"}, 403),
    ],
)
def test_what_leads_nowhere_is_refused(service: Service, body: Any, status: int) -> None:  # noqa: ANN401
    key = service.key(Scope.WEBHOOKS)
    answer = service.client.post("/v1/webhooks", json=body, headers=key)
    assert answer.status_code == status, answer.text
    assert service.client.get("/v1/webhooks", headers=key).json() == {"webhooks": []}


def test_another_operator_s_webhook_is_not_there(service: Service, receiver: Receiver) -> None:
    webhook = made(service, receiver)
    theirs = service.key(Scope.WEBHOOKS, operator=OTHER)
    place = f"/v1/webhooks/{webhook['id']}"
    for method, path in (
        ("GET", place),
        ("DELETE", place),
        ("POST", f"{place}/test"),
        ("POST", f"{place}/rotate"),
        ("POST", f"{place}/enable"),
    ):
        assert service.client.request(method, path, headers=theirs).status_code == 404
    assert service.client.get("/v1/webhooks", headers=theirs).json() == {"webhooks": []}
    service.link(operator=OTHER)
    assert deliver(service) == 0


def test_every_change_of_a_webhook_is_in_the_log_under_the_name_of_the_key(
    service: Service, receiver: Receiver
) -> None:
    described = service.client.get("/v1/openapi.json").json()["paths"]
    routes = {
        (method, path)
        for path, methods in described.items()
        for method in methods
        if path.startswith("/v1/webhooks") and method != "get"
    }
    # A test message changes nothing.
    routes.remove(("post", "/v1/webhooks/{identifier}/test"))
    expected = {
        ("post", "/v1/webhooks"): "add-webhook",
        ("post", "/v1/webhooks/{identifier}/rotate"): "rotate-webhook",
        ("post", "/v1/webhooks/{identifier}/enable"): "enable-webhook",
        ("delete", "/v1/webhooks/{identifier}"): "remove-webhook",
    }
    assert routes == set(expected)
    key = service.key(Scope.WEBHOOKS)
    webhook = made(service, receiver, key=key)["id"]
    for method, path in expected:
        if "{" in path:
            for identifier in ("no-such", webhook):
                place = path.replace("{identifier}", identifier)
                service.client.request(method.upper(), place, headers=key)
    with service.counter.store.read(OPERATOR) as transaction:
        rows = transaction.all(AccessRow, ACCESS, ACCESS.c.record == webhook, order=[ACCESS.c.position])
        assert len(transaction.all(AccessRow, ACCESS)) == len(rows) + 1  # the key's own
    assert [(row.who, row.action) for row in rows] == [("till 7", each) for each in expected.values()]
