"""What may go wrong, as one tree of exceptions.

ClientError
├── BadCall              the call is wrong: nothing was sent
├── NotReached           nobody answered, or not in time
├── UnexpectedAnswer     whatever answered is not this service, or one of another version
├── WebhookRejected      a message is not the service's, or came before
└── Problem              the service refused, and says why (RFC 9457)
    ├── NotAuthenticated     401  no key, link or session that is in force
    ├── NotPermitted         403  not with this one, or not without somebody's consent
    ├── NotThere             404  nothing of that identifier is yours
    ├── Conflict             409  it does not fit how things stand: `line.limit_reached`, …
    ├── TooManyAttempts      429  locked for a while; the other way is open
    ├── Invalid              400, 408, 413, 415, 422 and the like: the request is at fault
    └── ServiceBroken        500 and above: the service is
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


class ClientError(Exception):
    """Base of all that this client raises on purpose. None repeats a secret or a number."""


class BadCall(ClientError):  # noqa: N818 - it names the state of the call
    """The call is wrong, and nothing was sent."""


class NotReached(ClientError):  # noqa: N818 - it names the state of the service
    """Nobody answered, or not in time. Whether it was done is not known, unless the call says that it is
    sent again safely.
    """


class UnexpectedAnswer(ClientError):  # noqa: N818 - it names the answer
    """Whatever answered is not this service, or one of another version."""


class WebhookRejected(ClientError):  # noqa: N818 - it names the message
    """A message is not the service's, was changed, or is not of now."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing in a request that is missing or not allowed: its place, and what is wrong."""

    where: str
    code: str


class Problem(ClientError):  # noqa: N818 - RFC 9457's own word
    """The service refused. Programs go by `code`; `title` and `detail` are for people, in the client's
    language. `retry_after` is in seconds, None where the service named none.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        faults: tuple[Fault, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{title}. {detail} ({code})")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.faults = faults
        self.retry_after = retry_after


class NotAuthenticated(Problem):
    """No key, link or session that is in force."""


class NotPermitted(Problem):
    """Not with this key, or not without somebody's consent."""


class NotThere(Problem):
    """Nothing of that identifier is yours."""


class Conflict(Problem):
    """It does not fit how things stand."""


class TooManyAttempts(Problem):
    """Locked for a while; the other way is open."""


class Invalid(Problem):
    """The request is at fault."""


class ServiceBroken(Problem):
    """The service is at fault, or busy."""


_BY_STATUS: Final[Mapping[int, type[Problem]]] = {
    401: NotAuthenticated,
    403: NotPermitted,
    404: NotThere,
    409: Conflict,
    429: TooManyAttempts,
}


def problem_of(status: int) -> type[Problem]:
    """The exception for a status of 400 or above."""
    return _BY_STATUS.get(status, ServiceBroken if status >= 500 else Invalid)
