"""Chips of a state that does not exist, composed byte by byte so that each can be wrong in one way.

Nothing here comes from `bonafide.document.chip`: what it reads is written by other code.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from bonafide.document.chip import ChipFiles

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ZONE = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")

HASHES: Mapping[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
DIGESTS = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
_PKCS1 = {"sha1": 5, "sha224": 14, "sha256": 11, "sha384": 12, "sha512": 13}
_ECDSA = {"sha224": 1, "sha256": 2, "sha384": 3, "sha512": 4}
CURVES: Mapping[str, type[ec.EllipticCurve]] = {
    "p192": ec.SECP192R1,
    "p224": ec.SECP224R1,
    "p256": ec.SECP256R1,
    "p384": ec.SECP384R1,
    "p521": ec.SECP521R1,
    "bp256": ec.BrainpoolP256R1,
    "bp384": ec.BrainpoolP384R1,
    "bp512": ec.BrainpoolP512R1,
}


def tlv(tag: int, *contents: bytes) -> bytes:
    """Tag, shortest length, value."""
    value = b"".join(contents)
    size = len(value)
    length = (
        bytes((size,))
        if size < 128
        else bytes((0x80 | (size.bit_length() + 7) // 8,)) + size.to_bytes((size.bit_length() + 7) // 8)
    )
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1) + length + value


def sequence(*contents: bytes) -> bytes:
    return tlv(0x30, *contents)


def set_of(*contents: bytes) -> bytes:
    return tlv(0x31, *contents)


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def octets(value: bytes) -> bytes:
    return tlv(0x04, value)


def bits(value: bytes) -> bytes:
    return tlv(0x03, b"\0", value)


def oid(text: str) -> bytes:
    first, second, *rest = map(int, text.split("."))
    encoded = b""
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, arc & 0x7F | 0x80)
        encoded += bytes(groups)
    return tlv(0x06, encoded)


NULL = tlv(0x05)


def digest_identifier(name: str) -> bytes:
    return sequence(oid(DIGESTS[name]))


@dataclass(frozen=True)
class Algorithm:
    """How to sign; `salt` is PSS's in bytes, `plain` names RSA without the hash, as CMS may."""

    scheme: str
    hash: str
    salt: int = 32
    mask: str | None = None
    plain: bool = False

    def identifier(self) -> bytes:
        if self.plain:
            return sequence(oid("1.2.840.113549.1.1.1"), NULL)
        if self.scheme == "pkcs1":
            return sequence(oid(f"1.2.840.113549.1.1.{_PKCS1[self.hash]}"), NULL)
        if self.scheme == "ecdsa":
            if self.hash == "sha1":
                return sequence(oid("1.2.840.10045.4.1"))
            return sequence(oid(f"1.2.840.10045.4.3.{_ECDSA[self.hash]}"))
        return sequence(oid("1.2.840.113549.1.1.10"), self.pss_parameters())

    def pss_parameters(self) -> bytes:
        mask = sequence(oid("1.2.840.113549.1.1.8"), digest_identifier(self.mask or self.hash))
        return sequence(
            tlv(0xA0, digest_identifier(self.hash)), tlv(0xA1, mask), tlv(0xA2, integer(self.salt))
        )


