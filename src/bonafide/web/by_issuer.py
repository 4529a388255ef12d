"""Entering by the issuer of sign-ins: there by a link, back by its redirect, and in by a form of ours.

Our cookies go along from no other site (`SameSite=Strict`), so that nobody is known when the issuer sends a
browser back: that page asks for itself once more, from here, and only then shows the form that lets in.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from bonafide.service.issuer_entry import (
    CameBack,
    IssuerRefusal,
    ask_issuer,
    enter_by_issuer,
    operator_of_state,
)
from bonafide.settings import Issuer
from bonafide.web.entering import let_in, operator_of_invitation
from bonafide.web.rendering import page
from bonafide.web.visit import Visit

BACK: Final = "/staff/enter/issuer"
# What the issuer may send back that is of use; of an error it matters only that there is one.
_CARRIED: Final = ("state", "code", "error", "iss")


def ask(visit: Visit) -> Response:
    """The way to the issuer, for whoever enters or takes up an invitation."""
    issuer, invitation = visit.counter.settings.issuer, "".join(visit.form.get("invitation", "").split())
    if invitation:
        operator = operator_of_invitation(visit, invitation)
    else:
        operator = visit.operator_named(visit.form.get("operator"))
    if issuer is None:
        return page(visit, "refused.html", status=404, why="not_found")
    if operator is None:
        return _refused(visit, issuer, IssuerRefusal.RUN_OUT)
    kept = visit.counter.kept(operator)
    address = ask_issuer(kept, issuer, visit.token, _back(visit), invitation or None)
    if isinstance(address, IssuerRefusal):
        return _refused(visit, issuer, address)
    return page(visit, "issuer.html", issuer=issuer.address, onwards=address)


def came_back(visit: Visit) -> Response:
    """Where the issuer sends a browser."""
    issuer = visit.counter.settings.issuer
    if issuer is None:
        return page(visit, "refused.html", status=404, why="not_found")
    carried = {name: visit.query[name] for name in _CARRIED if name in visit.query}
    if visit.query.get("again") != "yes":
        onwards = f"{BACK}?{urlencode({**carried, 'again': 'yes'})}"
        return page(visit, "issuer.html", issuer=issuer.address, onwards=onwards)
    # Of another issuer's answer nothing is believed (RFC 9207).
    if "error" in carried or carried.get("iss", issuer.address) != issuer.address:
        return _refused(visit, issuer, IssuerRefusal.AWAY)
    return page(
        visit,
        "issuer_back.html",
        issuer=issuer.address,
        state=carried.get("state", ""),
        code=carried.get("code", ""),
    )


def enter(visit: Visit) -> Response:
    """In, by what was brought back."""
    issuer = visit.counter.settings.issuer
    came = CameBack(visit.form.get("state", ""), visit.form.get("code", ""))
    operator = visit.operator_named(operator_of_state(came.state))
    if issuer is None or operator is None:
        return page(visit, "refused.html", status=404, why="not_found")
    entered = enter_by_issuer(visit.counter.kept(operator), issuer, visit.token, _back(visit), came)
    return _refused(visit, issuer, entered) if isinstance(entered, IssuerRefusal) else let_in(visit, entered)


def _refused(visit: Visit, issuer: Issuer, why: IssuerRefusal) -> Response:
    return page(
        visit, "issuer_refused.html", status=401, issuer=issuer.address, why=why.value.replace("-", "_")
    )


def _back(visit: Visit) -> str:
    return f"{visit.site.origin}{BACK}"
