"""What an operator's machines do, by an API key; each class needs the scope of its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, Generic, TypeVar

from bonafide.client.decode import decode
from bonafide.client.models import (
    BegunSignUp,
    Case,
    CaseDecision,
    Line,
    Objection,
    ObjectionOutcome,
    Outcome,
    Page,
    PictureKind,
    Receipt,
    ReviewReason,
    SignUp,
    WaitingObjection,
    Webhook,
    WebhookSecret,
)
from bonafide.client.transport import Again, Operation, Transport

T = TypeVar("T")


class _Listed(Generic[T]):
    """Many of a kind, which come page by page."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(self, *, after: str | None = None, limit: int = 50) -> Page[T]:
        """Some of them: those after another page's `after`, at most 200."""
        raise NotImplementedError

    def all(self, *, limit: int = 200) -> Iterator[T]:
        """All of them, asked for `limit` at a time as they are needed."""
        after = None
        while True:
            page = self.page(after=after, limit=limit)
            yield from page.items
            after = page.after
            if after is None:
                return

    def _page(
        self, operation: Operation, name: str, kind: type[T], *, after: str | None, limit: int
    ) -> Page[T]:
        said = self._transport.json(operation, query={"after": after, "limit": limit})
        return Page(_each(kind, said, name), said.get("after"))


class SignUps(_Listed[SignUp]):
    """Sign-ups, newest first."""

    def create(
        self,
        *,
        purpose: str = "sim-signup",
        language: str = "en",
        reference: str | None = None,
        return_address: str | None = None,
        attended: bool = False,
        agent: str | None = None,
        shop: str | None = None,
        idempotency_key: str | None = None,
    ) -> BegunSignUp:
        """Begin one. `reference` is your own name for the order, never the number of a line or document;
        `attended` says that `agent` vouches for somebody being there, and needs the scope `attend`.
        """
        body = {
            "purpose": purpose,
            "language": language,
            "reference": reference,
            "return_address": return_address,
            "attended": attended,
            "agent": agent,
            "shop": shop,
        }
        operation = Operation("POST", "/v1/sign-ups", Again.KEYED)
        return decode(BegunSignUp, self._transport.json(operation, body=body, key=idempotency_key))

    def page(self, *, after: str | None = None, limit: int = 50) -> Page[SignUp]:
        """Some of them, newest first."""
        return self._page(Operation("GET", "/v1/sign-ups"), "sign_ups", SignUp, after=after, limit=limit)

    def get(self, sign_up: str) -> SignUp:
        """How one stands."""
        operation = Operation("GET", "/v1/sign-ups/{identifier}")
        return decode(SignUp, self._transport.json(operation, identifier=sign_up))

    def receipt(self, sign_up: str) -> Receipt:
        """The signed receipt of its latest decision. Raises `NotThere` before there is one."""
        receipt: Receipt = self._transport.json(
            Operation("GET", "/v1/sign-ups/{identifier}/receipt"), identifier=sign_up
        )
        return receipt

    def proof(self, sign_up: str) -> bytes:
        """The proof that the log holds that decision (C2SP tlog-proof). Raises `NotThere` with the code
        `proof_not_yet` until the log was next signed.
        """
        return self._transport.send(
            Operation("GET", "/v1/sign-ups/{identifier}/proof"), identifier=sign_up
        ).content


class Lines(_Listed[Line]):
    """Lines, newest first. Numbers are in international form (E.164) and in no answer."""

    def bind(self, sign_up: str, number: str, *, idempotency_key: str | None = None) -> Line:
        """Bind a line to whoever was accepted in a sign-up, which is then spent.

        Raises `Conflict` with the code `line.limit_reached`, `line.taken`, `line.not_accepted`,
        `line.already_bound` or `line.document_unsure`.
        """
        operation = Operation("POST", "/v1/lines", Again.KEYED)
        body = {"sign_up": sign_up, "number": number}
        return decode(Line, self._transport.json(operation, body=body, key=idempotency_key))

    def search(self, number: str) -> tuple[Line, ...]:
        """The lines that have or had a number, newest first; at most one is active."""
        said = self._transport.json(Operation("POST", "/v1/lines/search"), body={"number": number})
        return _each(Line, said, "lines")

    def page(self, *, after: str | None = None, limit: int = 50) -> Page[Line]:
        """Some of them, newest first."""
        return self._page(Operation("GET", "/v1/lines"), "lines", Line, after=after, limit=limit)

    def get(self, line: str) -> Line:
        """How one stands."""
        operation = Operation("GET", "/v1/lines/{identifier}")
        return decode(Line, self._transport.json(operation, identifier=line))

    def end(self, line: str, *, idempotency_key: str | None = None) -> Line:
        """End one. Raises `Conflict` with the code `line.ended` if it has."""
        operation = Operation("POST", "/v1/lines/{identifier}/end", Again.KEYED)
        return decode(Line, self._transport.json(operation, identifier=line, key=idempotency_key))

    def transfer(self, line: str, sign_up: str, *, idempotency_key: str | None = None) -> Line:
        """Pass one on to whoever was accepted in a new sign-up; the new line. Raises as `bind`."""
        operation = Operation("POST", "/v1/lines/{identifier}/transfer", Again.KEYED)
        said = self._transport.json(
            operation, body={"sign_up": sign_up}, identifier=line, key=idempotency_key
        )
        return decode(Line, said)


