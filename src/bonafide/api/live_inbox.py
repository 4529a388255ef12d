"""What comes in on a live session's socket: read while frames are measured, in order, and bounded."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Final

from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from bonafide.api.codes import Code
from bonafide.api.live_messages import Kind, Said, Sent, read_said, read_sent
from bonafide.api.problem import Refusal

# Frames that wait to be measured; of more, the oldest is let go: a late word helps nobody.
_MOST_FRAMES: Final = 12
# Other messages that wait, and sides of documents in all: two, taken twice.
_MOST_OTHERS: Final = 64
_MOST_DOCUMENTS: Final = 4


@dataclass(frozen=True, slots=True)
class Came:
    """A message, and when it came in by the steady clock, in seconds."""

    message: Said | Sent
    at: float


class Inbox:
    """Reads a socket from the first `next` on; to be closed."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._waiting: deque[Came] = deque()
        self._came = asyncio.Event()
        self._fault: BaseException | None = None
        self._documents = 0
        self._reader = asyncio.create_task(self._read())

    async def next(self, seconds: float) -> Came | None:
        """The next message, None if none comes in so many seconds. Raises `WebSocketDisconnect` when the
        other side has gone, `Refusal` for what is no message.
        """
        deadline = time.monotonic() + seconds
        while not self._waiting:
            if self._fault is not None:
                raise self._fault
            self._came.clear()
            try:
                await asyncio.wait_for(self._came.wait(), max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                return None
        return self._waiting.popleft()

    async def close(self) -> None:
        """Read no more."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        try:
            while True:
                self._take(await self._socket.receive())
        except (WebSocketDisconnect, Refusal, RuntimeError) as fault:
            self._fault = fault if not isinstance(fault, RuntimeError) else WebSocketDisconnect(1006)
        finally:
            self._came.set()

    def _take(self, event: Message) -> None:
        if event["type"] != "websocket.receive":
            raise WebSocketDisconnect(1006)
        now = time.monotonic()
        text, data = event.get("text"), event.get("bytes")
        if isinstance(text, str):
            self._put(Came(read_said(text), now))
        elif isinstance(data, bytes):
            self._put(Came(read_sent(data), now))

    def _put(self, came: Came) -> None:
        sent = came.message if isinstance(came.message, Sent) else None
        if sent is not None and sent.kind is not Kind.FRAME:
            self._documents += 1
            if self._documents > _MOST_DOCUMENTS:
                raise Refusal(Code.REQUEST_TOO_LARGE)
        self._waiting.append(came)
        frames = [each for each in self._waiting if _is_frame(each)]
        if len(frames) > _MOST_FRAMES:
            self._waiting.remove(frames[0])
        if len(self._waiting) - len(frames) > _MOST_OTHERS:
            raise Refusal(Code.REQUEST_TOO_LARGE)
        self._came.set()


def _is_frame(came: Came) -> bool:
    return isinstance(came.message, Sent) and came.message.kind is Kind.FRAME
