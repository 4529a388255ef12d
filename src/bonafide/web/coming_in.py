"""Customers come in and leave: by a passkey, by the link of their sign-up, or by a code to their line."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from starlette.responses import Response

from bonafide.outcome import LineReason
from bonafide.service.bearer import BearerKind
from bonafide.service.customer_access import CustomerAccess, LetIn
from bonafide.service.customer_passkeys import CustomerPasskeys
from bonafide.service.customer_session import end_session
from bonafide.web.cookies import Cookie, forget_cookie, set_cookie
from bonafide.web.rendering import answer, on_to, page
from bonafide.web.site import origin_by_name
from bonafide.web.visit import Room, Visit
from bonafide.web.words import said

_HOME: Final = Room.CUSTOMERS.home
_DOOR: Final = Room.CUSTOMERS.door
_TOLD: Final = ("over", "left")
_LONGEST: Final = 512


def door(visit: Visit) -> Response:
    """How to come in."""
    if visit.entered:
        return on_to(_HOME)
    operator = visit.operator_named(visit.query.get("operator"))
    if operator is None:
        return page(visit, "refused.html", status=404, why="not_found")
    if (by_name := origin_by_name(visit.site)) is not None:
        asked = f"?operator={operator}" if visit.query.get("operator") else ""
        return on_to(f"{by_name}{visit.path}{asked}")
    told = visit.query.get("told")
    return _door(visit, operator, told=told if told in _TOLD else None)


def come_in(visit: Visit) -> Response:
    """A link, or a request and its code."""
    operator = visit.operator_named(visit.form.get("operator"))
    if operator is None:
        return page(visit, "refused.html", status=404, why="not_found")
    given, code = _given(visit.form.get("given", "")), "".join(visit.form.get("code", "").split())
    access = CustomerAccess(visit.counter)
    by_link = given.startswith(f"{BearerKind.LINK}/")
    let_in = access.by_link(given) if by_link else access.by_code(given, code)
    if let_in.session is None:
        locked = let_in.refusal is LineReason.CUSTOMER_LOCKED
        # A request is no secret, and with it only the code is to be typed again.
        again = "" if by_link else given
        return _door(
            visit, operator, given=again, why="locked" if locked else "wrong", status=429 if locked else 403
        )
    response = on_to(_HOME)
    _rotate(visit, let_in, response)
    return response


def ask_passkey(visit: Visit) -> Response:
    """What a script asks of an authenticator."""
    operator = visit.operator_named(visit.form.get("operator"))
    if operator is None:
        return answer({"message": said("refused.not_found", visit.language)}, 404)
    asked = CustomerPasskeys(visit.counter).ask(operator, visit.site)
    return answer({"ceremony": asked.ceremony, "options": asked.options})


def come_in_by_passkey(visit: Visit) -> Response:
    """An authenticator's answer."""
    operator = visit.operator_named(visit.form.get("operator"))
    if operator is None:
        return answer({"message": said("refused.not_found", visit.language)}, 404)
    ceremony, said_back = visit.form.get("ceremony", ""), visit.form.get("answer", "")
    let_in = CustomerPasskeys(visit.counter).enter(operator, ceremony, said_back, visit.site)
    if let_in.session is None:
        return answer({"message": said("coming.passkey_wrong", visit.language)}, 403)
    response = answer({"to": _HOME})
    _rotate(visit, let_in, response)
    return response


def go(visit: Visit) -> Response:
    """End this session."""
    end_session(visit.counter.store, visit.own, visit.counter.now())
    response = on_to(f"{_DOOR}?told=left")
    forget_cookie(response, Cookie.CUSTOMER, visit.site)
    return response


def _rotate(visit: Visit, let_in: LetIn, response: Response) -> None:
    """Let a browser in anew; the session that it had ends."""
    if visit.session is not None:
        end_session(visit.counter.store, visit.session, visit.counter.now())
    set_cookie(response, Cookie.CUSTOMER, let_in.session or "", visit.site)


def _given(text: str) -> str:
    """What somebody was sent, also where they paste the whole address with it in the fragment."""
    return "".join(unquote(text[:_LONGEST].rpartition("#")[2]).split())


def _door(
    visit: Visit,
    operator: str,
    *,
    given: str = "",
    told: str | None = None,
    why: str | None = None,
    status: int = 200,
) -> Response:
    return page(visit, "mine-enter.html", status=status, operator=operator, given=given, told=told, why=why)
