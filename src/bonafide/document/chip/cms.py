"""CMS SignedData (RFC 5652), as the SOD (ICAO 9303-10 section 4.6.10) and master lists use it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from bonafide.document.chip import identifiers
from bonafide.document.chip.algorithms import Unsupported, read_digest, read_signature_algorithm
from bonafide.document.chip.certificate import Certificate, read_certificate
from bonafide.document.chip.names import Name, read_name
from bonafide.document.chip.signature import verify
from bonafide.document.chip.tlv import (
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    Element,
    Malformed,
)

_MOST_CERTIFICATES = 20
_MOST_SIGNERS = 10
_MOST_ATTRIBUTES = 20


@dataclass(frozen=True, slots=True)
class Signer:
    """A SignerInfo (RFC 5652 section 5.3). One of `serial` with `issuer`, and `key_identifier`, names it."""

    issuer: Name | None
    serial: int | None
    key_identifier: bytes | None
    digest_algorithm: Element
    attributes: Element | None
    algorithm: Element
    signature: bytes = field(repr=False)

    def is_named(self, certificate: Certificate) -> bool:
        """Whether this is the certificate that the signer says is theirs."""
        if self.key_identifier is not None:
            return certificate.key_identifier == self.key_identifier
        return (certificate.issuer, certificate.serial) == (self.issuer, self.serial)


@dataclass(frozen=True, slots=True)
class SignedData:
    """Content with its type, who signed it, and the certificates that came along.

    `unreadable` says how many of those could not be read.
    """

    content_type: str
    content: bytes = field(repr=False)
    certificates: tuple[Certificate, ...]
    unreadable: int
    signers: tuple[Signer, ...]


def read_signed_data(info: Element) -> SignedData:
    """The SignedData in a ContentInfo (RFC 5652 sections 3 and 5.1).

    Raises `Malformed`. Its own certificates may be malformed: those are counted and left out.
    """
    outer = info.reader()
    if outer.take(OBJECT_IDENTIFIER).oid() != identifiers.SIGNED_DATA:
        raise Malformed("a message is not signed")
    reader = outer.take(0xA0).only(SEQUENCE).reader()
    outer.end()
    reader.take(INTEGER)
    reader.take(SET)  # the digest algorithms, which the signers repeat
    encapsulated = reader.take(SEQUENCE).reader()
    content_type = encapsulated.take(OBJECT_IDENTIFIER).oid()
    content_children = encapsulated.take(0xA0).children(1)
    encapsulated.end()
    if not content_children:
        raise Malformed("a message has no content")
    content = content_children[0].octets()
    certificates, unreadable = _read_certificates(reader.optional(0xA0))
    reader.optional(0xA1)  # revocation lists: only the operator's count
    signers = tuple(_read_signer(signer) for signer in reader.take(SET).children(_MOST_SIGNERS))
    reader.end()
    return SignedData(content_type, content, certificates, unreadable, signers)


def is_signed_by(signed: SignedData, signer: Signer, certificate: Certificate) -> bool:
    """Whether this certificate's key signed the content, by RFC 5652 section 5.4.

    A signature without signed attributes is none: those are required for any content but plain data.

    Raises `Malformed` and `Unsupported`.
    """
    if signer.attributes is None:
        return False
    digest = read_digest(signer.digest_algorithm)
    algorithm = read_signature_algorithm(signer.algorithm)
    if algorithm.hash not in (None, digest):
        raise Unsupported("digest and signature algorithm differ")
    attributes = _read_attributes(signer.attributes)
    kind = attributes.get(identifiers.CONTENT_TYPE)
    message_digest = attributes.get(identifiers.MESSAGE_DIGEST)
    if kind is None or kind.oid() != signed.content_type:
        return False
    if message_digest is None or message_digest.octets() != hashlib.new(digest, signed.content).digest():
        return False
    # What is signed is the SET OF, not the [0] that stands in for it; its length and content as they came.
    message = bytes((SET,)) + signer.attributes.encoded[1:]
    return verify(certificate.public_key(), algorithm, digest, signer.signature, message)


def _read_certificates(element: Element | None) -> tuple[tuple[Certificate, ...], int]:
    found, unreadable = [], 0
    for choice in () if element is None else element.children(_MOST_CERTIFICATES):
        try:
            found.append(read_certificate(choice.encoded))
        except Malformed:
            unreadable += 1
    return tuple(found), unreadable


def _read_signer(element: Element) -> Signer:
    reader = element.reader()
    reader.take(INTEGER)
    identifier = reader.any()
    issuer, serial, key_identifier = None, None, None
    if identifier.tag == 0x80:
        key_identifier = identifier.content
    else:
        named = identifier.reader()
        issuer, serial = read_name(named.take(SEQUENCE)), named.take(INTEGER).integer()
        named.end()
    digest_algorithm = reader.take(SEQUENCE)
    attributes = reader.optional(0xA0)
    algorithm = reader.take(SEQUENCE)
    signature = reader.take(OCTET_STRING).content
    reader.optional(0xA1)  # attributes that nobody signed
    reader.end()
    return Signer(issuer, serial, key_identifier, digest_algorithm, attributes, algorithm, signature)


def _read_attributes(element: Element) -> dict[str, Element]:
    """The two attributes that count, each there once and with one value (RFC 5652 section 11)."""
    found: dict[str, Element] = {}
    for attribute in element.children(_MOST_ATTRIBUTES):
        reader = attribute.reader()
        name = reader.take(OBJECT_IDENTIFIER).oid()
        values = reader.take(SET)
        reader.end()
        if name not in (identifiers.CONTENT_TYPE, identifiers.MESSAGE_DIGEST):
            continue
        if name in found or len(values.children(1)) != 1:
            raise Malformed("a signed attribute comes twice or is empty")
        found[name] = values.children(1)[0]
    return found
