"""Where states put a personal number into the optional data; only those known for sure."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from bonafide.document.mrz.formats import ZoneKind

# By layout and issuing state: which of the optional fields, and what the number looks like there.
_PLACES: Final = MappingProxyType(
    {
        (ZoneKind.TD1, "BEL"): (1, r"\d{11}"),
        (ZoneKind.TD1, "ESP"): (0, r"\d{8}[A-Z]"),
        (ZoneKind.TD1, "EST"): (0, r"\d{11}"),
        (ZoneKind.TD3, "BGR"): (0, r"\d{10}"),
        (ZoneKind.TD3, "EST"): (0, r"\d{11}"),
        (ZoneKind.TD3, "LTU"): (0, r"\d{11}"),
        (ZoneKind.TD3, "NLD"): (0, r"\d{9}"),
        (ZoneKind.TD3, "PAK"): (0, r"\d{13}"),
        (ZoneKind.TD3, "POL"): (0, r"\d{11}"),
        (ZoneKind.TD3, "SWE"): (0, r"\d{10}|\d{12}"),
        (ZoneKind.TD3, "THA"): (0, r"\d{13}"),
        (ZoneKind.TD3, "TUR"): (0, r"\d{11}"),
        (ZoneKind.TD3, "TWN"): (0, r"[A-Z]\d{9}"),
    }
)


def personal_number(kind: ZoneKind, issuer: str, optional_data: tuple[str, ...]) -> str | None:
    """The holder's personal number, where this state is known to put one here and it looks like one."""
    place = _PLACES.get((kind, issuer))
    if place is None or place[0] >= len(optional_data):
        return None
    text = optional_data[place[0]]
    return text if re.fullmatch(place[1], text, re.ASCII) else None
