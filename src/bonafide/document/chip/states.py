"""Whether the state that issued a document is the one whose authority vouches for its chip."""

from __future__ import annotations

from functools import cache
from importlib import resources

from bonafide.document.check import DocumentCheck
from bonafide.outcome import Reason


def check_country(name: str, zone: tuple[str, ...], country: str) -> DocumentCheck:
    """Whether the zone's issuing state (ICAO 9303-3, section 5) is of the CSCA's country (9303-12, 7.1.1).

    Every trusted authority could otherwise sign in any state's name. A state whose letters are not known is
    not assessable.
    """
    state = zone[0][2:5].rstrip("<")
    known = states().get(state)
    if known is None:
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_ISSUER_UNKNOWN)
    return DocumentCheck.of(name, known == country.upper(), Reason.CHIP_SIGNER_UNFIT)


@cache
def states() -> dict[str, str]:
    """The two letters of a country by the letters that zones use; the list is data in `states.txt`."""
    text = (resources.files(__package__) / "states.txt").read_text("utf-8")
    words = (word for line in text.splitlines() if not line.startswith("#") for word in line.split())
    return {word[:-2]: word[-2:] for word in words}