@dataclass(frozen=True)
class Key:
    """A key, and how its public half is written: with `parameters` of its curve or algorithm, or its own."""

    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    parameters: bytes | None = None
    compressed: bool = False
    only_pss: bool = False

    def info(self) -> bytes:
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            numbers = public.public_numbers()
            kind = oid("1.2.840.113549.1.1.10") if self.only_pss else oid("1.2.840.113549.1.1.1")
            parameters = b"" if self.only_pss else NULL
            return sequence(
                sequence(kind, parameters if self.parameters is None else self.parameters),
                bits(sequence(integer(numbers.n), integer(numbers.e))),
            )
        if self.parameters is None and not self.compressed:
            return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        form = PublicFormat.CompressedPoint if self.compressed else PublicFormat.UncompressedPoint
        named = {"secp256r1": oid("1.2.840.10045.3.1.7")}
        parameters = self.parameters or named[public.curve.name]
        return sequence(
            sequence(oid("1.2.840.10045.2.1"), parameters), bits(public.public_bytes(Encoding.X962, form))
        )

    def sign(self, algorithm: Algorithm, message: bytes) -> bytes:
        digest = HASHES[algorithm.hash]()
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(message, ec.ECDSA(digest))
        if algorithm.scheme == "pss":
            mask = HASHES[algorithm.mask or algorithm.hash]()
            return self.private.sign(message, padding.PSS(padding.MGF1(mask), algorithm.salt), digest)
        return self.private.sign(message, padding.PKCS1v15(), digest)

    @property
    def identifier(self) -> bytes:
        return hashlib.sha1(self.info(), usedforsecurity=False).digest()


@cache
def key(kind: str, number: int = 1) -> Key:
    """The same key each time: `p256`, `bp384`, `rsa2048` and the like; `number` makes others."""
    if kind.startswith("rsa"):
        return Key(rsa.generate_private_key(65537, int(kind[3:])))
    return Key(ec.derive_private_key(0x123456789ABCDEF + number, CURVES[kind]()))


def usual(made: Key) -> Algorithm:
    return Algorithm("pkcs1" if isinstance(made.private, rsa.RSAPrivateKey) else "ecdsa", "sha256")


def name(common: str, country: str | None = "UT", kind: int = 0x13) -> bytes:
    parts = [("2.5.4.10", "Utopia", 0x0C), ("2.5.4.3", common, kind)]
    if country is not None:
        parts.insert(0, ("2.5.4.6", country, 0x13))
    return sequence(*(set_of(sequence(oid(part), tlv(tag, text.encode()))) for part, text, tag in parts))


def time(moment: datetime) -> bytes:
    if 1950 <= moment.year < 2050:
        return tlv(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())


def extension(kind: str, value: bytes, *, critical: bool = False) -> bytes:
    return sequence(oid(kind), tlv(0x01, b"\xff") if critical else b"", octets(value))


def key_usage(*numbers: int) -> bytes:
    value = sum(0x80 >> number for number in numbers)
    return tlv(0x03, b"\0", bytes((value,)))


@dataclass(frozen=True)
class Certified:
    """A certificate to be made. `without` leaves out extensions by identifier, `extra` adds some."""

    key: Key
    issuer_key: Key
    subject: bytes
    issuer: bytes
    serial: int
    authority: bool
    not_before: datetime = NOW - 30 * DAY
    not_after: datetime = NOW + 3000 * DAY
    algorithm: Algorithm | None = None
    outer_algorithm: Algorithm | None = None
    usage: tuple[int, ...] | None = None
    without: tuple[str, ...] = ()
    extra: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        algorithm = self.algorithm or usual(self.issuer_key)
        usage = self.usage if self.usage is not None else ((5, 6) if self.authority else (0,))
        basic = sequence(tlv(0x01, b"\xff"), integer(0)) if self.authority else sequence()
        extensions = {
            "2.5.29.35": extension("2.5.29.35", sequence(tlv(0x80, self.issuer_key.identifier))),
            "2.5.29.14": extension("2.5.29.14", octets(self.key.identifier)),
            "2.5.29.15": extension("2.5.29.15", key_usage(*usage), critical=True),
            "2.5.29.19": extension("2.5.29.19", basic, critical=True),
        }
        kept = [value for kind, value in extensions.items() if kind not in self.without]
        body = sequence(
            tlv(0xA0, integer(2)),
            integer(self.serial),
            algorithm.identifier(),
            self.issuer,
            sequence(time(self.not_before), time(self.not_after)),
            self.subject,
            self.key.info(),
            tlv(0xA3, sequence(*kept, *self.extra)),
        )
        outer = self.outer_algorithm or algorithm
        return sequence(body, outer.identifier(), bits(self.issuer_key.sign(algorithm, body)))


