"""Lines, customers and objections over HTTP: the whole life, and what each refusal says."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from tests.conftest import on_each_database
from tests.integration.api.conftest import OPERATOR, presented

from bonafide.service.api_keys import Scope

if TYPE_CHECKING:
    from tests.integration.api.conftest import Service

NUMBER, OTHER = "+8613800000001", "+8613800000002"
Headers = Mapping[str, str]


class Shop:
    """What an operator's own machines do with the service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.key = service.key(Scope.LINES, Scope.CUSTOMERS, Scope.REVIEWS)

    def signed_up(self, document: str = "L898902C3") -> tuple[str, str]:
        """Somebody is accepted: the sign-up, and its link."""
        self.service.told.number = document
        identifier, link = self.service.agreed(shop="shop 3")
        answer = self.service.client.post("/v1/capture/pictures", files=presented(), headers=link)
        assert answer.json()["state"] == "accepted", answer.text
        return identifier, link["Authorization"].removeprefix("Bearer ")

    def post(self, path: str, body: object = None, headers: Headers | None = None) -> httpx2.Response:
        return self.service.client.post(path, json=body, headers=headers or self.key)

    def get(self, path: str, headers: Headers | None = None) -> httpx2.Response:
        return self.service.client.get(path, headers=headers or self.key)

    def bound(self, sign_up: str, number: str = NUMBER) -> dict[str, Any]:
        answer = self.post("/v1/lines", {"sign_up": sign_up, "number": number})
        assert answer.status_code == 201, answer.text
        line: dict[str, Any] = answer.json()
        return line

    def came(self, **coming: str) -> Headers:
        answer = self.service.client.post("/v1/customers/sessions", json=coming)
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['session']}"}


@pytest.fixture
def shop(service: Service) -> Shop:
    return Shop(service)


def is_refused(answer: httpx2.Response, status: int, code: str) -> bool:
    document = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["type"] == f"urn:bonafide:problem:{code}"
    assert document["title"]
    assert document["detail"].endswith(("。", "."))
    return (answer.status_code, document["status"], document["code"]) == (status, status, code)


@on_each_database
def test_from_a_line_to_its_erasure(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sign_up, link = shop.signed_up()
    answer = shop.post("/v1/lines", {"sign_up": sign_up, "number": NUMBER})
    line = answer.json()
    assert answer.headers["location"] == f"/v1/lines/{line['id']}"
    assert (line["active"], line["sign_up"], line["shop"]) == (True, sign_up, "shop 3")
    assert shop.get(f"/v1/lines/{line['id']}").json() == line
    assert shop.post("/v1/lines/search", {"number": NUMBER}).json() == {"lines": [line]}
    assert shop.post("/v1/lines/search", {"number": OTHER}).json() == {"lines": []}
    assert shop.get("/v1/lines").json() == {"lines": [line], "after": None}

    me = shop.came(link=link)
    (seen,) = shop.get("/v1/me/lines", me).json()["lines"]
    assert seen == {"line": line, "ends_in": "0001", "number": None}
    (consent,) = shop.get("/v1/me/consents", me).json()["consents"]
    (decision,) = shop.get("/v1/me/decisions", me).json()["decisions"]
    assert (decision["id"], decision["outcome"]) == (line["decision"], "accept")
    assert decision["receipt"]["claims"]["identifier"] == decision["id"]

    objected = shop.post("/v1/me/objections", {"line": line["id"]}, me)
    assert objected.status_code == 201
    (waiting,) = shop.get("/v1/objections").json()["objections"]
    assert waiting["objection"] == objected.json()
    assert (waiting["line"], waiting["overdue"]) == (line, False)
    path = f"/v1/objections/{waiting['objection']['id']}"
    assert is_refused(shop.post("/v1/me/erase", headers=me), 409, "line.active")
    decided = shop.post(f"{path}/decision", {"outcome": "upheld"})
    assert decided.json()["outcome"] == "upheld"
    assert shop.get(path).json() == decided.json()
    assert is_refused(shop.post(f"{path}/decision", {"outcome": "upheld"}), 403, "not_permitted")
    assert shop.get(f"/v1/lines/{line['id']}").json()["ended_because"] == "not-theirs"
    assert is_refused(shop.post("/v1/me/objections", {"line": line["id"]}, me), 409, "line.ended")
    assert len(shop.get("/v1/me/objections", me).json()["objections"]) == 1

    export = shop.get("/v1/me/export", me)
    assert export.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(export.content)) as archive:
        assert archive.read(f"line/{line['id']}") == NUMBER.encode()
    withdrawn = shop.post(f"/v1/me/consents/{consent['id']}/withdraw", headers=me).json()
    assert withdrawn["consent"]["withdrawn_at"] is not None
    erasure = withdrawn["erasure"]
    # Of an ended line the law makes stay what it rests on.
    gone = erasure["erased"]
    assert (gone["sign-up"], gone["line"], withdrawn["stays"]) == (1, 0, "line.kept")
    assert erasure["receipt"]["claims"]["statement"] == "erased"
    erased = shop.post("/v1/me/erase", headers=me)
    assert erased.json()["erased"]["objection"] == 0  # it went with the consent
    assert erased.json()["stays_until"] == erasure["stays_until"] is not None
    assert is_refused(shop.get("/v1/me/lines", me), 401, "session_missing")
    assert shop.get(f"/v1/lines/{line['id']}").json()["active"] is False
    assert NUMBER not in caplog.text
    assert NUMBER[1:] not in caplog.text


