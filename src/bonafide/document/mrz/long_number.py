"""Document numbers longer than the nine columns of TD1 and TD2.

ICAO Doc 9303-5, 4.2.2 note j, and 9303-6, 4.2.2 note j: a filler stands for the check digit, and the rest of
the number follows in the optional data, its check digit last, up to the next filler. The digit goes over the
number's two parts without the filler between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bonafide.document.mrz.check_digits import FILLER, check_digit
from bonafide.document.mrz.formats import Format, ZoneKind

_KINDS = frozenset((ZoneKind.TD1, ZoneKind.TD2))


@dataclass(frozen=True, slots=True, repr=False)
class LongNumber:
    """The whole number, whether its check digit is right, and what is left of the optional data."""

    number: str
    passed: bool
    optional_data: str


def long_number(layout: Format, lines: Sequence[str]) -> LongNumber | None:
    """The number of a zone that continues it in its optional data; None where this one does not."""
    number, digit, optional = (layout.span(name) for name in ("number", "number_check", "optional_1"))
    if layout.kind not in _KINDS or number is None or digit is None or optional is None:
        return None
    principal, data = number.of(lines), optional.of(lines)
    continued, _, rest = data.partition(FILLER)
    if digit.of(lines) != FILLER or principal.endswith(FILLER) or len(continued) < 2:
        return None
    whole = principal + continued[:-1]
    return LongNumber(whole, check_digit(whole) == continued[-1], rest)
