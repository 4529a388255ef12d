"""Where the parts of a plot stand; the template draws them, and a table beside says the same in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 240
_LEFT: Final = 44
_RIGHT: Final = 8
_TOP: Final = 12
_BOTTOM: Final = 28
# More labels than that would run into one another.
_MOST_LABELS: Final = 10
_GAP: Final = 0.25
_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a column, in the plot's units; `series` says which of the parts it is."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """What is to be drawn. `lines` are heights at which a count is read, with its label."""

    bars: tuple[Bar, ...]
    below: tuple[Label, ...]
    lines: tuple[Label, ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    width: int = WIDTH
    height: int = HEIGHT


def stacked(data: Sequence[tuple[str, Sequence[int]]]) -> Plot:
    """Columns with their parts one on the other, the first at the bottom."""
    top = _round_up(max((sum(parts) for _, parts in data), default=0))
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(data))
    unit = (HEIGHT - _TOP - _BOTTOM) / top
    floor = HEIGHT - _BOTTOM
    bars, below = [], []
    every = ceil(len(data) / _MOST_LABELS)
    for place, (label, parts) in enumerate(data):
        x, y = _LEFT + place * step, float(floor)
        for series, count in enumerate(parts):
            if count:
                y -= count * unit
                bars.append(
                    Bar(_r(x + step * _GAP / 2), _r(y), _r(step * (1 - _GAP)), _r(count * unit), series)
                )
        # Counted from the last, which is today.
        if (len(data) - 1 - place) % every == 0:
            below.append(Label(_r(x + step / 2), HEIGHT - 8, label))
    counts = sorted({top * line // _LINES for line in range(_LINES + 1)})
    lines = tuple(Label(_LEFT - 8, _r(floor - count * unit), str(count)) for count in counts)
    return Plot(tuple(bars), tuple(below), lines)


def columns(data: Sequence[tuple[str, int]]) -> Plot:
    """Columns of one part."""
    return stacked([(label, (count,)) for label, count in data])


def _round_up(most: int) -> int:
    """The next count that is easily read: a multiple of four of one, two or five tens."""
    if most <= _LINES:
        return _LINES
    size = 10 ** int(log10(most))
    steps = (size * part // 10 for part in (10, 20, 40, 60, 80, 100))
    return next((step for step in steps if step >= most and step % _LINES == 0), ceil(most / _LINES) * _LINES)


def _r(value: float) -> float:
    return round(value, 2)
