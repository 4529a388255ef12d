"""The citizen number and what it says of its holder (GB 11643-1999)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

# ISO 7064 MOD 11-2, as GB 11643-1999 appendix A tabulates it.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_FORM = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
# Nobody alive is older, and no card was issued to anybody who was.
_OLDEST_YEARS = 130


@dataclass(frozen=True, slots=True, repr=False)
class CitizenNumber:
    """A number of the right form: region, date of birth, sequence, check character.

    `birth_date` is None where its digits are no date. `checked` says that the check character is right.
    """

    text: str
    region: str
    birth_date: date | None
    sex: str
    checked: bool

    def plausible(self, today: date) -> bool:
        """Its check character is right and its holder was born, and not longer ago than people live."""
        born = self.birth_date
        return self.checked and born is not None and born <= today and today.year - born.year <= _OLDEST_YEARS


def parse_number(text: str) -> CitizenNumber | None:
    """A number from its 18 characters, X in upper case; None for anything of another form.

    The sex is 男 where the sequence is odd and 女 where it is even. Beginning with 9 it is a foreigner's
    (GA/T 2023 permanent residence), whose next five digits are no region of GB/T 2260.
    """
    if not _FORM.fullmatch(text):
        return None
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        born = None
    return CitizenNumber(
        text=text,
        region=text[:6],
        birth_date=born,
        sex="男" if int(text[16]) % 2 else "女",
        checked=check_character(text[:17]) == text[17],
    )


def check_character(digits: str) -> str:
    """The last character of a number whose first 17 digits these are."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11]
