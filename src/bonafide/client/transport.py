"""Requests and answers: sent again where that is safe, refused by name where it is not."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from ipaddress import ip_address
from typing import Any, Final

import httpx2

from bonafide.client.problems import BadCall, Fault, NotReached, Problem, UnexpectedAnswer, problem_of
from bonafide.version import VERSION

_PROBLEM: Final = "application/problem+json"
# What a request that comes again under the same key is told while the first is worked on.
_IN_FLIGHT: Final = "idempotency_in_flight"
# What says that nothing of the request was begun.
_NOT_BEGUN: Final = "busy"
_LONGEST_PAUSE: Final = 30.0


class Again(Enum):
    """When a request may be sent again whose answer did not come."""

    ALWAYS = auto()  # it changes nothing, or the same each time
    KEYED = auto()  # it bears an Idempotency-Key: the service carries it out once
    NOT_BEGUN = auto()  # only where it surely was not begun


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API. `path` has its parameters in braces, as its description has them."""

    method: str
    path: str
    again: Again = Again.ALWAYS


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is sent, and how long is waited between: at first so many seconds, then ever
    longer, or what the service asks for.
    """

    tries: int = 4
    first_pause: float = 0.5
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.SystemRandom().random

    def pause(self, tried: int, asked: float | None) -> None:
        """Wait after so many tries, at least as long as the service asked."""
        grown = self.first_pause * 2.0 ** (tried - 1) * (0.5 + self.chance())
        self.sleep(min(max(grown, asked or 0.0), _LONGEST_PAUSE))


@dataclass(frozen=True, slots=True)
class Transport:
    """A service as somebody may use it, who bears a secret."""

    client: httpx2.Client
    bearer: str = field(repr=False)
    language: str
    patience: Patience
    new_key: Callable[[], str] = lambda: str(uuid.uuid4())

    def bearing(self, bearer: str) -> Transport:
        """The same service, for somebody who bears another secret."""
        return replace(self, bearer=bearer)

    def send(
        self,
        operation: Operation,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        key: str | None = None,
        **parts: str,
    ) -> httpx2.Response:
        """Send a request, and again where that is safe; the answer, whose status is 200 to 299.

        `parts` are the parameters of the path, `key` an Idempotency-Key of the caller's own. Raises
        `Problem`, `NotReached`, `UnexpectedAnswer`.
        """
        headers = {"Accept-Language": self.language}
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        if operation.again is Again.KEYED:
            headers["Idempotency-Key"] = key or self.new_key()
        request = self.client.build_request(
            operation.method,
            _filled(operation.path, parts),
            json=body,
            params={name: value for name, value in (query or {}).items() if value is not None},
            data=form,
            files={name: (name, content) for name, content in files.items()} if files else None,
            headers=headers,
        )
        tried = 0
        while True:
            tried += 1
            try:
                return self._answered(request)
            except (NotReached, Problem) as error:
                asked = error.retry_after if isinstance(error, Problem) else None
                too_long = asked is not None and asked > _LONGEST_PAUSE
                if tried >= self.patience.tries or too_long or not _safe(operation.again, error):
                    raise
            self.patience.pause(tried, asked)

    def json(self, operation: Operation, **options: Any) -> Any:  # noqa: ANN401 - of `send`, and any JSON
        """The document that a request is answered with. Raises as `send`."""
        answer = self.send(operation, **options)
        try:
            return answer.json()
        except ValueError:
            raise UnexpectedAnswer("The answer is not JSON: is this the service's address?") from None

    def _answered(self, request: httpx2.Request) -> httpx2.Response:
        try:
            answer = self.client.send(request)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise _NotConnected("The service cannot be reached: see that it runs, and its address") from None
        except httpx2.TimeoutException:
            raise NotReached("The service did not answer in time") from None
        except httpx2.TransportError:
            raise NotReached("The connection to the service broke off") from None
        if answer.is_success:
            return answer
        if answer.status_code < 400:
            raise UnexpectedAnswer("The service sends elsewhere: give the address where it is itself")
        raise _problem(answer)


class _NotConnected(NotReached):
    """Nothing was sent."""


def service_url(text: str) -> httpx2.URL:
    """The address of a service. Raises `BadCall` for one that is none, and for http to another machine: keys
    and faces would cross the network in the clear.
    """
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL:
        raise BadCall("That is no address of a service: give one such as https://bonafide.example") from None
    if url.scheme not in ("https", "http") or not url.host or url.query or url.fragment or url.userinfo:
        raise BadCall("That is no address of a service: give one such as https://bonafide.example")
    if url.scheme == "http" and not _this_machine(url.host):
        raise BadCall("Without https, keys and faces would cross the network in the clear")
    return url


def http_client(url: httpx2.URL, transport: httpx2.BaseTransport | None, timeout: float) -> httpx2.Client:
    """What sends requests to a service; `timeout` is in seconds."""
    return httpx2.Client(
        base_url=url,
        transport=transport,
        timeout=httpx2.Timeout(timeout, connect=min(timeout, 5.0)),
        headers={"User-Agent": f"bonafide-client/{VERSION}"},
    )


def _this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _filled(path: str, parts: Mapping[str, str]) -> str:
    for part in parts.values():
        # A slash or dots would name something else.
        if not part or not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in part):
            raise BadCall("An identifier has letters, digits and hyphens, and is not empty")
    return path.format(**parts)


def _safe(again: Again, error: ClientFault) -> bool:
    if isinstance(error, NotReached):
        return again is not Again.NOT_BEGUN or isinstance(error, _NotConnected)
    if error.status == 503 and error.code == _NOT_BEGUN:
        return True
    return again is not Again.NOT_BEGUN and (error.status in (502, 503, 504) or error.code == _IN_FLIGHT)


def _problem(answer: httpx2.Response) -> Problem:
    if answer.headers.get("content-type", "").partition(";")[0] != _PROBLEM:
        kind, status = problem_of(answer.status_code), answer.status_code
        return kind(status, "unknown", "Whatever answered is not the service", f"It said {status}.")
    try:
        said = answer.json()
        faults = tuple(Fault(str(each["where"]), str(each["code"])) for each in said.get("errors") or ())
        code, title, detail = str(said["code"]), str(said["title"]), str(said["detail"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnexpectedAnswer("The answer is not as expected at Problem") from None
    return problem_of(answer.status_code)(
        answer.status_code, code, title, detail, faults=faults, retry_after=_seconds(answer)
    )


def _seconds(answer: httpx2.Response) -> float | None:
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 8 else None


ClientFault = NotReached | Problem
