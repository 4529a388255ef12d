"""Cookies that nobody else can set, read or send."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from bonafide.service.authenticators import Site
from bonafide.web.cookies import (
    Cookie,
    forget_cookie,
    form_token,
    is_form_token,
    language_of,
    set_cookie,
    sets_cookie,
    visit_of,
)
from bonafide.wording import Language

SAFE = Site("https://shop.example", "shop.example")
LOCAL = Site("http://localhost:8000", "localhost")


def said(site: Site, cookie: Cookie, value: str = "x") -> str:
    response = Response()
    set_cookie(response, cookie, value, site)
    assert sets_cookie(response, cookie, site)
    return response.headers["set-cookie"]


@pytest.mark.parametrize("cookie", Cookie)
def test_by_tls_a_cookie_is_of_this_host_alone(cookie: Cookie) -> None:
    text = said(SAFE, cookie)
    assert text.startswith(f"__Host-{cookie}=x;")
    parts = {part.strip().lower() for part in text.split(";")}
    assert {"secure", "httponly", "samesite=strict", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)


def test_on_this_machine_a_cookie_has_no_prefix_for_there_is_no_tls() -> None:
    text = said(LOCAL, Cookie.STAFF)
    assert text.startswith("bonafide-staff=x;")
    assert "secure" not in text.lower()
    assert "httponly" in text.lower()


def test_a_session_is_forgotten_when_it_ends_at_the_latest() -> None:
    assert "Max-Age=43200" in said(SAFE, Cookie.STAFF)
    assert "Max-Age=1800" in said(SAFE, Cookie.CUSTOMER)
    assert "Max-Age" not in said(SAFE, Cookie.VISIT)
    response = Response()
    forget_cookie(response, Cookie.STAFF, SAFE)
    assert "Max-Age=0" in response.headers["set-cookie"]
    assert not sets_cookie(Response(), Cookie.STAFF, SAFE)


def test_a_token_is_of_one_secret() -> None:
    assert is_form_token(form_token("a"), "a")
    for other in (form_token("b"), "", "a", form_token("a")[:-1], "ü"):
        assert not is_form_token(other, "a")


def test_what_is_no_cookie_of_ours_is_not_believed() -> None:
    good = "A" * 43
    assert visit_of({"bonafide-visit": good}, LOCAL) == good
    assert visit_of({"bonafide-visit": good}, SAFE) is None
    for bad in ("", "A" * 42, "A" * 44, "é" * 43):
        assert visit_of({"bonafide-visit": bad}, LOCAL) is None
    assert language_of({"bonafide-language": "zh-Hans"}, LOCAL) is Language.CHINESE
    assert language_of({"bonafide-language": "fr"}, LOCAL) is None
