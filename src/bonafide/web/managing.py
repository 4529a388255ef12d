"""An administrator's page: who has an account, and keys of machines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from bonafide.errors import NotPermitted, UsageError
from bonafide.service.accounts import accounts, end_account, give_roles, invite
from bonafide.service.api_keys import Scope, api_keys, make_api_key, revoke_api_key
from bonafide.service.roles import MAY, Role
from bonafide.web.rendering import on_to, page
from bonafide.web.visit import Visit

HERE: Final = "/staff/accounts"
_TOLD: Final = ("roles", "ended", "key_ended")
_LIVES: Final = {"30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365)}


def accounts_page(visit: Visit) -> Response:
    """Everybody, and every key."""
    told = visit.query.get("told")
    return _shown(visit, told=told if told in _TOLD else None)


def invite_somebody(visit: Visit) -> Response:
    """A new account; its invitation is shown once."""
    name, roles = visit.form.get("name", "").strip(), _roles(visit)
    if not roles:
        return _shown(visit, why="no_role", status=400)
    if any(one.name == name for one in accounts(visit.kept)):
        return _shown(visit, why="name_taken", status=409)
    try:
        account, text = invite(visit.kept, name, roles, who=visit.account.name)
    except UsageError:
        return _shown(visit, why="name", status=400)
    return _shown(visit, invitation=_link(visit, text), invited=account.name)


def invite_again(visit: Visit) -> Response:
    """A new way to enter for somebody who lost theirs."""
    found = next((one for one in accounts(visit.kept) if one.id == visit.parts["account"]), None)
    if found is None or found.ended_at is not None:
        return _not_found(visit)
    account, text = invite(visit.kept, found.name, found.roles, who=visit.account.name)
    return _shown(visit, invitation=_link(visit, text), invited=account.name)


def change_roles(visit: Visit) -> Response:
    """Other roles, from now on."""
    roles = _roles(visit)
    if not roles:
        return _shown(visit, why="no_role", status=400)
    return _changed(
        visit, lambda: give_roles(visit.kept, visit.parts["account"], roles, who=visit.account.name), "roles"
    )


def end_somebody(visit: Visit) -> Response:
    """An account ends, at once and for good."""
    return _changed(
        visit, lambda: end_account(visit.kept, visit.parts["account"], who=visit.account.name), "ended"
    )


def make_key(visit: Visit) -> Response:
    """A key for a machine; its text is shown once."""
    scopes = [scope for scope in Scope if scope in visit.choices.get("scope", ())]
    if not scopes:
        return _shown(visit, why="no_scope", status=400)
    life = _LIVES.get(visit.form.get("days", ""))
    try:
        key, text = make_api_key(
            visit.kept, visit.form.get("name", "").strip(), scopes, life=life, who=visit.account.name
        )
    except UsageError:
        return _shown(visit, why="name", status=400)
    return _shown(visit, key=text, made=key.name)


def end_key(visit: Visit) -> Response:
    """A key is revoked."""
    return _changed(
        visit, lambda: revoke_api_key(visit.kept, visit.parts["key"], who=visit.account.name), "key_ended"
    )


def _changed(visit: Visit, change: Callable[[], object | None], told: str) -> Response:
    try:
        if change() is None:
            return _not_found(visit)
    except NotPermitted:
        return _shown(visit, why="last", status=409)
    return on_to(f"{HERE}?told={told}")


def _shown(
    visit: Visit,
    *,
    status: int = 200,
    why: str | None = None,
    told: str | None = None,
    invitation: str | None = None,
    invited: str | None = None,
    key: str | None = None,
    made: str | None = None,
) -> Response:
    now = visit.counter.now().wall
    return page(
        visit,
        "accounts.html",
        status=status,
        accounts=accounts(visit.kept),
        roles=tuple(Role),
        may=MAY,
        keys=[(each, each.stands(now)) for each in api_keys(visit.kept)],
        scopes=tuple(Scope),
        lives=tuple(_LIVES),
        why=why,
        told=told,
        invitation=invitation,
        invited=invited,
        key=key,
        made=made,
    )


def _roles(visit: Visit) -> frozenset[Role]:
    return frozenset(role for role in Role if role in visit.choices.get("role", ()))


def _link(visit: Visit, text: str) -> str:
    """In the fragment, which a browser sends to nobody."""
    return f"{visit.site.origin}/staff/invitation#{text}"


def _not_found(visit: Visit) -> Response:
    return page(visit, "refused.html", status=404, why="not_found")
