"""An operator's own system, which hears of events: it takes what the service signed, each once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bonafide.client import Client, Event, WebhookRejected, read_webhook


class Ear:
    """What was heard, by the events' identifiers."""

    def __init__(self) -> None:
        self.secrets: tuple[str, ...] = ()
        self._events: dict[str, Event] = {}
        self._heard = threading.Condition()

    def take(self, headers: dict[str, str], body: bytes) -> bool:
        """Take a message; False for one that the service did not sign."""
        try:
            event = read_webhook(self.secrets, headers, body, now=datetime.now(UTC))
        except WebhookRejected:
            return False
        with self._heard:
            self._events[event.id] = event  # it may come twice
            self._heard.notify_all()
        return True

    def hears(self, kind: str, about: str, seconds: float = 60.0) -> bool:
        """Whether an event is heard in time."""
        with self._heard:
            return self._heard.wait_for(
                lambda: any((each.type, each.about) == (kind, about) for each in self._events.values()),
                seconds,
            )


@contextmanager
def listening(client: Client) -> Iterator[Ear]:
    """A webhook to this machine, until the end of the block. Elsewhere its address begins with https."""
    ear = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(204 if ear.take(dict(self.headers.items()), body) else 400)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    made = client.webhooks.create(f"http://127.0.0.1:{server.server_address[1]}/events")
    ear.secrets = (made.secret,)
    try:
        yield ear
    finally:
        client.webhooks.remove(made.webhook.id)
        server.shutdown()
        server.server_close()
        thread.join()
