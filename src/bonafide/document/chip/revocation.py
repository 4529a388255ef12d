"""Certificate revocation lists (RFC 5280 section 5, ICAO 9303-12 section 7.1.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bonafide.document.chip import identifiers
from bonafide.document.chip.certificate import (
    Signed,
    check_algorithm,
    read_extensions,
    read_signed,
    read_time,
)
from bonafide.document.chip.names import Name, read_name
from bonafide.document.chip.tlv import INTEGER, SEQUENCE, Element, parse

_TIMES: Final = (0x17, 0x18)
_MOST_ENTRIES: Final = 1_000_000
# Any other critical one, such as that of a delta list, changes what a list means.
_UNDERSTOOD: Final = frozenset((identifiers.AUTHORITY_KEY_IDENTIFIER, identifiers.CRL_NUMBER))


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list, read but not judged. `next_update` is None where it promises no other list.

    `is_plain` says that it holds every serial number that its issuer revoked, and nobody else's.
    """

    signed: Signed
    issuer: Name
    this_update: datetime
    next_update: datetime | None
    serials: frozenset[int] = field(repr=False)
    is_plain: bool

    def is_current_at(self, moment: datetime) -> bool:
        """Whether a moment lies between this list and the next one."""
        return self.next_update is not None and self.this_update <= moment <= self.next_update


def read_revocation_list(data: bytes) -> RevocationList:
    """A CertificateList (RFC 5280 section 5.1).

    Raises `Malformed`.
    """
    signed, body = read_signed(parse(data, SEQUENCE))
    reader = body.reader()
    reader.optional(INTEGER)
    check_algorithm(signed, reader.take(SEQUENCE))
    issuer = read_name(reader.take(SEQUENCE))
    this_update = read_time(reader.any())
    next_update = next((read_time(found) for tag in _TIMES if (found := reader.optional(tag))), None)
    entries = reader.optional(SEQUENCE)
    plain = _is_plain(reader.optional(0xA0))
    reader.end()
    serials = set()
    for entry in () if entries is None else entries.children(_MOST_ENTRIES):
        revoked = entry.reader()
        serials.add(revoked.take(INTEGER).integer())
        revoked.any()
        extensions = revoked.optional(SEQUENCE)
        revoked.end()
        plain = plain and (extensions is None or not _has_critical(extensions))
    return RevocationList(signed, issuer, this_update, next_update, frozenset(serials), plain)


def _is_plain(element: Element | None) -> bool:
    return all(
        name in _UNDERSTOOD or not extension.critical for name, extension in read_extensions(element).items()
    )


def _has_critical(entry: Element) -> bool:
    """Entries' extensions come without the frame that those of a list have."""
    framed = Element(0xA0, entry.encoded, entry.encoded)
    return any(extension.critical for extension in read_extensions(framed).values())
