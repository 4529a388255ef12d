"""X.509 certificates of country signing authorities (CSCA) and document signers (DSC).

RFC 5280 as profiled by ICAO 9303-12 section 7.1. Real ones stray from the profile in many ways that change
nothing, so only what decides is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bonafide.document.chip import identifiers
from bonafide.document.chip.algorithms import Unsupported, read_signature_algorithm
from bonafide.document.chip.names import Name, read_name
from bonafide.document.chip.signature import PublicKey, read_public_key, verify
from bonafide.document.chip.tlv import (
    BIT_STRING,
    BOOLEAN,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    Element,
    Malformed,
    Reader,
    parse,
)

_DIGITAL_SIGNATURE: Final = 0
_KEY_CERT_SIGN: Final = 5
_CRL_SIGN: Final = 6
_UTC_TIME: Final = 0x17
_GENERALIZED_TIME: Final = 0x18
_MOST_EXTENSIONS: Final = 64
# Those that are read here, and those that say nothing about what a certificate may be used for.
_UNDERSTOOD: Final = frozenset(
    (
        identifiers.SUBJECT_KEY_IDENTIFIER,
        identifiers.AUTHORITY_KEY_IDENTIFIER,
        identifiers.KEY_USAGE,
        identifiers.BASIC_CONSTRAINTS,
        identifiers.EXTENDED_KEY_USAGE,
        identifiers.PRIVATE_KEY_USAGE_PERIOD,
        identifiers.SUBJECT_ALTERNATIVE_NAME,
        identifiers.ISSUER_ALTERNATIVE_NAME,
        identifiers.CERTIFICATE_POLICIES,
        identifiers.CRL_DISTRIBUTION_POINTS,
        identifiers.NAME_CHANGE,
        identifiers.DOCUMENT_TYPE_LIST,
    )
)


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension's value, encoded, and whether whoever does not understand it has to refuse."""

    critical: bool
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """What certificates and revocation lists share: the bytes that are signed, by what algorithm, and how."""

    body: bytes = field(repr=False)
    algorithm: Element = field(repr=False)
    signature: bytes = field(repr=False)

    def is_signed_by(self, public: PublicKey) -> bool:
        """Whether this key signed it.

        Raises `Malformed` and `Unsupported`.
        """
        algorithm = read_signature_algorithm(self.algorithm)
        if algorithm.hash is None:
            raise Unsupported("a signature algorithm does not say its hash")
        return verify(public, algorithm, algorithm.hash, self.signature, self.body)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, read but not judged. `not_before` and `not_after` are in UTC and belong to it."""

    encoded: bytes = field(repr=False)
    signed: Signed
    serial: int
    issuer: Name
    subject: Name
    not_before: datetime
    not_after: datetime
    key_info: Element
    extensions: Mapping[str, Extension]
    key_identifier: bytes | None
    authority_key_identifier: bytes | None
    is_authority: bool
    key_usage: frozenset[int] | None

    def public_key(self) -> PublicKey:
        """Its key.

        Raises `Malformed` and `Unsupported`.
        """
        return read_public_key(self.key_info)

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether a moment is in its period of validity (RFC 5280 section 4.1.2.5)."""
        return self.not_before <= moment <= self.not_after

    @property
    def may_sign_documents(self) -> bool:
        """Whether it is a document signer's (ICAO 9303-12 section 7.1): for signatures, and no authority.

        An authority signs others with the same key usage for other ends: master lists, bar codes, servers.
        Those name their end in an extended key usage, which a document signer never has.
        """
        return (
            not self.is_authority
            and (self.key_usage is None or _DIGITAL_SIGNATURE in self.key_usage)
            and identifiers.EXTENDED_KEY_USAGE not in self.extensions
            and self._is_understood
        )

    @property
    def may_sign_certificates(self) -> bool:
        """Whether it is an authority's that may sign certificates (ICAO 9303-12 section 7.1)."""
        return (
            self.is_authority
            and self.key_usage is not None
            and _KEY_CERT_SIGN in self.key_usage
            and self._is_understood
        )

    @property
    def may_sign_lists(self) -> bool:
        """Whether it is an authority's that may sign revocation lists (RFC 5280 section 4.2.1.3)."""
        return self.is_authority and (self.key_usage is None or _CRL_SIGN in self.key_usage)

    @property
    def _is_understood(self) -> bool:
        return all(name in _UNDERSTOOD or not found.critical for name, found in self.extensions.items())


