"""How a simulated photograph is taken: everything that was drawn for it, in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from specimens.backgrounds import BACKGROUNDS


@dataclass(frozen=True, slots=True)
class Shot:
    """One photograph's circumstances.

    `turn` is the card's turn in the picture and `tilt` its lean away from the camera, in degrees, the lean
    being about an axis at `tilt_axis` degrees; `share` is how much of the picture's width (or height, if that
    comes first) the card takes. `exposure` multiplies, `gradient` is how much the light falls off across the
    picture (0..1) and `shadow` how much a cast shadow takes away. `cast` multiplies R, G and B. `glare` and
    `streak` are the strengths (0..1) of a blob and of a band of reflected light. `defocus` (a standard
    deviation) and `motion` (a length) are in pixels of the photograph, `noise` in grey levels.
    """

    width: int
    height: int
    turn: float
    tilt: float
    tilt_axis: float
    share: float
    background: str
    exposure: float
    gradient: float
    shadow: float
    cast: tuple[float, float, float]
    glare: float
    streak: float
    defocus: float
    motion: float
    motion_angle: float
    noise: float
    quality: int
    fingers: int


# How far each level goes, as a share of the worst.
LEVELS = {"easy": 0.35, "mixed": 0.75, "hard": 1.0}
_SIZES = ((1600, 1200), (1920, 1440), (2016, 1512), (2560, 1920), (3000, 2250))


def random_shot(random: np.random.Generator, difficulty: str = "mixed") -> Shot:
    """A hand-held phone: any of four orientations, near or far, in whatever light there is."""
    worst = LEVELS[difficulty]

    def rarely(chance: float, low: float, high: float) -> float:
        """Zero, or with this chance something between."""
        value = random.uniform(low, high)
        return float(value * worst) if random.random() < chance * (0.4 + 0.6 * worst) else 0.0

    width, height = _SIZES[int(random.choice(len(_SIZES), p=(0.34, 0.22, 0.2, 0.14, 0.1)))]
    if random.random() < 0.35:
        width, height = height, width
    # Most people hold the phone so that the card is upright to it; the rest are spread over the four.
    quarter = int(random.choice(4, p=(0.55, 0.17, 0.11, 0.17)))
    warmth = random.normal(0, 0.09 * worst)
    green = random.normal(0, 0.035 * worst)
    scale = width / 2000
    return Shot(
        width=width,
        height=height,
        turn=90.0 * quarter + float(np.clip(random.normal(0, 12 * worst), -30, 30)),
        tilt=float(np.clip(abs(random.normal(0, 17 * worst)), 0, 35)),
        tilt_axis=float(random.uniform(0, 360)),
        share=float(random.uniform(0.8 - 0.45 * worst, 0.95)),
        background=str(random.choice(sorted(BACKGROUNDS))),
        exposure=float(np.clip(np.exp(random.normal(-0.05, 0.2 * worst)), 0.5, 1.12)),
        gradient=float(random.uniform(0, 0.55 * worst)),
        shadow=rarely(0.35, 0.2, 0.6),
        cast=(float(np.exp(warmth)), float(np.exp(green)), float(np.exp(-warmth))),
        glare=rarely(0.3, 0.3, 1.0),
        streak=rarely(0.15, 0.2, 0.9),
        defocus=float(0.5 + rarely(0.45, 0.3, 3.2) * scale),
        motion=rarely(0.25, 2.0, 11.0) * scale,
        motion_angle=float(random.uniform(0, 180)),
        noise=float(random.uniform(0.8, 2.5 + 6 * worst)),
        quality=int(random.integers(95 - int(35 * worst), 96)),
        fingers=int(random.choice(3, p=(1 - 0.25 * worst, 0.18 * worst, 0.07 * worst))),
    )
