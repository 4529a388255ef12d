"""Which signature algorithms are accepted, and what their parameters say.

ICAO 9303-12 section 4 and BSI TR-03110-3 allow RSASSA-PKCS1-v1_5, RSASSA-PSS and ECDSA with SHA-224 to
SHA-512. SHA-1 is left out: collisions are made to order, and a collision signs whatever its maker likes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives import hashes

from bonafide.document.chip import identifiers
from bonafide.document.chip.tlv import INTEGER, NULL, SEQUENCE, Element, Malformed


class Unsupported(ValueError):  # noqa: N818 - it names the state of the data
    """An algorithm outside the lists, or too weak to mean anything."""


class Scheme(StrEnum):
    """How a signature is made from a hash."""

    PKCS1 = "pkcs1"
    PSS = "pss"
    ECDSA = "ecdsa"


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """A scheme and its parameters.

    `hash` is None where CMS leaves it to the digest algorithm (RFC 3370 section 3.2). `mask_hash` and
    `salt_length`, in bytes, are those of PSS.
    """

    scheme: Scheme
    hash: str | None
    mask_hash: str | None = None
    salt_length: int = 0


HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_DIGESTS: Final = {
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_PLAIN: Final = {
    "1.2.840.113549.1.1.14": SignatureAlgorithm(Scheme.PKCS1, "sha224"),
    "1.2.840.113549.1.1.11": SignatureAlgorithm(Scheme.PKCS1, "sha256"),
    "1.2.840.113549.1.1.12": SignatureAlgorithm(Scheme.PKCS1, "sha384"),
    "1.2.840.113549.1.1.13": SignatureAlgorithm(Scheme.PKCS1, "sha512"),
    identifiers.RSA: SignatureAlgorithm(Scheme.PKCS1, None),
    "1.2.840.10045.4.3.1": SignatureAlgorithm(Scheme.ECDSA, "sha224"),
    "1.2.840.10045.4.3.2": SignatureAlgorithm(Scheme.ECDSA, "sha256"),
    "1.2.840.10045.4.3.3": SignatureAlgorithm(Scheme.ECDSA, "sha384"),
    "1.2.840.10045.4.3.4": SignatureAlgorithm(Scheme.ECDSA, "sha512"),
}
_MOST_SALT: Final = 1024
_TRAILER: Final = 1


def read_digest(element: Element) -> str:
    """The name of a hash in an AlgorithmIdentifier (RFC 5754 section 2), a key of `HASHES`.

    Raises `Malformed`; `Unsupported` for SHA-1, MD5 and all others.
    """
    oid, parameters = read_identifier(element)
    if oid not in _DIGESTS:
        raise Unsupported("a hash algorithm is not accepted")
    _expect_nothing(parameters)
    return _DIGESTS[oid]


def read_signature_algorithm(element: Element) -> SignatureAlgorithm:
    """What an AlgorithmIdentifier of a signature says (RFC 4055, RFC 5754 section 3).

    Raises `Malformed` and `Unsupported`.
    """
    oid, parameters = read_identifier(element)
    if oid == identifiers.RSA_PSS:
        if parameters is None:
            raise Unsupported("RSASSA-PSS without parameters means SHA-1")
        return read_pss(parameters)
    if oid not in _PLAIN:
        raise Unsupported("a signature algorithm is not accepted")
    _expect_nothing(parameters)
    return _PLAIN[oid]


def read_pss(parameters: Element) -> SignatureAlgorithm:
    """RSASSA-PSS-params (RFC 4055 section 3.1). What is left out has its default, which is SHA-1.

    Raises `Malformed` and `Unsupported`.
    """
    reader = parameters.reader()
    hash_name, mask_name, salt, trailer = (reader.optional(tag) for tag in (0xA0, 0xA1, 0xA2, 0xA3))
    reader.end()
    if hash_name is None or mask_name is None:
        raise Unsupported("RSASSA-PSS with SHA-1 is not accepted")
    mask_oid, mask_parameters = read_identifier(mask_name.only(SEQUENCE))
    if mask_oid != identifiers.MGF1 or mask_parameters is None:
        raise Unsupported("a mask generation function is not accepted")
    salt_length = 20 if salt is None else salt.only(INTEGER).integer()
    if not 0 <= salt_length <= _MOST_SALT:
        raise Unsupported("a salt has an impossible length")
    if trailer is not None and trailer.only(INTEGER).integer() != _TRAILER:
        raise Unsupported("a trailer field is not accepted")
    return SignatureAlgorithm(
        Scheme.PSS, read_digest(hash_name.only(SEQUENCE)), read_digest(mask_parameters), salt_length
    )


def read_identifier(element: Element) -> tuple[str, Element | None]:
    """Identifier and parameters of an AlgorithmIdentifier (RFC 5280 section 4.1.1.2).

    Raises `Malformed`.
    """
    children = element.expect(SEQUENCE).children(2)
    if not children:
        raise Malformed("an algorithm has no name")
    return children[0].oid(), children[1] if len(children) == 2 else None


def _expect_nothing(parameters: Element | None) -> None:
    """Absent or NULL: both are written for algorithms that have no parameters."""
    if parameters is not None and parameters.expect(NULL).content:
        raise Malformed("parameters where there are none")
