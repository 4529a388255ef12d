"""Bodies: limited while they come in, and no picture ever on a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonafide.api.codes import Code
from bonafide.api.problem import Refusal

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_PICTURE_BYTES: Final = 8_000_000
MOST_FORM_BYTES: Final = 26_000_000
MOST_BYTES: Final = 64_000
MOST_TEXT_BYTES: Final = 1_000
# Of a body, in seconds: between two pieces, and the whole.
IDLE_SECONDS: Final = 15.0
WHOLE_SECONDS: Final = 90.0

_FORM: Final = "multipart/form-data"
_PARTS: Final = 16


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
        most = MOST_FORM_BYTES if _media_type(scope) == _FORM else MOST_BYTES
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
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    if media_type.decode("latin-1").lower() != _FORM:
        raise Refusal(Code.REQUEST_MEDIA_TYPE)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= 70:  # RFC 2046, 5.1.1
        raise _malformed()
    reading = _Reading(frozenset(files), frozenset(texts))
    try:
        parser = MultipartParser(boundary, reading.callbacks)
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
    except FormParserError:
        raise _malformed() from None
    if not reading.ended:
        raise _malformed()
    try:
        read = {name: bytes(value).decode() for name, value in reading.values.items() if name in texts}
    except UnicodeDecodeError:
        raise _malformed() from None
    return Form({name: bytes(value) for name, value in reading.values.items() if name in files}, read)


class _Reading:
    """What has been read of a form so far."""

    def __init__(self, files: frozenset[str], texts: frozenset[str]) -> None:
        self.values: dict[str, bytearray] = {}
        self.ended = False
        self._files = files
        self._names = files | texts
        self._header = bytearray()
        self._value = bytearray()
        self._name: str | None = None
        self.callbacks: MultipartCallbacks = {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._part_data,
            "on_end": self._ends,
        }

    def _part_begins(self) -> None:
        self._name = None

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            # A file's own name may say whose it is, and is not looked at.
            _, options = parse_options_header(bytes(self._value))
            self._name = options.get(b"name", b"").decode("latin-1")
        self._header.clear()
        self._value.clear()

    def _headers_end(self) -> None:
        if self._name not in self._names or self._name in self.values or len(self.values) >= _PARTS:
            raise Refusal(
                Code.REQUEST_MALFORMED,
                detail=f"Send each of these parts at most once: {', '.join(sorted(self._names))}.",
            )
        self.values[self._name] = bytearray()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._name is None:
            raise _malformed()
        value = self.values[self._name]
        value += data[start:end]
        if len(value) > (MOST_PICTURE_BYTES if self._name in self._files else MOST_TEXT_BYTES):
            raise Refusal(Code.REQUEST_TOO_LARGE, headers={"Connection": "close"})

    def _ends(self) -> None:
        self.ended = True


def _media_type(scope: Scope) -> str:
    return Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()


def _malformed() -> Refusal:
    return Refusal(Code.REQUEST_MALFORMED)
