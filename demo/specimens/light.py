"""Light on a photographed card: falling off, shadows, reflections; and fingers and the sensor's noise."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from specimens.drawn import Pixels
from specimens.shot import Shot

Floats = NDArray[np.float32]

# Smooth things are computed at a fraction of the size.
GLARE_REDUCED = 4
FINGERS_REDUCED = 4
_LIGHT_REDUCED = 16


def lighting(random: np.random.Generator, shot: Shot) -> Floats:
    """What to multiply each pixel and channel with: float32 (height, width, 3)."""
    width, height = -(-shot.width // _LIGHT_REDUCED), -(-shot.height // _LIGHT_REDUCED)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(max(width, height))
    lamp = random.uniform(-0.1, 1.1, 2)
    away = np.hypot(x - np.float32(lamp[0]), y - np.float32(lamp[1]))
    light = np.float32(shot.exposure) * (1 + np.float32(shot.gradient) * (0.35 - away))
    if shot.shadow > 0:
        # The edge of a phone or a hand between lamp and card.
        angle, place = random.uniform(0, 2 * np.pi), random.uniform(0.3, 0.7)
        across = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle) + 0.5 - place
        across += 0.04 * np.sin(9 * (x + y) + random.uniform(0, 6))
        light *= 1 - np.float32(shot.shadow) / (1 + np.exp(-across / np.float32(random.uniform(0.004, 0.04))))
    full = np.asarray(cv2.resize(light, (shot.width, shot.height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(cv2.merge([full * np.float32(value) for value in shot.cast]), np.float32)


def card_glare(
    random: np.random.Generator, shot: Shot, columns: int, rows: int
) -> tuple[NDArray[np.uint8], Floats]:
    """Reflected light to add to the card, uint8 (rows, columns), and its strength 0..1, reduced."""
    height, width = -(-rows // GLARE_REDUCED), -(-columns // GLARE_REDUCED)
    strength = np.zeros((height, width), np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(width)
    tall = rows / columns
    cx, cy = random.uniform(0.05, 0.95), random.uniform(0.05, 0.95) * tall
    radius, stretch = random.uniform(0.04, 0.13), random.uniform(0.5, 2)
    angle, offset, broad = random.uniform(0, np.pi), random.uniform(0.1, 0.9), random.uniform(0.015, 0.05)
    if shot.glare > 0:
        far = np.hypot((x - cx) * stretch, y - cy) / radius
        strength += shot.glare * np.exp(-(far**3)).astype(np.float32)
        strength += 0.25 * shot.glare * np.exp(-((far / 2.5) ** 2)).astype(np.float32)
    if shot.streak > 0:
        across = (x - offset) * np.cos(angle) + (y - tall / 2) * np.sin(angle)
        strength += shot.streak * np.exp(-((across / broad) ** 2)).astype(np.float32)
    full = cv2.resize((strength * 235).clip(0, 255).astype(np.uint8), (columns, rows))
    return np.asarray(full, np.uint8), strength


def cast_fingers(
    scene: Pixels, random: np.random.Generator, count: int, corners: Floats, per_mm: float
) -> NDArray[np.uint8] | None:
    """Draw finger tips over the card's edges into the scene; returns where, reduced, or None without any."""
    if not count:
        return None
    height, width = scene.shape[:2]
    covered = np.zeros((-(-height // FINGERS_REDUCED), -(-width // FINGERS_REDUCED)), np.uint8)
    skin = np.array([214, 168, 142]) - random.uniform(0, 80) * np.array([0.8, 1.0, 1.0])
    for _ in range(count):
        side = int(random.integers(4))
        along = corners[side] + (corners[(side + 1) % 4] - corners[side]) * random.uniform(0.1, 0.9)
        inward = corners.mean(axis=0) - along
        inward = inward / np.linalg.norm(inward)
        depth, thick = random.uniform(2, 8) * per_mm, random.uniform(6, 8) * per_mm
        tip = along + inward * (depth - thick)
        far = along - inward * 130 * per_mm
        for radius, shade in ((thick, 0.82), (thick * 0.86, 0.94), (thick * 0.6, 1.0)):
            ink = [float(value) for value in skin * shade]
            cv2.line(scene, _point(far), _point(tip), ink, max(round(2 * radius), 1), cv2.LINE_AA)
        nail = tip + inward * thick * 0.35
        ink = [float(value) for value in (skin * 1.08).clip(0, 250)]
        cv2.circle(scene, _point(nail), max(round(thick * 0.45), 1), ink, -1, cv2.LINE_AA)
        start, end = _point(far / FINGERS_REDUCED), _point(tip / FINGERS_REDUCED)
        cv2.line(covered, start, end, 255, max(round(2 * thick / FINGERS_REDUCED), 1))
    return covered


def sensor_noise(seen: Pixels, random: np.random.Generator, deviation: float) -> Pixels:
    """Add noise of this many grey levels, partly shared by neighbours as a phone's smoothing does."""
    height, width = seen.shape[:2]
    tile = _noise()
    side = tile.shape[0]
    y, x = (int(value) for value in random.integers(0, side, 2))
    flip = 1 if random.random() < 0.5 else -1
    one = np.roll(tile[:, ::flip], (y, x), axis=(0, 1)) * np.float32(deviation)
    signed = one.round().clip(-127, 127).astype(np.int16)
    many = np.tile(signed, (-(-height // side), -(-width // side), 1))[:height, :width]
    return np.asarray(cv2.add(seen, many, dtype=cv2.CV_8U), np.uint8)


def _point(at: NDArray[np.floating]) -> tuple[int, int]:
    return int(at[0]), int(at[1])


@cache
def _noise() -> Floats:
    """A tile of noise of deviation 1; drawing millions of normals for each photograph would take too long."""
    fine = np.random.default_rng(0).standard_normal((512, 512, 3)).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(fine, (0, 0), 0.8, borderType=cv2.BORDER_REFLECT), np.float32)
    mixed = 0.5 * fine + soft / soft.std() * np.float32(0.866)
    return np.asarray(mixed / mixed.std(), np.float32)
