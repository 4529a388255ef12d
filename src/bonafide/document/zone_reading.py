"""Finding a machine readable zone on a page and reading it (ICAO Doc 9303-3, 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bonafide.document.mrz import Zone, ZoneKind, parse_zone, position_alphabets, repair, shape_alphabets
from bonafide.document.mrz.check_digits import ALPHABET, FILLER
from bonafide.document.ocr import TextBox
from bonafide.document.ocr.fixed import CERTAIN, FixedAlphabet, FixedReading, decode_fixed
from bonafide.document.page import Page
from bonafide.document.zone_search import find_bars

# Lines and columns of the layouts.
_SHAPES = ((3, 30), (2, 44), (2, 36))
# In heights of a line's box: the least length of a piece of a zone, of a whole line, how far pieces may lie
# apart (a run of fillers may not be seen as text), and the distance between two lines.
_PIECE = 3.0
_WHOLE = 9.5
_APART = 9.0
_SPACING = (0.75, 3.2)
# How far the lines of one zone may begin or end apart, in heights; trailing fillers are often not seen.
_RAGGED = 5.0
# Groups of rows that are read to see whether they are a zone: a page of print below a card makes many.
_MOST_GROUPS = 3
# In eye distances from the eyes: how far left and right the middle of a piece of a zone may lie.
_FROM_EYES = (-4.0, 13.0)
# What a line of a zone reads freely: at least so many characters, at most this share of them foreign to
# zones, and at most so many more than its layout has.
_LEAST_READ = 18
_FOREIGN = 0.12
_SURPLUS = 3
# Print that is no zone, held to a zone's layout, has less than this in common with what it says.
_LEAST_ALIKE = 0.8
# Every zone has fillers, between the names at least; no other print has any.
_LEAST_FILLERS = 3
# Columns of margin in a row beyond what it reads, and in one that is made as long as the longest layout; the
# mean probability of the last fillers there, from which on they are believed. On development seeds it was 1.0
# where the lines went on and 0.13 at most where they did not.
_MARGIN, _LONG_MARGIN = 1.2, 2.0
_GOES_ON = 0.5
# Zones are set wide. A strip narrowed so much still has 20 pixels to a character, which the recogniser sees
# in steps of 8. Characters that are read beyond each end.
_SQUEEZE = 0.85
_BEYOND = 0.9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ZoneReading:
    """A zone as read: parsed, where its lines lie, and whether every character is certain.

    It is not certain where its lines reach the edge of what was looked at: a visa's may go on there in
    fillers, and be of another layout.
    """

    zone: Zone
    boxes: tuple[TextBox, ...]
    certain: bool

    def holds(self, box: TextBox) -> bool:
        """Whether a box of text is part of the zone."""
        x, y = (float(value) for value in box.centre)
        return any(_inside(line.corners, x, y) for line in self.boxes)


def read_zone(page: Page, today: date) -> ZoneReading | None:
    """The zone of a page, or None where there is none.

    Each line is read once and held to the number of characters and the alphabet of its layout. A zone whose
    check digits fail is offered repaired, if there is one way to do that; it is never certain then.
    """
    alphabet = FixedAlphabet(ALPHABET, page.recogniser.alphabet)
    return _among(page, page.boxes, alphabet, today) or _among(
        page, find_bars(page.pixels, page.axis), alphabet, today
    )


def _among(page: Page, boxes: Iterable[TextBox], alphabet: FixedAlphabet, today: date) -> ZoneReading | None:
    """The zone that some of the boxes are the lines of."""
    rows = _rows([box for box in boxes if page.may_hold(box) and _is_beside(page, box)], page.axis)
    return _first(page, rows, alphabet, today)


def _is_beside(page: Page, box: TextBox) -> bool:
    """Whether a piece lies where zones do: a portrait stands above their left half."""
    if page.face is None:
        return True
    along, _ = page.from_eyes(box.centre)
    return _FROM_EYES[0] < along < _FROM_EYES[1]


def _first(page: Page, found: list[TextBox], alphabet: FixedAlphabet, today: date) -> ZoneReading | None:
    """The first group of rows that reads as a zone."""
    for rows in _groups(found)[:_MOST_GROUPS]:
        # The lowest line has digits and fillers in every layout but TD1, where it has names.
        seen = [page.probabilities(rows[-1], _SQUEEZE)]
        length = _zone_like(alphabet.free(seen[0]))
        if length:
            seen = [page.probabilities(row, _SQUEEZE) for row in rows[:-1]] + seen
            length = max(length, *(_zone_like(alphabet.free(line)) for line in seen[:-1]))
            reading = _continued(page, rows, length, alphabet, today)
            if reading is None:
                reading = _decoded(seen, rows, length, alphabet, today)
            if reading is not None:
                whole = all(page.window.holds(row.corners) for row in reading.boxes)
                return replace(reading, certain=reading.certain and whole)
    return None


def _continued(
    page: Page, rows: tuple[TextBox, ...], length: int, alphabet: FixedAlphabet, today: date
) -> ZoneReading | None:
    """The zone of two long lines that go on in fillers where `rows` end; None where they do not.

    A visa may end both lines so, fillers are often not seen as text, and what is left would pass for the
    shorter layout. `length` is how many characters the rows read freely.
    """
    (_, long), (_, short) = _SHAPES[1:]
    if len(rows) != 2 or length > short + _SURPLUS:
        return None
    share = (long + _LONG_MARGIN) / (length + _MARGIN)
    longer = tuple(_longer(row, share) for row in rows)
    seen = [page.probabilities(row, _SQUEEZE) for row in longer]
    held = _held(seen, alphabet, shape_alphabets(len(rows), long))
    if not held or held[-1].text[short:] != FILLER * (long - short):
        return None
    if float(np.mean(held[-1].probabilities[short:])) < _GOES_ON:
        return None
    return _decoded(seen, longer, long, alphabet, today)


def _decoded(
    seen: Sequence[NDArray[np.float32]],
    rows: tuple[TextBox, ...],
    length: int,
    alphabet: FixedAlphabet,
    today: date,
) -> ZoneReading | None:
    """The likeliest layout's reading of the lines, the longest of which freely reads `length` characters."""
    best: list[FixedReading] = []
    for lines, columns in _SHAPES:
        if lines == len(rows) and length <= columns + _SURPLUS:
            readings = _held(seen, alphabet, shape_alphabets(lines, columns))
            if readings and (not best or _likelihood(readings) > _likelihood(best)):
                best = readings
    if not best:
        return None
    if len(best) == 2 and best[0].text.startswith("IDFRA") and len(best[0].text) == 36:
        best = _held(seen, alphabet, position_alphabets(ZoneKind.FRENCH_CARD)) or best
    lines_read = [reading.text for reading in best]
    fillers = sum(reading.free.count(FILLER) for reading in best)
    if fillers < _LEAST_FILLERS or _likeness(best) < _LEAST_ALIKE:
        return None
    zone = parse_zone(lines_read, today)
    if zone is None:
        return None
    if not zone.sound:
        alternatives = {
            (line, column): others + alphabet.twin_of(reading.text[column])
            for line, reading in enumerate(best)
            for column, others in enumerate(reading.others)
        }
        zone = repair(lines_read, today, alternatives) or zone
    certain = all(
        reading.agrees_but_for(FILLER) and reading.weakest_but(FILLER) >= CERTAIN for reading in best
    )
    # Where one of the two fillers behind the surname was missed, all names are taken for surnames.
    certain = certain and bool(zone.given_names)
    return ZoneReading(zone, rows, certain and not zone.repaired)


