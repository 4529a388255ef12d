"""Whether the face's colour follows the screen's.

The screen lights the face, in colours that the server drew. The ratios of red to green and of blue to green
of the face's skin then rise and fall with those of the screen, after the constant delay of screen and camera;
what was taken at another time follows other colours. Ratios, since exposure moves all three channels
together.

The value is the highest correlation, over one delay, of the logarithms of both ratios with what was drawn,
slow drift taken out of all, and directions in which lamps flicker made light of, over what the camera's noise
leaves of a perfect one (Spearman's correction of 1904). A room so bright that the screen's light drowns in
the camera's noise tells nothing, and so does a face that nothing lights: it is no sign of an attack, and no
evidence against one. A print before a screen reflects like a face: movement must speak against that.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.srgb import linear
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Unmeasured
from bonafide.liveness.observation import Observation

SPEAKS_TO: Final = (Family.RECORDING,)

# Screens and cameras together take 50 to 250 ms; more is a program that answers what it has seen.
_DELAYS: Final = np.arange(0.0, 0.401, 0.02)
# A colour that only one frame saw may have been seen while it changed.
_FRAMES_A_COLOUR: Final = 2
_COLOURS: Final = 6
# How long the last colour is taken to have been shown, if nothing follows it: frames of later are of no
# colour.
_LAST: Final = 0.4
# A frame so near to a change of colours has some of either: shutters are open for up to a thirtieth of a
# second, and one delay is a step of the search from the next.
_EDGE: Final = 0.03
# Of the changes from frame to frame so many are taken for noise, the largest left out: a blink, a colour that
# was seen late. And no direction is taken to be free of noise: it has this share of the mean.
_USUAL: Final = 0.85
_EVEN: Final = 0.05
# How much the face's colours must vary, in units of what noise makes them vary (standard deviations). Below
# it, those of people in a simulation follow no more reliably (docs/cues.md).
_LEAST_RESPONSE: Final = 1.75
# Noise is told from the third of all differences between frames that is smallest: at twelve frames a second a
# fifth of all holds a change of colour, so these are the least 42 % of the others, and of a normal
# distribution so many lie within 0.55 standard deviations.
_SHARE: Final = 1 / 3
_WITHIN: Final = 0.55


def measure(observation: Observation) -> CueMeasure:
    """The correlation, -1..1, of the face's colours with the screen's."""
    colours = observation.challenge.colours
    if not colours:
        return Unmeasured(Cue.REFLECTION, CannotTell.NOT_ASKED)
    shown, drawn = _drawn(observation, colours)
    if len(shown) < len(colours):
        return Unmeasured(Cue.REFLECTION, CannotTell.NOT_DONE)
    times, seen = _seen(observation, float(shown[0]), float(shown[-1]) + _LAST + float(_DELAYS[-1]))
    if len(times) < _FRAMES_A_COLOUR * max(_COLOURS, len(colours) - 1):
        return Unmeasured(Cue.REFLECTION, CannotTell.TOO_FEW_FRAMES)
    found = [
        each for delay in _DELAYS if (each := _correlation(times - delay, seen, shown, drawn)) is not None
    ]
    if not found:
        return Unmeasured(Cue.REFLECTION, CannotTell.TOO_FEW_FRAMES)
    response = _response(times, seen)
    if response < _LEAST_RESPONSE:
        return Unmeasured(Cue.REFLECTION, CannotTell.TOO_BRIGHT)
    return Measured(Cue.REFLECTION, min(1.0, max(found) / math.sqrt(1 - 1 / response**2)))


def _drawn(
    observation: Observation, colours: tuple[int, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When the colours were shown, rising, float64 (n,), and their red and blue less green, (n, 2)."""
    shown, drawn = [], []
    last = -math.inf
    for index in colours:
        at = observation.steps[index].shown if index < len(observation.steps) else None
        colour = observation.challenge.steps[index].colour
        if at is None or colour is None or not math.isfinite(at) or at <= last:
            continue
        red, green, blue = colour.rgb
        shown.append(at)
        drawn.append(((red - green) / 255, (blue - green) / 255))
        last = at
    return np.array(shown), np.array(drawn).reshape(-1, 2)


def _seen(
    observation: Observation, first: float, last: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Capture times within the colours, rising, float64 (n,), and the logarithms of the skin's red and blue
    over green, in linear light, (n, 2).
    """
    rows = []
    for frame in observation.frames:
        skin = frame.skin
        # Of two faces one may be lit, and the other be whose template was taken before.
        if skin is None or frame.faces != 1 or not first <= frame.captured <= last:
            continue
        values = np.asarray(skin, np.float64).reshape(-1)
        # Below 1 of 255 a ratio is nothing but rounding.
        if values.shape != (3,) or not np.isfinite(values).all() or values.min() < 1 or values.max() > 255:
            continue
        red, green, blue = np.log(linear(values / 255))
        rows.append((frame.captured, red - green, blue - green))
    rows.sort()
    found = np.array(rows, np.float64).reshape(-1, 3)
    return found[:, 0], found[:, 1:]


def _correlation(
    times: NDArray[np.float64],
    seen: NDArray[np.float64],
    shown: NDArray[np.float64],
    drawn: NDArray[np.float64],
) -> float | None:
    """Of the colours seen with those drawn, both ratios together; None where too few colours were seen."""
    showing, later = (np.searchsorted(shown, times + side, side="right") - 1 for side in (-_EDGE, _EDGE))
    lit = (showing >= 0) & (showing == later) & (times <= shown[-1] + _LAST)
    counts = np.bincount(showing[lit], minlength=len(shown))
    if np.count_nonzero(counts) < max(_COLOURS, len(shown) - 1):
        return None
    basis = _drift(times[lit])
    plain = _whitening(np.diff(seen[lit], axis=0)[np.diff(showing[lit]) == 0])
    one, other = (_without(basis, each) @ plain for each in (seen[lit], drawn[showing[lit]]))
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    if not lengths > 1e-9:
        return 0.0
    return float(np.clip((one * other).sum() / lengths, -1, 1))


def _whitening(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The map, float64 (2, 2), after which noise is as large in every direction, by how both ratios change
    from frame to frame under one colour, (n, 2). A lamp that flickers changes both together: that direction
    then counts for less.
    """
    sizes = (steps**2).sum(axis=1)
    usual = steps[sizes <= np.quantile(sizes, _USUAL)] if len(steps) else steps
    spread = usual.T @ usual / max(len(usual), 1)
    values, vectors = np.linalg.eigh(spread)
    least = _EVEN * float(np.trace(spread)) / 2 + 1e-9
    return np.asarray(vectors / np.sqrt(np.maximum(values, 0) + least) @ vectors.T)


def _response(times: NDArray[np.float64], seen: NDArray[np.float64]) -> float:
    """How much the colours vary, in units of what they vary by under one colour."""
    varied = float(np.sqrt((_without(_drift(times), seen) ** 2).mean()))
    steps = np.abs(np.diff(seen, axis=0)).reshape(-1)
    noise = float(np.quantile(steps, _SHARE)) / (_WITHIN * math.sqrt(2)) if len(steps) else 0.0
    # A face whose colours are the same to the last digit is lit by nothing that changes.
    return varied / max(noise, 1e-4)


def _drift(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """An orthonormal basis, float64 (n, 3), of slow changes: white balance and exposure settling."""
    span = float(times[-1] - times[0]) or 1.0
    at = (times - times[0]) / span - 0.5
    return np.asarray(np.linalg.qr(np.stack([np.ones_like(at), at, at**2], axis=1))[0])


def _without(basis: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values - basis @ (basis.T @ values)
