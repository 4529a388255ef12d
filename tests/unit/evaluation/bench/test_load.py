"""A service is measured while it is busy, and only then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bonafide.errors import SetupBroken
from bonafide.evaluation.bench.load import Answered, keep_busy, verification, window_of


def test_the_window_is_where_every_connection_waits() -> None:
    # Two connections, one worker that takes a second: the first two answers begin, the last two end it.
    found = [Answered(max(0, number - 2), number) for number in range(1, 8)]
    window = window_of(found[::-1], connections=2, answers=3)
    assert window.each_s == pytest.approx(1)
    assert list(window.waits_s) == [2, 2, 2]
    assert window.answered == 7


def test_what_comes_in_after_the_window_makes_it_no_slower() -> None:
    found = [Answered(0, 1), Answered(1, 2), Answered(2, 3), Answered(3, 90)]
    window = window_of(found, connections=1, answers=2)
    assert (window.each_s, *window.waits_s) == (1, 1, 1)


def test_as_many_post_at_once_as_there_are_connections() -> None:
    together = threading.Barrier(3, timeout=20)
    posted: list[int] = []

    def post() -> None:
        if len(posted) == 6:
            together.abort()
        together.wait()
        posted.append(threading.get_ident())

    with pytest.raises(threading.BrokenBarrierError):
        keep_busy(post, 3, 30)
    assert len(set(posted)) == 3
    assert len(posted) == 6


def test_nothing_is_posted_after_enough_has_been_answered() -> None:
    posted: list[int] = []
    window = keep_busy(lambda: posted.append(1), 1, 5)
    assert (len(posted), window.answered, len(window.waits_s)) == (6, 6, 5)


def test_what_fails_on_one_connection_stops_them_all() -> None:
    def post() -> None:
        raise SetupBroken("It is broken", "Mend it")

    with pytest.raises(SetupBroken, match="It is broken"):
        keep_busy(post, 3, 1_000_000)


@contextmanager
def answering(status: int, content: bytes) -> Iterator[tuple[int, list[tuple[str, str, bytes]]]]:
    """A service that answers always the same; gives its port and what it was asked."""
    asked: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, self.headers["Authorization"], body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_whole_verification_is_asked_for() -> None:
    with answering(200, b'{"outcome": "refer"}') as (port, asked):
        verification(port, "bfk/key", b"document-bytes", b"selfie-bytes")()
    ((path, key, body),) = asked
    assert (path, key) == ("/v1/verify", "Bearer bfk/key")
    for part in (
        b'name="consented"\r\n\r\nyes\r\n',
        b"\r\n\r\ndocument-bytes\r\n",
        b"\r\n\r\nselfie-bytes\r\n",
    ):
        assert part in body


@pytest.mark.parametrize(("status", "content"), [(503, b"{}"), (200, b'{"status": "ok"}')])
def test_anything_but_an_outcome_is_no_measurement(status: int, content: bytes) -> None:
    with (
        answering(status, content) as (port, _),
        pytest.raises(SetupBroken, match=f"answered with status {status}"),
    ):
        verification(port, "bfk/key", b"document", b"selfie")()


def test_a_service_that_is_not_there_is_no_measurement() -> None:
    with answering(200, b"{}") as (port, _):
        pass
    with pytest.raises(SetupBroken, match="did not answer"):
        verification(port, "bfk/key", b"document", b"selfie")()
