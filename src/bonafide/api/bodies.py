"""Bodies: limited while they come in, and no picture ever on a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonafide.api.codes import Code
from bonafide.api.problem import Refusal
from bonafide.web.multipart import (
    FORM_WITH_FILES,
    FormMalformedError,
    FormReader,
    PartTooLargeError,
    PartUnexpectedError,
)

MOST_FORM_BYTES: Final = 26_000_000
MOST_BYTES: Final = 64_000
# Of a body, in seconds: between two pieces, and the whole.
IDLE_SECONDS: Final = 15.0
WHOLE_SECONDS: Final = 90.0


class LimitedBodies:
    """Refuses a body that is too large or too slow while it comes in; middleware around the whole service."""

    def __init__(
        self, app: ASGIApp, *, idle_seconds: float = IDLE_SECONDS, whole_seconds: float = WHOLE_SECONDS
    ) -> None:
        self._app = app
        self._idle = idle_seconds
        self._whole = whole_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = MOST_FORM_BYTES if _media_type(scope) == FORM_WITH_FILES else MOST_BYTES
        limited = _Limited(receive, most, self._idle, self._whole)
        await self._app(scope, limited.receive, send)


class _Limited:
    def __init__(self, receive: Receive, most: int, idle: float, whole: float) -> None:
        self._receive = receive
        self._left = most
        self._idle = idle
        self._whole = whole
        self._deadline: float | None = None
        self._complete = False

    async def receive(self) -> Message:
        # After the body, this only waits for the other side to go away.
        if self._complete:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._deadline = self._deadline or now + self._whole
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, min(self._idle, self._deadline - now)))
        except TimeoutError:
            raise Refusal(Code.REQUEST_TOO_SLOW, headers={"Connection": "close"}) from None
        self._complete = not message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise Refusal(Code.REQUEST_TOO_LARGE, headers={"Connection": "close"})
        return message


@dataclass(frozen=True, slots=True)
class Form:
    """The parts of a form: files as bytes, the others as text."""

    files: Mapping[str, bytes] = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)


async def read_form(request: Request, *, files: Collection[str], texts: Collection[str]) -> Form:
    """Read a form of known parts, each at most once, into memory and nowhere else.

    Raises `Refusal` for another media type, for a form that cannot be read, a part that is not known or comes
    twice, and one that is too large.
    """
    if _media_type(request.scope) != FORM_WITH_FILES:
        raise Refusal(Code.REQUEST_MEDIA_TYPE)
    try:
        reader = FormReader(request.headers.get("content-type", ""), files, texts)
        async for chunk in request.stream():
            reader.feed(chunk)
        parts = reader.finish()
    except PartTooLargeError:
        raise Refusal(Code.REQUEST_TOO_LARGE, headers={"Connection": "close"}) from None
    except PartUnexpectedError:
        named = ", ".join(sorted({*files, *texts}))
        detail = f"Send each of these parts at most once: {named}."
        raise Refusal(Code.REQUEST_MALFORMED, detail=detail) from None
    except FormMalformedError:
        raise Refusal(Code.REQUEST_MALFORMED) from None
    return Form(parts.files, {name: text for name, (text,) in parts.texts.items()})


def _media_type(scope: Scope) -> str:
    return Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
