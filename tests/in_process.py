"""A server in the test's own process, and what calls it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx2
import uvicorn.server
from fastapi import FastAPI

from bonafide.api.worker import configured

# It trusts nobody, and so need not read whom everybody trusts, which takes longer than most tests.
_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Brisk:
    """asyncio, as uvicorn's server has it, but that it sleeps a twentieth as long: it looks every tenth of a
    second whether it is to stop, and then waits another, hundreds of times in all.
    """

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 20)


uvicorn.server.asyncio = _Brisk()  # type: ignore[assignment,attr-defined]


@contextmanager
def serving(app: FastAPI, *, backlog: int = 2048) -> Iterator[str]:
    """A server, set as `bonafide serve` sets it; its address."""
    server = uvicorn.Server(configured(app))
    with socket.create_server(("127.0.0.1", 0), backlog=backlog) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


def client_of(url: str, **more: Any) -> httpx2.Client:  # noqa: ANN401 - as its own
    """What calls a server on this machine, which speaks no TLS."""
    return httpx2.Client(base_url=url, timeout=60, verify=_NO_TLS, **more)
