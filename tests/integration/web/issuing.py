"""An issuer of sign-ins on this machine: it says who somebody is, truly or as it is told to."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

CLIENT, SECRET = "bonafide at mobile", "a secret: of 100 %"


def b64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def jwk(key: ec.EllipticCurvePrivateKey, kid: str) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    x, y = (b64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", "x": x, "y": y}


def signed(key: ec.EllipticCurvePrivateKey, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A token as JSON Web Signature has it."""
    text = ".".join(b64url(json.dumps(part).encode()) for part in (header, claims))
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{b64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


@dataclass
class Issuing:
    """Whoever comes is `subject`. `claims` and `said` go in place of what it would say."""

    address: str = ""
    subject: str = "an.li"
    claims: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    denies: bool = False
    # Held back while it is clear.
    answers: threading.Event = field(default_factory=threading.Event)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    exchanged: int = 0

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            **self.said,
        }

    def token(self, form: Mapping[str, str], authorization: str) -> dict[str, Any] | None:
        """What a code is good for, once, with the client's secret and the verifier of whoever asked."""
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        asked = self.asked.pop(form.get("code", ""), None)
        challenge = b64url(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or list(map(unquote, given)) != [CLIENT, SECRET]:
            return None
        if (asked["code_challenge"], asked["redirect_uri"]) != (challenge, form["redirect_uri"]):
            return None
        self.exchanged += 1
        now = int(time.time())
        claims = {
            "iss": self.address,
            "sub": asked["sub"],
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        return {"id_token": signed(self.key, {"alg": "ES256", "kid": "one"}, claims), "token_type": "Bearer"}


@contextlib.contextmanager
def issuing() -> Iterator[Issuing]:
    """It runs until the end of the block."""
    issuer = Issuing()
    issuer.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.answers.wait(60)
            path, asked = urlsplit(self.path).path, urlsplit(self.path).query
            said: dict[str, Callable[[], object]] = {
                "/.well-known/openid-configuration": issuer.configuration,
                "/keys": lambda: {"keys": [jwk(issuer.key, "one")]},
            }
            if path == "/authorize":
                self._authorize({name: values[0] for name, values in parse_qs(asked).items()})
            elif path in said:
                self._answer(200, json.dumps(said[path]()))
            else:
                self._answer(404, "{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            found = issuer.token(form, self.headers.get("authorization", ""))
            self._answer(200 if found else 400, json.dumps(found or {"error": "invalid_grant"}))

        def _authorize(self, asked: dict[str, str]) -> None:
            assert asked["response_type"] == "code"
            assert asked["scope"] == "openid"
            assert asked["code_challenge_method"] == "S256"
            assert asked["client_id"] == CLIENT
            code = secrets.token_urlsafe(24)
            issuer.asked[code] = {**asked, "sub": issuer.subject}
            found = {"error": "access_denied"} if issuer.denies else {"code": code, "iss": issuer.address}
            self.send_response(302)
            self.send_header(
                "Location", f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **found})}"
            )
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _answer(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