def read_certificate(data: bytes) -> Certificate:
    """A certificate (RFC 5280 section 4.1).

    Raises `Malformed`.
    """
    signed, body = read_signed(parse(data, SEQUENCE))
    reader = body.reader()
    reader.optional(0xA0)  # the version: what counts is whether there are extensions
    serial = reader.take(INTEGER).integer()
    check_algorithm(signed, reader.take(SEQUENCE))
    issuer = read_name(reader.take(SEQUENCE))
    validity = reader.take(SEQUENCE).reader()
    not_before, not_after = read_time(validity.any()), read_time(validity.any())
    validity.end()
    subject = read_name(reader.take(SEQUENCE))
    key_info = reader.take(SEQUENCE)
    for unique_identifier in (0x81, 0x82):
        reader.optional(unique_identifier)
    extensions = read_extensions(reader.optional(0xA3))
    reader.end()
    return Certificate(
        encoded=data,
        signed=signed,
        serial=serial,
        issuer=issuer,
        subject=subject,
        not_before=not_before,
        not_after=not_after,
        key_info=key_info,
        extensions=extensions,
        key_identifier=_read_key_identifier(extensions),
        authority_key_identifier=_read_authority(extensions),
        is_authority=_read_constraints(extensions),
        key_usage=_read_key_usage(extensions),
    )


def read_signed(element: Element) -> tuple[Signed, Element]:
    """The frame of a certificate or revocation list, and what is signed in it.

    Raises `Malformed`.
    """
    reader = element.reader()
    body, algorithm, signature = reader.take(SEQUENCE), reader.take(SEQUENCE), reader.take(BIT_STRING)
    reader.end()
    return Signed(body.encoded, algorithm, signature.bits()), body


def read_extensions(element: Element | None) -> dict[str, Extension]:
    """Extensions by identifier; none where there is no element (RFC 5280 section 4.1.2.9).

    Raises `Malformed`, also where one comes twice.
    """
    found: dict[str, Extension] = {}
    if element is None:
        return found
    for extension in element.only(SEQUENCE).children(_MOST_EXTENSIONS):
        reader = extension.reader()
        name = reader.take(OBJECT_IDENTIFIER).oid()
        critical = reader.optional(BOOLEAN)
        value = reader.take(OCTET_STRING).content
        reader.end()
        if name in found:
            raise Malformed("an extension comes twice")
        found[name] = Extension(critical is not None and _read_boolean(critical), value)
    return found


def read_time(element: Element) -> datetime:
    """A Time in UTC (RFC 5280 section 4.1.2.5): a UTCTime of 50 or later is of the last century.

    Raises `Malformed`.
    """
    text = element.content.decode("latin-1")
    if element.tag == _UTC_TIME and re.fullmatch(r"[0-9]{12}Z", text):
        text = ("19" if text >= "5" else "20") + text
    elif element.tag != _GENERALIZED_TIME or not re.fullmatch(r"[0-9]{14}Z", text):
        raise Malformed("a time is not in UTC, to the second")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Malformed("a time does not exist") from None


def check_algorithm(signed: Signed, inner: Element) -> None:
    """Make sure that the signed algorithm is the one outside (RFC 5280 section 4.1.1.2).

    Raises `Malformed`.
    """
    if inner.encoded != signed.algorithm.encoded:
        raise Malformed("two signature algorithms differ")


def _read_boolean(element: Element) -> bool:
    if len(element.expect(BOOLEAN).content) != 1:
        raise Malformed("a truth value is not one byte")
    return element.content != b"\0"


def _read_key_identifier(extensions: Mapping[str, Extension]) -> bytes | None:
    found = extensions.get(identifiers.SUBJECT_KEY_IDENTIFIER)
    return None if found is None else parse(found.value, OCTET_STRING).content


def _read_authority(extensions: Mapping[str, Extension]) -> bytes | None:
    found = extensions.get(identifiers.AUTHORITY_KEY_IDENTIFIER)
    if found is None:
        return None
    key = parse(found.value, SEQUENCE).reader().optional(0x80)
    return None if key is None else key.content


def _read_constraints(extensions: Mapping[str, Extension]) -> bool:
    found = extensions.get(identifiers.BASIC_CONSTRAINTS)
    if found is None:
        return False
    reader: Reader = parse(found.value, SEQUENCE).reader()
    authority = reader.optional(BOOLEAN)
    reader.optional(INTEGER)  # no chain here is longer than CSCA and document signer
    reader.end()
    return authority is not None and _read_boolean(authority)


def _read_key_usage(extensions: Mapping[str, Extension]) -> frozenset[int] | None:
    """The numbers of the bits that are set (RFC 5280 section 4.2.1.3)."""
    found = extensions.get(identifiers.KEY_USAGE)
    if found is None:
        return None
    content = parse(found.value, BIT_STRING).content
    if not 2 <= len(content) <= 3 or content[0] > 7:
        raise Malformed("a key usage is not a string of bits")
    bits = len(content[1:]) * 8 - content[0]
    value = int.from_bytes(content[1:]) >> content[0]
    return frozenset(number for number in range(bits) if value >> (bits - 1 - number) & 1)
