"""What a resident card, or a permit laid out like one, must agree with itself about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bonafide.document.check import DocumentCheck
from bonafide.document.cn.back import Back
from bonafide.document.cn.front import Front, ethnicities
from bonafide.document.cn.number import CitizenNumber, parse_number
from bonafide.document.cn.regions import regions
from bonafide.document.ocr.fixed import CERTAIN
from bonafide.document.term import age, completed_years, validity
from bonafide.outcome import Reason

# A character of a name, a date or an address less probable than this may be another one.
_CERTAIN_CHARACTER = 0.80
# Years of validity that are issued, from the holder's age on the day (Resident Identity Card Law, article 5);
# residence permits are valid for five (State Council Gazette 2018-81).
_TERMS = ((16, 5), (26, 10), (46, 20))
_PERMIT_TERM = 5


def card_checks(
    front: Front | None, back: Back | None, today: date, *, permit: bool, minimum_age: int | None = None
) -> tuple[DocumentCheck, ...]:
    """Everything that the two sides can answer; None for a side that was not shown.

    - `cn.number`: 18 characters, a possible date of birth, the right check character (GB 11643).
    - `cn.region`: its region is a code of GB/T 2260, of today or retired.
    - `cn.birth`, `cn.sex`: the printed ones are those of the number.
    - `cn.certain`: no character is likely to be misread.
    - `cn.ethnicity`: one of the 56 names (resident cards only).
    - `cn.dates`: the term begins after birth and is one that is issued.
    - `cn.validity`: today lies within it.
    - `cn.sides`: the term is the one for the holder's age on its first day, which is all that the two sides
      of a
      resident card say about each other.
    - `cn.age`: the holder has completed `minimum_age` years; only if that is given.
    """
    number = parse_number(front.number.text) if front and front.number else None
    sound = number is not None and number.plausible(today)
    checks = [
        _number("cn.number", front, sound),
        _of_number(
            "cn.region",
            front,
            number if sound else None,
            number is not None and number.region in regions(),
            Reason.DOCUMENT_REGION_UNKNOWN,
        ),
        _birth(front, number if sound else None),
        _sex(front, number if sound else None),
    ]
    if not permit:
        checks.append(_ethnicity(front))
    checks += [_certain(front, back), *_term(front, back, number if sound else None, today, permit=permit)]
    if minimum_age is not None:
        born = _agreed_birth(front, number if sound else None)
        checks.append(age("cn.age", born, born, minimum_age, today) if front else _unseen("cn.age"))
    return tuple(checks)


def _number(name: str, front: Front | None, sound: bool) -> DocumentCheck:
    if front is None:
        return _unseen(name)
    if front.number is None:
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    if front.number.weakest < CERTAIN or not front.number.agrees:
        # A wrong check character on a doubtful reading says nothing of the document.
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_READING_UNSURE)
    return DocumentCheck.of(name, sound, Reason.DOCUMENT_NUMBER_WRONG)


def _of_number(
    name: str, front: Front | None, number: CitizenNumber | None, holds: bool, reason: Reason
) -> DocumentCheck:
    if front is None:
        return _unseen(name)
    if number is None:
        return DocumentCheck.not_assessable(name, _why_no_number(front))
    return DocumentCheck.of(name, holds, reason)


def _why_no_number(front: Front | None) -> Reason:
    """Why there is no number to go by, said as `cn.number` says it."""
    if front is None:
        return Reason.DOCUMENT_SIDE_MISSING
    check = _number("cn.number", front, sound=False)
    return check.reason or Reason.DOCUMENT_NUMBER_WRONG


def _birth(front: Front | None, number: CitizenNumber | None) -> DocumentCheck:
    printed = front.birth_date if front else None
    if front is not None and printed is None:
        return DocumentCheck.not_assessable("cn.birth", Reason.DOCUMENT_UNREADABLE)
    same = number is not None and number.birth_date == printed
    return _of_number("cn.birth", front, number, same, Reason.DOCUMENT_BIRTH_DIFFERS)


def _sex(front: Front | None, number: CitizenNumber | None) -> DocumentCheck:
    printed = front.sex if front else None
    if front is not None and printed is None:
        return DocumentCheck.not_assessable("cn.sex", Reason.DOCUMENT_UNREADABLE)
    same = number is not None and printed is not None and number.sex == printed.text
    return _of_number("cn.sex", front, number, same, Reason.DOCUMENT_SEX_DIFFERS)


def _ethnicity(front: Front | None) -> DocumentCheck:
    name = "cn.ethnicity"
    if front is None:
        return _unseen(name)
    if front.ethnicity is None or front.ethnicity.text not in ethnicities():
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    return DocumentCheck.passed(name)


def _certain(front: Front | None, back: Back | None) -> DocumentCheck:
    name = "cn.certain"
    values = []
    if front is not None:
        values += [front.name, front.address, front.birth_text, front.sex]
    if back is not None:
        values += [back.authority, back.validity]
    if any(value is None for value in values):
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    sure = all(value is not None and value.weakest >= _CERTAIN_CHARACTER for value in values)
    return DocumentCheck.of(name, sure, Reason.DOCUMENT_READING_UNSURE)


def _term(
    front: Front | None, back: Back | None, number: CitizenNumber | None, today: date, *, permit: bool
) -> Iterator[DocumentCheck]:
    if back is None:
        yield from (_unseen(name) for name in ("cn.dates", "cn.validity", "cn.sides"))
        return
    first, last = back.valid_from, back.valid_until
    if first is None or (last is None and not back.long_term):
        for name in ("cn.dates", "cn.validity", "cn.sides"):
            yield DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
        return
    years = _years(first, last)
    born = number.birth_date if number else None
    issued = (_PERMIT_TERM,) if permit else (5, 10, 20, None)
    possible = years in issued and (born is None or born <= first)
    yield DocumentCheck.of("cn.dates", possible, Reason.DOCUMENT_DATES_WRONG)
    # For life is until the end of time.
    yield validity("cn.validity", date.max if back.long_term else last, today, first)
    if born is None:
        yield DocumentCheck.not_assessable("cn.sides", _why_no_number(front))
    else:
        fits = permit or years == _expected(completed_years(born, first))
        yield DocumentCheck.of("cn.sides", fits, Reason.DOCUMENT_SIDES_DIFFER)


def _expected(years_old: int) -> int | None:
    """Years for which a card is issued at an age; None for life."""
    return next((term for limit, term in _TERMS if years_old < limit), None)


def _years(first: date, last: date | None) -> int | None:
    """Whole years from one day to the same day of another year, 29 February counting as the day after; 0 for
    no whole number, None for life.
    """
    if last is None:
        return None
    same = (last.month, last.day) == (first.month, first.day)
    leap = (first.month, first.day) == (2, 29) and (last.month, last.day) in ((2, 28), (3, 1))
    return last.year - first.year if same or leap else 0


def _agreed_birth(front: Front | None, number: CitizenNumber | None) -> date | None:
    """The date of birth that print and number agree on."""
    if front is None or number is None or front.birth_date != number.birth_date:
        return None
    return number.birth_date


def _unseen(name: str) -> DocumentCheck:
    return DocumentCheck.not_assessable(name, Reason.DOCUMENT_SIDE_MISSING)
