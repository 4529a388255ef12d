"""Where pages are safe, and to what passkeys are bound."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from bonafide.service.authenticators import Site
from bonafide.web.site import has_name, is_secure, site_of


def asked(host: str, *, behind_tls: bool = False) -> Site:
    scope = {"type": "http", "scheme": "http", "path": "/", "headers": [(b"host", host.encode())]}
    return site_of(Request(scope), behind_tls=behind_tls)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost:8000", "localhost"),
        ("bonafide.localhost", "bonafide.localhost"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("127.8.8.8", "127.8.8.8"),
    ],
)
def test_this_machine_alone_is_safe_without_tls(host: str, name: str) -> None:
    site = asked(host)
    assert site == Site(f"http://{host}", name)
    assert is_secure(site)


@pytest.mark.parametrize(
    "host", ["shop.example", "192.0.2.1", "localhost.example", "", "notlocalhost", "[2001:db8::1]"]
)
def test_another_is_safe_by_tls_only(host: str) -> None:
    assert not is_secure(asked(host))
    assert is_secure(asked(host, behind_tls=True))


def test_passkeys_take_a_name() -> None:
    assert has_name(asked("localhost:1"))
    assert has_name(asked("Shop.Example"))
    assert asked("Shop.Example").host == "shop.example"
    for number in ("127.0.0.1:1", "[::1]:1", ""):
        assert not has_name(asked(number))
