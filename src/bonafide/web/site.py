"""Where the pages stand, as a browser asked for them, and what of that is safe."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

from bonafide.service.authenticators import Site


def site_of(request: Request, *, behind_tls: bool) -> Site:
    """The origin and host that a browser asked for. What is asked for need not be true: a browser binds
    passkeys to the address that it shows, and answers for no other.
    """
    scheme = "https" if behind_tls else request.url.scheme
    netloc = request.headers.get("host", "").lower()
    return Site(f"{scheme}://{netloc}", _host(netloc))


def is_secure(site: Site) -> bool:
    """Whether cookies and passkeys are safe there: by TLS, or on this machine alone."""
    return site.origin.startswith("https://") or is_loopback(site.host)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name or address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return (address := _address(host)) is not None and address.is_loopback


def has_name(site: Site) -> bool:
    """Whether passkeys can be bound to it: they take a name, and no number (Web Authentication, 5.1.2)."""
    return bool(site.host) and _address(site.host) is None


def origin_by_name(site: Site) -> str | None:
    """The same place by its name, where this machine was asked by number; else None. Passkeys need names."""
    if has_name(site) or not is_loopback(site.host):
        return None
    scheme, _, netloc = site.origin.partition("://")
    port = netloc.rpartition("]")[2].rpartition(":")[2]
    return f"{scheme}://localhost{f':{port}' if port.isdigit() else ''}"


def _host(netloc: str) -> str:
    if netloc.startswith("["):
        return netloc.partition("]")[0][1:]
    return netloc.partition(":")[0]


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
