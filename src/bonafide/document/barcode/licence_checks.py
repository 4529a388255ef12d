"""The checks of a driving licence's bar code, against itself and against what the card prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from bonafide.document.barcode.aamva import Licence
from bonafide.document.check import DocumentCheck, Result
from bonafide.document.mrz.names import Agreement, names_agreement
from bonafide.document.mrz.transliterate import transliterations
from bonafide.document.term import age, validity
from bonafide.outcome import Reason

# Wrong offsets, an old separator and turned dates are known of genuine cards; these are not.
_GRAVE: Final = frozenset(("elements", "contradiction", "dates"))
_MOST_WORDS: Final = 300
_MOST_JOINED: Final = 4
_NEAR_LENGTH: Final = 5
_ONE_SHAPE: Final = str.maketrans("OQDILZSGB", "000112568")
_MONTHS: Final = (
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
)  # fmt: skip


def licence_checks(
    licence: Licence, today: date, minimum_age: int | None = None
) -> tuple[DocumentCheck, ...]:
    """What the code alone can answer; `aamva.age` is among it only if `minimum_age`, in years, is given.

    - `aamva.structure`: the mandatory elements are there, well formed and without contradiction.
    - `aamva.issuer`: the issuer is known, and in the country that the code states.
    - `aamva.dates`: born, then issued, not after today, then expiring.
    - `aamva.validity`: `today` is not after the day of expiry.
    - `aamva.age`: the holder has completed `minimum_age` years today.

    The code is not signed: whoever prints a card can print a sound code. Only the comparison with other
    evidence makes it worth anything.
    """
    structure = bool(
        licence.number
        and licence.surname
        and licence.birth_date
        and licence.expiry_date
        and not _GRAVE & set(licence.deviations)
    )
    issuer = licence.country is not None and licence.stated_country in {"", licence.country}
    checks = (
        DocumentCheck.of("aamva.structure", structure, Reason.DOCUMENT_BARCODE_WRONG),
        DocumentCheck.of("aamva.issuer", issuer, Reason.DOCUMENT_ISSUER_UNKNOWN),
        _dates(licence, today),
        validity("aamva.validity", licence.expiry_date, today),
    )
    if minimum_age is None:
        return checks
    return (*checks, age("aamva.age", licence.birth_date, licence.birth_date, minimum_age, today))


def licence_printed_check(licence: Licence, printed_words: Iterable[str]) -> DocumentCheck:
    """`aamva.printed`: the card prints the code's names, number and date of birth somewhere.

    Fails where one of them is not among the printed words. Not assessable where one is only near, or where
    the print shows no number, no date or no names to compare at all. Characters of one shape count as one.
    """
    name = "aamva.printed"
    words = [word for word in printed_words if word.strip()][:_MOST_WORDS]
    names = names_agreement(
        words, _written(licence.surname), _written(licence.given_names), licence.names_truncated
    )
    results = (
        names,
        _number_agreement(licence.number, words),
        _birth_agreement(licence.birth_date, words),
    )
    if Agreement.DIFFERS in results:
        return DocumentCheck.failed(name, Reason.DOCUMENT_BARCODE_DIFFERS)
    if Agreement.NOT_ASSESSABLE in results:
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    return DocumentCheck(name, Result.PASSED, None)


def _dates(licence: Licence, today: date) -> DocumentCheck:
    name = "aamva.dates"
    known = [licence.birth_date, licence.issue_date, licence.expiry_date]
    order = [day for day in known if day is not None]
    if order != sorted(order) or any(day and day > today for day in known[:2]):
        return DocumentCheck.failed(name, Reason.DOCUMENT_DATES_WRONG)
    if len(order) < len(known):
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    return DocumentCheck.passed(name)


def _written(name: str) -> str:
    """The name in the plain capitals that names are compared in."""
    return min(transliterations(name), default=name.upper(), key=len).replace("<", " ")


def _number_agreement(number: str, words: Sequence[str]) -> Agreement:
    wanted = _shape(number)
    printed = [shape for shape in map(_shape, _runs(words)) if any(c.isdigit() for c in shape)]
    if not wanted or not printed:
        return Agreement.NOT_ASSESSABLE
    if any(wanted == shape or (len(wanted) >= _NEAR_LENGTH and wanted in shape) for shape in printed):
        return Agreement.AGREED
    allowed = len(wanted) // _NEAR_LENGTH
    near = any(
        len(shape) == len(wanted) and sum(a != b for a, b in zip(shape, wanted, strict=True)) <= allowed
        for shape in printed
    )
    return Agreement.NOT_ASSESSABLE if near and allowed else Agreement.DIFFERS


def _birth_agreement(birth: date | None, words: Sequence[str]) -> Agreement:
    runs = [_digits(run) for run in _runs(words)]
    if birth is None or not any(len(run) >= 8 for run in runs):
        return Agreement.NOT_ASSESSABLE
    ways = {f"{birth:{order}}" for order in ("%m%d%Y", "%d%m%Y", "%Y%m%d")}
    return Agreement.AGREED if any(way in run for way in ways for run in runs) else Agreement.DIFFERS


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Each word, alone and with up to three that follow."""
    for first in range(len(words)):
        for last in range(first + 1, min(first + _MOST_JOINED, len(words)) + 1):
            yield "".join(words[first:last])


def _shape(text: str) -> str:
    return "".join(c for c in text.upper() if c.isascii() and c.isalnum()).translate(_ONE_SHAPE)


def _digits(text: str) -> str:
    """The digits of a printed date, months in letters among them."""
    text = text.upper()
    for number, month in enumerate(_MONTHS, 1):
        text = text.replace(month, f"{number:02}")
    return "".join(c for c in text if c.isascii() and c.isdigit())
