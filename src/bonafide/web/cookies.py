"""Cookies of the pages: who is there, a token against forgery, and the language chosen."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from starlette.responses import Response

from bonafide.service.authenticators import Site
from bonafide.service.customer_session import SESSION_LIFE
from bonafide.service.web_sessions import LONGEST
from bonafide.wording import Language

_YEAR: Final = 366 * 24 * 3600
_VISIT: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_TOKEN_OF: Final = b"bonafide-form/1"


class Cookie(StrEnum):
    """What a browser keeps for the pages."""

    STAFF = "bonafide-staff"
    """Who of the operator's people has entered: the text of a session."""

    CUSTOMER = "bonafide-customer"
    """Which customer has come in: the text of another kind of session."""

    VISIT = "bonafide-visit"
    """A random text, of which the tokens of forms are made before anybody has entered."""

    LANGUAGE = "bonafide-language"


def cookie_name(cookie: Cookie, site: Site) -> str:
    """Its name there: by TLS with the prefix that no other host and no plain HTTP can set (RFC 6265bis,
    4.1.3.2); on this machine alone, where there is no TLS, without.
    """
    return f"__Host-{cookie}" if _by_tls(site) else cookie.value


def read_cookie(cookies: Mapping[str, str], cookie: Cookie, site: Site) -> str | None:
    """What a browser sent of a cookie."""
    return cookies.get(cookie_name(cookie, site))


def set_cookie(response: Response, cookie: Cookie, value: str, site: Site) -> None:
    """Let a browser keep a cookie: sent to this host alone, never along from another site, and hidden from
    scripts.
    """
    ages = {
        Cookie.STAFF: int(LONGEST.total_seconds()),
        Cookie.CUSTOMER: int(SESSION_LIFE.total_seconds()),
        Cookie.VISIT: None,
        Cookie.LANGUAGE: _YEAR,
    }
    response.set_cookie(
        cookie_name(cookie, site),
        value,
        max_age=ages[cookie],
        path="/",
        secure=_by_tls(site),
        httponly=True,
        samesite="strict",
    )


def forget_cookie(response: Response, cookie: Cookie, site: Site) -> None:
    """Let a browser forget a cookie."""
    response.delete_cookie(
        cookie_name(cookie, site), path="/", secure=_by_tls(site), httponly=True, samesite="strict"
    )


def sets_cookie(response: Response, cookie: Cookie, site: Site) -> bool:
    """Whether an answer lets a browser keep that cookie."""
    begins = f"{cookie_name(cookie, site)}="
    return any(value.startswith(begins) for value in response.headers.getlist("set-cookie"))


def visit_of(cookies: Mapping[str, str], site: Site) -> str | None:
    """The random text that a browser keeps, if it is one of ours."""
    value = read_cookie(cookies, Cookie.VISIT, site)
    return value if value and _VISIT.fullmatch(value) else None


def form_token(secret: str) -> str:
    """What a form says to show that it is one of our pages': made of what only this browser sends."""
    return hmac.new(secret.encode(), _TOKEN_OF, hashlib.sha256).hexdigest()


def is_form_token(given: str, secret: str) -> bool:
    """Whether it is that token, in a time that tells nothing."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), form_token(secret).encode())


def language_of(cookies: Mapping[str, str], site: Site) -> Language | None:
    """The language that somebody chose."""
    value = read_cookie(cookies, Cookie.LANGUAGE, site)
    return Language(value) if value in set(Language) else None


def _by_tls(site: Site) -> bool:
    return site.origin.startswith("https://")
