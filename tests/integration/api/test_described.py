"""The service answers as it describes itself, whatever it is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.conftest import new_upgraded_sqlite
from tests.in_process import client_of
from tests.integration.api.conftest import Service, Told, make_counter, running
from tests.integration.api.test_every_route import stands

import make_openapi
from bonafide.api.app import describe
from bonafide.store import Store

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = {
    f"{found.method.upper()} {found.path}": found
    for result in schemathesis.openapi.from_dict(describe()).get_all_operations()
    for found in [result.ok()]  # type: ignore[union-attr]
}


@pytest.fixture(scope="module")
def service(upgraded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One for all, on SQLite: `test_every_route.py` asks every route on both databases."""
    folder, told = tmp_path_factory.mktemp("described"), Told()
    store = Store.open(new_upgraded_sqlite(upgraded_sqlite, folder))
    counter = make_counter(store, folder, told)
    with running(counter) as url, client_of(url) as client:
        yield Service(counter, told, url, client)
    store.close()


def test_the_description_in_the_documentation_is_current() -> None:
    written = make_openapi.PLACE.read_text("utf-8")
    assert written == make_openapi.description(), "run `python tools/make_openapi.py`"


def test_every_operation_has_a_name_of_its_own_and_says_what_refuses_it() -> None:
    operations = [
        operation
        for methods in json.loads(make_openapi.description())["paths"].values()
        for operation in methods.values()
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names) == len(OPERATIONS) > 10
    for operation in operations:
        assert operation["summary"].endswith((".", "?"))
        if "security" in operation:
            assert {"401", "403"} <= set(operation["responses"]), operation["operationId"]


def conforms(service: Service, name: str, examples: int) -> None:
    operation = OPERATIONS[name]
    sign_up, case = service.waiting()
    room = name.partition("/v1/")[2].partition("/")[0]
    _, link = service.agreed()
    known = case if room == "cases" else sign_up
    bearer = link if room == "capture" else service.key()
    line = ""
    if room in {"lines", "objections", "me"}:
        line, objection, me = stands(service)
        known = objection if room == "objections" else line
        bearer = me if room == "me" else bearer
    seen = set()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        mode = data.draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
        asked = data.draw(operation.as_strategy(generation_mode=mode))
        if asked.path_parameters and "identifier" in asked.path_parameters and data.draw(st.booleans()):
            asked.path_parameters["identifier"] = known
        answer = asked.call(base_url=service.url, headers=dict(bearer), timeout=60)
        seen.add(answer.status_code)
        asked.validate_response(answer, checks=CHECKS)

    ask()
    assert seen
    if line:
        # The number, and a place under its document, are free for whoever comes next.
        ended = service.client.post(f"/v1/lines/{line}/end", headers=service.key())
        assert ended.status_code in {200, 404, 409}, ended.text


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_answers_as_it_is_described(service: Service, name: str) -> None:
    conforms(service, name, 6)


@pytest.mark.long
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_answers_as_it_is_described_whatever_comes(service: Service, name: str) -> None:
    conforms(service, name, 100)
