"""Where public keys are read and signatures checked, for chips, certificates and lists alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from bonafide.document.chip import identifiers
from bonafide.document.chip.algorithms import (
    HASHES,
    Scheme,
    SignatureAlgorithm,
    Unsupported,
    read_identifier,
    read_pss,
)
from bonafide.document.chip.curves import read_curve
from bonafide.document.chip.tlv import INTEGER, NULL, SEQUENCE, Element, Malformed, parse

# ICAO 9303-12 section 4.4.1 asks for 2048 bits of a document signer and 3072 of a CSCA.
LEAST_RSA_BITS: Final = 2048
# What checking may cost: time grows with the square of the modulus and with the exponent's length.
_MOST_RSA_BITS: Final = 8192
_MOST_EXPONENT: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key, and the only algorithm it may be used with where it says so (RFC 4055 section 3.3)."""

    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    only_pss: bool = False
    restriction: SignatureAlgorithm | None = None


def read_public_key(info: Element) -> PublicKey:
    """The key in a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7): RSA, or a point on a curve we know.

    Raises `Malformed`; `Unsupported` for any other kind of key, RSA under 2048 or over 8192 bits.
    """
    reader = info.reader()
    oid, parameters = read_identifier(reader.take(SEQUENCE))
    bits = reader.any().bits()
    reader.end()
    if oid == identifiers.EC_PUBLIC_KEY:
        if parameters is None:
            raise Malformed("a public key does not say its curve")
        curve = read_curve(parameters)
        try:
            return PublicKey(ec.EllipticCurvePublicKey.from_encoded_point(curve, bits))
        except ValueError:
            raise Malformed("a public key is not on its curve") from None
        except UnsupportedAlgorithm:
            raise Unsupported("an elliptic curve is not built into this OpenSSL") from None
    if oid == identifiers.RSA:
        if parameters is not None and parameters.expect(NULL).content:
            raise Malformed("parameters where there are none")
        return PublicKey(_read_rsa(bits))
    if oid == identifiers.RSA_PSS:
        return PublicKey(_read_rsa(bits), True, None if parameters is None else read_pss(parameters))
    raise Unsupported("a kind of public key is not accepted")


def verify(
    public: PublicKey, algorithm: SignatureAlgorithm, hash_name: str, signature: bytes, message: bytes
) -> bool:
    """Whether `signature` over `message` is this key's, by `algorithm` with the hash `hash_name`.

    Raises `Unsupported` when key and algorithm do not belong together.
    """
    digest = HASHES[hash_name]()
    try:
        if isinstance(public.key, ec.EllipticCurvePublicKey):
            if algorithm.scheme is not Scheme.ECDSA:
                raise Unsupported("a signature algorithm is not the key's")
            public.key.verify(signature, message, ec.ECDSA(digest))
        else:
            public.key.verify(signature, message, _padding(public, algorithm), digest)
    except (InvalidSignature, ValueError) as error:
        if isinstance(error, Unsupported):
            raise
        return False
    except UnsupportedAlgorithm:
        raise Unsupported("an algorithm is not built into this OpenSSL") from None
    return True


def _read_rsa(bits: bytes) -> rsa.RSAPublicKey:
    """RSAPublicKey (RFC 8017 appendix A.1.1)."""
    reader = parse(bits, SEQUENCE).reader()
    modulus, exponent = reader.take(INTEGER).integer(), reader.take(INTEGER).integer()
    reader.end()
    if not LEAST_RSA_BITS <= modulus.bit_length() <= _MOST_RSA_BITS:
        raise Unsupported("an RSA key is too short or too long")
    if modulus < 0 or not modulus & 1 or not 3 <= exponent < _MOST_EXPONENT:
        raise Malformed("an RSA key is impossible")
    try:
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        raise Malformed("an RSA key is impossible") from None


def _padding(public: PublicKey, algorithm: SignatureAlgorithm) -> padding.AsymmetricPadding:
    if algorithm.scheme is Scheme.PKCS1 and not public.only_pss:
        return padding.PKCS1v15()
    if algorithm.scheme is not Scheme.PSS or algorithm.mask_hash is None:
        raise Unsupported("a signature algorithm is not the key's")
    wanted = public.restriction
    if wanted is not None and (
        (wanted.hash, wanted.mask_hash) != (algorithm.hash, algorithm.mask_hash)
        or algorithm.salt_length < wanted.salt_length
    ):
        raise Unsupported("a signature algorithm is not the one that the key allows")
    return padding.PSS(padding.MGF1(HASHES[algorithm.mask_hash]()), algorithm.salt_length)