def _held(
    seen: Sequence[NDArray[np.float32]], alphabet: FixedAlphabet, places: Sequence[Sequence[str]]
) -> list[FixedReading]:
    """Each line held to its places; empty where one is too short for that."""
    readings = [
        decode_fixed(line, alphabet, allowed, FILLER) for line, allowed in zip(seen, places, strict=True)
    ]
    return [reading for reading in readings if reading] if all(readings) else []


def _likelihood(readings: Sequence[FixedReading]) -> float:
    return sum(reading.likelihood for reading in readings)


def _likeness(readings: Sequence[FixedReading]) -> float:
    """How much of what was held to a layout the lines say freely, fillers left out (0 to 1)."""
    free, held = (
        "".join(texts).replace(FILLER, "")
        for texts in zip(*((one.free, one.text) for one in readings), strict=True)
    )
    return SequenceMatcher(None, free, held, autojunk=False).ratio()


def _zone_like(free: str) -> int:
    """How many characters a line reads freely, if it reads as a zone's does; else 0."""
    foreign = free.count("?")
    return len(free) if len(free) >= _LEAST_READ and foreign <= _FOREIGN * len(free) else 0


def _groups(rows: list[TextBox]) -> list[tuple[TextBox, ...]]:
    """Two or three rows that may be a zone, those of most print first, three before their two."""
    groups = [
        rows[first : first + count]
        for count in (3, 2)
        for first in range(len(rows) - count + 1)
        if _is_zone(rows[first : first + count])
    ]
    groups.sort(key=lambda group: -sum(row.width * row.height for row in group))
    return [tuple(_even(group)) for group in groups]


def _rows(boxes: Iterable[TextBox], axis: float) -> list[TextBox]:
    """Rows of text long enough for a zone, from the top: pieces on one row put together."""
    frame = _frame(axis)
    pieces = [box for box in boxes if box.width >= _PIECE * box.height]
    rows = _merged(pieces, frame)
    # What lies between two pieces may be shorter than either, and brings them within reach of each other.
    while len(merged := _merged(rows, frame)) < len(rows):
        rows = merged
    whole = [row for row in rows if row.width >= _WHOLE * row.height]
    return sorted(whole, key=lambda row: float(row.centre @ frame[1]))


