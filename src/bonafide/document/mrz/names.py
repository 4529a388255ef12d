"""Whether the names of the zone are those that the document prints.

No check digit covers the names, so a forger may change them in the zone alone, or in the print alone. What
an OCR may confuse is forgiven, one in four letters at most; a name that is merely near is neither agreement
nor accusation; anything else differs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final

from bonafide.document.mrz.transliterate import APOSTROPHES, letter_values

_MOST_TOKENS: Final = 300
_LONGEST_TOKEN: Final = 40
_MOST_PARTS: Final = 20
_JOINED: Final = 3
_LETTERS_A_CONFUSION: Final = 4
_NEAR_LENGTH: Final = 5

# What a printed character may really be: digits for letters, and letters of one shape in one case.
_CONFUSED: Final = {
    "0": "OQD", "1": "IL", "2": "Z", "3": "E", "4": "A", "5": "S", "6": "G", "7": "T", "8": "B", "9": "G",
    "l": "I", "I": "L", "|": "IL", "!": "IL", "$": "S", "O": "QD", "Q": "O", "D": "O", "€": "E",
}  # fmt: skip
# Two printed for one or one for two, as thin or touching strokes make them.
_CONFUSED_PAIRS: Final = {
    "rn": "M",
    "nn": "M",
    "vv": "W",
    "VV": "W",
    "cl": "D",
    "m": "RN",
    "w": "VV",
    "d": "CL",
}
# What is left when an OCR loses the marks of a letter that the zone writes with two or three.
_LOST_MARKS: Final = {"A": "AE AA", "O": "OE", "U": "UE UXX", "N": "NXX", "B": "SS"}


class Agreement(StrEnum):
    """Whether zone and print show the same names."""

    AGREED = "agreed"
    DIFFERS = "differs"
    NOT_ASSESSABLE = "not-assessable"


def names_agree(printed_words: Iterable[str], surname: str, given_names: str, truncated: bool) -> bool:
    """Whether `names_agreement` finds that they agree."""
    return names_agreement(printed_words, surname, given_names, truncated) is Agreement.AGREED


def names_agreement(
    printed_words: Iterable[str], surname: str, given_names: str, truncated: bool = False
) -> Agreement:
    """Look for every part of the zone's names among the printed words, which may hold all other print too.

    `surname` and `given_names` are a `Zone`'s. Case, apostrophes, hyphens and the order of words do not
    matter; up to three words may be printed as one, or one as three. If `truncated`, the last part of either
    name, and every single letter, need only begin a printed word (9303-3, 4.6). Printed words with the
    zone's fillers are left out, lest the zone agree with itself, and so are Chinese characters.

    Not assessable: nothing readable is printed; or a part is only near to what is printed, one letter off in
    five or more, two in ten; or names are printed in a script that we do not transliterate.
    """
    tokens, foreign = _tokens(printed_words)
    parts = [surname.split()[:_MOST_PARTS], given_names.split()[:_MOST_PARTS]]
    if not tokens or not any(parts):
        return Agreement.NOT_ASSESSABLE
    runs = tuple(dict.fromkeys(_runs(tokens)))
    missing = [part for names in parts for part in _missing(names, runs, truncated)]
    if not missing:
        return Agreement.AGREED
    if foreign or all(_is_near(part, tokens) for part in missing):
        return Agreement.NOT_ASSESSABLE
    return Agreement.DIFFERS


def _tokens(words: Iterable[str]) -> tuple[list[str], bool]:
    """The printed words in reading order, and whether some are in a script that we cannot read."""
    tokens: list[str] = []
    foreign = False
    for word in words:
        if "<" in word or len(tokens) >= _MOST_TOKENS:
            continue
        composed = unicodedata.normalize("NFC", word[: _LONGEST_TOKEN * 4])
        kept = "".join(c for c in composed if c not in APOSTROPHES and not _is_chinese(c))
        spaced = "".join(c if c.isalnum() or c in _CONFUSED else " " for c in kept)
        for token in spaced.split():
            if any(c.isalpha() and not letter_values(c) for c in token):
                foreign = True
            elif any(c.isalpha() for c in token):
                tokens.append(token[:_LONGEST_TOKEN])
    return tokens[:_MOST_TOKENS], foreign


def _is_chinese(character: str) -> bool:
    return "㐀" <= character <= "鿿" or "豈" <= character <= "﫿" or "𠀀" <= character <= "𳑿"


def _missing(names: Sequence[str], runs: Sequence[str], truncated: bool) -> list[str]:
    """The parts that no reading of the printed words accounts for."""
    found = [False] * len(names)
    for first in range(len(names)):
        for last in range(first + 1, min(first + _JOINED, len(names)) + 1):
            if all(found[first:last]):
                continue
            wanted = "".join(names[first:last])
            cut = truncated and (last == len(names) or wanted in {n for n in names if len(n) == 1})
            if any(_writes(printed, wanted, cut) for printed in runs):
                found[first:last] = [True] * (last - first)
    return [name for name, was_found in zip(names, found, strict=True) if not was_found]


def _runs(tokens: Sequence[str]) -> Iterator[str]:
    """Each printed word, alone and with up to two that follow."""
    for first in range(len(tokens)):
        for last in range(first + 1, min(first + _JOINED, len(tokens)) + 1):
            yield "".join(tokens[first:last])


@lru_cache(maxsize=4096)
def _steps(piece: str) -> tuple[tuple[str, int], ...]:
    """What one or two printed characters may write, and how many confusions that takes."""
    steps: dict[str, int] = {}
    if len(piece) == 1:
        for value in letter_values(piece) if piece.isalpha() else ():
            steps[value] = 0
        for value in (*_CONFUSED.get(piece, ""), *_LOST_MARKS.get(piece.upper(), "").split()):
            steps.setdefault(value, 1)
    if piece in _CONFUSED_PAIRS:
        steps.setdefault(_CONFUSED_PAIRS[piece], 1)
    return tuple(steps.items())


def _writes(printed: str, wanted: str, may_be_cut: bool) -> bool:
    """Whether `printed` may be `wanted` in the zone, or begin with it where the zone is cut off."""
    most = max(1, len(wanted) // _LETTERS_A_CONFUSION)
    # By printed characters used: letters of the zone accounted for, and the fewest confusions to get there.
    reached: dict[int, dict[int, int]] = {0: {0: 0}}
    for used in range(len(printed)):
        ways = reached.get(used, {})
        if not ways and used + 1 not in reached:
            return False
        for size in (1, 2):
            for value, cost in _steps(printed[used : used + size]) if used + size <= len(printed) else ():
                for place, confusions in ways.items():
                    total = confusions + cost
                    if total > most:
                        continue
                    if wanted.startswith(value, place):
                        onward = reached.setdefault(used + size, {})
                        end = place + len(value)
                        onward[end] = min(total, onward.get(end, total))
                    elif may_be_cut and value.startswith(wanted[place:]):
                        return True
        if may_be_cut and len(wanted) in ways:
            return True
    return len(wanted) in reached.get(len(printed), {})


def _is_near(part: str, tokens: Sequence[str]) -> bool:
    """Whether a printed word is one letter off in five, two in ten."""
    allowed = len(part) // _NEAR_LENGTH
    return allowed > 0 and any(
        _distance(part, "".join(letter_values(c)[0] if letter_values(c) else c for c in token), allowed)
        <= allowed
        for token in tokens
    )


def _distance(one: str, other: str, limit: int) -> int:
    """Letters to insert, remove or replace; more than `limit` is only known to be more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        before, row[0] = row[0], index
        for column, other_letter in enumerate(other, 1):
            best = min(row[column] + 1, row[column - 1] + 1, before + (letter != other_letter))
            before, row[column] = row[column], best
    return row[-1]
