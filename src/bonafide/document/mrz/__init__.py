"""The machine readable zone (ICAO Doc 9303-3 to -7): layouts, parsing, checks, names. Text in, no pixels."""

from bonafide.document.mrz.check_digits import check_digit
from bonafide.document.mrz.checks import zone_checks
from bonafide.document.mrz.countries import is_known_state, known_states
from bonafide.document.mrz.dates import DateState, ZoneDate, birth_date, expiry_date
from bonafide.document.mrz.formats import (
    FORMATS,
    CheckRule,
    Field,
    Format,
    Span,
    ZoneKind,
    alphabet_at,
    format_of,
    position_alphabets,
    shape_alphabets,
)
from bonafide.document.mrz.names import Agreement, names_agree, names_agreement
from bonafide.document.mrz.parse import Zone, parse_zone
from bonafide.document.mrz.repair import LOOK_ALIKES, repair
from bonafide.document.mrz.transliterate import transliterations

__all__ = [
    "FORMATS",
    "LOOK_ALIKES",
    "Agreement",
    "CheckRule",
    "DateState",
    "Field",
    "Format",
    "Span",
    "Zone",
    "ZoneDate",
    "ZoneKind",
    "alphabet_at",
    "birth_date",
    "check_digit",
    "expiry_date",
    "format_of",
    "is_known_state",
    "known_states",
    "names_agree",
    "names_agreement",
    "parse_zone",
    "position_alphabets",
    "repair",
    "shape_alphabets",
    "transliterations",
    "zone_checks",
]
