"""The elliptic curves that are accepted, by name and by their parameters.

Many CSCA and document signers spell their curve out (ICAO 9303-12 section 4.4.2 asks for it). Whoever may
choose the base point can forge signatures for any public key (CVE-2020-0601), so explicit parameters are
accepted only where every one of them is that of a curve known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from bonafide.document.chip import identifiers
from bonafide.document.chip.algorithms import Unsupported
from bonafide.document.chip.tlv import (
    BIT_STRING,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    Element,
    Malformed,
)

_UNCOMPRESSED: Final = 4
_COMPRESSED: Final = (2, 3)


@dataclass(frozen=True, slots=True)
class Domain:
    """y2 = x3 + ax + b over the integers modulo p, with base point (x, y) of order n and cofactor 1."""

    p: int
    a: int
    b: int
    x: int
    y: int
    n: int


# SEC 2 version 2 (NIST FIPS 186-4 appendix D) and RFC 5639 section 3.
DOMAINS: Final[dict[type[ec.EllipticCurve], Domain]] = {
    ec.SECP224R1: Domain(
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF000000000000000000000001,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFE,
        0xB4050A850C04B3ABF54132565044B0B7D7BFD8BA270B39432355FFB4,
        0xB70E0CBD6BB4BF7F321390B94A03C1D356C21122343280D6115C1D21,
        0xBD376388B5F723FB4C22DFE6CD4375A05A07476444D5819985007E34,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFF16A2E0B8F03E13DD29455C5C2A3D,
    ),
    ec.SECP256R1: Domain(
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    ec.SECP384R1: Domain(
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFC,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
    ec.SECP521R1: Domain(
        int(
            "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "ffffffffffffffffffffffffffffffffffffffffffff",
            16,
        ),
        int(
            "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "fffffffffffffffffffffffffffffffffffffffffffc",
            16,
        ),
        int(
            "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652"
            "c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
            16,
        ),
        int(
            "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1d"
            "c127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
            16,
        ),
        int(
            "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550"
            "b9013fad0761353c7086a272c24088be94769fd16650",
            16,
        ),
        int(
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc"
            "0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
            16,
        ),
    ),
    ec.BrainpoolP256R1: Domain(
        0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377,
        0x7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9,
        0x26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6,
        0x8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262,
        0x547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997,
        0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7,
    ),
    ec.BrainpoolP384R1: Domain(
        0x8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53,
        0x7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F8AA5814A503AD4EB04A8C7DD22CE2826,
        0x04A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D57CB4390295DBC9943AB78696FA504C11,
        0x1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8E826E03436D646AAEF87B2E247D4AF1E,
        0x8ABE1D7520F9C2A45CB1EB8E95CFD55262B70B29FEEC5864E19C054FF99129280E4646217791811142820341263C5315,
        0x8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B883202E9046565,
    ),
    ec.BrainpoolP512R1: Domain(
        int(
            "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12a"
            "e6a380e62881ff2f2d82c68528aa6056583a48f3",
            16,
        ),
        int(
            "7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c9"
            "8b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
            16,
        ),
        int(
            "3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca"
            "dc083e67984050b75ebae5dd2809bd638016f723",
            16,
        ),
        int(
            "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b"
            "93b97d5f7c6d5047406a5e688b352209bcb9f822",
            16,
        ),
        int(
            "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd8"
            "8a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
            16,
        ),
        int(
            "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca9261941866119"
            "7fac10471db1d381085ddaddb58796829ca90069",
            16,
        ),
    ),
}
_NAMED: Final[dict[str, type[ec.EllipticCurve]]] = {
    "1.3.132.0.33": ec.SECP224R1,
    "1.2.840.10045.3.1.7": ec.SECP256R1,
    "1.3.132.0.34": ec.SECP384R1,
    "1.3.132.0.35": ec.SECP521R1,
    "1.3.36.3.3.2.8.1.1.7": ec.BrainpoolP256R1,
    "1.3.36.3.3.2.8.1.1.11": ec.BrainpoolP384R1,
    "1.3.36.3.3.2.8.1.1.13": ec.BrainpoolP512R1,
}


def read_curve(parameters: Element) -> ec.EllipticCurve:
    """The curve that ECParameters name or spell out (RFC 5480 section 2.1.1, SEC 1 appendix C.2).

    Raises `Malformed`; `Unsupported` for any other curve, one over a binary field, or one taken over from the
    issuer.
    """
    if parameters.tag == OBJECT_IDENTIFIER:
        named = _NAMED.get(parameters.oid())
    elif parameters.tag == SEQUENCE:
        spelt = _read_explicit(parameters)
        named = next((curve for curve, domain in DOMAINS.items() if domain == spelt), None)
    else:
        named = None
    if named is None:
        raise Unsupported("an elliptic curve is not accepted")
    return named()


def _read_explicit(parameters: Element) -> Domain:
    reader = parameters.reader()
    reader.take(INTEGER)
    field = reader.take(SEQUENCE).reader()
    if field.take(OBJECT_IDENTIFIER).oid() != identifiers.PRIME_FIELD:
        raise Unsupported("an elliptic curve is not over a prime field")
    p = field.take(INTEGER).integer()
    field.end()
    curve = reader.take(SEQUENCE).reader()
    a, b = (int.from_bytes(curve.take(OCTET_STRING).content) for _ in range(2))
    curve.optional(BIT_STRING)  # the seed, which explains a and b
    curve.end()
    base = reader.take(OCTET_STRING).content
    n = reader.take(INTEGER).integer()
    cofactor = reader.optional(INTEGER)
    reader.end()
    if cofactor is not None and cofactor.integer() != 1:
        raise Unsupported("an elliptic curve is not accepted")
    return Domain(p, a, b, *_read_base(base, p), n)


def _read_base(encoded: bytes, p: int) -> tuple[int, int]:
    """The base point's coordinates (SEC 1 section 2.3.4); a compressed one is looked up by x and parity."""
    size = -(-p.bit_length() // 8)
    if not encoded:
        raise Malformed("a base point is empty")
    x = int.from_bytes(encoded[1 : 1 + size])
    if encoded[0] == _UNCOMPRESSED and len(encoded) == 1 + 2 * size:
        return x, int.from_bytes(encoded[1 + size :])
    if encoded[0] in _COMPRESSED and len(encoded) == 1 + size:
        for domain in DOMAINS.values():
            if domain.p == p and domain.x == x and domain.y & 1 == encoded[0] & 1:
                return x, domain.y
    raise Unsupported("an elliptic curve is not accepted")
