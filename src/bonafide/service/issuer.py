"""The issuer of sign-ins that the operator configured (OpenID Connect), asked over the network.

Authorization code with PKCE (RFC 7636) and a client secret; of what it says nothing is kept.
"""

from __future__ import annotations

import contextlib
import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx2

from bonafide.errors import SetupBroken
from bonafide.settings import Issuer

_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_TIMEOUT_SECONDS: Final = 10.0
_MOST_BYTES: Final = 256 * 1024
_AT_ONCE: Final = 4


class IssuerAwayError(Exception):
    """The issuer did not answer, or not as OpenID Connect has it. Caught where it is asked."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the issuer is asked for what, as it says itself."""

    authorization: str
    token: str
    keys: str
    secret_in_form: bool


def endpoints_of(issuer: Issuer) -> Endpoints:
    """What the issuer says of itself (OpenID Connect Discovery 1.0, 4). Raises `IssuerAwayError`."""
    with _client() as client:
        said = _json(client, "GET", issuer.address.rstrip("/") + _WELL_KNOWN)
    if said.get("issuer") != issuer.address:
        raise IssuerAwayError("it says that it is another")
    found = [said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if not all(isinstance(address, str) and _is_safe(address, issuer) for address in found):
        raise IssuerAwayError("it names an address that is not safe")
    methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    in_form = isinstance(methods, list) and "client_secret_basic" not in methods
    return Endpoints(str(found[0]), str(found[1]), str(found[2]), in_form)


def authorization_address(
    endpoints: Endpoints, issuer: Issuer, *, back: str, state: str, nonce: str, challenge: str
) -> str:
    """Where a browser is sent (OpenID Connect Core 1.0, 3.1.2.1)."""
    asked = {
        "response_type": "code",
        "client_id": issuer.client,
        "redirect_uri": back,
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    sign = "&" if urlsplit(endpoints.authorization).query else "?"
    return f"{endpoints.authorization}{sign}{urlencode(asked)}"


def exchange(issuer: Issuer, *, code: str, back: str, verifier: str) -> tuple[str, list[Mapping[str, Any]]]:
    """The ID token for a code, and the issuer's keys of this moment. Raises `IssuerAwayError`, and
    `SetupBroken` where the client's secret cannot be read.
    """
    endpoints, secret = endpoints_of(issuer), read_secret(issuer.secret_file)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    auth = None
    if endpoints.secret_in_form:
        form |= {"client_id": issuer.client, "client_secret": secret}
    else:
        # RFC 6749, 2.3.1: each is encoded as in a form before it goes into the header.
        auth = httpx2.BasicAuth(quote(issuer.client, safe=""), quote(secret, safe=""))
    with _client() as client:
        said = _json(client, "POST", endpoints.token, data=form, auth=auth)
        keys = _json(client, "GET", endpoints.keys).get("keys")
    token = said.get("id_token")
    if not isinstance(token, str) or not isinstance(keys, list):
        raise IssuerAwayError("it gives no ID token or no keys")
    return token, [key for key in keys if isinstance(key, dict)]


def read_secret(path: Path) -> str:
    """The client's secret, a file of one line. Raises `SetupBroken`."""
    try:
        secret = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        secret = ""
    if not secret:
        raise SetupBroken(
            "The file that BONAFIDE_OIDC_SECRET_FILE names has no secret that this account can read",
            "Put the client's secret into it, readable by the account that serves alone",
        )
    return secret


@contextlib.contextmanager
def _client() -> Iterator[httpx2.Client]:
    """No redirect is followed, and no proxy of the environment's used. While it is slow, few wait for it:
    whoever asks need not have entered, and each takes a thread that other pages want.
    """
    if not _places().acquire(blocking=False):
        raise IssuerAwayError("too many ask it at once")
    try:
        tls = ssl.create_default_context()
        with httpx2.Client(verify=tls, trust_env=False, timeout=_TIMEOUT_SECONDS) as client:
            yield client
    finally:
        _places().release()


@cache
def _places() -> BoundedSemaphore:
    return BoundedSemaphore(_AT_ONCE)


def _json(
    client: httpx2.Client,
    method: str,
    address: str,
    *,
    data: Mapping[str, str] | None = None,
    auth: httpx2.BasicAuth | None = None,
) -> Mapping[str, Any]:
    body = b""
    try:
        with client.stream(
            method, address, data=data, auth=auth, headers={"Accept": "application/json"}
        ) as answer:
            if answer.status_code != 200:
                raise IssuerAwayError(f"it answers {answer.status_code}")
            for part in answer.iter_bytes():
                body += part
                if len(body) > _MOST_BYTES:
                    raise IssuerAwayError("it answers too much")
        found = json.loads(body)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, RecursionError) as error:
        raise IssuerAwayError(type(error).__name__) from error
    if not isinstance(found, dict):
        raise IssuerAwayError("it answers with no object")
    return found


def _is_safe(address: str, issuer: Issuer) -> bool:
    """By TLS; without, only for an issuer on this machine, which is for trying out."""
    return address.startswith("https://") or (issuer.on_this_machine and Issuer.is_loopback(address))
