"""Answers: pages from templates, JSON for scripts, and ways on to another page."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from bonafide.outcome import LineReason, Reason
from bonafide.service.roles import Permission
from bonafide.web.visit import Room, Visit
from bonafide.web.words import reason_words, said
from bonafide.wording import Language, sentence
from bonafide.wording.lines import line_advice, line_sentence

# Nothing from anywhere else, nothing that a page says in itself: scripts and styles are files of ours.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
# In the order in which they build on one another.
CAPTURE_SCRIPTS: Final = (
    "capture-words.js",
    "capture-link.js",
    "capture-screens.js",
    "capture-camera.js",
    "capture-card.js",
    "capture-document.js",
    "capture-live.js",
    "capture-face.js",
    "capture-choice.js",
    "capture-result.js",
    "capture-person.js",
    "capture.js",
)
# Made of the wording of reasons, and served like a file.
REASONS: Final = "reasons.json"
STATIC: Final[Mapping[str, str]] = {
    "style.css": "text/css; charset=utf-8",
    "enter.js": "text/javascript; charset=utf-8",
    "invitation.js": "text/javascript; charset=utf-8",
    "mine.js": "text/javascript; charset=utf-8",
    "queue.js": "text/javascript; charset=utf-8",
    "issuer.js": "text/javascript; charset=utf-8",
    "case.js": "text/javascript; charset=utf-8",
    "capture.css": "text/css; charset=utf-8",
    **dict.fromkeys(CAPTURE_SCRIPTS, "text/javascript; charset=utf-8"),
    "icon.svg": "image/svg+xml",
    REASONS: "application/json",
}
_OWN_PAGES: Final = (
    ("lines", "/mine"),
    ("consents", "/mine/consents"),
    ("decisions", "/mine/decisions"),
    ("passkeys", "/mine/passkeys"),
    ("data", "/mine/data"),
)
_PAGES: Final = (
    ("cases", "/staff/cases", (Permission.REVIEW, Permission.SETTLE)),
    ("objections", "/staff/objections", (Permission.REVIEW, Permission.SETTLE)),
    ("figures", "/staff/figures", (Permission.FIGURES,)),
    ("known", "/staff/known-cases", (Permission.MEASURE,)),
    ("privacy", "/staff/privacy", (Permission.PRIVACY,)),
    ("accounts", "/staff/accounts", (Permission.ACCOUNTS,)),
)


def page(
    visit: Visit,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> Response:
    """A page made of a template. `headers` are said in place of, or beside, what every page says."""

    def t(key: str, **filled: object) -> str:
        return said(key, visit.language, **filled)

    html = (
        _environment()
        .get_template(template)
        .render(
            visit=visit,
            t=t,
            language=visit.language,
            languages=tuple(Language),
            pages=pages_of(visit),
            static=lambda name: static_address(name, visit.room),
            sentence=lambda reason: _sentence(Reason(reason), visit.language),
            moment=_moment,
            span=lambda span: span_text(span, visit.language),
            refusal=lambda reason: _refusal(LineReason(reason), visit.language),
            inline_file=_inline_file,
            **values,
        )
    )
    said_always = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
        "Content-Language": visit.language,
        # With none at all, browsers would not say which page a form was sent from (Fetch, 3.2).
        "Referrer-Policy": "same-origin",
    }
    return Response(html, status, {**said_always, **(headers or {})}, "text/html")


def answer(content: Mapping[str, object], status: int = 200) -> Response:
    """JSON for a script."""
    return Response(json.dumps(content), status, {"Cache-Control": "no-store"}, "application/json")


def download(content: bytes, media_type: str, name: str) -> Response:
    """A file to be kept by whoever asked for it, and by no cache."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }
    return Response(content, 200, headers, media_type)


def on_to(address: str) -> Response:
    """Another page, asked for by GET (RFC 9110, 15.4.4)."""
    return Response(status_code=303, headers={"Location": address, "Cache-Control": "no-store"})


def pages_of(visit: Visit) -> tuple[tuple[str, str], ...]:
    """The pages that whoever is there may see: name and address."""
    if visit.session is not None:
        return _OWN_PAGES
    return tuple(
        (name, address)
        for name, address, needs in _PAGES
        if any(visit.may(permission) for permission in needs)
    )


def span_text(span: timedelta, language: Language) -> str:
    """A span in the two units that tell it, such as `2 d 4 h`."""
    minutes = max(0, int(span.total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return said("span.days", language, days=days, hours=hours)
    if hours:
        return said("span.hours", language, hours=hours, minutes=rest)
    return said("span.minutes", language, minutes=rest)


def _sentence(reason: Reason, language: Language) -> str:
    """A reason for the operator's people: of a pattern, what was counted, which nobody else is told."""
    return said(reason, language) if reason.startswith("pattern.") else sentence(reason, language)


def _refusal(reason: LineReason, language: Language) -> str:
    """Why something was not done, and what to do about it."""
    between = " " if language is Language.ENGLISH else ""
    return between.join((line_sentence(reason, language), line_advice(reason, language)))


def _inline_file(content: bytes) -> str:
    """An address that holds a small file of JSON, for whoever has no session to fetch it with (RFC 2397)."""
    return f"data:application/json;base64,{base64.b64encode(content).decode('ascii')}"


@cache
def static_file(name: str) -> bytes:
    """A file that pages refer to. Raises `KeyError` for one that is none of these."""
    if name not in STATIC:
        raise KeyError(name)
    if name == REASONS:
        words = {language: reason_words(language) for language in Language}
        return json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
    return files("bonafide.web").joinpath("static", name).read_bytes()


@cache
def static_address(name: str, room: Room = Room.STAFF) -> str:
    """Its address among a room's pages, another one when it has changed."""
    return f"/{room}/static/{name}?v={hashlib.sha256(static_file(name)).hexdigest()[:12]}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("bonafide.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Chinese takes half of what it would in escapes.
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return made


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
