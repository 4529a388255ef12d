"""What stands around every request, around an application of a few lines."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from bonafide.api.metrics import Metrics
from bonafide.api.watch import Broken, Watch

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/x", "headers": []}


async def nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def answered(watch: Watch) -> tuple[int, dict[str, Any]]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await watch(dict(SCOPE), nothing, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def watching(app: Any, most: int = 1) -> Watch:  # noqa: ANN401 - an application
    return Watch(app, metrics=Metrics(), behind_tls=True, most=most)


def test_more_at_a_time_than_there_is_room_for_are_told_to_come_again() -> None:
    async def run() -> None:
        go = asyncio.Event()

        async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
            await go.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})

        watch = watching(slow)
        first = asyncio.create_task(answered(watch))
        await asyncio.sleep(0)
        status, told = await answered(watch)
        assert (status, told["code"]) == (503, "busy")
        go.set()
        assert (await first)[0] == 200
        assert (await answered(watch))[0] == 200, "its place is free again"

    asyncio.run(run())


def test_a_fault_is_answered_with_nothing_of_it(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ValueError("王五")

    status, told = asyncio.run(answered(watching(broken)))
    assert (status, told["code"]) == (500, "fault")
    assert "王五" not in json.dumps(told, ensure_ascii=False)
    assert "ValueError" in caplog.text
    assert "王五" not in caplog.text


def test_half_an_answer_never_passes_for_one() -> None:
    async def half(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("王五")

    with pytest.raises(Broken) as broken:
        asyncio.run(answered(watching(half)))
    assert broken.value.__cause__ is None
    assert broken.value.__suppress_context__


def test_behind_tls_browsers_are_told_to_stay_there() -> None:
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-security-policy", b"default-src 'self'"), (b"x-frame-options", b"SAMEORIGIN")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(watching(app)(dict(SCOPE), nothing, send))
    headers = dict(sent[0]["headers"])
    assert headers[b"strict-transport-security"].startswith(b"max-age=")
    assert headers[b"content-security-policy"] == b"default-src 'self'", "a page's own stands"
    assert headers[b"x-frame-options"] == b"DENY"
