"""The first start: tables, an operator, its keys, and a way in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service.accounts import FIRST_NAME, invite
from bonafide.service.api_keys import Scope, make_api_key
from bonafide.service.retention import Retention
from bonafide.service.roles import Role
from bonafide.service.safekeeping import open_vault
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.store.migrations import State

# The first key may do everything, so it is to be replaced soon.
FIRST_KEY_LIFE: Final = timedelta(days=7)
_FIRST_KEY: Final = "first-start"


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What a first start made. `key` is the text of an API key with every scope, `invitation` that of the
    first administrator; both are nowhere else.
    """

    operator: str
    key: str = field(repr=False)
    invitation: str = field(repr=False)


def upgrade(settings: Settings, store: Store) -> None:
    """Make the tables, or bring them to this version, and list the settings' operator with a key of its own.

    Raises what `Store.upgrade`, `open_vault` and `Vault.begin_operator` raise.
    """
    store.upgrade()
    if settings.operator not in store.operators():
        # The key first: an operator that is listed has one, and nobody ever makes it another.
        open_vault(settings).begin_operator(settings.operator)
        store.begin_operator(settings.operator, datetime.now(UTC))


def begin(settings: Settings, store: Store) -> FirstStart | None:
    """Make an installation that serves out of nothing, where its database is a file that is not there yet;
    None for one that is there. `bonafide store upgrade` alone makes a server's database, or brings one of an
    older version to this one: both change what others may be using.

    Raises as `upgrade` does.
    """
    if not _is_file(settings) or store.state() is not State.EMPTY:
        return None
    upgrade(settings, store)
    kept = Retention(settings, store, RetentionClock(store))
    _, text = make_api_key(kept, _FIRST_KEY, list(Scope), life=FIRST_KEY_LIFE)
    _, invitation = invite(kept, FIRST_NAME, {Role.ADMINISTRATOR})
    return FirstStart(settings.operator, text, invitation)


def _is_file(settings: Settings) -> bool:
    return settings.database is None or settings.database.startswith("sqlite:")
