"""Distinguished names, compared as ICAO 9303-12 section 7.1 needs it.

States write one name in several string types and cases, so names are compared by their text, folded (RFC
5280 section 7.1, less its Unicode preparation). No trust follows from a name: signatures decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bonafide.document.chip import identifiers
from bonafide.document.chip.tlv import OBJECT_IDENTIFIER, SEQUENCE, SET, Element, Malformed

_ENCODINGS: Final = {0x0C: "utf-8", 0x1E: "utf-16-be", 0x1C: "utf-32-be"}
_MOST_PARTS: Final = 50


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a distinguished name in order, each a set of (identifier, folded text)."""

    parts: tuple[frozenset[tuple[str, str]], ...] = field(repr=False)

    @property
    def country(self) -> str | None:
        """Its two-letter country in lower case; None where it names none or several."""
        countries = [value for part in self.parts for kind, value in part if kind == identifiers.COUNTRY]
        return countries[0] if len(countries) == 1 else None


def read_name(element: Element) -> Name:
    """A Name (RFC 5280 section 4.1.2.4).

    Raises `Malformed`.
    """
    parts = element.expect(SEQUENCE).children(_MOST_PARTS)
    return Name(tuple(frozenset(map(_attribute, part.expect(SET).children(_MOST_PARTS))) for part in parts))


def _attribute(element: Element) -> tuple[str, str]:
    reader = element.reader()
    kind = reader.take(OBJECT_IDENTIFIER).oid()
    value = reader.any()
    reader.end()
    # T61String and the ASCII types: Latin-1 tells apart whatever differs.
    text = value.content.decode(_ENCODINGS.get(value.tag, "latin-1"), "replace")
    if not text:
        raise Malformed("a part of a name is empty")
    return kind, " ".join(text.casefold().split())
