"""One try to hand a message over."""

from __future__ import annotations

import asyncio
import socket
import ssl
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

import httpx2

from bonafide.errors import UsageError
from bonafide.service.webhook_address import Ip, WebhookAddress, may_lead_to, parse_address
from bonafide.service.webhook_signing import SignedMessage
from bonafide.settings import Settings
from bonafide.version import VERSION

# From looking up the name to the first line of the answer.
TIMEOUT_SECONDS: Final = 15.0


class Sent(StrEnum):
    """What came of a try. `GONE` is what a receiver says that wants no more (410)."""

    TAKEN = "taken"
    FAILED = "failed"
    GONE = "gone"


async def post(text: str, message: SignedMessage, settings: Settings, tls: ssl.SSLContext) -> Sent:
    """Hand a signed message to an address. Any status of 200 to 299 says it was taken; the answer's body is
    not read, and no redirect is followed.

    What the address's name stands for is looked at now, and the connection goes to just that: a name that
    stands for something else a moment later (DNS rebinding) leads nowhere.
    """
    try:
        address = parse_address(text, settings)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            ips = await _looked_up(address)
            if not ips or not all(may_lead_to(ip, address, settings) for ip in ips):
                return Sent.FAILED
            return await _post_to(ips, address, message, tls)
    except (UsageError, TimeoutError, OSError, UnicodeError, httpx2.HTTPError, httpx2.InvalidURL):
        return Sent.FAILED


async def _post_to(
    ips: list[Ip], address: WebhookAddress, message: SignedMessage, tls: ssl.SSLContext
) -> Sent:
    # One client a message: a connection that was made to one name is not used for another's, though both be
    # at the same place. No proxy of the environment's, which would look names up itself.
    async with httpx2.AsyncClient(verify=tls, trust_env=False, timeout=TIMEOUT_SECONDS) as client:
        for ip in ips:
            try:
                async with client.stream(
                    "POST",
                    address.url_at(ip),
                    content=message.body,
                    headers={
                        "host": address.host_header,
                        "user-agent": f"bonafide/{VERSION}",
                        **message.headers,
                    },
                    extensions={"sni_hostname": address.host},
                ) as response:
                    if response.status_code == httpx2.codes.GONE:
                        return Sent.GONE
                    return Sent.TAKEN if response.is_success else Sent.FAILED
            except httpx2.ConnectError:
                continue
    return Sent.FAILED


async def _looked_up(address: WebhookAddress) -> list[Ip]:
    """What a host stands for, each once, in the order in which they are to be tried."""
    found = await asyncio.get_running_loop().getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    return list(dict.fromkeys(ip_address(where[0]) for *_, where in found))
