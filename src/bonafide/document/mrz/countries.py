"""Codes of states and organisations (ICAO Doc 9303-3, section 5); the list is data in `countries.txt`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# Nationalities only (9303-3, section 5): stateless, refugees, unspecified.
_STATELESS = frozenset(("XXA", "XXB", "XXC", "XXX"))


def is_known_state(code: str) -> bool:
    """Whether documents carry this code as issuer or nationality: `CHN`, `D`, `XXA`, fillers left out.

    The standard's invented state UTO is not known: whoever shows its documents shows a specimen. Nor are
    the codes of states that are gone.
    """
    return code in known_states()


def is_issuing_state(code: str) -> bool:
    """Whether documents carry this code as issuer: a known one, but for those of people without a state."""
    return is_known_state(code) and code not in _STATELESS


@cache
def known_states() -> frozenset[str]:
    """Every known code."""
    text = files("bonafide.document.mrz").joinpath("countries.txt").read_text(encoding="utf-8")
    return frozenset(code for line in text.splitlines() for code in line.partition("#")[0].split())
