"""A phone's camera: exposure and white balance that follow late, noise, sharpening, JPEG.

The constants are guesses at a middling phone of the last five years; sessions draw around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from numpy.typing import NDArray

from bonafide.evaluation.attack_lab.light import encoded, light_of

_LEVELS: Final = 4096
# Light over this many times white clips all the same.
_HEADROOM: Final = 1.25
TO_LINEAR: Final = light_of(np.arange(256, dtype=np.uint8)).astype(np.float32)
_TO_SRGB: Final = np.rint(encoded(np.arange(_LEVELS) / (_LEVELS - 1) * _HEADROOM)).astype(np.uint8)
_NOISE_SIDE: Final = 900
# Cameras aim at a mean a little below the middle grey of 18 %.
_TARGET: Final = 0.17
_SAMPLE: Final = 8


@dataclass(frozen=True, slots=True)
class CameraTraits:
    """How one camera behaves. `exposure_lag` and `balance_lag` are time constants in seconds, `balance` is
    the share of a colour cast that it takes away, `noise` its standard deviation in sRGB steps at 100 lux,
    `quality` JPEG's, `shutter` the longest exposure in seconds, `flicker` by what share frames differ in
    brightness because lamps pulse with the mains.
    """

    exposure_lag: float = 0.5
    balance_lag: float = 3.0
    balance: float = 0.6
    noise: float = 2.2
    quality: int = 85
    shutter: float = 0.03
    flicker: float = 0.005


def encode(pixels: NDArray[np.uint8], quality: int) -> bytes:
    """sRGB uint8 (height, width, 3) as JPEG."""
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality, "RGB", "420"))


class Camera:
    """Turns light into JPEG bytes, one frame after another."""

    def __init__(self, traits: CameraTraits, chance: np.random.Generator) -> None:
        self._traits = traits
        self._chance = chance
        self._gain: float | None = None
        self._balance = np.ones(3)
        self._last = 0.0
        fields = chance.normal(0, 1, (_NOISE_SIDE, _NOISE_SIDE, 3)).astype(np.float32)
        smooth = cv2.GaussianBlur(fields, (0, 0), 0.6)
        self._noise = smooth / smooth.std()
        self._scaled = (0.0, np.zeros((0, 0, 3), np.int16))

    @property
    def shutter(self) -> float:
        """How long a frame is exposed, in seconds."""
        return self._traits.shutter

    def expose(
        self, light: NDArray[np.float32], at: float, lux: float, blur: float = 0.0
    ) -> NDArray[np.uint8]:
        """Light on the sensor, float32 (height, width, 3) in any unit, to sRGB uint8, `at` seconds into the
        session. `lux` sets the noise; `blur` is how far things move during the exposure, in pixels to the
        side.
        """
        traits = self._traits
        sample = light[_SAMPLE // 2 :: _SAMPLE, _SAMPLE // 2 :: _SAMPLE].reshape(-1, 3)
        means = np.maximum(sample.mean(axis=0), 1e-6).astype(np.float64)
        wanted = _TARGET / float(means.mean())
        cast = means.mean() / means
        cast = cast**traits.balance
        passed = at - self._last
        self._last = at
        if self._gain is None:
            self._gain, self._balance = wanted, cast
        else:
            follow = 1 - np.exp(-max(passed, 0) / traits.exposure_lag)
            self._gain *= float((wanted / self._gain) ** follow)
            follow = 1 - np.exp(-max(passed, 0) / traits.balance_lag)
            self._balance = self._balance * (cast / self._balance) ** follow
        # Lamps pulse in colour too, by less.
        pulse = 1 + self._chance.normal(0, traits.flicker) + self._chance.normal(0, 0.3 * traits.flicker, 3)
        gains = self._gain * self._balance * pulse * ((_LEVELS - 1) / _HEADROOM)
        levels = light * gains.astype(np.float32)
        np.minimum(levels, _LEVELS - 1, out=levels)
        pixels = np.asarray(np.take(_TO_SRGB, levels.astype(np.uint16)), np.uint8)
        if blur >= 1.5:
            pixels = np.asarray(cv2.blur(pixels, (min(int(blur), 15), 1)), np.uint8)
        return self._with_noise(pixels, lux)

    def _with_noise(self, pixels: NDArray[np.uint8], lux: float) -> NDArray[np.uint8]:
        height, width = pixels.shape[:2]
        top = int(self._chance.integers(_NOISE_SIDE - height))
        left = int(self._chance.integers(_NOISE_SIDE - width))
        strength = self._traits.noise * float(np.clip((100 / max(lux, 1)) ** 0.5, 0.35, 2.5))
        # In steps, so that the field is seldom scaled anew.
        strength = max(round(strength * 4), 1) / 4
        if self._scaled[0] != strength:
            self._scaled = (strength, np.rint(self._noise * np.float32(strength)).astype(np.int16))
        field = self._scaled[1][top : top + height, left : left + width]
        return np.asarray(cv2.add(pixels, field, dtype=cv2.CV_8U), np.uint8)

    def jpeg(self, pixels: NDArray[np.uint8]) -> bytes:
        """The frame as the customer's page would send it."""
        return encode(pixels, self._traits.quality)
