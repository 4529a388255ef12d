"""A portrait as a camera sees it: itself, or on a screen, in a print, framed, or recorded before.

What lies between the portrait and the camera is drawn several times finer than the camera sees, then averaged
over each of its pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.face import Face

Pixels = NDArray[np.uint8]
Light = NDArray[np.float32]

WIDTH, HEIGHT = 480, 640
_FINE = 2
# Where the faces of the sample pictures are.
BOXES = {
    "obama": (373.0, 84.0, 239.0, 327.0),
    "obama2": (207.0, 230.0, 263.0, 403.0),
    "obama3": (633.0, 259.0, 282.0, 351.0),
    "biden": (424.0, 177.0, 300.0, 387.0),
}


@dataclass(frozen=True)
class Studio:
    """One portrait, its face `face` pixels wide in the middle of every frame, tilted by some degrees."""

    folder: Path
    name: str
    seed: int = 0
    face: float = 200

    @property
    def found(self) -> Face:
        """The face in the frames."""
        _, _, width, height = BOXES[self.name]
        size = (self.face, self.face / width * height)
        box = ((WIDTH - size[0]) / 2, (HEIGHT - size[1]) / 2, *size)
        shares = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
        return Face(box, (shares * size + box[:2]).astype(np.float32), 0.95)

    def plain(self) -> Pixels:
        """The portrait itself."""
        return _plain(self)

    def screen(self, pitch: float, depth: float = 0.5) -> Pixels:
        """On a screen whose pixels are `pitch` of the camera's apart, dark between them by `depth`."""
        across, down = self._places()
        stripe = [
            np.clip(1 - 4 * np.abs((across / pitch - place + 0.5) % 1 - 0.5), 0, 1)
            for place in (1 / 6, 3 / 6, 5 / 6)
        ]
        grid = np.stack(stripe, axis=-1) * (1 - np.abs((down / pitch) % 1 - 0.5))[..., None]
        lit = self._enlarged() * (1 - depth + depth * grid / grid.mean(axis=(0, 1)))
        return self.camera(lit)

    def dots(self, pitch: float) -> Pixels:
        """In a print of black dots, `pitch` of the camera's pixels apart, at 45 degrees."""
        across, down = self._places()
        u, v = ((across + sign * down) * np.sqrt(2) * np.pi / pitch for sign in (1, -1))
        threshold = ((np.cos(u) + np.cos(v)) / 4 + 0.5)[..., None]
        return self.camera(np.where(self._enlarged() / 255 > threshold, 235, 20).astype(np.float32))

    def framed(self, shade: float) -> Pixels:
        """On something with a rim of this grey, in front of even walls."""
        light = self._enlarged()
        frame = np.full_like(light, 120)
        x, y, width, height = (round(value * _FINE) for value in self.found.box)
        rim = 6 * _FINE
        outer = (slice(y - height // 5, y + height * 6 // 5), slice(x - width // 3, x + width * 4 // 3))
        inner = tuple(slice(part.start + rim, part.stop - rim) for part in outer)
        frame[outer] = shade
        frame[inner] = light[inner]
        return self.camera(frame)

    def recorded(self, quality: int) -> Pixels:
        """Compressed before, and fed in again a few pixels aside."""
        before = compressed(self.plain(), quality)
        chance = np.random.default_rng([self.seed, 2])
        return compressed(np.roll(before, chance.integers(1, 8, 2), axis=(0, 1)), 85)

    def camera(self, light: Light) -> Pixels:
        """Light (h, w, 3) several times finer than pixels, to a frame with a camera's blur and noise."""
        chance = np.random.default_rng([self.seed, 1])
        seen = cv2.resize(light, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        seen = cv2.GaussianBlur(seen, (0, 0), chance.uniform(0.4, 0.8))
        noisy = seen + chance.normal(0, chance.uniform(1, 3), seen.shape)
        return compressed(np.clip(noisy, 0, 255).astype(np.uint8), int(chance.integers(75, 92)))

    def _enlarged(self) -> Light:
        picture = np.asarray(
            cv2.imread(str(self.folder / f"{self.name}.jpg"), cv2.IMREAD_COLOR_RGB), np.float32
        )
        x, y, width, height = BOXES[self.name]
        scale = self.face * _FINE / width
        shift = np.array([WIDTH, HEIGHT]) * _FINE / 2 - np.array([x + width / 2, y + height / 2]) * scale
        there = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        size = (WIDTH * _FINE, HEIGHT * _FINE)
        placed = cv2.warpAffine(picture, there, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(placed, np.float32)

    def _places(self) -> tuple[Light, Light]:
        """Across and down in pixels of the camera, along axes tilted by up to four degrees."""
        angle = np.radians(np.random.default_rng([self.seed, 0]).uniform(1, 4))
        down, across = np.mgrid[0 : HEIGHT * _FINE, 0 : WIDTH * _FINE].astype(np.float32) / _FINE
        cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        return across * cosine + down * sine, down * cosine - across * sine


@cache
def _plain(studio: Studio) -> Pixels:
    return studio.camera(studio._enlarged())


def compressed(pixels: Pixels, quality: int) -> Pixels:
    """A frame as it comes out of JPEG of that quality."""
    done, content = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR_RGB), np.uint8)
