"""A card to print on, addressed in millimetres."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from specimens.drawn import Box, Pixels
from specimens.fonts import Face, font
from specimens.ocr_b import CAP_HEIGHT, ocr_b

Ink = tuple[int, int, int]
BLACK: Ink = (28, 26, 30)
RED: Ink = (196, 44, 52)


class Canvas:
    """One side of a card: a background, and things printed on it. Remembers where the fields stand."""

    def __init__(self, background: Pixels, width_mm: float) -> None:
        self.scale = background.shape[1] / width_mm
        self.fields: dict[str, Box] = {}
        self._image = Image.fromarray(background)
        self._draw = ImageDraw.Draw(self._image)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        ink: Ink = BLACK,
        face: Face = Face.HEI,
        spacing: float = 0.0,
        weight: float = 0.02,
        field: str | None = None,
    ) -> float:
        """Print a line from x on, centred at the height y, with an em of `size`, all in mm; returns its end.

        `weight` thickens the strokes. With `field`, the place is remembered, joined to that field's other
        lines.
        """
        drawn = font(face, size * self.scale)
        stroke = weight * self.scale
        base = (y + 0.38 * size) * self.scale
        at = x * self.scale
        for character in text:
            self._draw.text((at, base), character, ink, drawn, anchor="ls", stroke_width=stroke)
            at += drawn.getlength(character) + spacing * self.scale
        end = float(at / self.scale - spacing)
        if field is not None:
            self.mark(field, x, y - 0.5 * size, end - x, size)
        return end

    def width(self, text: str, size: float, *, face: Face = Face.HEI, spacing: float = 0.0) -> float:
        """How many mm `text` would print."""
        long = font(face, size * self.scale).getlength(text) / self.scale
        return float(long + spacing * (len(text) - 1))

    def machine(
        self, x: float, y: float, text: str, pitch: float, *, em: float | None = None, field: str
    ) -> None:
        """Print OCR-B from x on, capitals centred at the height y, one character each `pitch` mm."""
        size = em * self.scale if em is not None else None
        line = ocr_b(text, pitch * self.scale, BLACK, size)
        height = line.height / 1.1
        top = y * self.scale - 0.9 * height + CAP_HEIGHT * height / 2
        self._image.paste(line, (round(x * self.scale), round(top)), line)
        tall = CAP_HEIGHT * height / self.scale
        self.mark(field, x, y - 0.6 * tall, len(text) * pitch, 1.2 * tall)

    def mark(self, field: str, x: float, y: float, width: float, height: float) -> None:
        """Remember where (a part of) a field stands."""
        box = self.box(x, y, width, height)
        if field in self.fields:
            box = _joined(self.fields[field], box)
        self.fields[field] = box

    def box(self, x: float, y: float, width: float, height: float) -> Box:
        """A rectangle in mm as pixels."""
        return Box(*(round(value * self.scale) for value in (x, y, width, height)))

    def paste(self, picture: Pixels, box: Box, alpha: NDArray[np.float32] | float = 1.0) -> None:
        """Lay a picture, resized to the box, over the card; alpha 0..1, a number or (h, w)."""
        resized = np.asarray(
            cv2.resize(picture, (box.width, box.height), interpolation=cv2.INTER_AREA), np.float32
        )
        area = (box.left, box.top, box.left + box.width, box.top + box.height)
        below = np.asarray(self._image.crop(area), np.float32)
        share = np.broadcast_to(np.float32(alpha), resized.shape[:2])[..., None]
        mixed = resized * share + below * (1 - share)
        self._image.paste(Image.fromarray(mixed.round().astype(np.uint8)), area[:2])

    def fill(self, box: Box, ink: Ink) -> None:
        """A flat rectangle, as a clumsy forger lays one over a field."""
        self._draw.rectangle((box.left, box.top, box.left + box.width, box.top + box.height), ink)

    def disc(self, x: float, y: float, radius: float, ink: Ink, *, outline: float = 0.0) -> None:
        """A disc around a point in mm, or a ring `outline` mm thick."""
        at = [(x - radius) * self.scale, (y - radius) * self.scale]
        at += [(x + radius) * self.scale, (y + radius) * self.scale]
        if outline:
            self._draw.ellipse(at, outline=ink, width=round(outline * self.scale))
        else:
            self._draw.ellipse(at, ink)

    def polygon(self, points: list[tuple[float, float]], ink: Ink) -> None:
        """A filled polygon, its points in mm."""
        self._draw.polygon([(x * self.scale, y * self.scale) for x, y in points], ink)

    def watermark(self, text: str, size: float, *, angle: float, alpha: float, ink: Ink = RED) -> None:
        """Large, see-through letters across the card. Called before the fields are printed, so under them."""
        layer = Image.new("L", self._image.size)
        width, height = layer.size
        draw = ImageDraw.Draw(layer)
        draw.text((width / 2, height / 2), text, 255, font(Face.HEI, size * self.scale), anchor="mm")
        turned = layer.rotate(angle, Image.Resampling.BICUBIC)
        tint = Image.new("RGB", layer.size, ink)
        self._image.paste(tint, (0, 0), turned.point([round(value * alpha) for value in range(256)]))

    def pixels(self) -> Pixels:
        """The card so far, a little soft as print is: uint8 RGB."""
        sharp = np.asarray(self._image, np.uint8)
        return np.asarray(cv2.GaussianBlur(sharp, (0, 0), 0.032 * self.scale), np.uint8)


def _joined(one: Box, other: Box) -> Box:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.left + one.width, other.left + other.width)
    bottom = max(one.top + one.height, other.top + other.height)
    return Box(left, top, right - left, bottom - top)
