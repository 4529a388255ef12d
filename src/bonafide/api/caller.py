"""Who calls: a machine with an API key, and what its key may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bonafide.api.codes import Code
from bonafide.api.pool import Pool
from bonafide.api.problem import Refusal
from bonafide.service.api_keys import ApiKey, Scope, api_key_of
from bonafide.service.counter import Counter
from bonafide.service.retention import Retention

_BEARER: Final = HTTPBearer(
    auto_error=False, scheme_name="key", bearerFormat="bfk/OPERATOR/ID/SECRET", description="An API key."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A machine of an operator's. It sees that operator's records and no others."""

    counter: Counter
    operator: str
    key: ApiKey

    @property
    def kept(self) -> Retention:
        """The records of its operator."""
        return self.counter.kept(self.operator)

    def may(self, scope: Scope) -> bool:
        """Whether its key has a scope."""
        return scope in self.key.scopes

    def require(self, scope: Scope) -> None:
        """Raises `Refusal` for a key without a scope."""
        if not self.may(scope):
            raise _without(scope)


def counter_of(request: Request) -> Counter:
    """What the service has open."""
    counter = request.app.state.counter
    if not isinstance(counter, Counter):
        raise TypeError("the application has no counter")
    return counter


def pool_of(request: Request) -> Pool:
    """The threads for what takes long."""
    pool = request.app.state.pool
    if not isinstance(pool, Pool):
        raise TypeError("the application has no threads")
    return pool


def needs(scope: Scope) -> Callable[..., Caller]:
    """The dependency of a route for keys with a scope; its parameter is a `Caller`."""

    def caller(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> Caller:
        counter = counter_of(request)
        found = (
            api_key_of(counter.store, credentials.credentials, counter.now().wall) if credentials else None
        )
        if found is None:
            raise Refusal(Code.KEY_MISSING, headers={"WWW-Authenticate": 'Bearer realm="bonafide"'})
        known = Caller(counter, *found)
        known.require(scope)
        return known

    return caller


def _without(scope: Scope) -> Refusal:
    challenge = f'Bearer realm="bonafide", error="insufficient_scope", scope="{scope}"'
    return Refusal(Code.SCOPE_MISSING, headers={"WWW-Authenticate": challenge})
