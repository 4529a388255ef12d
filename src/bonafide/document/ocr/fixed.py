"""Decoding a line whose length and alphabet are known: a zone, a citizen number.

Read freely, a recogniser drops one of two equal characters that touch, takes < for a quotation mark, or reads
a digit for a letter. Where a standard fixes the number of characters and what may stand at each place, the
likeliest reading within the standard is sought instead. It is then no longer evidence that the line follows
the standard, so what the line reads freely is compared with it (`FixedReading.agrees`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# What a recogniser of all scripts may give for a character of a zone.
LOOKALIKES: Final[Mapping[str, str]] = {"<": "<＜〈《く‹«≪", "-": "-－—–"}
# A character of a number or a zone less probable than this was not read but guessed. On development seeds
# every one that was read wrongly and passed its own check had a character below it.
CERTAIN: Final = 0.80
# Printed alike in OCR-B: where only one of them may stand, reading the other is reading it.
_TWINS: Final = (("O", "0"),)
_IMPOSSIBLE = np.float32(-1e9)
_LEAST = 1e-10
# What a filler costs that was not seen, as a log-likelihood.
_MISSING = np.log(0.3)
# Another symbol is worth naming from this probability on.
_POSSIBLE = 0.01


@dataclass(frozen=True, slots=True, repr=False)
class FixedReading:
    """A line held to its length and alphabet.

    `probabilities` are the model's own for each character at its step, so those of a forced character are
    small. `places` are the characters' middles as fractions along the line, `others` what else each may be by
    the model's own word, most probable first. `free` is what the line reads without being held to anything, a
    question mark where that is no symbol. `likelihood` is the logarithm of the whole path's, to compare
    readings of one strip.
    """

    text: str
    probabilities: tuple[float, ...]
    places: tuple[float, ...]
    others: tuple[str, ...]
    free: str
    likelihood: float

    @property
    def agrees(self) -> bool:
        """Whether the free reading is the same text."""
        return self.free == self.text

    def agrees_but_for(self, filler: str) -> bool:
        """Whether it is, twins taken as one, but for how many fillers a row of three or more has.

        One and two are told apart: they say where a surname ends.
        """
        return _folded(self.free, filler) == _folded(self.text, filler)

    @property
    def weakest(self) -> float:
        """The least probability of a character; 0 for no character."""
        return min(self.probabilities, default=0.0)

    def weakest_but(self, filler: str) -> float:
        """The least probability of a character that is no filler; 0 for no character."""
        pairs = zip(self.text, self.probabilities, strict=True)
        return min((probability for character, probability in pairs if character != filler), default=0.0)


def _folded(text: str, filler: str) -> str:
    text = re.sub(f"{re.escape(filler)}{{3,}}", filler * 3, text.rstrip(filler))
    for one, other in _TWINS:
        text = text.replace(other, one)
    return text


class FixedAlphabet:
    """The classes of a recogniser that count for each symbol of an alphabet such as A to Z, 0 to 9 and <."""

    def __init__(self, symbols: str, classes: Sequence[str]) -> None:
        self.symbols = symbols
        index = {text: number for number, text in enumerate(classes)}
        self._classes = [[index[text] for text in self._forms(symbol) if text in index] for symbol in symbols]

    @staticmethod
    def _forms(symbol: str) -> str:
        return LOOKALIKES.get(symbol, symbol + (symbol.lower() if symbol.lower() != symbol else ""))

    def narrowed(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of the blank and each symbol in its forms: float32 (steps, 1 + symbols) from (steps, classes)."""
        columns = [probabilities[:, 0]]
        columns += [probabilities[:, classes].sum(axis=1) for classes in self._classes]
        return np.stack(columns, axis=1)

    def free(self, probabilities: NDArray[np.float32], narrow: NDArray[np.float32] | None = None) -> str:
        """What a line reads without being held to anything, lookalikes taken for what they stand for.

        A class outside the alphabet that is likelier than all within shows as a question mark.
        """
        if narrow is None:
            narrow = self.narrowed(probabilities)
        best = narrow.argmax(axis=1)
        other = probabilities.max(axis=1) > narrow.max(axis=1)
        text, last = [], -2
        for step, choice in enumerate(best):
            symbol = -1 if other[step] else int(choice)
            if symbol not in (0, last):
                text.append("?" if symbol < 0 else self.symbols[symbol - 1])
            last = symbol
        return "".join(text)

    def twins(self, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """For each place and symbol the symbol that reads as well there: its twin, where only one of them may
        stand.
        """
        found = np.tile(np.arange(len(self.symbols)), (len(allowed), 1))
        for one, other in _TWINS:
            if one in self.symbols and other in self.symbols:
                pair = (self.symbols.index(one), self.symbols.index(other))
                alone = allowed[:, pair[0]] != allowed[:, pair[1]]
                found[alone, pair[0]], found[alone, pair[1]] = pair[1], pair[0]
        return found

    @staticmethod
    def twin_of(symbol: str) -> str:
        """What is printed like a symbol; nothing for most."""
        return "".join(pair[pair[0] == symbol] for pair in _TWINS if symbol in pair)

    def mask(self, places: Sequence[str]) -> NDArray[np.bool_]:
        """Which symbols may stand at each place: bool (places, symbols)."""
        return np.array([[symbol in allowed for symbol in self.symbols] for allowed in places], bool)


def decode_fixed(
    probabilities: NDArray[np.float32],
    alphabet: FixedAlphabet,
    places: Sequence[str],
    filler: str | None = None,
) -> FixedReading | None:
    """The likeliest text of exactly `len(places)` characters, each of those that its place allows.

    `probabilities` is float32 (steps, classes). None where there are fewer steps than characters. Viterbi
    over (characters written, the last of them, whether a blank followed); an equal neighbour needs a blank
    between. Where places at the end allow a `filler`, the line may end before them: a row of fillers is often
    not seen as text, and to make up for those missing, characters would be invented elsewhere. They are then
    written with a probability of 0.
    """
    narrow = alphabet.narrowed(probabilities)
    steps, length = len(narrow), len(places)
    allowed = alphabet.mask(places)
    least = _least_written(allowed, alphabet.symbols.index(filler)) if filler and length else length
    if not length or steps < least:
        return None
    twins = alphabet.twins(allowed)
    found_path = _best_path(narrow, allowed, twins, least)
    if found_path is None:
        return None
    path, likelihood = found_path
    text, certain, middles, others = [], [], [], []
    for place in range(length):
        at = np.flatnonzero(path[:, 0] == place)
        if filler is not None and not at.size:
            text.append(filler)
            certain.append(0.0)
            middles.append(1.0)
            others.append("")
            continue
        symbol = int(path[at[0], 1])
        text.append(alphabet.symbols[symbol])
        twin = int(twins[place, symbol])
        certain.append(float((narrow[at, symbol + 1] + (twin != symbol) * narrow[at, twin + 1]).max()))
        middles.append(float(at.mean() + 0.5) / steps)
        likeliest = narrow[at, 1:].max(axis=0)
        others.append(
            "".join(
                alphabet.symbols[other]
                for other in np.argsort(-likeliest)
                if other != symbol
                and likeliest[other] >= _POSSIBLE
                and alphabet.symbols[other] in places[place]
            )
        )
    free = alphabet.free(probabilities, narrow)
    return FixedReading("".join(text), tuple(certain), tuple(middles), tuple(others), free, likelihood)


def _least_written(allowed: NDArray[np.bool_], filler: int) -> int:
    """How many characters must be written, if all places behind them may be filled."""
    barred = np.flatnonzero(~allowed[:, filler])
    return max(1, int(barred[-1]) + 1 if barred.size else 1)


def _best_path(
    narrow: NDArray[np.float32], allowed: NDArray[np.bool_], twins: NDArray[np.int64], least: int
) -> tuple[NDArray[np.int64], float] | None:
    """(place, symbol) of each step, (-1, -1) for a blank: int (steps, 2); and its log-likelihood."""
    steps = len(narrow)
    blanks = np.log(np.maximum(narrow[:, 0], _LEAST))
    alone = (twins != np.arange(twins.shape[1])).astype(np.float32)
    length, symbols = allowed.shape
    barred = np.where(allowed, np.float32(0), _IMPOSSIBLE)
    # blank[k]: k characters are written and a blank followed; char[k, s]: character k is being written as s.
    blank = np.full(length + 1, _IMPOSSIBLE, np.float32)
    blank[0] = 0
    char = np.full((length, symbols), _IMPOSSIBLE, np.float32)
    from_kind = np.zeros((steps, length, symbols), np.int8)
    from_symbol = np.zeros((steps, length), np.int16)
    from_second = np.zeros((steps, length), np.int16)
    blank_from = np.zeros((steps, length + 1), np.int16)
    rows = np.arange(length)
    for step in range(steps):
        symbols_now = narrow[step, 1:]
        emitted = np.log(np.maximum(symbols_now + alone * symbols_now[twins], _LEAST))
        best = char.argmax(axis=1)
        top = char[rows, best]
        rest = char.copy()
        rest[rows, best] = _IMPOSSIBLE * 2
        second = rest.argmax(axis=1)
        runner = rest[rows, second]
        # Entering character k directly from character k - 1, which must be another symbol.
        direct = np.full((length, symbols), _IMPOSSIBLE, np.float32)
        direct[1:] = top[:-1, None]
        direct[rows[1:], best[:-1]] = runner[:-1]
        entered = np.broadcast_to(blank[:-1, None], direct.shape)
        options = np.stack([char, entered, direct])
        kind = options.argmax(axis=0)
        new_char = np.take_along_axis(options, kind[None], axis=0)[0] + emitted + barred
        from_kind[step] = kind
        from_symbol[step, 1:] = best[:-1]
        from_second[step, 1:] = second[:-1]
        stayed = np.concatenate([[_IMPOSSIBLE], top])
        blank_from[step] = np.where(stayed > blank, np.concatenate([[-1], best]), -1)
        blank = np.maximum(blank, stayed).astype(np.float32) + blanks[step]
        char = new_char
    return _traced(blank, char, _Origins(from_kind, from_symbol, from_second, blank_from), least)


@dataclass(frozen=True, slots=True, eq=False)
class _Origins:
    """Where each state came from, by step: a character from itself (0), a blank (1) or the character before
    (2), whose likeliest and second symbol are kept; a blank from a blank (-1) or from the symbol before it.
    """

    kind: NDArray[np.int8]
    symbol: NDArray[np.int16]
    second: NDArray[np.int16]
    blank: NDArray[np.int16]


def _traced(
    blank: NDArray[np.float32], char: NDArray[np.float32], origins: _Origins, least: int
) -> tuple[NDArray[np.int64], float] | None:
    steps, length = origins.symbol.shape
    # Of each number of characters written, the likeliest end, and what it costs to fill the rest.
    ends = np.maximum(blank[1:], char.max(axis=1)) + _MISSING * np.arange(length - 1, -1, -1)
    ends[: least - 1] = 2 * _IMPOSSIBLE
    place = int(ends.argmax())
    likelihood = float(ends[place])
    if likelihood < _IMPOSSIBLE / 2:
        return None
    path = np.full((steps, 2), -1, np.int64)
    symbol = int(char[place].argmax()) if char[place].max() >= blank[place + 1] else -1
    for step in range(steps - 1, -1, -1):
        path[step] = (place, symbol) if symbol >= 0 else (-1, -1)
        if symbol < 0:
            symbol = int(origins.blank[step, place + 1])
            continue
        kind = int(origins.kind[step, place, symbol])
        if kind == 1:
            place, symbol = place - 1, -1
        elif kind == 2:
            best = int(origins.symbol[step, place])
            place, symbol = place - 1, best if best != symbol else int(origins.second[step, place])
    return path, likelihood
