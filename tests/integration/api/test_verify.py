"""One check of which nothing is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.integration.api.conftest import OPERATOR, presented

from bonafide.evidence import parse_receipt
from bonafide.outcome import Outcome
from bonafide.service.api_keys import Scope
from bonafide.store.metadata import METADATA

if TYPE_CHECKING:
    from tests.integration.api.conftest import Service


def rows(service: Service) -> int:
    with service.counter.store.read(OPERATOR) as transaction:
        return sum(
            len(transaction.connection.execute(table.select()).all())
            for table in METADATA.sorted_tables
            if table.name != "clock"
        )


@pytest.mark.parametrize("outcome", list(Outcome))
def test_one_check_is_answered_and_nothing_is_kept(service: Service, outcome: Outcome) -> None:
    key = service.key(Scope.VERIFY, Scope.ATTEND)
    service.told.outcome = outcome
    before = rows(service)
    answer = service.client.post(
        "/v1/verify", files=presented(), data={"consented": "yes", "attended": "yes"}, headers=key
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["outcome"] == outcome.value
    receipt = answer.json()["receipt"]
    assert receipt["claims"]["attended"] is True
    assert parse_receipt(json.dumps(receipt).encode()).claims["outcome"] == outcome.value
    assert rows(service) == before > 0


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({}, 403, "not_permitted"),
        ({"consented": "no"}, 403, "not_permitted"),
        ({"consented": "yes", "attended": "yes"}, 403, "scope_missing"),
        ({"consented": "yes", "attended": "perhaps"}, 422, "request_invalid"),
        ({"consented": "yes", "purpose": "gallery"}, 422, "request_invalid"),
        ({"consented": "yes", "unknown": "part"}, 400, "request_malformed"),
    ],
)
def test_nobody_is_looked_at_without_the_word_that_they_agreed(
    service: Service, said: dict[str, str], status: int, code: str
) -> None:
    answer = service.client.post(
        "/v1/verify", files=presented(), data=said, headers=service.key(Scope.VERIFY)
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert service.told.asked == 0
