"""Cases that a person decides, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import on_each_database
from tests.integration.api.conftest import OPERATOR, picture

from bonafide.evidence.access import AccessRow
from bonafide.outcome import Reason
from bonafide.service.api_keys import Scope
from bonafide.store.schema import ACCESS

if TYPE_CHECKING:
    from tests.integration.api.conftest import Service


@on_each_database
def test_a_person_looks_and_decides(service: Service) -> None:
    sign_up, case = service.waiting()
    key = service.key(Scope.REVIEWS)
    listed = service.client.get("/v1/cases", headers=key).json()
    assert [each["id"] for each in listed["cases"]] == [case]
    assert listed["after"] is None
    (shown,) = listed["cases"]
    assert (shown["reasons"], shown["two_decide"]) == (["match.doubtful"], False)
    assert "review.same_person" in shown["choices"]["accept"]

    accept = {"outcome": "accept", "reason": "review.same_person"}
    early = service.client.post(f"/v1/cases/{case}/decision", json=accept, headers=key)
    assert (early.status_code, early.json()["code"]) == (403, "not_permitted"), "nobody decides unseen"

    seen = service.client.get(f"/v1/cases/{case}/pictures/selfie", headers=key)
    assert (seen.headers["content-type"], seen.headers["cache-control"]) == ("image/png", "no-store")
    assert seen.content == picture(160)
    assert service.client.get(f"/v1/cases/{case}/pictures/document", headers=key).content == picture(90)
    missing = service.client.get(f"/v1/cases/{case}/pictures/document-back", headers=key)
    assert missing.status_code == 404
    assert service.client.get(f"/v1/cases/{case}/pictures/else", headers=key).status_code == 422

    for wrong in ({"outcome": "accept"}, {**accept, "reason": "review.other_person"}):
        refused = service.client.post(f"/v1/cases/{case}/decision", json=wrong, headers=key)
        assert refused.status_code in {400, 422}
    decided = service.client.post(f"/v1/cases/{case}/decision", json=accept, headers=key)
    assert (decided.status_code, decided.json()["outcome"]) == (200, "accept")
    assert decided.json()["state"] == "decided"
    claims = decided.json()["receipt"]["claims"]
    assert (claims["review_reasons"], claims["decided_by"]) == (["review.same_person"], "one")
    found = service.client.get(f"/v1/sign-ups/{sign_up}", headers=service.key()).json()
    assert (found["state"], found["decision"]) == ("accepted", decided.json()["decision"])

    gone = service.client.get(f"/v1/cases/{case}/pictures/selfie", headers=key)
    again = service.client.post(f"/v1/cases/{case}/decision", json=accept, headers=key)
    assert (gone.status_code, again.status_code) == (404, 404)
    with service.counter.store.read(OPERATOR) as transaction:
        looked = transaction.all(AccessRow, ACCESS, ACCESS.c.referred_case == case)
    assert {row.who for row in looked} == {"till 7"}
    assert sorted(row.action for row in looked) == ["decide", "review", "review", "review"]


def test_cases_come_in_pages_oldest_first(service: Service) -> None:
    cases = [service.waiting()[1] for _ in range(3)]
    key = service.key(Scope.REVIEWS)
    first = service.client.get("/v1/cases", params={"limit": 2}, headers=key).json()
    assert [each["id"] for each in first["cases"]] == cases[:2]
    rest = service.client.get("/v1/cases", params={"after": first["after"]}, headers=key).json()
    assert [each["id"] for each in rest["cases"]] == cases[2:]
    assert rest["after"] is None


def test_a_key_gives_one_of_two_opinions_and_is_not_told_which(service: Service) -> None:
    service.told.reasons = (Reason.DOCUMENT_TEXT_EDITED,)
    sign_up, case = service.waiting()
    keys = [service.key(Scope.REVIEWS, name=name) for name in ("till 7", "till 8")]
    said = {"outcome": "reject", "reason": "review.document_altered"}
    for key in keys:
        listed = service.client.get("/v1/cases", headers=key).json()
        assert [(each["id"], each["two_decide"]) for each in listed["cases"]] == [(case, True)]
        assert service.client.get(f"/v1/cases/{case}/pictures/selfie", headers=key).status_code == 200
    kept = service.client.post(f"/v1/cases/{case}/decision", json=said, headers=keys[0])
    assert kept.status_code == 200
    assert kept.json() == {"state": "kept", "outcome": "reject", "decision": None, "receipt": None}
    # Neither this key nor another, behind which the same person may be.
    for key in keys:
        late = service.client.post(f"/v1/cases/{case}/decision", json=said, headers=key)
        assert late.status_code == 404
        assert service.client.get("/v1/cases", headers=key).json()["cases"] == []
    found = service.client.get(f"/v1/sign-ups/{sign_up}", headers=service.key()).json()
    assert found["state"] == "waiting"
