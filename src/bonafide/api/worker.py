"""One process that serves, until it is asked to stop; then what is in flight finishes."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from types import FrameType
from typing import Final, NoReturn

import uvicorn
from fastapi import FastAPI

from bonafide.api.app import Limits, make_app
from bonafide.api.live_messages import MOST_DOCUMENT_BYTES
from bonafide.api.patience import PatientProtocol
from bonafide.api.telemetry import open_traces
from bonafide.service.counter import Counter
from bonafide.settings import Settings

# For what is in flight when a stop is asked for, in seconds; less than supervisors of services wait.
GRACE_SECONDS: Final = 60
_IDLE_SECONDS: Final = 15
_LONGEST_HEAD: Final = 16_384

_log = logging.getLogger(__name__)


def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve at a socket that listens. Raises what `Counter.open` and loading models raise, and `SystemExit`
    with 0 when SIGTERM or SIGINT has come, be it while models are loading.
    """
    stop_by_signal()
    with Counter.open(settings) as counter:
        counter.verifier.load()
        app = make_app(
            counter,
            limits=Limits.of_machine(settings.workers),
            behind_tls=settings.behind_tls,
            traces=open_traces(settings),
        )
        _log.info("Serving at %s", settings.bind)
        uvicorn.Server(configured(app)).run([listener])


def configured(app: FastAPI) -> uvicorn.Config:
    """How the server is set: it says nothing of itself, and logs nothing of who asks."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        loop="asyncio",
        ws="websockets-sansio",
        # The larger of the two sides of a document that are sent on a live session's socket.
        ws_max_size=MOST_DOCUMENT_BYTES + 1024,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        # Pictures are compressed already.
        ws_per_message_deflate=False,
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )


def stop_by_signal() -> None:
    """Let SIGTERM and SIGINT end this process in order, with status 0."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _stop)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)
