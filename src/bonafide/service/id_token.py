"""ID tokens of an OpenID Connect issuer: believed only whole (OpenID Connect Core 1.0, 3.1.3.7; RFC 7515).

Two algorithms and no choice of the token's: RS256 and ES256, with a key of the issuer's own that is of that
kind. What else a token may name, `none` and keyed hashes above all, is no signature here.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

# How far the issuer's clock may be from ours.
LEEWAY: Final = timedelta(minutes=1)
_LONGEST: Final = 16 * 1024
_LONGEST_SUBJECT: Final = 255  # OpenID Connect Core 1.0, 2
_ALGORITHMS: Final = {"RS256": "RSA", "ES256": "EC"}
_SHORTEST_RSA: Final = 2048
_P256_BYTES: Final = 32

Key = Mapping[str, Any]


def subject_of(
    token: str, keys: Sequence[Key], *, issuer: str, client: str, nonce: str, now: datetime
) -> str | None:
    """Whom an ID token is about: the issuer's own name for them. None for one that is not signed by one of
    the keys (JWKs, RFC 7517), not of this issuer, for this client and this nonce, or not of now, which is the
    wall's and has a time zone.
    """
    try:
        head, body, signature = token.split(".") if len(token) <= _LONGEST else ("", "", "")
        header, claims = _object(head), _object(body)
        signed = f"{head}.{body}".encode("ascii")
        if not _is_signed(header, keys, signed, _bytes(signature)):
            return None
        return _subject(claims, issuer=issuer, client=client, nonce=nonce, now=now.timestamp())
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _subject(claims: Mapping[str, Any], *, issuer: str, client: str, nonce: str, now: float) -> str | None:
    audience = claims["aud"]
    leeway = LEEWAY.total_seconds()
    subject, said = claims["sub"], claims["nonce"]
    holds = (
        claims["iss"] == issuer
        # Of several audiences another could hand it on to us.
        and audience in (client, [client])
        and claims.get("azp", client) == client
        and isinstance(said, str)
        and hmac.compare_digest(said.encode(), nonce.encode())
        and _number(claims["exp"]) > now - leeway
        and _number(claims["iat"]) < now + leeway
        and isinstance(subject, str)
        and 0 < len(subject) <= _LONGEST_SUBJECT
    )
    return subject if holds else None


def _is_signed(header: Mapping[str, Any], keys: Sequence[Key], signed: bytes, signature: bytes) -> bool:
    algorithm = header["alg"]
    # Critical extensions are to be understood or refused (RFC 7515, 4.1.11), and none is understood.
    if algorithm not in _ALGORITHMS or "crit" in header:
        return False
    fitting = [
        key
        for key in keys
        if key.get("kty") == _ALGORITHMS[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and ("kid" not in header or key.get("kid") == header["kid"])
    ]
    if len(fitting) != 1:
        return False
    try:
        _verify(algorithm, fitting[0], signed, signature)
    except InvalidSignature:
        return False
    return True


def _verify(algorithm: str, key: Key, signed: bytes, signature: bytes) -> None:
    if algorithm == "RS256":
        modulus, exponent = _integer(key["n"]), _integer(key["e"])
        public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        if public.key_size < _SHORTEST_RSA:
            raise InvalidSignature
        public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        return
    if key["crv"] != "P-256" or len(signature) != 2 * _P256_BYTES:
        raise InvalidSignature
    point = ec.EllipticCurvePublicNumbers(_integer(key["x"]), _integer(key["y"]), ec.SECP256R1())
    halves = (signature[:_P256_BYTES], signature[_P256_BYTES:])
    der = utils.encode_dss_signature(*(int.from_bytes(half, "big") for half in halves))
    point.public_key().verify(der, signed, ec.ECDSA(hashes.SHA256()))


def _object(text: str) -> Mapping[str, Any]:
    found = json.loads(_bytes(text), object_pairs_hook=_once, parse_constant=_never)
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What says something twice may be read in two ways."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("said twice")
    return found


def _never(name: str) -> float:
    """JSON has no Infinity and no NaN, which would never run out."""
    raise ValueError(name)


def _bytes(text: str) -> bytes:
    """Base64url without padding (RFC 7515, 2), and in one spelling only."""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("no base64url") from error
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != text:
        raise ValueError("another spelling")
    return found


def _integer(text: Any) -> int:  # noqa: ANN401 - as JSON has it
    return int.from_bytes(_bytes(text), "big")


def _number(value: Any) -> float:  # noqa: ANN401 - as JSON has it
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("no number")
    return float(value)