def test_a_line_passes_on_by_a_new_sign_up(shop: Shop) -> None:
    line = shop.bound(shop.signed_up("SELLER")[0])
    path = f"/v1/lines/{line['id']}/transfer"
    assert is_refused(shop.post(path, {"sign_up": line["sign_up"]}), 409, "line.already_bound")
    buyer, link = shop.signed_up("BUYER")
    passed = shop.post(path, {"sign_up": buyer})
    assert passed.status_code == 201
    assert passed.headers["location"] == f"/v1/lines/{passed.json()['id']}"
    assert shop.get(f"/v1/lines/{line['id']}").json()["ended_because"] == "transferred"
    assert [own["line"] for own in shop.get("/v1/me/lines", shop.came(link=link)).json()["lines"]] == [
        passed.json()
    ]
    assert is_refused(shop.post(path, {"sign_up": shop.signed_up("THIRD")[0]}), 409, "line.ended")


def test_each_refusal_says_what_to_do(shop: Shop) -> None:
    sign_up, _ = shop.signed_up()
    line = shop.bound(sign_up)
    wanted = {"sign_up": sign_up, "number": OTHER}
    assert is_refused(shop.post("/v1/lines", wanted), 409, "line.already_bound")
    other, _ = shop.signed_up("OTHER")
    assert is_refused(
        shop.post("/v1/lines", {**wanted, "sign_up": other, "number": NUMBER}), 409, "line.taken"
    )
    chinese = shop.service.client.post(
        "/v1/lines", json=wanted, headers={**shop.key, "Accept-Language": "zh-CN"}
    )
    assert is_refused(chinese, 409, "line.already_bound")
    assert chinese.headers["content-language"] == "zh-Hans"
    assert "核验" in chinese.json()["title"]
    assert is_refused(shop.post("/v1/lines", {**wanted, "sign_up": "none"}), 409, "line.not_accepted")
    for number in range(2, 6):
        shop.bound(shop.signed_up()[0], f"+861380000000{number}")
    sixth = {"sign_up": shop.signed_up()[0], "number": "+8613800000009"}
    assert is_refused(shop.post("/v1/lines", sixth), 409, "line.limit_reached")
    assert shop.post(f"/v1/lines/{line['id']}/end").json()["ended_because"] == "cancelled"
    assert is_refused(shop.post(f"/v1/lines/{line['id']}/end"), 409, "line.ended")
    assert shop.post("/v1/lines", sixth).status_code == 201
    malformed = shop.post("/v1/lines", {**wanted, "number": "13800000001"})
    assert is_refused(malformed, 422, "request_invalid")
    assert "13800000001" not in malformed.text
    page = shop.get("/v1/lines?limit=4").json()
    rest = shop.get(f"/v1/lines?limit=4&after={page['after']}").json()
    assert (len(page["lines"]), len(rest["lines"]), rest["after"]) == (4, 2, None)


def test_whoever_comes_with_a_code_is_let_in(shop: Shop) -> None:
    sign_up, link = shop.signed_up()
    shop.bound(sign_up)
    asked = [shop.post("/v1/customers/codes", {"number": number}).json() for number in (NUMBER, OTHER)]
    assert asked[0].keys() == asked[1].keys() == {"request", "code", "expires_at"}
    known, unknown = ({"request": each["request"], "code": each["code"]} for each in asked)
    wrong = {**known, "code": f"{(int(known['code']) + 1) % 10**8:08}"}
    refused = [
        shop.service.client.post("/v1/customers/sessions", json=coming)
        for coming in (wrong, unknown, {"request": f"{OPERATOR}/x", "code": "1"}, {"link": "bfl/x"})
    ]
    assert all(is_refused(each, 403, "customer.unknown") for each in refused)
    assert len({each.content for each in refused}) == 1
    me = shop.came(**known)
    (seen,) = shop.get("/v1/me/lines", me).json()["lines"]
    assert seen["number"] == NUMBER
    assert shop.post("/v1/me/leave", headers=me).status_code == 204
    assert is_refused(shop.get("/v1/me/lines", me), 401, "session_missing")
    shop.came(link=link)
    for both in ({}, {"link": link, **known}, {"request": known["request"]}, {"link": link, "code": "1"}):
        answer = shop.service.client.post("/v1/customers/sessions", json=both)
        assert is_refused(answer, 422, "request_invalid")
    for _ in range(5):
        shop.post("/v1/customers/codes", {"number": NUMBER})
    locked = shop.post("/v1/customers/codes", {"number": NUMBER})
    assert is_refused(locked, 429, "customer.locked")


def test_a_customer_reaches_nobody_elses(shop: Shop) -> None:
    sign_up, link = shop.signed_up("A1")
    line = shop.bound(sign_up)
    consent = shop.get("/v1/me/consents", shop.came(link=link)).json()["consents"][0]["id"]
    me = shop.came(link=shop.signed_up("B2")[1])
    assert shop.get("/v1/me/lines", me).json()["lines"] == []
    assert is_refused(shop.post("/v1/me/objections", {"line": line["id"]}, me), 404, "not_found")
    assert is_refused(shop.post(f"/v1/me/consents/{consent}/withdraw", headers=me), 404, "not_found")
    assert is_refused(shop.get("/v1/me/lines", {"Authorization": f"Bearer {link}"}), 401, "session_missing")
