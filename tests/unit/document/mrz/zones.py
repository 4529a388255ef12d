"""Zones for the tests: the standard's own specimens, and any that can be built."""

from __future__ import annotations

from datetime import date

from bonafide.document.mrz import FORMATS, ZoneKind, check_digit

TODAY = date(2026, 11, 20)

# 9303-4, -5, -6 and -7, appendices: the standard's invented holder.
SPECIMENS: dict[ZoneKind, tuple[str, ...]] = {
    ZoneKind.TD1: (
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ),
    ZoneKind.TD2: (
        "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<",
        "D231458907UTO7408122F1204159<<<<<<<6",
    ),
    ZoneKind.TD3: (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ),
    ZoneKind.MRV_A: (
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
    ),
    ZoneKind.MRV_B: (
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<",
        "L8988901C4XXX4009078F9612109<<<<<<<<",
    ),
}
# 9303-11, appendix D: twelve characters of number, three of them in the optional data.
LONG_NUMBER = (
    "I<UTOD23145890<7349<<<<<<<<<<<",
    "3407127M9507122UTO<<<<<<<<<<<2",
    "STEVENSON<<PETER<JOHN<<<<<<<<<",
)
# The French card's published specimen.
FRENCH_CARD = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6")


def build_zone(kind: ZoneKind, **fields: str) -> list[str]:
    """A zone of these fields, the others empty, with all its check digits right."""
    layout = FORMATS[kind]
    rows = [["<"] * layout.columns for _ in range(layout.lines)]

    def write(line: int, start: int, text: str) -> None:
        rows[line][start : start + len(text)] = text

    for name, text in fields.items():
        span = layout.span(name)
        assert span is not None
        assert len(text) <= span.end - span.start
        write(span.line, span.start, text)
    for rule in layout.checks:
        lines = ["".join(row) for row in rows]
        write(rule.digit.line, rule.digit.start, check_digit("".join(span.of(lines) for span in rule.spans)))
    return ["".join(row) for row in rows]
