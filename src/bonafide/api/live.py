"""`/v1/capture/live`: a live session on a WebSocket (RFC 6455), one attempt each (docs/capture.md)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from bonafide.api.capture import Holder, holder_of
from bonafide.api.codes import Code
from bonafide.api.fault import place_of
from bonafide.api.live_inbox import Came, Inbox
from bonafide.api.live_messages import (
    SUBPROTOCOL,
    Begin,
    Kind,
    Sent,
    Shown,
    Start,
    checking_message,
    guidance_message,
    problem_message,
    read_said,
    ready_message,
    step_message,
    told_message,
)
from bonafide.api.metrics import LiveEnd, Metrics
from bonafide.api.pool import Places, Pool
from bonafide.api.problem import Refusal, told_of
from bonafide.api.watch import MOST_REQUESTS
from bonafide.errors import BonafideError
from bonafide.liveness.looking import Arrival
from bonafide.liveness.session import Turn
from bonafide.service.case_picture import PictureKind
from bonafide.service.counter import Counter
from bonafide.service.live_capture import LONGEST, RENEW_EVERY, LiveCapture, LiveTold
from bonafide.wording import Language

# Seconds until the first message, between two of them in the session, and until the documents are there: a
# slow network takes long over one of those, and nothing of it is seen before it is whole.
_FIRST_SECONDS: Final = 10.0
_IDLE_SECONDS: Final = 15.0
_DOCUMENT_SECONDS: Final = 60.0
# How often room to decide is looked for, and for how long, in seconds.
_ROOM_EVERY: Final = 0.5
_ROOM_SECONDS: Final = 20.0
# Sessions that one thread carries at a time: each takes less than a fifth of a core (docs/performance.md).
SESSIONS_A_THREAD: Final = 8
# Sockets of one process that have not said whose they are. As of requests there are many more places than of
# sessions: silent ones keep a place for as long as the first message may take, and take no customer's.
MOST_STRANGERS: Final = MOST_REQUESTS
# A close code of this protocol's own (RFC 6455, 7.4.2): a problem was told.
_REFUSED: Final = 4000
_SIDES: Final = {Kind.DOCUMENT: PictureKind.DOCUMENT, Kind.DOCUMENT_BACK: PictureKind.DOCUMENT_BACK}

_log = logging.getLogger(__name__)


def routes(_counter: Counter) -> APIRouter:
    """The one socket."""
    router = APIRouter()

    @router.websocket("/v1/capture/live")
    async def live(socket: WebSocket) -> None:
        state = socket.app.state
        await _Conversation(
            socket,
            state.counter,
            strangers=state.strangers,
            room=state.live,
            pool=state.pool,
            metrics=state.metrics,
        ).hold()

    return router


class _Conversation:
    """One socket from its opening to its end."""

    def __init__(
        self,
        socket: WebSocket,
        counter: Counter,
        *,
        strangers: Places,
        room: Pool,
        pool: Pool,
        metrics: Metrics,
    ) -> None:
        self._socket = socket
        self._counter = counter
        self._strangers = strangers
        self._room = room
        self._pool = pool
        self._metrics = metrics
        self._language = Language.ENGLISH
        # When the sign-up was last taken or kept, by the steady clock.
        self._renewed = 0.0

    async def hold(self) -> None:
        """Let somebody try once, and tell them what came of it or why nothing did."""
        offered = self._socket.scope.get("subprotocols", ())
        await self._socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        end = LiveEnd.FAULT
        try:
            # A customer's place is for whoever has a link: the silent would else keep it from them.
            with self._strangers.taken():
                begin = await self._begin()
                by = holder_of(self._counter, begin.link)
                # Not among the threads that measure: strangers may be many.
                await run_in_threadpool(by.look)
            with self._room.holding():
                await self._attempt(begin, by)
            end = LiveEnd.TOLD
        except WebSocketDisconnect:
            end = LiveEnd.LOST
        except Refusal as refusal:
            end = LiveEnd.REFUSED
            await self._refuse(refusal.code, refusal.words)
        except BonafideError as error:
            end = LiveEnd.REFUSED
            await self._refuse(*told_of(error))
        except Exception as error:
            _log.error("A fault: %s", place_of(error))
            await self._refuse(Code.FAULT, None)
        finally:
            self._metrics.live_ended(end)

    async def _begin(self) -> Begin:
        try:
            event = await asyncio.wait_for(self._socket.receive(), _FIRST_SECONDS)
        except TimeoutError:
            raise Refusal(Code.REQUEST_TOO_SLOW) from None
        if event["type"] != "websocket.receive":
            raise WebSocketDisconnect(1006)
        text = event.get("text")
        begin = read_said(text) if isinstance(text, str) else None
        if not isinstance(begin, Begin):
            raise Refusal(Code.REQUEST_MALFORMED, detail="The first message is begin.")
        self._language = begin.language
        return begin

    async def _attempt(self, begin: Begin, by: Holder) -> None:
        self._renewed = time.monotonic()
        capture = await self._room.run(
            lambda: LiveCapture.begin(self._counter, by.operator, by.link, begin.mode, device=begin.device)
        )
        inbox = Inbox(self._socket)
        try:
            await self._socket.send_text(ready_message(begin.mode, LONGEST))
            await self._documents(capture, inbox)
            await self._steps(capture, inbox)
            await self._socket.send_text(checking_message())
            told = await self._decide(capture)
            await self._socket.send_text(told_message(told, self._language))
            await self._socket.close()
        finally:
            await inbox.close()
            with contextlib.suppress(BonafideError):
                await self._room.run(capture.abandon)

    async def _documents(self, capture: LiveCapture, inbox: Inbox) -> None:
        """Take the document's sides until the session is to start."""
        deadline = time.monotonic() + _DOCUMENT_SECONDS
        while True:
            message = (await _next(inbox, deadline)).message
            await self._keep(capture)
            if isinstance(message, Start):
                return
            if isinstance(message, Sent) and message.kind in _SIDES:
                await self._room.run(partial(capture.document, _SIDES[message.kind], message.data))
            elif isinstance(message, Begin):
                raise Refusal(Code.REQUEST_MALFORMED, detail="One socket is one attempt: open another.")

    async def _steps(self, capture: LiveCapture, inbox: Inbox) -> None:
        """From the first step to the end of the last, whoever ends it: the person, or time."""
        began = heard = time.monotonic()
        await self._tell(Turn(reveal=capture.start(began)))
        while True:
            await self._keep(capture)
            now = time.monotonic()
            due = capture.due if capture.due is not None else now
            if now >= due:
                turn = capture.tick(now)
                await self._tell(turn)
                if turn.over:
                    return
                continue
            came = await inbox.next(min(due - now, 1.0))
            if came is None:
                if time.monotonic() - heard >= _IDLE_SECONDS:
                    raise Refusal(Code.REQUEST_TOO_SLOW)
            else:
                heard = came.at
                if await self._answered(capture, came):
                    return
            if time.monotonic() - began >= LONGEST:
                return

    async def _keep(self, capture: LiveCapture) -> None:
        """Keep the sign-up, where it is time to say so."""
        now = time.monotonic()
        if now - self._renewed >= RENEW_EVERY:
            await self._room.run(capture.renew)
            self._renewed = now

    async def _answered(self, capture: LiveCapture, came: Came) -> bool:
        """Take one message; whether the session is over with it."""
        message = came.message
        if isinstance(message, Shown):
            capture.shown(message.step, message.at / 1000, came.at)
            return False
        if not isinstance(message, Sent) or message.kind is not Kind.FRAME:
            raise Refusal(Code.REQUEST_MALFORMED, detail="One socket is one attempt: open another.")
        arrival = Arrival(message.step, message.captured, came.at)
        turn = await self._room.run(lambda: capture.frame(message.data, arrival, time.monotonic()))
        if turn is None:
            return False
        await self._tell(turn, message.captured)
        self._metrics.guided(time.monotonic() - came.at)
        return turn.over

    async def _tell(self, turn: Turn, captured: float = 0.0) -> None:
        if turn.guidance is not None:
            await self._socket.send_text(guidance_message(turn.guidance.value, captured))
        if turn.reveal is not None:
            await self._socket.send_text(step_message(turn.reveal))

    async def _decide(self, capture: LiveCapture) -> LiveTold:
        """Somebody who did all that was asked is not turned away while others are decided."""
        deadline = time.monotonic() + _ROOM_SECONDS
        while True:
            try:
                return await self._pool.run(capture.finish)
            except Refusal:
                if time.monotonic() >= deadline:
                    raise
            await asyncio.sleep(_ROOM_EVERY)

    async def _refuse(self, code: Code, detail: str | None) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):
            await self._socket.send_text(problem_message(code, self._language, detail))
            await self._socket.close(1013 if code is Code.BUSY else _REFUSED)


async def _next(inbox: Inbox, deadline: float) -> Came:
    came = await inbox.next(max(0.0, deadline - time.monotonic()))
    if came is None:
        raise Refusal(Code.REQUEST_TOO_SLOW)
    return came
