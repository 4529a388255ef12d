"""Visible digital seals: signed data in a bar code on paper (ICAO Doc 9303-13, section 2).

Header, message zone and signature are read as the standard and the worked examples of BSI TR-03137 have them.
Feature lengths of 128 and more are taken as DER lengths, as the standard's own signature zone has them; the
BSI's profiles never need one. What a feature means depends on the document's profile: of those only the
machine readable zone is interpreted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from bonafide.document.barcode.c40 import decode_c40

_MAGIC: Final = 0xDC
_VERSIONS: Final = MappingProxyType({2: 3, 3: 4})
_SIGNATURE: Final = 0xFF
_MOST_BYTES: Final = 4000
_VISA: Final = 0x5D
# Tags 1 and 2 of a visa are both lines of MRV-A and MRV-B, the second without its optional data (9303-7); tag
# 2 of the other profiles is both lines of TD2 (9303-8 and TR-03137).
_VISA_LINES: Final = MappingProxyType({1: (44, 28), 2: (36, 28)})
_TD2_REFERENCES: Final = frozenset((0x5E, 0xFA, 0xFB, 0xFD))


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """A seal's parts. Dates are None where they are none.

    `version` is 3 or 4. `signer` is its country's two letters and two more; `certificate_reference` the
    certificate's serial number in hexadecimal. `features` pairs tags and values. `signed` is what
    `signature`, r and s of an ECDSA signature in equal halves, goes over: header and message zone.
    """

    version: int
    issuing_country: str
    signer: str
    certificate_reference: str
    issue_date: date | None
    signature_date: date | None
    feature_reference: int
    document_type: int
    features: tuple[tuple[int, bytes], ...]
    signed: bytes
    signature: bytes

    @property
    def zone_lines(self) -> tuple[str, str] | None:
        """The machine readable zone that the seal repeats, filled up to whole lines; None without one."""
        for tag, value in self.features:
            first, second = _VISA_LINES.get(tag, (0, 0)) if self.feature_reference == _VISA else (36, 36)
            if self.feature_reference != _VISA and (
                tag != 2 or self.feature_reference not in _TD2_REFERENCES
            ):
                continue
            text = decode_c40(value)
            if first and text is not None and len(text) == first + second:
                text = text.replace(" ", "<")
                return text[:first], text[first:].ljust(first, "<")
        return None


def parse_seal(content: bytes) -> Seal | None:
    """Parse a bar code's bytes; None where they are no seal, or one whose parts do not add up."""
    if len(content) > _MOST_BYTES or len(content) < 2 or content[0] != _MAGIC or content[1] not in _VERSIONS:
        return None
    version = _VERSIONS[content[1]]
    country = decode_c40(content[2:4])
    signer, reference, place = _signer(content, version)
    if country is None or len(country) != 3 or signer is None or len(content) < place + 8:
        return None
    issued, signed_on = content[place : place + 3], content[place + 3 : place + 6]
    message = place + 8
    features: list[tuple[int, bytes]] = []
    for start, tag, value, end in _entries(content, message):
        if tag == _SIGNATURE:
            if end != len(content) or not features or len(value) % 2 or not value:
                return None
            return Seal(
                version=version,
                issuing_country=country.rstrip(),
                signer=signer,
                certificate_reference=reference,
                issue_date=_date(issued),
                signature_date=_date(signed_on),
                feature_reference=content[place + 6],
                document_type=content[place + 7],
                features=tuple(features),
                signed=content[:start],
                signature=value,
            )
        features.append((tag, value))
    return None


def _signer(content: bytes, version: int) -> tuple[str | None, str, int]:
    """Signer, certificate reference, and where the header goes on.

    Version 3 gives the reference five characters; version 4 puts its length, in hexadecimal, before it.
    """
    if version == 3:
        length, before = 5, 4
    else:
        start = decode_c40(content[4:8])
        try:
            length, before = int(start[4:6] if start else "", 16), 6
        except ValueError:
            return None, "", 0
    size = -(-(before + length) // 3) * 2
    text = decode_c40(content[4 : 4 + size])
    if text is None or len(text) != before + length or not text.isalnum():
        return None, "", 0
    return text[:4], text[before:], 4 + size


def _entries(content: bytes, position: int) -> Iterator[tuple[int, int, bytes, int]]:
    """Start, tag, value and end of each entry, as long as they are whole."""
    while position + 2 <= len(content):
        start, tag, length = position, content[position], content[position + 1]
        position += 2
        if length > 0x80:
            size = length - 0x80
            if size > 2:
                return
            length = int.from_bytes(content[position : position + size])
            position += size
        if position + length > len(content):
            return
        yield start, tag, content[position : position + length], position + length
        position += length


def _date(data: bytes) -> date | None:
    """Three bytes of the number MMDDYYYY."""
    text = f"{int.from_bytes(data):08}"
    try:
        return date(int(text[4:]), int(text[:2]), int(text[2:4]))
    except ValueError:
        return None
