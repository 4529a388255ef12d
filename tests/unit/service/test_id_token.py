"""An ID token is believed whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from hypothesis import given
from hypothesis import strategies as st
from joserfc.errors import SecurityWarning

from bonafide.service.id_token import subject_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ISSUER, CLIENT, NONCE = "https://id.example", "bonafide", "n" * 43
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
CLAIMS = {
    "iss": ISSUER,
    "sub": "an.li",
    "aud": CLIENT,
    "nonce": NONCE,
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 300,
}


def b64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def number(value: int) -> str:
    return b64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def rsa_jwk(key: rsa.RSAPrivateKey, kid: str = "r") -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "kid": kid, "n": number(numbers.n), "e": number(numbers.e)}


def ec_jwk(kid: str = "e") -> dict[str, Any]:
    numbers = EC.public_key().public_numbers()
    x, y = (b64url(each.to_bytes(32, "big")) for each in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y}


KEYS = [rsa_jwk(RSA), ec_jwk()]


def text_of(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    return f"{b64url(json.dumps(header).encode())}.{b64url(json.dumps(claims).encode())}"


def by_rsa(
    header: Mapping[str, Any], claims: Mapping[str, Any] = CLAIMS, key: rsa.RSAPrivateKey = RSA
) -> str:
    text = text_of(header, claims)
    return f"{text}.{b64url(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def subject(token: str, keys: list[dict[str, Any]] | None = None, now: datetime = NOW) -> str | None:
    known = KEYS if keys is None else keys
    return subject_of(token, known, issuer=ISSUER, client=CLIENT, nonce=NONCE, now=now)


def test_one_that_holds_says_who_it_is() -> None:
    assert subject(by_rsa({"alg": "RS256", "kid": "r"})) == "an.li"
    assert subject(by_rsa({"alg": "RS256"})) == "an.li"
    assert subject(by_rsa({"alg": "RS256"}, {**CLAIMS, "aud": [CLIENT], "azp": CLIENT})) == "an.li"
    text = text_of({"alg": "ES256", "kid": "e"}, CLAIMS)
    der = EC.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    halves = b"".join(half.to_bytes(32, "big") for half in utils.decode_dss_signature(der))
    assert subject(f"{text}.{b64url(halves)}") == "an.li"
    for other in (der, halves[:-1], bytes(64)):
        assert subject(f"{text}.{b64url(other)}") is None


def test_it_names_no_algorithm_but_two() -> None:
    public = RSA.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    others: tuple[Any, ...] = ("HS256", "none", "None", "rs256", "PS256", "RS1", "", None, 5, ["RS256"], {})
    for algorithm in others:
        text = text_of({"alg": algorithm, "kid": "r"}, CLAIMS)
        keyed = hmac.new(public, text.encode(), hashlib.sha256).digest()
        for signature in (b"", keyed):
            assert subject(f"{text}.{b64url(signature)}") is None
    # One key's signature under another's kind.
    assert subject(by_rsa({"alg": "ES256", "kid": "e"})) is None
    assert subject(by_rsa({"alg": "ES256", "kid": "r"})) is None
    assert subject(by_rsa({"alg": "RS256", "kid": "e"})) is None


def test_its_key_is_one_of_the_issuers_and_fit() -> None:
    good = by_rsa({"alg": "RS256", "kid": "r"})
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert subject(by_rsa({"alg": "RS256", "kid": "r"}, key=other)) is None
    assert subject(by_rsa({"alg": "RS256", "kid": "x"})) is None
    assert subject(good, []) is None
    assert subject(good, [{**rsa_jwk(RSA), "use": "enc"}]) is None
    assert subject(good, [{**rsa_jwk(RSA), "alg": "RS512"}]) is None
    # Which of two it is cannot be told.
    assert subject(good, [rsa_jwk(RSA), rsa_jwk(other)]) is None
    assert subject(by_rsa({"alg": "RS256"}), [rsa_jwk(RSA), rsa_jwk(other, "o")]) is None
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - to be refused
    with pytest.warns(SecurityWarning):
        assert subject(by_rsa({"alg": "RS256"}, key=small), [rsa_jwk(small)]) is None
    for broken in ({"n": "!"}, {"n": ""}, {"e": "AA"}, {"n": 5}):
        assert subject(good, [{**rsa_jwk(RSA), **broken}]) is None


@pytest.mark.parametrize("header", [{"crit": ["b64"], "b64": False}, {"crit": []}])
def test_what_must_be_understood_is_not(header: dict[str, Any]) -> None:
    assert subject(by_rsa({"alg": "RS256", "kid": "r", **header})) is None


def test_it_is_of_now() -> None:
    good = by_rsa({"alg": "RS256"})
    assert subject(good, now=NOW + timedelta(seconds=359)) == "an.li"
    assert subject(good, now=NOW + timedelta(seconds=360)) is None
    assert subject(good, now=NOW - timedelta(seconds=60)) == "an.li"
    assert subject(good, now=NOW - timedelta(seconds=61)) is None
    others: tuple[Any, ...] = ("9999999999", True, None, [], float("inf"), float("nan"))
    for said in others:
        assert subject(by_rsa({"alg": "RS256"}, {**CLAIMS, "exp": said, "iat": said})) is None
    assert subject(by_rsa({"alg": "RS256"}, {**CLAIMS, "exp": float("inf")})) is None


@pytest.mark.parametrize("claim", CLAIMS)
def test_nothing_may_be_missing(claim: str) -> None:
    left = {name: value for name, value in CLAIMS.items() if name != claim}
    assert subject(by_rsa({"alg": "RS256"}, left)) is None


def test_what_is_spelt_otherwise_is_not_read() -> None:
    good = by_rsa({"alg": "RS256"})
    for spelt in (f"{good}=", f"{good} ", f" {good}", good.replace(".", "..", 1), f"{good}.x", good[:-1]):
        assert subject(spelt) is None


GOOD = by_rsa({"alg": "RS256", "kid": "r"}).encode()


# But the last, of which four bits say nothing.
@given(st.integers(0, len(GOOD) - 2), st.integers(1, 255))
def test_no_byte_of_it_may_change(at: int, by: int) -> None:
    changed = GOOD[:at] + bytes([GOOD[at] ^ by]) + GOOD[at + 1 :]
    assert subject(changed.decode("latin-1")) is None


@given(st.text(max_size=200))
def test_anything_else_is_nobody(text: str) -> None:
    assert subject(text) is None
    assert subject(f"{text}.{text}.{text}") is None