class Cases(_Listed[Case]):
    """Cases that wait for a person, oldest first; scope `reviews`. The key's name is who looked."""

    def page(self, *, after: str | None = None, limit: int = 50) -> Page[Case]:
        """Some of them, oldest first."""
        return self._page(Operation("GET", "/v1/cases"), "cases", Case, after=after, limit=limit)

    def picture(self, case: str, kind: PictureKind) -> bytes:
        """A picture of a case, a whole file. That you looked is in the log first."""
        operation = Operation("GET", "/v1/cases/{identifier}/pictures/{kind}")
        return self._transport.send(operation, identifier=case, kind=kind.value).content

    def decide(
        self, case: str, outcome: Outcome, reason: ReviewReason, *, idempotency_key: str | None = None
    ) -> CaseDecision:
        """Say what you think of a case that you looked at: accept or reject, and why. Of the opinions on a
        case that two decide, at most one comes by a key; the rest is given on the service's pages.
        """
        operation = Operation("POST", "/v1/cases/{identifier}/decision", Again.KEYED)
        body = {"outcome": outcome.value, "reason": reason.value}
        said = self._transport.json(operation, body=body, identifier=case, key=idempotency_key)
        return decode(CaseDecision, said)


class Objections(_Listed[WaitingObjection]):
    """Lines that people say are not theirs, the first due first; scope `reviews`."""

    def page(self, *, after: str | None = None, limit: int = 50) -> Page[WaitingObjection]:
        """Some of those that wait."""
        return self._page(
            Operation("GET", "/v1/objections"), "objections", WaitingObjection, after=after, limit=limit
        )

    def get(self, objection: str) -> Objection:
        """How one stands."""
        operation = Operation("GET", "/v1/objections/{identifier}")
        return decode(Objection, self._transport.json(operation, identifier=objection))

    def decide(
        self, objection: str, outcome: ObjectionOutcome, *, idempotency_key: str | None = None
    ) -> Objection:
        """Decide one; if it is upheld, its line ends."""
        operation = Operation("POST", "/v1/objections/{identifier}/decision", Again.KEYED)
        said = self._transport.json(
            operation, body={"outcome": outcome.value}, identifier=objection, key=idempotency_key
        )
        return decode(Objection, said)


class Webhooks:
    """Where your systems are told of events."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self, address: str, events: Collection[str] = (), *, idempotency_key: str | None = None
    ) -> WebhookSecret:
        """Have events sent to an https address, and the secret to verify them by; without events named, all
        of them.
        """
        operation = Operation("POST", "/v1/webhooks", Again.KEYED)
        body = {"address": address, "events": list(events)}
        return _with_secret(self._transport.json(operation, body=body, key=idempotency_key))

    def all(self) -> tuple[Webhook, ...]:
        """All of them, oldest first."""
        return _each(Webhook, self._transport.json(Operation("GET", "/v1/webhooks")), "webhooks")

    def get(self, webhook: str) -> Webhook:
        """One of them."""
        operation = Operation("GET", "/v1/webhooks/{identifier}")
        return decode(Webhook, self._transport.json(operation, identifier=webhook))

    def rotate(self, webhook: str, *, idempotency_key: str | None = None) -> WebhookSecret:
        """Give it another secret; for a day, messages are signed with both."""
        operation = Operation("POST", "/v1/webhooks/{identifier}/rotate", Again.KEYED)
        return _with_secret(self._transport.json(operation, identifier=webhook, key=idempotency_key))

    def test(self, webhook: str, *, idempotency_key: str | None = None) -> str:
        """Send it a message of kind `webhook.test`; the event's identifier."""
        operation = Operation("POST", "/v1/webhooks/{identifier}/test", Again.KEYED)
        return str(self._transport.json(operation, identifier=webhook, key=idempotency_key)["event"])

    def enable(self, webhook: str, *, idempotency_key: str | None = None) -> Webhook:
        """Send to one again that was disabled."""
        operation = Operation("POST", "/v1/webhooks/{identifier}/enable", Again.KEYED)
        return decode(Webhook, self._transport.json(operation, identifier=webhook, key=idempotency_key))

    def remove(self, webhook: str) -> None:
        """Send nothing there any more."""
        self._transport.send(Operation("DELETE", "/v1/webhooks/{identifier}"), identifier=webhook)


def _with_secret(said: Any) -> WebhookSecret:  # noqa: ANN401 - JSON
    return WebhookSecret(decode(Webhook, said), str(said["secret"]))


def _each(kind: type[T], said: Any, name: str) -> tuple[T, ...]:  # noqa: ANN401 - JSON
    read: Callable[[Any], T] = lambda each: decode(kind, each)  # noqa: E731
    return tuple(map(read, said[name]))
