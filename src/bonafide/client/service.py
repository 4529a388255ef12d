"""A service, as a machine of an operator's uses it."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import httpx2

from bonafide.client.decode import decode
from bonafide.client.machines import Cases, Lines, Objections, SignUps, Webhooks
from bonafide.client.models import Verified
from bonafide.client.people import Capture, Customers, Me
from bonafide.client.pictures import Picture, presented
from bonafide.client.problems import ServiceBroken
from bonafide.client.transport import Again, Operation, Patience, Transport, http_client, service_url


class Client:
    """A service at an address, used with an API key; safe to share between threads. To be closed, or used as
    a context.

    `language` is that of sentences, `en` or `zh-Hans`; `timeout` in seconds. Raises `BadCall` for an address
    that is none, or without https to another machine.
    """

    def __init__(
        self,
        url: str,
        key: str = "",
        *,
        language: str = "en",
        timeout: float = 60.0,
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._client = http_client(service_url(url), transport, timeout)
        self._transport = Transport(self._client, key, language, patience or Patience())
        self.sign_ups = SignUps(self._transport)
        self.lines = Lines(self._transport)
        self.cases = Cases(self._transport)
        self.objections = Objections(self._transport)
        self.customers = Customers(self._transport)
        self.webhooks = Webhooks(self._transport)

    def capture(self, link: str) -> Capture:
        """A sign-up for whoever has its link."""
        return Capture(self._transport.bearing(link))

    def me(self, session: str) -> Me:
        """What a customer who has come in sees and does."""
        return Me(self._transport.bearing(session))

    def verify(
        self,
        document: Picture,
        selfie: Picture,
        document_back: Picture | None = None,
        *,
        consented: bool,
        purpose: str = "sim-signup",
        attended: bool = False,
    ) -> Verified:
        """Is this person the one on this document? Nothing is kept. `consented` says that they read what the
        purpose asks and agreed; without it, nobody's face is compared.
        """
        said = self._transport.json(
            Operation("POST", "/v1/verify", Again.NOT_BEGUN),
            files=presented(document, selfie, document_back),
            form={
                "consented": "yes" if consented else "no",
                "attended": "yes" if attended else "no",
                "purpose": purpose,
            },
        )
        return decode(Verified, said)

    def alive(self) -> bool:
        """Whether the service answers at all. Raises `NotReached` where nobody does."""
        return self._transport.send(Operation("GET", "/healthz")).is_success

    def ready(self) -> bool:
        """Whether it can do its work. Raises `NotReached`."""
        try:
            return self._transport.send(Operation("GET", "/readyz")).is_success
        except ServiceBroken:
            return False

    def metrics(self) -> str:
        """How many there were of what, as Prometheus has it; scope `metrics`."""
        return self._transport.send(Operation("GET", "/metrics")).text

    def close(self) -> None:
        """Let go of every connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
