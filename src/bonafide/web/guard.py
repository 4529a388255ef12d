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
from bonafide.service.authenticators import Site
from bonafide.service.bearer import SECRET_BYTES
from bonafide.service.counter import Counter
from bonafide.service.customer_session import session_of
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
from bonafide.web.multipart import FORM_WITH_FILES, FormMalformedError, FormReader, Parts
from bonafide.web.rendering import answer, on_to, page
from bonafide.web.site import is_secure, site_of
from bonafide.web.visit import Method, Page, Room, Visit
from bonafide.web.words import said
from bonafide.wording import Language
from bonafide.wording.accepted import accepted_language

_log = logging.getLogger(__name__)
_MOST_BYTES: Final = 32 * 1024
_MOST_FIELDS: Final = 64
# Of who is there. The pages of capture have no session: the link itself says whose sign-up it is.
_SESSIONS: Final[Mapping[Room, Cookie]] = {Room.STAFF: Cookie.STAFF, Room.CUSTOMERS: Cookie.CUSTOMER}
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
    cookie = _SESSIONS.get(shown.room)
    text = read_cookie(asked.cookies, cookie, asked.site) if cookie else None
    known = visit_of(asked.cookies, asked.site)
    visitor = known or base64.urlsafe_b64encode(random_bytes(SECRET_BYTES)).decode().rstrip("=")
    visit = Visit(
        counter,
        counter.settings.operator,
        asked.site,
        asked.language,
        form_token(visitor),
        asked.path if shown.method is Method.GET else shown.back or shown.room.home,
        shown.room,
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
        if text:
            visit = _recognised(visit, text)
        response = _allowed(visit, shown, asked, text if text and visit.entered else secret)
    except NotPermitted:
        return refused(visit, shown, "not_permitted", 409)
    except (UsageError, UnreadableInput):
        return refused(visit, shown, "malformed", 400)
    except SetupBroken as error:
        # Whoever runs the service is told what to do; who asks can do nothing about it.
        _log.error("%s: %s", type(error).__name__, error)
        return refused(visit, shown, "unavailable", 503)
    cookie = _SESSIONS.get(shown.room)
    if cookie and text is not None and not visit.entered and not sets_cookie(response, cookie, asked.site):
        forget_cookie(response, cookie, asked.site)
    return response


def _recognised(visit: Visit, text: str) -> Visit:
    """The visit of whoever bears the text of a session of this room; of nobody, for whatever else it is."""
    store, now = visit.counter.store, visit.counter.now()
    if visit.room is Room.STAFF:
        who = present(store, text, now)
        if who is not None:
            return replace(visit, who=who, operator=who.operator, token=form_token(text))
    elif visit.room is Room.CUSTOMERS:
        session = session_of(store, text, now)
        if session is not None:
            return replace(visit, session=session, operator=session.operator, token=form_token(text))
    return visit


def _allowed(visit: Visit, shown: Page, asked: _Asked, secret: str) -> Response:
    if shown.needs is not None and not visit.entered:
        asks = shown.method is Method.GET
        return on_to(_door(shown, asked)) if asks else refused(visit, shown, "nobody", 401)
    if shown.method is Method.POST:
        parts = _parts(asked, shown.files) if _from_our_page(asked) else Parts({}, {})
        if parts is None:
            return refused(visit, shown, "malformed", 400)
        if not is_form_token(parts.texts.get("token", ("",))[0], secret):
            return refused(visit, shown, "forged", 403)
        first = {name: values[0] for name, values in parts.texts.items()}
        visit = replace(visit, form=first, choices=parts.texts, files=parts.files)
    if shown.needs and not any(map(visit.may, shown.needs)):
        return refused(visit, shown, "role", 403)
    return shown.show(visit)


def _door(shown: Page, asked: _Asked) -> str:
    """Where whoever is not in is sent; a customer whose half hour is over is told so."""
    over = shown.room is Room.CUSTOMERS and read_cookie(asked.cookies, Cookie.CUSTOMER, asked.site)
    return f"{shown.room.door}?told=over" if over else shown.room.door


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


def _parts(asked: _Asked, files: tuple[str, ...]) -> Parts | None:
    """What a form says, with its files where the page takes some; None for what is none of ours."""
    media_type = asked.headers.get("content-type", "")
    if files and media_type.partition(";")[0].strip().lower() == FORM_WITH_FILES:
        try:
            reader = FormReader(media_type, files)
            reader.feed(asked.body)
            read = reader.finish()
        except FormMalformedError:
            return None
        # A field of files that was left empty comes as one without content.
        return replace(read, files={name: content for name, content in read.files.items() if content})
    fields = _fields(asked)
    return Parts(fields, {}) if fields is not None else None


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
