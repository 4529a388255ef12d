"""How long a connection may take to ask something, and how soon it is answered."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

# For a request's line and headers; its body has clocks of its own (`bodies.py`).
HEAD_SECONDS: Final = 15.0


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that closes a connection on which no whole head comes in time, be it the first or a later."""

    _timer: asyncio.TimerHandle | None = None
    _upgraded = False

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as uvicorn's own
        """A connection is there, and has begun to wait."""
        super().connection_made(transport)
        # What is said goes out at once: the body of an answer would else wait until the other side has
        # confirmed its head, which it puts off for 40 ms. asyncio sees to that only where a socket names its
        # protocol; one that `socket.create_server` made to listen does not.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """More of a request has come."""
        super().data_received(data)
        if not self._waits():
            self._stop()
        elif self._timer is None:
            self._wait()

    def handle_websocket_upgrade(self, event: Any) -> None:  # noqa: ANN401 - as uvicorn's own
        """From here on the connection is the socket's, which has clocks of its own."""
        self._upgraded = True
        self._stop()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has gone."""
        self._stop()
        super().connection_lost(exc)

    def _waits(self) -> bool:
        cycle: Any = self.cycle
        return not self._upgraded and (cycle is None or bool(cycle.response_complete))

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        self._timer = None
        if self._waits():
            self.transport.close()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
