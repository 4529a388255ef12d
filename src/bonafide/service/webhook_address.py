"""Where a webhook may lead: to the public internet, or to networks that the operator's machine was told of.

Whoever may set an address must not reach, through us, what they could not reach themselves: this machine,
its neighbours, a cloud's own services. So what a name stands for is looked at when a connection is made, the
connection goes to just that address, and what cannot be told to be public is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from bonafide.errors import NotPermitted, UsageError
from bonafide.settings import Settings

Ip = IPv4Address | IPv6Address

_LONGEST: Final = 1024
_TEXT: Final = re.compile(r"[!-~]+", re.ASCII)
_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*"
)
# What old resolvers read as an IPv4 address, whatever it looks like.
_FIGURES: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$", re.ASCII)
# Addresses that lead on to an IPv4 address in their last 32 bits (RFC 6052; ::/96 is RFC 4291's old form).
_EMBEDDING: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::ffff:0:0:0/96"), IPv6Network("::/96"))
# What older versions of Python take for public (IANA's registries of special addresses), and where one cloud
# has its own services at an address that looks public.
_SPECIAL: Final = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
_LOCAL_NAT64: Final = IPv6Network("64:ff9b:1::/48")


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """An address in its parts. `host` is a name in lower case or an IP address without brackets, `target` the
    path and query.
    """

    secure: bool
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        """Host and port as a request names them (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    def url_at(self, ip: Ip) -> str:
        """The address with the name replaced by what it stood for."""
        host = f"[{ip}]" if isinstance(ip, IPv6Address) else str(ip)
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}{self.target}"


def parse_address(text: str, settings: Settings) -> WebhookAddress:
    """Read an address: https, or http to this very machine where it is not in production.

    Raises `UsageError` for one that is no such address, and `NotPermitted` for an IP address to which no
    webhook may lead. What a name stands for is seen when a message is sent.
    """
    if len(text) > _LONGEST or not _TEXT.fullmatch(text):
        raise _no_address()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _no_address() from None
    host = (parts.hostname or "").removesuffix(".")
    if (
        parts.scheme not in ("https", "http")
        or "@" in parts.netloc
        or parts.fragment
        or "#" in text
        or port == 0
    ):
        raise _no_address()
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    address = WebhookAddress(secure, host, port or (443 if secure else 80), target)
    literal = _literal(host)
    if literal is None and (not _HOST.fullmatch(host) or _FIGURES.search(host)):
        raise _no_address()
    if not secure and (settings.production or not (host == "localhost" or (literal and literal.is_loopback))):
        raise UsageError(
            "A webhook's address does not begin with https://",
            "Give one that does; http:// is for this very machine, and not in production",
        )
    if literal is not None and not may_lead_to(literal, address, settings):
        raise refused()
    return address


def may_lead_to(ip: Ip, address: WebhookAddress, settings: Settings) -> bool:
    """Whether a message for an address may be sent to what its name stands for now."""
    real = _real(ip)
    if real is None:
        return False
    if not address.secure:
        return real.is_loopback and not settings.production
    if any(real in network for network in settings.webhook_networks if network.version == real.version):
        return True
    if real.is_loopback:
        return not settings.production
    special = any(real in network for network in _SPECIAL if network.version == real.version)
    return real.is_global and not (special or real.is_multicast or real.is_reserved)


def refused() -> NotPermitted:
    """What to raise for an address that leads where no webhook may; it does not say where that is."""
    return NotPermitted(
        "A webhook's address leads into a network that webhooks may not reach",
        "Give a public address, or have the network named in BONAFIDE_WEBHOOK_NETWORKS",
    )


def _real(ip: Ip) -> Ip | None:
    """Where a connection ends up, or None where that cannot be told."""
    if isinstance(ip, IPv4Address) or ip.is_loopback or ip.is_unspecified:
        return ip
    if ip.scope_id is not None or ip.teredo is not None or ip in _LOCAL_NAT64:
        return None
    embedded = IPv4Address(int(ip) & 0xFFFFFFFF) if any(ip in network for network in _EMBEDDING) else None
    return ip.ipv4_mapped or ip.sixtofour or embedded or ip


def _literal(host: str) -> Ip | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _no_address() -> UsageError:
    return UsageError(
        "That is no address of a webhook",
        "Give one such as https://shop.example/hooks, of at most 1024 characters, without a name or password",
    )
