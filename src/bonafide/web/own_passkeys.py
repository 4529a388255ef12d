"""A customer's passkeys: made on this device, listed, removed."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from bonafide.service.customer_passkeys import CustomerPasskeys, PasskeyRefusal
from bonafide.service.customer_session import How
from bonafide.web.rendering import answer, on_to, page
from bonafide.web.visit import Visit
from bonafide.web.words import said

PASSKEYS: Final = "/mine/passkeys"
_TOLD: Final = ("made", "removed")


def passkeys_page(visit: Visit) -> Response:
    """Those there are, and a way to make one for whoever came in by a face check or a code."""
    told = visit.query.get("told")
    return page(
        visit,
        "mine-passkeys.html",
        passkeys=CustomerPasskeys(visit.counter).of(visit.own),
        fresh=visit.own.how is not How.PASSKEY,
        told=told if told in _TOLD else None,
    )


def ask_new_passkey(visit: Visit) -> Response:
    """What a script asks of an authenticator."""
    asked = CustomerPasskeys(visit.counter).ask_new(visit.own, visit.site)
    if isinstance(asked, PasskeyRefusal):
        return _refused(visit, asked)
    return answer({"ceremony": asked.ceremony, "options": asked.options})


def make_passkey(visit: Visit) -> Response:
    """An authenticator's answer."""
    ceremony, said_back = visit.form.get("ceremony", ""), visit.form.get("answer", "")
    made = CustomerPasskeys(visit.counter).make(visit.own, ceremony, said_back, visit.site)
    if isinstance(made, PasskeyRefusal):
        return _refused(visit, made)
    return answer({"to": f"{PASSKEYS}?told=made"})


def remove_passkey(visit: Visit) -> Response:
    """One opens nothing any more."""
    if not CustomerPasskeys(visit.counter).remove(visit.own, visit.parts["passkey"]):
        return page(visit, "refused.html", status=404, why="not_found")
    return on_to(f"{PASSKEYS}?told=removed")


def _refused(visit: Visit, refusal: PasskeyRefusal) -> Response:
    return answer({"message": said(f"passkeys.{refusal.replace('-', '_')}", visit.language)}, 409)