def revocation_list(
    signer: Key,
    issuer: bytes,
    serials: Sequence[int] = (),
    *,
    this_update: datetime = NOW - DAY,
    next_update: datetime | None = NOW + 30 * DAY,
    extensions: Sequence[bytes] = (),
    entry_extensions: Sequence[bytes] = (),
) -> bytes:
    algorithm = usual(signer)
    entry = sequence(*entry_extensions) if entry_extensions else b""
    entries = [sequence(integer(serial), time(NOW - 2 * DAY), entry) for serial in serials]
    body = sequence(
        integer(1),
        algorithm.identifier(),
        issuer,
        time(this_update),
        b"" if next_update is None else time(next_update),
        sequence(*entries) if entries else b"",
        tlv(0xA0, sequence(*extensions)) if extensions else b"",
    )
    return sequence(body, algorithm.identifier(), bits(signer.sign(algorithm, body)))


def attribute(kind: str, *values: bytes) -> bytes:
    return sequence(oid(kind), set_of(*values))


@dataclass(frozen=True)
class Message:
    """A CMS SignedData to be made; each None has what a genuine one would have there."""

    content: bytes
    content_type: str
    key: Key
    certificate: Certified
    algorithm: Algorithm | None = None
    digest: str | None = None
    attributes: tuple[bytes, ...] | None = None
    signed_attributes: bool = True
    by_key_identifier: bool = False
    certificates: tuple[bytes, ...] | None = None
    signers: int = 1

    def encode(self) -> bytes:
        algorithm = self.algorithm or usual(self.key)
        digest = self.digest or algorithm.hash
        kind = oid(self.content_type)
        attributes = self.attributes
        if attributes is None:
            attributes = (
                attribute("1.2.840.113549.1.9.3", kind),
                attribute("1.2.840.113549.1.9.4", octets(hashlib.new(digest, self.content).digest())),
            )
        signed = set_of(*attributes) if self.signed_attributes else self.content
        identifier = (
            tlv(0x80, self.certificate.key.identifier)
            if self.by_key_identifier
            else sequence(self.certificate.issuer, integer(self.certificate.serial))
        )
        signer = sequence(
            integer(3 if self.by_key_identifier else 1),
            identifier,
            digest_identifier(digest),
            tlv(0xA0, *attributes) if self.signed_attributes else b"",
            algorithm.identifier(),
            octets(self.key.sign(algorithm, signed)),
        )
        certificates = (self.certificate.encode(),) if self.certificates is None else self.certificates
        return sequence(
            oid("1.2.840.113549.1.7.2"),
            tlv(
                0xA0,
                sequence(
                    integer(3),
                    set_of(digest_identifier(digest)),
                    sequence(kind, tlv(0xA0, octets(self.content))),
                    tlv(0xA0, *certificates) if certificates else b"",
                    set_of(*[signer] * self.signers),
                ),
            ),
        )


def picture(size: tuple[int, int] = (48, 60), **options: Any) -> bytes:  # noqa: ANN401 - what `replace` or Pillow takes
    """A grey gradient, of nobody."""
    written = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(written, **({"format": "JPEG"} | options))
    return written.getvalue()


def face_record(encoded: bytes, *, points: int = 0) -> bytes:
    """A face record of ISO/IEC 19794-5:2005 with so many feature points."""
    body = points.to_bytes(2) + bytes(14) + bytes(8 * points) + bytes(12) + encoded
    block = (4 + len(body)).to_bytes(4) + body
    return b"FAC\x00010\x00" + (14 + len(block)).to_bytes(4) + (1).to_bytes(2) + block


