"""What every answer says to browsers, caches and whoever frames it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_NOTHING: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# What a page may say in its own way.
_UNLESS_SAID: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": _NOTHING,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# Two years, as the lists of browsers ask.
_TLS: Final = {"Strict-Transport-Security": "max-age=63072000"}


def secure(headers: MutableHeaders, *, behind_tls: bool) -> None:
    """Add what is strict to an answer's headers; a page's own policy and cache stand."""
    headers.update(_ALWAYS)
    if behind_tls:
        headers.update(_TLS)
    _add_missing(headers, _UNLESS_SAID)


def _add_missing(headers: MutableHeaders, wanted: Mapping[str, str]) -> None:
    for name, value in wanted.items():
        headers.setdefault(name, value)
