"""Proposing what a failing zone may have said; never a certain reading.

Measured on photographed zones: of 36 readings repaired by an unlimited search 14 were wrong, check digits
and all. So one look-alike character is replaced at most, beside those that their position cannot hold, and
only where exactly one replacement satisfies everything; the result is marked, and whoever gets it refers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from bonafide.document.mrz.formats import format_of, position_alphabets
from bonafide.document.mrz.parse import Zone, clean, parse_zone

_PAIRS: Final = ("O0", "Q0", "D0", "I1", "L1", "Z2", "A4", "S5", "G6", "B8", "T7", "OQ", "OD", "UV", "EF")

# What else each character may have been.
LOOK_ALIKES: Final[Mapping[str, str]] = MappingProxyType(
    {
        character: "".join(pair.replace(character, "") for pair in _PAIRS if character in pair)
        for character in sorted(set("".join(_PAIRS)))
    }
)


def repair(
    lines: Sequence[str], today: date, alternatives: Mapping[tuple[int, int], str] | None = None
) -> Zone | None:
    """The one zone that these lines may stand for, `repaired` set; None where there is none, or several.

    `alternatives` are the reader's own other readings, by line and column from 0; where it gives them, no
    others are tried, and look-alikes where it has none to give. Lines that need no repair give None too:
    parse them.
    """
    cleaned = clean(lines)
    layout = format_of(cleaned) if cleaned else None
    if layout is None:
        return None
    rows = position_alphabets(layout.kind)
    tried = {
        (line, column): _others(character, (line, column), alternatives)
        for line, text in enumerate(cleaned)
        for column, character in enumerate(text)
    }
    forced = list(cleaned)
    for (line, column), others in tried.items():
        if cleaned[line][column] not in rows[line][column]:
            fitting = [other for other in others if other in rows[line][column]]
            if len(fitting) != 1:
                return None
            forced[line] = _with(forced[line], column, fitting[0])
    zone = parse_zone(forced, today)
    if zone is None:
        return None
    if zone.sound:
        return replace(zone, repaired=True) if tuple(forced) != cleaned else None
    found = list(_single(forced, tried, rows, today))
    return replace(found[0], repaired=True) if len(found) == 1 else None


def _single(
    lines: Sequence[str],
    tried: Mapping[tuple[int, int], str],
    rows: tuple[tuple[str, ...], ...],
    today: date,
) -> Iterator[Zone]:
    """Every sound zone that differs in one character."""
    for (line, column), others in tried.items():
        for other in others:
            if other in rows[line][column] and other != lines[line][column]:
                changed = [*lines]
                changed[line] = _with(lines[line], column, other)
                zone = parse_zone(changed, today)
                if zone is not None and zone.sound:
                    yield zone


def _others(
    character: str, place: tuple[int, int], alternatives: Mapping[tuple[int, int], str] | None
) -> str:
    if alternatives is None:
        return LOOK_ALIKES.get(character, "")
    return "".join(dict.fromkeys(alternatives.get(place, "")))


def _with(text: str, column: int, character: str) -> str:
    return text[:column] + character + text[column + 1 :]
