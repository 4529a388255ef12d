"""ID tokens of an OpenID Connect issuer: believed only whole (OpenID Connect Core 1.0, 3.1.3.7).

Two algorithms and no choice of the token's: RS256 and ES256, with the one key of the issuer's own that fits.
What else a token may name, `none` and keyed hashes above all, is no signature here.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, GuestProtocol, RSAKey
from joserfc.jws import JWSRegistry

# How far the issuer's clock may be from ours.
LEEWAY: Final = timedelta(minutes=1)
_LONGEST: Final = 16 * 1024
_LONGEST_SUBJECT: Final = 255  # OpenID Connect Core 1.0, 2
_KINDS: Final[Mapping[str, type[RSAKey] | type[ECKey]]] = {"RS256": RSAKey, "ES256": ECKey}
_SHORTEST_RSA: Final = 2048

Key = Mapping[str, Any]


def subject_of(
    token: str, keys: Sequence[Key], *, issuer: str, client: str, nonce: str, now: datetime
) -> str | None:
    """Whom an ID token is about: the issuer's own name for them. None for one that is not signed by one of
    the keys (JWKs, RFC 7517), not of this issuer, for this client and this nonce, or not of now, which is the
    wall's and has a time zone.
    """
    if len(token) > _LONGEST:
        return None

    def key_of(signed: GuestProtocol) -> RSAKey | ECKey:
        return _fitting(signed.headers(), keys)

    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=int(LEEWAY.total_seconds()),
        iss={"essential": True, "value": issuer},
        aud={"essential": True},
        nonce={"essential": True},
        sub={"essential": True},
        iat={"essential": True},
        exp={"essential": True},
        azp={"value": client},
    )
    try:
        claims = jwt.decode(token, key_of, registry=JWSRegistry(algorithms=list(_KINDS))).claims
        registry.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    subject, said = claims["sub"], claims["nonce"]
    holds = (
        # Of several audiences another could hand it on to us.
        claims["aud"] in (client, [client])
        and isinstance(said, str)
        and hmac.compare_digest(said.encode(), nonce.encode())
        and len(subject) <= _LONGEST_SUBJECT
    )
    return subject if holds else None


def _fitting(header: Mapping[str, Any], keys: Sequence[Key]) -> RSAKey | ECKey:
    """Raises `ValueError` unless one key fits, and only one. Critical extensions are to be understood or
    refused (RFC 7515, 4.1.11), and none is understood.
    """
    algorithm = header["alg"]
    kind = _KINDS[algorithm]
    fitting = [
        key
        for key in keys
        if key.get("kty") == kind.key_type
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and ("kid" not in header or key.get("kid") == header["kid"])
    ]
    if len(fitting) != 1 or "crit" in header:
        raise ValueError("no key fits")
    found = kind.import_key(dict(fitting[0]))
    if isinstance(found, RSAKey) and found.public_key.key_size < _SHORTEST_RSA:
        raise ValueError("the key is too short")
    return found
