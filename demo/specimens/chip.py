"""The files of a travel document's chip (ICAO 9303 parts 10 to 12), signed by a made-up state.

Keys are fresh on every call: nothing here is anybody's, and the bytes differ from call to call.
"""

from __future__ import annotations

import functools
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from specimens.der import identifier, integer, octets, sequence, set_of, tagged, tlv

_LDS_SECURITY_OBJECT = identifier("2.23.136.1.1.1")
_SIGNED_DATA = identifier("1.2.840.113549.1.7.2")
_CONTENT_TYPE = identifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = identifier("1.2.840.113549.1.9.4")
_SHA256 = sequence(identifier("2.16.840.1.101.3.4.2.1"))
_ECDSA_WITH_SHA256 = sequence(identifier("1.2.840.10045.4.3.2"))
_SIGNED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ChipFiles:
    """What a chip reader delivers, in the bytes of the files: EF.COM, DG1, DG2, the SOD; and the state's CSCA
    (DER).
    """

    com: bytes
    dg1: bytes
    dg2: bytes
    sod: bytes
    csca: bytes


class Issuer:
    """A state that signs chips: a root (CSCA, P-384) and a document signer under it (P-256)."""

    def __init__(self, *, signed: datetime = _SIGNED, years: int = 10, country: str = "UT") -> None:
        """`signed` is when the documents are; the signer's certificate runs `years` from a month before.

        `country` is two letters.
        """
        self._root_key = ec.generate_private_key(ec.SECP384R1())
        self._signer_key = ec.generate_private_key(ec.SECP256R1())
        start, end = signed - timedelta(days=30), signed + timedelta(days=round(365.25 * years))
        root, signer = _name(country, "CSCA"), _name(country, "Document signer 01")
        signing = functools.partial(
            _certificate, issuer=root, issuer_key=self._root_key, start=start, end=end
        )
        self._root = signing(root, self._root_key)
        self._signer = signing(signer, self._signer_key)

    @property
    def csca(self) -> bytes:
        """The root certificate, DER: what a reader has to trust."""
        return self._root.public_bytes(Encoding.DER)

    def issue(self, mrz: tuple[str, ...], portrait: bytes, size: tuple[int, int]) -> ChipFiles:
        """A chip with these lines and this JPEG portrait of `size` (width, height) pixels."""
        groups = {1: data_group_1(mrz), 2: data_group_2(portrait, size)}
        com = tlv(0x60, tlv(0x5F01, b"0107") + tlv(0x5F36, b"040000") + tlv(0x5C, b"\x61\x75"))
        return ChipFiles(com, groups[1], groups[2], self.sign(groups), self.csca)

    def sign(self, groups: Mapping[int, bytes]) -> bytes:
        """The SOD (9303-10, 4.6.2) over these data groups, by their numbers."""
        listed = [
            sequence(integer(number), octets(hashlib.sha256(content).digest()))
            for number, content in sorted(groups.items())
        ]
        security_object = sequence(integer(0), _SHA256, sequence(*listed))
        # Signed as a SET, sent under a tag of its own (RFC 5652, 5.4).
        attributes = set_of(
            sequence(_CONTENT_TYPE, set_of(_LDS_SECURITY_OBJECT)),
            sequence(_MESSAGE_DIGEST, set_of(octets(hashlib.sha256(security_object).digest()))),
        )
        signer = sequence(
            integer(1),
            sequence(self._signer.issuer.public_bytes(), integer(self._signer.serial_number)),
            _SHA256,
            b"\xa0" + attributes[1:],
            _ECDSA_WITH_SHA256,
            octets(self._signer_key.sign(attributes, ec.ECDSA(hashes.SHA256()))),
        )
        signed = sequence(
            integer(3),
            set_of(_SHA256),
            sequence(_LDS_SECURITY_OBJECT, tagged(0, octets(security_object))),
            tagged(0, self._signer.public_bytes(Encoding.DER)),
            set_of(signer),
        )
        return tlv(0x77, sequence(_SIGNED_DATA, tagged(0, signed)))


def data_group_1(mrz: tuple[str, ...]) -> bytes:
    """DG1 (9303-10, 4.7.1): the machine-readable lines, one after another."""
    return tlv(0x61, tlv(0x5F1F, "".join(mrz).encode("ascii")))


def data_group_2(portrait: bytes, size: tuple[int, int]) -> bytes:
    """DG2 (9303-10, 4.7.2) with one face in the format of ISO/IEC 19794-5:2005."""
    width, height = size
    image = struct.pack(">BBHHBBHH", 1, 0, width, height, 1, 0, 0, 0)  # full frontal, JPEG
    block = struct.pack(">I", 20 + len(image) + len(portrait)) + bytes(16) + image + portrait
    record = b"FAC\x00010\x00" + struct.pack(">IH", 14 + len(block), 1) + block
    header = tlv(0x80, b"\x01\x01") + tlv(0x81, b"\x02") + tlv(0x87, b"\x01\x01") + tlv(0x88, b"\x00\x08")
    template = tlv(0x7F60, tlv(0xA1, header) + tlv(0x5F2E, record))
    return tlv(0x75, tlv(0x7F61, tlv(0x02, b"\x01") + template))


def _name(country: str, common: str) -> x509.Name:
    parts = {
        NameOID.COUNTRY_NAME: country,
        NameOID.ORGANIZATION_NAME: "Specimen, of no authority",
        NameOID.COMMON_NAME: common,
    }
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts.items()])


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    start: datetime,
    end: datetime,
) -> x509.Certificate:
    """An authority's certificate if it issues itself, else a signer's (9303-12, 7.1)."""
    own = key is issuer_key
    usage = x509.KeyUsage(not own, False, False, False, False, own, own, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if own:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.sign(issuer_key, hashes.SHA384() if own else hashes.SHA256())