def face_block(encoded: bytes) -> bytes:
    """A face image data block of ISO/IEC 39794-5, as ICAO's application profile wraps it."""
    image = tlv(0xA0, tlv(0xA0, tlv(0x80, encoded), tlv(0xA1, tlv(0xA0, tlv(0x80, b"\2")))))
    representation = sequence(tlv(0x80, b"\0"), tlv(0xA1, image))
    version = tlv(0xA0, tlv(0x80, b"\3"), tlv(0x81, b"\x07\xe3"))
    return tlv(0xA1, tlv(0x65, version, tlv(0xA1, representation)))


def data_group_1(zone: Sequence[str] = ZONE) -> bytes:
    return tlv(0x61, tlv(0x5F1F, "".join(zone).encode()))


def data_group_2(record: bytes, tag: int = 0x5F2E) -> bytes:
    header = tlv(0xA1, tlv(0x81, b"\2"), tlv(0x87, b"\x01\x01"), tlv(0x88, b"\0\x08"))
    return tlv(0x75, tlv(0x7F61, integer(1), tlv(0x7F60, header, tlv(tag, record))))


@dataclass(frozen=True)
class Chip:
    """A genuine chip, until something is replaced in it.

    `entries` are what the SOD lists, if not the hash of each of `groups`. `message` holds changes of the
    `Message` that signs it.
    """

    authority: Certified
    signer: Certified
    groups: Mapping[int, bytes]
    hash: str = "sha256"
    entries: tuple[tuple[int, bytes], ...] | None = None
    version: int = 0
    message: Mapping[str, Any] = field(default_factory=dict)

    def security_object(self) -> bytes:
        entries = self.entries
        if entries is None:
            entries = tuple((n, hashlib.new(self.hash, data).digest()) for n, data in self.groups.items())
        extra = sequence(tlv(0x13, b"0108"), tlv(0x13, b"040000")) if self.version == 1 else b""
        return sequence(
            integer(self.version),
            digest_identifier(self.hash),
            sequence(*(sequence(integer(number), octets(value)) for number, value in entries)),
            extra,
        )

    def sod(self) -> bytes:
        message = Message(self.security_object(), "2.23.136.1.1.1", self.signer.key, self.signer)
        return tlv(0x77, replace(message, **self.message).encode())

    def files(self, **changed: Any) -> ChipFiles:  # noqa: ANN401 - what `replace` or Pillow takes
        return replace(ChipFiles(self.sod(), self.groups), **changed)

    def with_signer(self, **changed: Any) -> Chip:  # noqa: ANN401 - what `replace` or Pillow takes
        return replace(self, signer=replace(self.signer, **changed))

    def with_authority(self, **changed: Any) -> Chip:  # noqa: ANN401 - what `replace` or Pillow takes
        return replace(self, authority=replace(self.authority, **changed))

    def with_message(self, **changed: Any) -> Chip:  # noqa: ANN401 - what `replace` or Pillow takes
        return replace(self, message={**self.message, **changed})


def chip(signer: Key | str = "p256", authority: Key | str = "p384") -> Chip:
    """A genuine chip with these keys."""
    signing = key(signer) if isinstance(signer, str) else signer
    ruling = key(authority, 2) if isinstance(authority, str) else authority
    state = name("CSCA Utopia")
    return Chip(
        authority=Certified(ruling, ruling, state, state, 77, authority=True),
        signer=Certified(signing, ruling, name("DS Utopia 01"), state, 4711, authority=False),
        groups={1: data_group_1(), 2: data_group_2(face_record(picture()))},
    )


def master_list(listed: Sequence[bytes], made: Chip, **changed: Any) -> bytes:  # noqa: ANN401 - what `replace` or Pillow takes
    """A master list of these, signed by a chip's document signer, which plays the list's."""
    content = sequence(integer(0), set_of(*listed))
    message = Message(content, "2.23.136.1.1.2", made.signer.key, made.signer)
    return replace(message, **changed).encode()


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Files by name in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for title, data in files.items():
        (folder / title).write_bytes(data)
    return folder
