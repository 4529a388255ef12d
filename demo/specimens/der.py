"""Writing ASN.1 in its distinguished encoding (DER, ITU-T X.690), as far as a chip needs it.

Apart from the reader in `bonafide.document.chip`, so that one tests the other.
"""

from __future__ import annotations


def tlv(tag: int, *contents: bytes) -> bytes:
    """A tag of up to two bytes, the length in as few as it takes, the contents one after another."""
    value = b"".join(contents)
    length = len(value)
    written = _big_endian(length)
    size = written if length < 128 else bytes((0x80 | len(written),)) + written
    return _big_endian(tag) + size + value


def sequence(*contents: bytes) -> bytes:
    """SEQUENCE."""
    return tlv(0x30, *contents)


def set_of(*contents: bytes) -> bytes:
    """SET OF: sorted by what was written (X.690, 11.6), or nobody else gets the same bytes to sign."""
    return tlv(0x31, *sorted(contents))


def tagged(number: int, *contents: bytes) -> bytes:
    """A context-specific constructed tag: explicit around a whole element, implicit around contents alone."""
    return tlv(0xA0 | number, *contents)


def integer(value: int) -> bytes:
    """INTEGER: two's complement, with room for the sign."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(value: bytes) -> bytes:
    """OCTET STRING."""
    return tlv(0x04, value)


def identifier(dotted: str) -> bytes:
    """OBJECT IDENTIFIER: the first two arcs in one, each in groups of seven bits (X.690, 8.19)."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    written = bytearray()
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        written += bytes(reversed(groups))
    return tlv(0x06, bytes(written))


def _big_endian(value: int) -> bytes:
    return value.to_bytes(max((value.bit_length() + 7) // 8, 1), "big")
