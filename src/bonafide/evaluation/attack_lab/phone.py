"""A phone's clock, its frames' rhythm, and the way to the server."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Phone:
    """`offset` is what the program's clock shows when the session begins; `beat` the time between two
    frames of the camera, `beat_jitter` its standard deviation, `missed` the share of frames that never
    come; `encode` how long a frame takes to become JPEG; `up` and `down` are the network's median delays,
    `spread` their log-normal spread; `paint` how long a step takes to appear; `stall` when the way up
    stops, and for how long. All in seconds.
    """

    offset: float = 1000.0
    beat: float = 1 / 30
    beat_jitter: float = 0.002
    missed: float = 0.01
    encode: float = 0.03
    up: float = 0.06
    down: float = 0.04
    spread: float = 0.35
    paint: float = 0.025
    stall: tuple[float, float] = (0.0, 0.0)

    @staticmethod
    def drawn(chance: np.random.Generator) -> Phone:
        """Somebody's phone on some network: LTE and Wi-Fi have round trips of 30 to 150 ms (a guess)."""
        return Phone(
            offset=float(chance.uniform(3, 9000)),
            beat=1 / float(chance.choice([30.0, 30.0, 30.0, 25.0, 24.0, 15.0])),
            beat_jitter=float(chance.uniform(0.0005, 0.005)),
            missed=float(chance.uniform(0, 0.04)),
            encode=float(chance.uniform(0.012, 0.05)),
            up=float(chance.uniform(0.025, 0.12)),
            down=float(chance.uniform(0.015, 0.07)),
            spread=float(chance.uniform(0.1, 0.6)),
            paint=float(chance.uniform(0.012, 0.04)),
            # One session in ten has a moment without network.
            stall=(
                float(chance.uniform(0, 10)),
                float(chance.uniform(0.5, 2.0)) if chance.random() < 0.1 else 0.0,
            ),
        )

    def sent(self, time: float, chance: np.random.Generator) -> float:
        """When what is taken at a time comes to the server."""
        begins, lasts = self.stall
        start = begins + lasts if begins <= time < begins + lasts else time
        return start + self.encode * float(chance.uniform(0.8, 1.3)) + self._delay(self.up, chance)

    def receiving(self, chance: np.random.Generator) -> float:
        """How long a word of the server is on its way."""
        return self._delay(self.down, chance)

    def painting(self, chance: np.random.Generator) -> float:
        """How long what has come takes to appear."""
        return self.paint * float(chance.uniform(0.6, 1.4))

    def _delay(self, median: float, chance: np.random.Generator) -> float:
        return float(median * chance.lognormal(0, self.spread))
