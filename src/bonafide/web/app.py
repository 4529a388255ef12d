"""Every page, and the routes that answer for them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from bonafide.service.counter import Counter
from bonafide.service.roles import Permission
from bonafide.web import (
    by_issuer,
    coming_in,
    deciding,
    entering,
    figures,
    inviting,
    managing,
    measuring,
    objecting,
    overseeing,
    own_data,
    own_passkeys,
    own_records,
    taking,
)
from bonafide.web.guard import endpoint
from bonafide.web.rendering import STATIC, static_file
from bonafide.web.visit import Method, Page, Room

_REVIEWS: Final = frozenset({Permission.REVIEW, Permission.SETTLE})
_FIGURES: Final = frozenset({Permission.FIGURES})
_MEASURE: Final = frozenset({Permission.MEASURE})
_PRIVACY: Final = frozenset({Permission.PRIVACY})
_ACCOUNTS: Final = frozenset({Permission.ACCOUNTS})
_PRESENT: Final[frozenset[Permission]] = frozenset()

PAGES: Final = (
    Page(Method.GET, "/staff", entering.home, _PRESENT),
    Page(Method.GET, "/staff/enter", entering.enter_page, None),
    Page(Method.POST, "/staff/enter/code", entering.enter_by_code, None, back="/staff/enter"),
    Page(
        Method.POST,
        "/staff/enter/passkey/ask",
        entering.ask_passkey,
        None,
        by_script=True,
        back="/staff/enter",
    ),
    Page(
        Method.POST,
        "/staff/enter/passkey",
        entering.enter_by_passkey,
        None,
        by_script=True,
        back="/staff/enter",
    ),
    Page(Method.POST, "/staff/enter/issuer/ask", by_issuer.ask, None, back="/staff/enter"),
    Page(Method.GET, by_issuer.BACK, by_issuer.came_back, None, from_elsewhere=True),
    Page(Method.POST, by_issuer.BACK, by_issuer.enter, None, back="/staff/enter"),
    Page(Method.GET, "/staff/invitation", inviting.invitation_page, None),
    Page(
        Method.POST,
        "/staff/invitation/passkey/ask",
        inviting.ask_new_passkey,
        None,
        by_script=True,
        back="/staff/invitation",
    ),
    Page(
        Method.POST,
        "/staff/invitation/passkey",
        inviting.take_up_with_passkey,
        None,
        by_script=True,
        back="/staff/invitation",
    ),
    Page(Method.POST, "/staff/invitation/codes/ask", inviting.ask_new_codes, None, back="/staff/invitation"),
    Page(Method.POST, "/staff/invitation/codes", inviting.take_up_with_codes, None, back="/staff/invitation"),
    Page(Method.POST, "/staff/language", entering.choose_language, None),
    Page(Method.POST, "/staff/leave", entering.leave, _PRESENT),
    Page(Method.POST, "/staff/leave-everywhere", entering.leave_everywhere, _PRESENT),
    Page(Method.GET, "/staff/cases", deciding.queue, _REVIEWS),
    Page(Method.GET, "/staff/cases/{case}", deciding.case, _REVIEWS),
    Page(Method.GET, "/staff/cases/{case}/pictures/{kind}", deciding.picture, _REVIEWS),
    Page(Method.POST, "/staff/cases/{case}/opinion", deciding.give_opinion, _REVIEWS, back="/staff/cases"),
    Page(Method.GET, "/staff/objections", objecting.objections_page, _REVIEWS),
    Page(
        Method.POST,
        "/staff/objections/{objection}",
        objecting.decide_objection,
        _REVIEWS,
        back="/staff/objections",
    ),
    Page(Method.GET, "/staff/figures", figures.figures_page, _FIGURES),
    Page(Method.GET, measuring.HERE, measuring.known_page, _MEASURE),
    Page(Method.POST, measuring.HERE, measuring.put_in, _MEASURE, back=measuring.HERE, files=measuring.FILES),
    Page(
        Method.POST,
        "/staff/known-cases/{known}/remove",
        measuring.take_out,
        _MEASURE,
        back=measuring.HERE,
    ),
    Page(Method.GET, "/staff/privacy", overseeing.privacy_page, _PRIVACY),
    Page(Method.GET, "/staff/accounts", managing.accounts_page, _ACCOUNTS),
    Page(Method.POST, "/staff/accounts", managing.invite_somebody, _ACCOUNTS, back="/staff/accounts"),
    Page(
        Method.POST,
        "/staff/accounts/{account}/roles",
        managing.change_roles,
        _ACCOUNTS,
        back="/staff/accounts",
    ),
    Page(
        Method.POST,
        "/staff/accounts/{account}/invitation",
        managing.invite_again,
        _ACCOUNTS,
        back="/staff/accounts",
    ),
    Page(
        Method.POST, "/staff/accounts/{account}/end", managing.end_somebody, _ACCOUNTS, back="/staff/accounts"
    ),
    Page(Method.POST, "/staff/keys", managing.make_key, _ACCOUNTS, back="/staff/accounts"),
    Page(Method.POST, "/staff/keys/{key}/end", managing.end_key, _ACCOUNTS, back="/staff/accounts"),
    Page(Method.GET, "/mine", own_records.lines_page, _PRESENT),
    Page(Method.GET, "/mine/enter", coming_in.door, None),
    Page(Method.POST, "/mine/enter", coming_in.come_in, None, back="/mine/enter"),
    Page(
        Method.POST,
        "/mine/enter/passkey/ask",
        coming_in.ask_passkey,
        None,
        by_script=True,
        back="/mine/enter",
    ),
    Page(
        Method.POST,
        "/mine/enter/passkey",
        coming_in.come_in_by_passkey,
        None,
        by_script=True,
        back="/mine/enter",
    ),
    Page(Method.POST, "/mine/language", entering.choose_language, None),
    Page(Method.POST, "/mine/leave", coming_in.go, _PRESENT),
    Page(Method.POST, "/mine/lines/{line}/object", own_records.object_to_line, _PRESENT),
    Page(Method.GET, "/mine/consents", own_records.consents_page, _PRESENT),
    Page(
        Method.POST,
        "/mine/consents/{consent}/withdraw",
        own_records.withdraw_consent,
        _PRESENT,
        back="/mine/consents",
    ),
    Page(Method.GET, "/mine/decisions", own_records.decisions_page, _PRESENT),
    Page(Method.GET, "/mine/decisions/{decision}/receipt", own_records.receipt, _PRESENT),
    Page(Method.GET, "/mine/decisions/{decision}/proof", own_records.proof, _PRESENT),
    Page(Method.GET, "/mine/passkeys", own_passkeys.passkeys_page, _PRESENT),
    Page(
        Method.POST,
        "/mine/passkeys/ask",
        own_passkeys.ask_new_passkey,
        _PRESENT,
        by_script=True,
        back="/mine/passkeys",
    ),
    Page(
        Method.POST,
        "/mine/passkeys",
        own_passkeys.make_passkey,
        _PRESENT,
        by_script=True,
        back="/mine/passkeys",
    ),
    Page(
        Method.POST,
        "/mine/passkeys/{passkey}/remove",
        own_passkeys.remove_passkey,
        _PRESENT,
        back="/mine/passkeys",
    ),
    Page(Method.GET, "/mine/data", own_data.data_page, _PRESENT),
    Page(Method.POST, "/mine/export", own_data.export_everything, _PRESENT, back="/mine/data"),
    Page(Method.GET, "/mine/erase", own_data.erase_page, _PRESENT),
    Page(Method.POST, "/mine/erase", own_data.erase_everything, _PRESENT, back="/mine/erase"),
    Page(Method.GET, "/capture", taking.capture_page, None),
    Page(Method.POST, "/capture/language", entering.choose_language, None),
    Page(Method.POST, "/capture/qr", taking.draw_code, None, by_script=True),
)


def routes(counter: Counter) -> APIRouter:
    """All of them, for the application that serves them; none is in the description of the API."""
    router = APIRouter(include_in_schema=False)
    for shown in PAGES:
        router.add_api_route(
            shown.path, endpoint(counter, shown), methods=[shown.method.value], response_model=None
        )
    # In each room, so that an operator may keep one of them from the world.
    for room in Room:
        router.add_api_route(f"/{room}/static/{{name}}", _static, methods=["GET"], response_model=None)
    return router


async def _static(request: Request) -> Response:
    name = str(request.path_params["name"])
    if name not in STATIC:
        return Response(status_code=404)
    # Its address changes with it.
    return Response(
        static_file(name), 200, {"Cache-Control": "public, max-age=31536000, immutable"}, STATIC[name]
    )
