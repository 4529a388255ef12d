"""Tag, length, value: the one reader for everything that a chip, a certificate or a trust file holds.

BER as in ITU-T X.690 clause 8, which the logical data structure of ICAO 9303-10 uses too. Lengths are
bounded by the bytes that are there, nesting is as deep as the caller walks, and whatever does not fit is
`Malformed`. Of BER's liberties those occur in travel documents that change nothing: long lengths, the
indefinite length, and octet strings in pieces. What is hashed or signed is always the bytes as they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

INTEGER: Final = 0x02
BOOLEAN: Final = 0x01
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
SEQUENCE: Final = 0x30
SET: Final = 0x31

_CONSTRUCTED: Final = 0x20
_MORE: Final = 0x80
_LONG_TAG: Final = 0x1F
_MOST_TAG_BYTES: Final = 3
_MOST_LENGTH_BYTES: Final = 4
_INDEFINITE: Final = 0x80
_END_OF_CONTENTS: Final = b"\0\0"
# A master list in the indefinite form nests six: ContentInfo, [0], SignedData, encapContentInfo, and two for
# its content in pieces.
_MOST_OPEN: Final = 8
_MOST_OID_BYTES: Final = 40


class Malformed(ValueError):  # noqa: N818 - it names the state of the data
    """Bytes that do not follow the standard; the text names the place, never the content."""


@dataclass(frozen=True, slots=True)
class Element:
    """One tag, length and value. `tag` is the identifier octets as a number, such as 0x7F61."""

    tag: int
    encoded: bytes = field(repr=False)
    content: bytes = field(repr=False)

    def children(self, most: int = 1000) -> tuple[Element, ...]:
        """The elements in its content, at most `most`.

        Raises `Malformed`, also where it is not constructed.
        """
        if not _is_constructed(self.tag):
            raise Malformed("an element that should hold others holds none")
        return tuple(_walk(self.content, most))

    def reader(self, tag: int = SEQUENCE) -> Reader:
        """Its children in order, once it is sure to have this `tag`.

        Raises `Malformed`.
        """
        return Reader(self.expect(tag).children())

    def expect(self, tag: int) -> Element:
        """Itself, if it has this `tag`.

        Raises `Malformed`.
        """
        if self.tag != tag:
            raise Malformed("an element is of another kind than the standard says")
        return self

    def only(self, tag: int) -> Element:
        """Its one child, which has this `tag`.

        Raises `Malformed`.
        """
        children = self.children()
        if len(children) != 1:
            raise Malformed("an element holds more or less than one other")
        return children[0].expect(tag)

    def first(self, tag: int) -> Element:
        """Its first child of this `tag`.

        Raises `Malformed`.
        """
        for child in self.children():
            if child.tag == tag:
                return child
        raise Malformed("an element lacks what the standard says it holds")

    def integer(self) -> int:
        """The value of an INTEGER.

        Raises `Malformed`.
        """
        if not self.expect(INTEGER).content:
            raise Malformed("a number is empty")
        return int.from_bytes(self.content, signed=True)

    def oid(self) -> str:
        """The value of an OBJECT IDENTIFIER, in dots.

        Raises `Malformed`.
        """
        content = self.expect(OBJECT_IDENTIFIER).content
        if not content or len(content) > _MOST_OID_BYTES or content[-1] & _MORE:
            raise Malformed("an identifier is cut short or too long")
        arcs, value = [], 0
        for byte in content:
            value = value << 7 | byte & 0x7F
            if not byte & _MORE:
                arcs.append(value)
                value = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))

    def octets(self) -> bytes:
        """The value of an OCTET STRING, put together where it comes in pieces (X.690 clause 8.7.3).

        Raises `Malformed`.
        """
        if self.tag == OCTET_STRING | _CONSTRUCTED:
            return b"".join(child.expect(OCTET_STRING).content for child in self.children(100_000))
        return self.expect(OCTET_STRING).content

    def bits(self) -> bytes:
        """The value of a BIT STRING of whole bytes.

        Raises `Malformed`.
        """
        content = self.expect(BIT_STRING).content
        if not content or content[0]:
            raise Malformed("a string of bits does not end with a byte")
        return content[1:]


class Reader:
    """Elements in order; what is missing or left over is `Malformed`."""

    def __init__(self, elements: tuple[Element, ...]) -> None:
        self._elements = elements
        self._position = 0

    def take(self, tag: int) -> Element:
        """The next element, which has this `tag`."""
        element = self.optional(tag)
        if element is None:
            raise Malformed("an element is missing or of another kind than the standard says")
        return element

    def optional(self, tag: int) -> Element | None:
        """The next element if it has this `tag`."""
        if self._position < len(self._elements) and self._elements[self._position].tag == tag:
            self._position += 1
            return self._elements[self._position - 1]
        return None

    def any(self) -> Element:
        """The next element, whatever it is."""
        if self._position == len(self._elements):
            raise Malformed("an element is missing")
        self._position += 1
        return self._elements[self._position - 1]

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self._position != len(self._elements):
            raise Malformed("there is more than the standard says")


def parse(data: bytes, tag: int) -> Element:
    """The one element that `data` is, which has this `tag`.

    Raises `Malformed`, also for bytes after it.
    """
    element, end = _read(data, 0)
    if end != len(data):
        raise Malformed("bytes follow the end")
    return element.expect(tag)


def parse_padded(data: bytes, tag: int) -> Element:
    """The one element that `data` starts with; only zeros may follow, as readers pad files.

    Raises `Malformed`.
    """
    element, end = _read(data, 0)
    if data[end:].strip(b"\0"):
        raise Malformed("bytes follow the end")
    return element.expect(tag)


def _is_constructed(tag: int) -> bool:
    return bool(tag >> 8 * (max(tag.bit_length() - 1, 0) // 8) & _CONSTRUCTED)


def _walk(data: bytes, most: int) -> Iterator[Element]:
    position = 0
    for _ in range(most):
        if position == len(data):
            return
        element, position = _read(data, position)
        yield element
    if position != len(data):
        raise Malformed("too many elements")


def _read(data: bytes, start: int) -> tuple[Element, int]:
    tag, body, size = _read_header(data, start)
    if size is None:
        if not _is_constructed(tag):
            raise Malformed("a value has no length")
        end = _find_end(data, body)
        return Element(tag, data[start:end], data[body : end - len(_END_OF_CONTENTS)]), end
    return Element(tag, data[start : body + size], data[body : body + size]), body + size


def _read_header(data: bytes, start: int) -> tuple[int, int, int | None]:
    """Tag, where the value starts, and its size: None where its end is marked instead (X.690 clause 8.1)."""
    end = len(data)
    if start >= end:
        raise Malformed("an element is cut short")
    position = start + 1
    if data[start] & _LONG_TAG == _LONG_TAG:
        while True:
            if position == end or position - start == _MOST_TAG_BYTES:
                raise Malformed("a tag is cut short or too long")
            position += 1
            if not data[position - 1] & _MORE:
                break
    tag = int.from_bytes(data[start:position])
    if position == end:
        raise Malformed("a length is missing")
    length = data[position]
    position += 1
    if length == _INDEFINITE:
        return tag, position, None
    if length & _MORE:
        count = length & 0x7F
        if count > _MOST_LENGTH_BYTES or position + count > end:
            raise Malformed("a length is cut short or too long")
        length = int.from_bytes(data[position : position + count])
        position += count
    if length > end - position:
        raise Malformed("a value is cut short")
    return tag, position, length


def _find_end(data: bytes, position: int) -> int:
    """Where an element of indefinite length ends, its end mark included; a loop, so depth costs no stack."""
    opened = 1
    while opened:
        if data.startswith(_END_OF_CONTENTS, position):
            opened -= 1
            position += len(_END_OF_CONTENTS)
            continue
        tag, body, size = _read_header(data, position)
        if size is None:
            opened += 1
            if opened > _MOST_OPEN or not _is_constructed(tag):
                raise Malformed("elements nest too deep")
        position = body if size is None else body + size
    return position