def _merged(pieces: Iterable[TextBox], frame: NDArray[np.float32]) -> list[TextBox]:
    """The pieces, the longest first, each put together with what it continues."""
    rows: list[TextBox] = []
    for box in sorted(pieces, key=lambda box: -box.width):
        for index, row in enumerate(rows):
            if _one_row(row, box, frame):
                rows[index] = _spanning(row, box, frame)
                break
        else:
            rows.append(box)
    return rows


def _is_zone(rows: Sequence[TextBox]) -> bool:
    height = float(np.median([row.height for row in rows]))
    if any(not 0.55 < row.height / height < 1.8 for row in rows):
        return False
    for above, below in pairwise(rows):
        along = (above.corners[1] - above.corners[0]) / max(above.width, 1.0)
        down = np.array([-along[1], along[0]])
        step = float((below.corners[[0, 3]].mean(axis=0) - above.corners[[0, 3]].mean(axis=0)) @ down)
        if not _SPACING[0] * height < step < _SPACING[1] * height:
            return False
        start = float((below.corners[0] - above.corners[0]) @ along)
        if abs(start) > _RAGGED * height:
            return False
    return True


def _even(rows: Sequence[TextBox]) -> list[TextBox]:
    """The rows, beginning together and ending where the longest does: trailing fillers are often not seen.

    A first character may be missed, but what begins much further left has run into something beside the zone.
    """
    along = np.mean([row.corners[1] - row.corners[0] for row in rows], axis=0)
    along /= np.linalg.norm(along)
    starts = [float(row.corners[[0, 3]].mean(axis=0) @ along) for row in rows]
    ends = [float(row.corners[[1, 2]].mean(axis=0) @ along) for row in rows]
    evened = []
    for row, start, end in zip(rows, starts, ends, strict=True):
        length = max(end - start, 1.0)
        margin = _BEYOND * length / max(row.width / row.height, 1.0) * 0.62
        before = (start - _beginning(starts, row.height) + margin) / length
        after = (max(ends) - end + margin) / length
        top, bottom = row.corners[1] - row.corners[0], row.corners[2] - row.corners[3]
        evened.append(
            TextBox(
                np.stack(
                    [
                        row.corners[0] - before * top,
                        row.corners[1] + after * top,
                        row.corners[2] + after * bottom,
                        row.corners[3] - before * bottom,
                    ]
                ).astype(np.float32),
                row.confidence,
            )
        )
    return evened


def _beginning(starts: Sequence[float], height: float) -> float:
    """Where the lines begin: the first of those that begin within a height and a half of the last."""
    return min(start for start in starts if start > max(starts) - 1.5 * height)


def _longer(row: TextBox, share: float) -> TextBox:
    """The row, going on to so many times its length."""
    first, second, third, fourth = row.corners
    ends = first + share * (second - first), fourth + share * (third - fourth)
    return TextBox(np.stack([first, *ends, fourth]).astype(np.float32), row.confidence)


def _one_row(row: TextBox, box: TextBox, frame: NDArray[np.float32]) -> bool:
    height = max(row.height, box.height)
    if min(row.height, box.height) < 0.55 * height:
        return False
    left, right = sorted((row, box), key=lambda one: float(one.centre @ frame[0]))
    end = left.corners[[1, 2]].mean(axis=0)
    start = right.corners[[0, 3]].mean(axis=0)
    gap, offset = frame @ (start - end)
    slope = (left.corners[1] - left.corners[0]) / max(left.width, 1.0)
    expected = float((slope @ frame[1]) / max(float(slope @ frame[0]), 0.5)) * float(gap)
    return -height < float(gap) < _APART * height and abs(float(offset) - expected) < 0.45 * height


def _spanning(row: TextBox, box: TextBox, frame: NDArray[np.float32]) -> TextBox:
    left, right = sorted((row, box), key=lambda one: float(one.centre @ frame[0]))
    corners = np.stack([left.corners[0], right.corners[1], right.corners[2], left.corners[3]])
    return TextBox(corners, min(left.confidence, right.confidence))


def _frame(axis: float) -> NDArray[np.float32]:
    along = [np.cos(axis), np.sin(axis)]
    return np.array([along, [-along[1], along[0]]], np.float32)


def _inside(corners: NDArray[np.float32], x: float, y: float) -> bool:
    edges = np.roll(corners, -1, axis=0) - corners
    away = np.array([x, y], np.float32) - corners
    return bool((edges[:, 0] * away[:, 1] - edges[:, 1] * away[:, 0] >= 0).all())


def words(page: Page, boxes: Iterable[TextBox]) -> list[str]:
    """What boxes say, as words."""
    return [word for line in page.read_all(boxes) for word in line.text.split()]
