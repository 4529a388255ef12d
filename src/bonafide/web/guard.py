"""What stands before every page: a safe address, a form of our own, somebody who may."""

from __future__ import annotations

import base64
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bonafide.errors import NotPermitted, SetupBroken, UnreadableInput, UsageError
from bonafide.service.bearer import SECRET_BYTES
from bonafide.service.counter import Counter
from bonafide.service.passkeys import Site
from bonafide.service.retention import random_bytes
from bonafide.service.web_sessions import present
from bonafide.web.cookies import (
    Cookie,
    forget_cookie,
    form_token,
    is_form_token,
    language_of,
    read_cookie,
    set_cookie,
    sets_cookie,
    visit_of,
)
from bonafide.web.rendering import answer, on_to, page
from bonafide.web.site import is_secure, site_of
from bonafide.web.visit import Method, Page, Visit
from bonafide.web.words import said
from bonafide.wording import Language
from bonafide.wording.accepted import accepted_language

_log = logging.getLogger(__name__)
_MOST_BYTES: Final = 32 * 1024
_MOST_FIELDS: Final = 64
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as it came: nothing in it is believed yet."""

    site: Site
    language: Language
    cookies: Mapping[str, str]
    headers: Mapping[str, str]
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


def endpoint(counter: Counter, shown: Page) -> Callable[[Request], Awaitable[Response]]:
    """What answers requests for a page."""

    async def answered(request: Request) -> Response:
        site = site_of(request, behind_tls=counter.settings.behind_tls)
        chosen = language_of(request.cookies, site)
        asked = _Asked(
            site,
            chosen or accepted_language(request.headers.get("accept-language", ""), Language.ENGLISH),
            request.cookies,
            request.headers,
            request.url.path,
            {name: str(value) for name, value in request.path_params.items()},
            dict(request.query_params),
            await request.body() if shown.method is Method.POST else b"",
        )
        return await run_in_threadpool(_answer, counter, shown, asked)

    return answered


def _answer(counter: Counter, shown: Page, asked: _Asked) -> Response:
    text = read_cookie(asked.cookies, Cookie.STAFF, asked.site)
    known = visit_of(asked.cookies, asked.site)
    visitor = known or base64.urlsafe_b64encode(random_bytes(SECRET_BYTES)).decode().rstrip("=")
    visit = Visit(
        counter,
        counter.settings.operator,
        asked.site,
        asked.language,
        form_token(visitor),
        asked.path if shown.method is Method.GET else shown.back,
        parts=asked.parts,
        query=asked.query,
    )
    if not is_secure(asked.site):
        return refused(visit, shown, "insecure", 403)
    response = _guarded(visit, shown, asked, text, secret=visitor)
    if known is None and not shown.from_elsewhere:
        set_cookie(response, Cookie.VISIT, visitor, asked.site)
    return response


def _guarded(visit: Visit, shown: Page, asked: _Asked, text: str | None, *, secret: str) -> Response:
    try:
        who = present(visit.counter.store, text, visit.counter.now()) if text else None
        if who is not None and text is not None:
            secret = text
            visit = replace(visit, who=who, operator=who.operator, token=form_token(text))
        response = _allowed(visit, shown, asked, secret)
    except NotPermitted:
        return refused(visit, shown, "not_permitted", 409)
    except (UsageError, UnreadableInput):
        return refused(visit, shown, "malformed", 400)
    except SetupBroken as error:
        # Whoever runs the service is told what to do; who asks can do nothing about it.
        _log.error("%s: %s", type(error).__name__, error)
        return refused(visit, shown, "unavailable", 503)
    if text is not None and who is None and not sets_cookie(response, Cookie.STAFF, asked.site):
        forget_cookie(response, Cookie.STAFF, asked.site)
    return response


def _allowed(visit: Visit, shown: Page, asked: _Asked, secret: str) -> Response:
    if shown.method is Method.POST:
        fields = _fields(asked) if _from_our_page(asked) else {}
        if fields is None:
            return refused(visit, shown, "malformed", 400)
        if not is_form_token(fields.get("token", ("",))[0], secret):
            return refused(visit, shown, "forged", 403)
        first = {name: values[0] for name, values in fields.items()}
        visit = replace(visit, form=first, choices=fields)
    if shown.needs is not None:
        if visit.who is None:
            asks = shown.method is Method.GET
            return on_to("/staff/enter") if asks else refused(visit, shown, "nobody", 401)
        if shown.needs and not any(map(visit.may, shown.needs)):
            return refused(visit, shown, "role", 403)
    return shown.show(visit)


def refused(visit: Visit, shown: Page, why: str, status: int) -> Response:
    """Say why a request is not answered, as whoever asks can read it."""
    if shown.by_script:
        return answer({"message": said(f"refused.{why}", visit.language)}, status)
    return page(visit, "refused.html", status=status, why=why)


def _from_our_page(asked: _Asked) -> bool:
    """Whether a browser says that it sends this from a page of ours. Every one that can hold our cookies says
    where from; what says nothing is none.
    """
    origin, fetched = asked.headers.get("origin"), asked.headers.get("sec-fetch-site")
    if origin is None and fetched is None:
        return False
    return origin in {None, asked.site.origin} and fetched in {None, "same-origin"}


def _fields(asked: _Asked) -> dict[str, tuple[str, ...]] | None:
    """The fields of a form, None for what is none of ours."""
    media_type = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _FORM or len(asked.body) > _MOST_BYTES:
        return None
    try:
        found = parse_qs(
            asked.body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(asked.body),
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        return None
    return {name: tuple(values) for name, values in found.items()}
