"""One place with its light and its camera, and what is put before them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.evaluation.attack_lab.camera import TO_LINEAR, Camera
from bonafide.evaluation.attack_lab.geometry import Lens, PlacedMesh
from bonafide.evaluation.attack_lab.light import Rgb, Room, Screen, light_of
from bonafide.evaluation.attack_lab.raster import Maps, rasterise

Shown = tuple[int, int, int] | None
"""What a screen shows, sRGB; None for a screen that is off."""

# Lux to the renderer's unit: any will do, the camera finds its own exposure.
_UNIT: Final = 1 / 300


@dataclass(frozen=True, slots=True)
class Moire:
    """What a pixel grid adds when a camera looks at it: `amplitude` of its light, `period` in pixels of the
    picture on it.
    """

    amplitude: float
    period: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Layer:
    """A mesh and the sRGB picture on it.

    `glow` is how brightly it shines itself, in lux, where it is a screen; `reflects` the share of light
    that comes back by way of its picture, `haze` the share that comes back as white, whatever the picture
    (gloss, and ink that is not black). `holes` (uint8, as large as the picture) is 0 where it is cut out.
    `everywhere` says that it fills the frame.
    """

    mesh: PlacedMesh
    picture: NDArray[np.uint8]
    reflects: float = 1.0
    glow: float = 0.0
    haze: float = 0.0
    holes: NDArray[np.uint8] | None = None
    moire: Moire | None = None
    everywhere: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    layer: Layer
    albedo: NDArray[np.float32]
    maps: Maps
    cover: NDArray[np.float32] | None


@dataclass(slots=True)
class Studio:
    """Renders layers, the farthest first, in the room's and the screen's light, as the camera sees them."""

    room: Room
    screen: Screen
    lens: Lens
    camera: Camera
    _drawn: list[_Drawn] = field(default_factory=list, init=False)

    def light(self, layers: tuple[Layer, ...], shown: Shown, lens: Lens | None = None) -> NDArray[np.float32]:
        """Light towards the camera, float32 (height, width, 3), when the screen shows that colour; there is
        one layer at least. A layer that was drawn in the call before is only lit anew.
        """
        lens = lens or self.lens
        drawn = [self._of(layer, lens) for layer in layers]
        self._drawn = drawn
        on = np.zeros(3) if shown is None else light_of(shown)
        total = self._lit(drawn[0], on)
        for each in drawn[1:]:
            seen = self._lit(each, on)
            if each.cover is None:
                total = seen
            else:
                total += (seen - total) * each.cover[..., None]
        return total

    def lux(self, shown: Shown, distance: float) -> float:
        """About how much light falls on what is there."""
        on = 0.0 if shown is None else float(light_of(shown).mean())
        return self.room.lux + on * self.screen.luminance * self.screen.area / distance**2

    def _lit(self, drawn: _Drawn, on: NDArray[np.float64]) -> NDArray[np.float32]:
        layer, (room, screen) = drawn.layer, drawn.maps.values
        seen = np.empty_like(drawn.albedo)
        tint: Rgb = self.room.colour
        for channel in range(3):
            lux = room * np.float32(tint[channel] * _UNIT)
            lux += screen * np.float32(on[channel] * _UNIT)
            out = seen[..., channel]
            if layer.glow:
                np.multiply(drawn.albedo[..., channel], np.float32(layer.glow * _UNIT), out=out)
                if layer.moire is not None:
                    out *= _grid(drawn.maps, layer.moire, channel)
            else:
                np.multiply(drawn.albedo[..., channel], lux, out=out)
                out *= np.float32(layer.reflects)
            if layer.haze:
                out += lux * np.float32(layer.haze)
        return seen

    def _of(self, layer: Layer, lens: Lens) -> _Drawn:
        for drawn in self._drawn:
            if drawn.layer is layer and drawn.albedo.shape[:2] == (lens.height, lens.width):
                return drawn
        mesh = layer.mesh
        values = np.column_stack((self.room.on(mesh), self.screen.on(mesh)))
        maps = rasterise(mesh, values, lens, everywhere=layer.everywhere)
        pixels = cv2.remap(layer.picture, maps.x, maps.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cover = maps.cover
        if layer.holes is not None:
            whole = cv2.remap(layer.holes, maps.x, maps.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            there = np.asarray(whole, np.float32) / np.float32(255)
            cover = np.asarray(there if cover is None else cover * there, np.float32)
        return _Drawn(layer, np.asarray(cv2.LUT(pixels, TO_LINEAR), np.float32), maps, cover)


def _grid(maps: Maps, moire: Moire, channel: int) -> NDArray[np.float32]:
    """The light of a pixel grid, sampled without a filter: what aliases is the moire."""
    phase = (maps.x + np.float32(0.31) * maps.y) * np.float32(2 * np.pi / moire.period)
    wave = np.sin(phase + np.float32(2.1 * channel))
    return np.asarray(1 + moire.amplitude * wave, np.float32)
