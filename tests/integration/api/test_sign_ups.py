"""A sign-up from its order to its proof, over HTTP, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests.integration.api.conftest import OPERATOR, presented

from bonafide.errors import StoreUnusable, UnreadablePicture
from bonafide.evidence import parse_receipt
from bonafide.evidence.log import integrate
from bonafide.outcome import Outcome, Reason
from bonafide.service.api_keys import Scope
from bonafide.vault import FileSigner, KeyFile

if TYPE_CHECKING:
    from tests.integration.api.conftest import Service


def test_a_sign_up_goes_from_its_order_to_its_proof(service: Service) -> None:
    key = service.key(Scope.SIGN_UPS, Scope.ATTEND)
    wanted = {"reference": "order-7", "attended": True, "agent": "agent-3", "shop": "shop-1"}
    made = service.client.post("/v1/sign-ups", json=wanted, headers=key)
    assert made.status_code == 201
    identifier = made.json()["sign_up"]["id"]
    assert made.headers["location"] == f"/v1/sign-ups/{identifier}"
    link = {"Authorization": f"Bearer {made.json()['link']}", "Accept-Language": "zh-CN,zh;q=0.9"}

    shown = service.client.get("/v1/capture", headers=link).json()
    assert (shown["state"], shown["language"]) == ("open", "zh-Hans")
    assert "证件" in shown["notice"]["asks"]
    words = {"version": shown["version"], "language": "zh-Hans", "giver": "person", "age": "18-or-over"}
    agreed = service.client.post("/v1/capture/consent", json=words, headers=link)
    assert agreed.json()["state"] == "agreed"

    told = service.client.post(
        "/v1/capture/pictures", files=presented(), data={"device": "till camera 1"}, headers=link
    )
    assert told.status_code == 200, told.text
    assert (told.json()["state"], told.json()["outcome"], told.json()["again"]) == (
        "accepted",
        "accept",
        False,
    )
    assert told.json()["reasons"][0]["code"] == "match.confirmed"
    assert "相符" in told.json()["reasons"][0]["sentence"]
    assert not any(word in told.text.lower() for word in ("score", "cosine", "ratio", "rate"))

    found = service.client.get(f"/v1/sign-ups/{identifier}", headers=key).json()
    assert (found["state"], found["outcome"], found["reference"]) == ("accepted", "accept", "order-7")
    receipt = service.client.get(f"/v1/sign-ups/{identifier}/receipt", headers=key)
    assert parse_receipt(receipt.content).claims["identifier"] == found["decision"]

    early = service.client.get(f"/v1/sign-ups/{identifier}/proof", headers=key)
    assert (early.status_code, early.json()["code"]) == (404, "proof_not_yet")
    signer = FileSigner.open(service.counter.settings.data_dir, KeyFile.LOG)
    integrate(service.counter.store, OPERATOR, signer, datetime.now(UTC))
    proof = service.client.get(f"/v1/sign-ups/{identifier}/proof", headers=key)
    assert proof.status_code == 200
    assert proof.headers["content-type"].startswith("text/plain")
    assert proof.text.startswith("c2sp.org/tlog-proof@v1")


def test_a_link_opens_nothing_once_it_was_used(service: Service) -> None:
    _, link = service.agreed()
    assert service.client.post("/v1/capture/pictures", files=presented(), headers=link).status_code == 200
    for method, path in (("GET", "/v1/capture"), ("POST", "/v1/capture/decline")):
        answer = service.client.request(method, path, headers=link)
        assert (answer.status_code, answer.json()["code"]) == (403, "link_over")
    again = service.client.post("/v1/capture/pictures", files=presented(), headers=link)
    assert (again.status_code, again.json()["code"]) == (403, "link_over")
    assert service.told.asked == 1


def test_who_declines_is_shown_the_other_way(service: Service) -> None:
    identifier, link = service.link()
    declined = service.client.post("/v1/capture/decline", headers=link)
    assert declined.json()["state"] == "declined"
    assert declined.json()["notice"]["alternative"]
    found = service.client.get(f"/v1/sign-ups/{identifier}", headers=service.key())
    assert (found.json()["state"], found.json()["outcome"]) == ("declined", None)


def test_whoever_declined_is_compared_by_a_person(service: Service) -> None:
    identifier, link = service.link()
    shown = service.client.get("/v1/capture", headers=link).json()
    assert shown["manner"] is None
    assert "No program looks for a face" in shown["by_person"]["how"]
    service.client.post("/v1/capture/decline", headers=link)
    words = {"version": shown["version"], "language": "en", "age": "18-or-over"}
    again = service.client.post("/v1/capture/consent", json=words, headers=link)
    assert (again.status_code, again.json()["code"]) == (403, "not_permitted")
    agreed = service.client.post("/v1/capture/consent", json={**words, "manner": "person"}, headers=link)
    assert (agreed.json()["state"], agreed.json()["manner"]) == ("agreed", "person")
    told = service.client.post("/v1/capture/pictures", files=presented(), headers=link).json()
    assert (told["state"], told["outcome"], told["again"]) == ("waiting", "refer", False)
    assert told["reasons"][0]["code"] == "person.asked"
    assert service.told.asked == 0
    key = service.key()
    found = service.client.get(f"/v1/sign-ups/{identifier}", headers=key).json()
    assert (found["state"], found["manner"]) == ("waiting", "person")
    (case,) = service.client.get("/v1/cases", headers=key).json()["cases"]
    assert (case["id"], case["manner"]) == (found["decision"], "person")
    assert service.client.get(f"/v1/cases/{case['id']}/pictures/selfie", headers=key).status_code == 200
    decided = service.client.post(
        f"/v1/cases/{case['id']}/decision",
        json={"outcome": "accept", "reason": "review.same_person"},
        headers=key,
    ).json()
    assert decided["receipt"]["claims"]["manner"] == "person"
    found = service.client.get(f"/v1/sign-ups/{identifier}", headers=key).json()
    assert (found["state"], found["manner"]) == ("accepted", "person")


def test_nobodys_face_is_compared_before_they_agreed(service: Service) -> None:
    _, link = service.link()
    answer = service.client.post("/v1/capture/pictures", files=presented(), headers=link)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    assert service.told.asked == 0


def test_pictures_that_cannot_be_judged_may_come_again(service: Service) -> None:
    _, link = service.agreed()
    service.told.outcome, service.told.reasons = Outcome.REFER, (Reason.SELFIE_BLURRED,)
    answer = service.client.post("/v1/capture/pictures", files=presented(), headers=link).json()
    assert (answer["again"], answer["state"], answer["outcome"], answer["tries_left"]) == (
        True,
        "agreed",
        None,
        4,
    )
    assert answer["reasons"][0]["advice"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (UnreadablePicture("Selfie: damaged", "Send another"), 422, "picture_unreadable"),
        (StoreUnusable("The disk of 王五 is full", "Make room"), 503, "unavailable"),
        (RuntimeError("王五 11010119900307"), 500, "fault"),
    ],
)
def test_what_breaks_is_told_without_its_inside(
    service: Service, error: Exception, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, link = service.agreed()
    service.told.raises = error
    answer = service.client.post("/v1/capture/pictures", files=presented(), headers=link)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "王五" not in answer.text
    assert (answer.headers.get("retry-after") is not None) == (status == 503)
    if status == 500:
        assert "RuntimeError" in caplog.text
        assert "王五" not in caplog.text
        service.told.raises = None
        later = service.client.post("/v1/capture/pictures", files=presented(), headers=link)
        assert later.json()["state"] == "accepted", "a fault of ours costs no try"


def test_pages_go_from_the_newest_to_the_oldest(service: Service) -> None:
    made = [service.link(reference=f"order-{number}")[0] for number in range(5)]
    key, seen, after = service.key(), [], None
    for _ in range(3):
        asked = {"limit": 2} if after is None else {"limit": 2, "after": after}
        page = service.client.get("/v1/sign-ups", params=asked, headers=key).json()
        seen += [each["id"] for each in page["sign_ups"]]
        after = page["after"]
    assert after is None
    assert set(seen) == set(made)
    assert len(seen) == 5


def test_who_says_that_an_agent_attends_needs_leave_to(service: Service) -> None:
    wanted = {"attended": True, "agent": "agent-3"}
    refused = service.client.post("/v1/sign-ups", json=wanted, headers=service.key(Scope.SIGN_UPS))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"reference": "13800000000"}, 400),
        ({"return_address": "http://shop.example"}, 400),
        ({"return_address": "https://shop.example/\x00"}, 400),
        ({"agent": "a\x00b"}, 422),
        ({"purpose": "nobody-knows"}, 400),
        ({"misspelt": True}, 422),
        ({"language": "fr"}, 422),
    ],
)
def test_a_wrong_order_is_refused(service: Service, wanted: dict[str, object], status: int) -> None:
    answer = service.client.post("/v1/sign-ups", json=wanted, headers=service.key())
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert not any(value in answer.text for value in map(str, wanted.values()) if len(value) > 4)
    assert "misspelt" not in answer.text
