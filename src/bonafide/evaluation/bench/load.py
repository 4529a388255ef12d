"""Whole verifications posted to a service from several connections at once, each waiting for its answer."""

from __future__ import annotations

import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from bonafide.errors import SetupBroken

_PATIENCE_S: Final = 300.0

Post = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Answered:
    """When a request began and when its answer was there whole, in seconds of one clock."""

    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Window:
    """What a service did while it was kept busy: seconds by the answer, how long each waited for its own, and
    how many were answered in all, with those before and after the window.
    """

    each_s: float
    waits_s: tuple[float, ...]
    answered: int


def keep_busy(
    post: Post, connections: int, answers: int, clock: Callable[[], float] = time.perf_counter
) -> Window:
    """Post from so many connections until there are as many answers as the window has, and those of its
    beginning. Raises what `post` raises.
    """
    found: list[Answered] = []
    enough = threading.Event()

    def go_on() -> None:
        try:
            while not enough.is_set():
                began = clock()
                post()
                found.append(Answered(began, clock()))
                if len(found) >= connections + answers:
                    enough.set()
        finally:
            enough.set()

    with ThreadPoolExecutor(connections) as pool:
        for done in [pool.submit(go_on) for _ in range(connections)]:
            done.result()
    return window_of(found, connections, answers)


def window_of(found: Sequence[Answered], connections: int, answers: int) -> Window:
    """The window in which every connection was waiting for an answer: it begins when as many have come as
    there are connections, and ends with the last one asked for. Those who still wait then are not in it.
    """
    ordered = sorted(found, key=lambda each: each.ended)
    begins, within = ordered[connections - 1], ordered[connections : connections + answers]
    return Window(
        each_s=(within[-1].ended - begins.ended) / answers,
        waits_s=tuple(each.ended - each.began for each in within),
        answered=len(found),
    )


def verification(port: int, key: str, document: bytes, selfie: bytes) -> Post:
    """A request for one whole verification, each on a connection of its own, as a proxy before the service
    makes them. It raises `SetupBroken` for any other answer than an outcome.
    """
    boundary = secrets.token_hex(16)
    body = b"".join(
        (
            _part(boundary, 'name="consented"', b"yes"),
            _part(boundary, 'name="document"; filename="document.jpg"', document),
            _part(boundary, 'name="selfie"; filename="selfie.jpg"', selfie),
            f"--{boundary}--\r\n".encode(),
        )
    )
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Connection": "close",
    }

    def post() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        try:
            connection.request("POST", "/v1/verify", body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise SetupBroken(
                f"The service that is measured did not answer ({type(error).__name__})",
                "Run `bonafide serve` yourself to see why",
            ) from None
        finally:
            connection.close()
        if answer.status != 200 or "outcome" not in json.loads(content):
            raise SetupBroken(
                f"The service that is measured answered with status {answer.status}",
                "Measure with pictures that `bonafide verify` gives an outcome for",
            )

    return post


def _part(boundary: str, name: str, content: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + content + b"\r\n"
