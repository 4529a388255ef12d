"""Rates with their intervals beside what was promised, as places in a plot. A table has the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bonafide.web.plots import HEIGHT, WIDTH, Label

_LEFT: Final = 52
_RIGHT: Final = 8
_TOP: Final = 12
_BOTTOM: Final = 28
_LINES: Final = 4
# How wide the ends of a bar are drawn.
_END: Final = 7


@dataclass(frozen=True, slots=True)
class IntervalBar:
    """From the lower to the upper end of an interval, with its rate between, in the plot's units."""

    x: float
    low: float
    high: float
    rate: float


@dataclass(frozen=True, slots=True)
class RatePlot:
    """What is to be drawn; `promised` is the height of what was promised, None where nothing was."""

    bars: tuple[IntervalBar, ...]
    promised: float | None
    below: tuple[Label, ...]
    lines: tuple[Label, ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    width: int = WIDTH
    height: int = HEIGHT
    end: int = _END


def rate_plot(
    data: Sequence[tuple[str, float | None, tuple[float, float] | None]], promised: float | None
) -> RatePlot:
    """Columns with a label, a rate and its interval, both from 0 to 1, None where nothing was counted."""
    shown = [interval[1] for _, _, interval in data if interval is not None]
    top = _round_up(max([*shown, promised or 0.0]))
    floor, room = HEIGHT - _BOTTOM, HEIGHT - _TOP - _BOTTOM
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(data))

    def height(rate: float) -> float:
        return round(floor - rate / top * room, 2)

    bars, below = [], []
    for place, (label, rate, interval) in enumerate(data):
        x = round(_LEFT + (place + 0.5) * step, 2)
        below.append(Label(x, HEIGHT - 8, label))
        if rate is not None and interval is not None:
            bars.append(IntervalBar(x, height(interval[0]), height(interval[1]), height(rate)))
    lines = tuple(
        Label(_LEFT - 8, height(top * part / _LINES), percent(top * part / _LINES))
        for part in range(_LINES + 1)
    )
    return RatePlot(tuple(bars), None if promised is None else height(promised), tuple(below), lines)


def percent(rate: float) -> str:
    """A rate from 0 to 1 in percent, to three figures, never as a power of ten."""
    text = f"{100 * rate:.3g}"
    if "e" in text:
        text = f"{100 * rate:.6f}".rstrip("0").rstrip(".")
    return f"{text} %"


def _round_up(rate: float) -> float:
    """The next rate that is easily read: one, two or four tenths of a power of ten, at most all."""
    size = 1.0
    while size > rate * 10 and size > 1e-6:
        size /= 10
    return next((size * part for part in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if rate <= size * part), 1.0)
