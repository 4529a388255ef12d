"""Keys of machines: made, shown once, listed, revoked. Only a digest of each is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bonafide.errors import UsageError
from bonafide.evidence.access import Action
from bonafide.privacy.now import not_set_back
from bonafide.privacy.staff import COMMAND_LINE, require_new_name
from bonafide.service.bearer import SECRET_BYTES, Bearer, BearerKind
from bonafide.service.managing_log import log_managing
from bonafide.service.retention import Retention, new_identifier, random_bytes
from bonafide.store import Store, Transaction
from bonafide.store.sign_up_tables import API_KEY


class Scope(StrEnum):
    """What a key may be used for."""

    SIGN_UPS = "sign-ups"
    """Begin sign-ups, and read what came of them."""

    VERIFY = "verify"
    """Have a case verified of which nothing is kept."""

    LINES = "lines"
    """Bind, list, transfer and end lines."""

    CUSTOMERS = "customers"
    """Act for a customer, who proved to the operator that it is them."""

    REVIEWS = "reviews"
    """Read and decide referred cases."""

    WEBHOOKS = "webhooks"
    """Say where events are sent."""

    METRICS = "metrics"
    """Read how many there were of what, and how long it took."""

    ATTEND = "attend"
    """Say that an agent attends, and so vouches for a living person being there."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. `expires_at` is None for one that lasts until it is revoked."""

    id: str
    name: str
    scopes: frozenset[Scope]
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def stands(self, now: datetime) -> bool:
        """Whether it may be used at a moment (by the wall). A clock that was set back to before it was made
        does not bring it back.
        """
        return self.revoked_at is None and (
            self.expires_at is None or (not_set_back(now, self.made_at) and now < self.expires_at)
        )


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    name: str
    digest: str = field(repr=False)
    scopes: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None

    @property
    def key(self) -> ApiKey:
        # A scope of a newer version gives no right here.
        scopes = frozenset(Scope(name) for name in self.scopes.split() if name in set(Scope))
        return ApiKey(self.id, self.name, scopes, self.made_at, self.expires_at, self.revoked_at)


def make_api_key(
    kept: Retention,
    name: str,
    scopes: Collection[Scope],
    *,
    life: timedelta | None = None,
    who: str = COMMAND_LINE,
) -> tuple[ApiKey, str]:
    """A new key of the operator's, and its text, which is nowhere else.

    `name` says which machine bears it, `who` makes it. Raises `UsageError` for a name that is not one short
    line, for no scope, and for a life that is over at once; `StoreUnusable` as the store does.
    """
    require_new_name(name)
    if not scopes:
        raise UsageError("A key without a scope opens nothing", f"Give it some of {', '.join(Scope)}")
    now = kept.now()
    try:
        expires_at = None if life is None else now.wall + life
    except OverflowError:
        expires_at = now.wall  # refused with what is over at once: neither is a life
    if expires_at is not None and expires_at <= now.wall:
        raise UsageError("A key's life is longer than nothing and ends in this era", "Give it some days")
    bearer = Bearer.made_of(BearerKind.KEY, kept.operator, new_identifier(), random_bytes(SECRET_BYTES))
    listed = " ".join(sorted(set(scopes)))
    row = _Row(bearer.id, name, bearer.digest, listed, now.wall, expires_at)

    def work(transaction: Transaction) -> None:
        transaction.add(API_KEY, row)
        log_managing(transaction, who, Action.MAKE_KEY, row.id, now)

    kept.store.write(kept.operator, work)
    return row.key, bearer.text


def api_key_of(store: Store, text: str, now: datetime) -> tuple[str, ApiKey] | None:
    """Whose key a text is, and the key, if it may be used now; None for whatever else it is.

    `now` is the wall's. Raises `StoreUnusable` as the store does.
    """
    bearer = Bearer.parse(BearerKind.KEY, text)
    if bearer is None:
        return None
    with store.read(bearer.operator) as transaction:
        row = transaction.one(_Row, API_KEY, API_KEY.c.id == bearer.id)
    if row is None or not bearer.matches(row.digest) or not row.key.stands(now):
        return None
    return bearer.operator, row.key


def api_keys(kept: Retention) -> tuple[ApiKey, ...]:
    """All keys of the operator's, the revoked and expired ones too, oldest first."""
    with kept.store.read(kept.operator) as transaction:
        rows = transaction.all(_Row, API_KEY, order=[API_KEY.c.made_at, API_KEY.c.id])
    return tuple(row.key for row in rows)


def revoke_api_key(
    kept: Retention,
    id: str,  # noqa: A002 - as the column
    *,
    who: str = COMMAND_LINE,
) -> ApiKey | None:
    """Let a key open nothing any more; None if the operator has none of that identifier. A second time
    changes nothing.
    """
    now = kept.now()

    def work(transaction: Transaction) -> ApiKey | None:
        row = transaction.one(_Row, API_KEY, API_KEY.c.id == id)
        if row is None or row.revoked_at is not None:
            return row.key if row else None
        transaction.change(API_KEY, API_KEY.c.id == id, revoked_at=now.wall)
        log_managing(transaction, who, Action.REVOKE_KEY, id, now)
        return replace(row.key, revoked_at=now.wall)

    return kept.store.write(kept.operator, work)
