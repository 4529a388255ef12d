"""What the documentation says to try, tried."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
from tests.conftest import on_each_database
from tests.integration.api.conftest import picture

from bonafide.privacy import purposes

if TYPE_CHECKING:
    from tests.integration.api.conftest import Service

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api.md"


def examples(about: str) -> list[str]:
    """The `curl` commands of a section, each in one line."""
    section = PAGE.read_text("utf-8").partition(f"\n## {about}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line.startswith("curl ")]


def tried(service: Service, line: str, values: Mapping[str, str]) -> httpx2.Response:
    """What the service answers to a `curl` command, of the few options that the page uses."""
    for name, value in values.items():
        line = line.replace(f"${name}", value)
    assert "$" not in line, line
    words = shlex.split(line)
    assert words[:2] == ["curl", "-s"]
    method, url, headers, body, files, texts = "", "", {}, None, {}, {}
    rest = iter(words[2:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = json.loads(next(rest))
        elif word == "-F":
            name, _, value = next(rest).partition("=")
            if value.startswith("@"):
                files[name] = (value[1:], picture(), "image/jpeg")
            else:
                texts[name] = value
        else:
            assert not url, word
            url = word
    sent: dict[str, Any] = (
        {"json": body} if body is not None else {"files": files, "data": texts} if files else {}
    )
    method = method or ("POST" if sent else "GET")
    return service.client.request(method, url, headers=headers, **sent)


def bearer(headers: Mapping[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


@on_each_database
def test_the_examples_of_a_sign_up_work(service: Service) -> None:
    values = {"URL": service.url, "KEY": bearer(service.key())}
    create, look, consent, decline, by_person, pictures, *read = examples("A sign-up")
    for words in (consent, by_person):
        assert f'"version": {purposes()["sim-signup"].version},' in words
    made = tried(service, create, values)
    assert made.status_code == 201, made.text
    values |= {"LINK": made.json()["link"], "ID": made.json()["sign_up"]["id"]}
    assert tried(service, look, values).json()["state"] == "open"
    assert tried(service, consent, values).json()["state"] == "agreed"
    assert tried(service, pictures, values).json()["state"] == "accepted"
    statuses = [tried(service, line, values).status_code for line in read]
    assert statuses == [200, 200, 404], "the log was not signed yet"
    another = tried(service, create, values).json()["link"]
    values |= {"LINK": another}
    assert tried(service, decline, values).json()["state"] == "declined"
    assert tried(service, by_person, values).json()["manner"] == "person"
    assert tried(service, pictures, values).json()["state"] == "waiting"


def test_the_examples_of_one_check_and_of_cases_work(service: Service) -> None:
    values = {"URL": service.url, "KEY": bearer(service.key())}
    (check,) = examples("One check")
    assert tried(service, check, values).json()["outcome"] == "accept"
    _, case = service.waiting()
    for line in examples("Cases for people"):
        answer = tried(service, line, values | {"ID": case})
        assert answer.status_code == 200, line
