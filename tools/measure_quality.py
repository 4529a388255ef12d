"""Measure what src/bonafide/face/quality/mappings.toml and docs/quality.md rest on: the raw values of
ordinary photos, and how raw values and false non-matches change as photos are spoilt step by step.

    python tools/measure_quality.py FACES_ROOT [PAIRS ...]

FACES_ROOT is a folder with one folder of photos for each person. A PAIRS file (`path_a path_b same`) names
the photos of a group, whose share of flaws is printed apart. Prints counts and rates and nothing of any
person; takes about seven minutes on one core.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture import read_picture
from bonafide.face import Detector, FaceFinder, Recogniser, Template
from bonafide.face.align import similarity_to_template
from bonafide.face.quality import FaceSample, assess_quality
from bonafide.face.quality.mapping import mapping
from bonafide.models import ModelStore, open_session
from bonafide.outcome import Flaw, Subject
from bonafide.settings import Profile, Settings

# Cosine of LightCNN-V4 at a false match rate of 1e-4 among people of East-Asian origin, the worst group
# measured.
_THRESHOLD = 0.363
_SEED = 20261126
_MOST_PHOTOS = 3  # of one person, so that nobody outweighs the rest
_PROBES = 120
_PERCENTILES = (0.1, 1, 5, 50, 95, 99, 99.9)

Pixels = NDArray[np.uint8]
Landmarks = NDArray[np.float32]
Random = np.random.Generator
Spoil = Callable[[Pixels, Landmarks, float, Random], Pixels]


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One photo as the pipeline sees it; raw values are NaN where a measure could not be taken."""

    landmarks: Landmarks
    raws: Mapping[str, float]
    template: Template

    def beyond(self, name: str, subject: Subject) -> bool:
        """Whether a measure is a flaw of this subject. A failure to assess is none."""
        raw = self.raws[name]
        judged = not math.isnan(raw) and mapping(name).judge(raw, subject, Flaw.NO_FACE).flaw
        return bool(judged)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A shot, none if no face was found, and its score against another photo of the same person."""

    shot: Shot | None
    cosine: float = math.nan

    @property
    def failed(self) -> bool:
        """Whether it is not recognised, for want of a face or of likeness."""
        return not self.cosine >= _THRESHOLD


class Camera:
    """The pipeline from a picture to a shot."""

    def __init__(self) -> None:
        store = ModelStore(Settings.from_environment({}).data_dir)
        entry = store.recogniser(Profile.ACCURATE)
        self._finder = FaceFinder(Detector(open_session(store.detector(), store)))
        self._recogniser = Recogniser(entry, open_session(entry, store))

    def shoot(self, source: Path | bytes) -> Shot | None:
        """The face nearest the picture's middle, which is whom a photo of LFW is of."""
        picture = read_picture(source)
        found = self._finder.find(picture)
        if not found.faces:
            return None
        middle = np.array([picture.width / 2, picture.height / 2])
        face = min(found.faces, key=lambda one: float(np.linalg.norm(one.landmarks.mean(axis=0) - middle)))
        crop = found.crop(face)
        sample = FaceSample(crop, face, found.faces, picture.width, picture.height, Subject.SELFIE)
        raws = {one.name: math.nan if one.raw is None else one.raw for one in assess_quality(sample).measures}
        return Shot(face.landmarks, raws, self._recogniser.template(crop))


def _eyes(marks: Landmarks) -> float:
    return float(np.hypot(*(marks[1] - marks[0])))


def _levels(levels: NDArray[np.float64], noise: float, random: Random) -> Pixels:
    return np.asarray(np.clip(np.round(levels + random.normal(0, noise, levels.shape)), 0, 255), np.uint8)


def smaller(pixels: Pixels, marks: Landmarks, eyes: float, _: Random) -> Pixels:
    """Eyes this many pixels apart."""
    scale = eyes / _eyes(marks)
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def on_card(pixels: Pixels, marks: Landmarks, eyes: float, random: Random) -> Pixels:
    """The same as a portrait, a little soft and noisy, on a card of 1000 x 630 pixels."""
    x, y = marks.mean(axis=0).tolist()
    reach = 1.9 * _eyes(marks)
    top, left = max(0, int(y - 1.3 * reach)), max(0, int(x - reach))
    portrait = smaller(pixels[top : int(y + 1.3 * reach), left : int(x + reach)], marks, eyes, random)
    card = np.full((630, 1000, 3), (214.0, 222.0, 226.0))
    card[80 : 80 + portrait.shape[0], 60 : 60 + portrait.shape[1]] = cv2.GaussianBlur(portrait, (0, 0), 0.6)
    return _levels(card, 3, random)


def blurred(pixels: Pixels, marks: Landmarks, sigma: float, _: Random) -> Pixels:
    """By a Gaussian of this many eye distances."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma * _eyes(marks)), np.uint8)


def shaken(pixels: Pixels, marks: Landmarks, length: float, random: Random) -> Pixels:
    """Moved by this many eye distances in any direction."""
    reach = length * _eyes(marks) / 2
    middle = math.ceil(reach)
    angle = random.uniform(0, math.pi)
    way = reach * np.array([math.cos(angle), math.sin(angle)])
    kernel = np.zeros((2 * middle + 1, 2 * middle + 1), np.float32)
    ends = [np.round((middle + end) * 16).astype(int).tolist() for end in (way, -way)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, shift=4)
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), np.uint8)


def darker(pixels: Pixels, _: Landmarks, share: float, random: Random) -> Pixels:
    """Levels times this, with a sensor's noise of 2 levels."""
    return _levels(pixels.astype(np.float64) * share, 2, random)


def brighter(pixels: Pixels, _: Landmarks, gain: float, random: Random) -> Pixels:
    """Levels times this, clipped."""
    return _levels(pixels.astype(np.float64) * gain, 0, random)


def fainter(pixels: Pixels, _: Landmarks, share: float, random: Random) -> Pixels:
    """This share of the contrast around a middle grey, with a noise of 1 level."""
    return _levels(150 + (pixels.astype(np.float64) - 150) * share, 1, random)


def turned(pixels: Pixels, marks: Landmarks, degrees: float, random: Random) -> Pixels:
    """Turned in the picture's plane, either way."""
    x, y = marks.mean(axis=0).tolist()
    turn = cv2.getRotationMatrix2D((x, y), degrees * random.choice((-1, 1)), 1)
    size = (pixels.shape[1], pixels.shape[0])
    return np.asarray(cv2.warpAffine(pixels, turn, size, borderMode=cv2.BORDER_REFLECT), np.uint8)


def cut(pixels: Pixels, marks: Landmarks, share: float, random: Random) -> Pixels:
    """The picture ends this share of the way into the face, from any side."""
    scale = math.hypot(*similarity_to_template(marks)[:, 0])
    (x, y), across, down = marks.mean(axis=0).tolist(), 42 / scale, 54 / scale
    y -= 5 / scale
    quarter_turns = int(random.integers(4))
    height, width = pixels.shape[:2]
    ends = (y - down, width - x - across, height - y - down, x - across)
    reach = (ends[quarter_turns] + share * 2 * (across if quarter_turns % 2 else down)) + 0.5
    # With the side to be cut on top, then back.
    upright = np.rot90(pixels, quarter_turns)[max(0, int(reach)) :]
    return np.ascontiguousarray(np.rot90(upright, -quarter_turns))


def _ellipse(x: float, y: float, across: float, down: float) -> NDArray[np.float64]:
    angles = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    return np.stack((x + across * np.cos(angles), y + down * np.sin(angles)), axis=1)


def _painted(
    pixels: Pixels,
    marks: Landmarks,
    outlines: Iterable[NDArray[np.float64]],
    colour: Sequence[float],
    opacity: float = 1,
) -> Pixels:
    """Outlines, in the aligned crop's pixels, filled with a colour over a face; edges are soft."""
    back = np.linalg.inv(np.vstack((similarity_to_template(marks), [0, 0, 1])))[:2]
    cover = np.zeros(pixels.shape[:2], np.float32)
    for outline in outlines:
        points = outline @ back[:, :2].T + back[:, 2]
        cv2.fillPoly(cover, [np.round(points * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    weight = opacity * np.asarray(cv2.GaussianBlur(cover, (0, 0), 0.7), np.float64)[..., None]
    return np.asarray(np.round(pixels * (1 - weight) + np.array(colour) * weight), np.uint8)


def _skin(pixels: Pixels, marks: Landmarks) -> list[float]:
    x, y = np.round(marks[2:].mean(axis=0)).astype(int).tolist()
    colours = pixels[max(0, y - 8) : y + 8, max(0, x - 8) : x + 8].reshape(-1, 3)
    return [float(level) for level in np.median(colours, axis=0)]


def dark_glasses(pixels: Pixels, marks: Landmarks, opacity: float, _: Random) -> Pixels:
    """Glasses that let through the rest."""
    outlines = (_ellipse(38, 53, 15, 12), _ellipse(74, 53, 15, 12), _ellipse(56, 49, 8, 2))
    return _painted(pixels, marks, outlines, (22, 22, 26), opacity)


def one_eye(pixels: Pixels, marks: Landmarks, size: float, random: Random) -> Pixels:
    """A hand or hair over one eye; 1 covers it just."""
    outline = _ellipse(random.choice((38, 74)), 52, 14 * size, 11 * size)
    return _painted(pixels, marks, (outline,), _skin(pixels, marks))


def mouth(pixels: Pixels, marks: Landmarks, size: float, _: Random) -> Pixels:
    """A hand over the mouth; 1 covers it just."""
    return _painted(pixels, marks, (_ellipse(56, 93, 24 * size, 14 * size),), _skin(pixels, marks))


def mask(pixels: Pixels, marks: Landmarks, grey: float, _: Random) -> Pixels:
    """A mask of this grey over mouth and nose."""
    outline = np.array([[14.0, 66], [56, 58], [98, 66], [94, 104], [56, 128], [18, 104]])
    return _painted(pixels, marks, (outline,), (grey, grey, grey))


def glare(pixels: Pixels, marks: Landmarks, radius: float, random: Random) -> Pixels:
    """A white spot of this radius in eye distances, anywhere on the face."""
    x, y = random.uniform((30, 40), (82, 100)).tolist()
    return _painted(pixels, marks, (_ellipse(x, y, 35 * radius, 35 * radius),), (255, 255, 255))


# What is done to the photos, the measure that should see it, and the steps.
_LADDERS: tuple[tuple[Spoil, str, tuple[float, ...]], ...] = (
    (smaller, "eye_distance", (24, 16, 12, 10, 8, 6)),
    (on_card, "sharpness", (40, 25, 18, 14, 11, 9)),
    (blurred, "sharpness", (0.05, 0.08, 0.11, 0.14, 0.18)),
    (shaken, "sharpness", (0.15, 0.3, 0.45, 0.6, 0.8)),
    (darker, "under_exposure", (0.3, 0.2, 0.14, 0.1, 0.07, 0.05)),
    (brighter, "over_exposure", (1.5, 2, 2.5, 3, 4)),
    (glare, "over_exposure", (0.3, 0.5, 0.7, 0.9, 1.2)),
    (fainter, "contrast", (0.4, 0.2, 0.16, 0.12)),
    (turned, "roll", (15, 30, 45, 60, 90)),
    (cut, "border", (0.1, 0.2, 0.3, 0.4, 0.5)),
    (dark_glasses, "eyes_visible", (0.4, 0.6, 0.8, 0.9, 1)),
    (one_eye, "eyes_visible", (0.7, 1, 1.4)),
    (mouth, "mouth_visible", (0.7, 1, 1.4)),
    (mask, "mouth_visible", (60, 140, 230)),
)

# How often faces fail by a measure's raw value: over the steps of some ladders, or of ordinary photos.
_CURVES: tuple[tuple[str, tuple[Spoil, ...], tuple[float, ...]], ...] = (
    ("eye_distance", (smaller,), (5, 6, 8, 10, 12, 14, 20, 30)),
    ("eye_distance", (on_card,), (7, 9, 10, 11, 12, 14, 20, 30, 50)),
    ("sharpness", (on_card,), (0.15, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.8)),
    ("sharpness", (blurred, shaken), (0.05, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.8)),
    ("under_exposure", (darker,), (10, 12, 14, 16, 18, 25, 30, 40, 60)),
    ("over_exposure", (brighter,), (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.01)),
    ("over_exposure", (glare,), (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.01)),
    ("contrast", (fainter, darker), (6, 8, 10, 12, 14, 18, 25, 35, 60)),
    ("yaw", (), (0, 10, 20, 30, 40, 50, 70)),
    ("pitch", (), (0, 5, 10, 15, 22)),
    ("roll", (turned,), (0, 10, 15, 20, 25, 30, 40)),
    ("border", (cut,), (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9, 1.01)),
    ("eyes_visible", (dark_glasses,), (0, 0.1, 0.2, 0.3, 0.35, 0.5, 0.8, 1.2)),
    ("mouth_visible", (mouth,), (0, 0.1, 0.2, 0.3, 0.5, 0.8)),
)


def ordinary_trials(camera: Camera, people: Iterable[Sequence[Path]]) -> dict[Path, Trial]:
    """Photos as they are, each against the most frontal other one of its person."""
    trials = {}
    for photos in people:
        shots = {photo: shot for photo in photos if (shot := camera.shoot(photo))}
        for photo, shot in shots.items():
            others = [other for other in shots.values() if other is not shot]
            if others:
                nearest = min(others, key=lambda other: other.raws["yaw"] + other.raws["pitch"])
                trials[photo] = Trial(shot, shot.template.cosine(nearest.template))
    return trials


def choose_pairs(
    people: Iterable[Sequence[Path]], trials: Mapping[Path, Trial]
) -> list[tuple[Path, Shot, Template]]:
    """A probe and another template for each of a few people: nobody else in either photo, and they match."""
    pairs = []
    for photos in people:
        shots = [(photo, trials[photo].shot) for photo in photos if photo in trials]
        alone = [(photo, shot) for photo, shot in shots if shot and shot.raws["single_face"] == 0]
        if len(alone) > 1:
            (photo, shot), (_, other) = alone[:2]
            if shot.template.cosine(other.template) >= _THRESHOLD:
                pairs.append((photo, shot, other.template))
    return pairs[:_PROBES]


def spoilt_trials(
    camera: Camera, spoil: Spoil, step: float, pairs: Iterable[tuple[Path, Shot, Template]]
) -> list[Trial]:
    """Spoilt probes against untouched references."""
    trials = []
    for index, (photo, shot, reference) in enumerate(pairs):
        random = np.random.default_rng((_SEED, index))
        spoilt = spoil(read_picture(photo).decode(1), shot.landmarks, step, random)
        jpeg = cv2.imencode(".jpg", spoilt[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, 90))[1].tobytes()
        seen = camera.shoot(jpeg)
        trials.append(Trial(seen, seen.template.cosine(reference)) if seen else Trial(None))
    return trials


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")


def _percent(happened: Iterable[bool]) -> str:
    counted = list(happened)
    return f"{100 * sum(counted) / len(counted):.3g}%" if counted else "none"


def _say_flaws(shots: Sequence[Shot], names: Iterable[str]) -> None:
    for subject in Subject:
        beyond = {name: [shot.beyond(name, subject) for shot in shots] for name in names}
        shares = (f"{name} {_percent(flawed)}" for name, flawed in beyond.items() if any(flawed))
        _say(f"    beyond the limit of a {subject}:", ", ".join(shares) or "none")


def _failures(trials: Iterable[Trial]) -> str:
    failed = [trial.failed for trial in trials]
    return f"{_percent(failed)} of {len(failed)}"


def main(root: Path, groups: Sequence[Path]) -> None:
    """Print the figures."""
    random = np.random.default_rng(_SEED)
    folders = [sorted(folder.iterdir()) for folder in sorted(root.iterdir()) if folder.is_dir()]
    people = [[photos[at] for at in random.permutation(len(photos))[:_MOST_PHOTOS]] for photos in folders]
    people = [people[at] for at in random.permutation(len(people)) if len(people[at]) > 1]
    camera = Camera()
    ordinary = ordinary_trials(camera, people)
    shots = [trial.shot for trial in ordinary.values() if trial.shot]
    names = tuple(shots[0].raws)

    _say(f"{len(shots)} ordinary photos of {len(people)} people, FNMR", _failures(ordinary.values()))
    for name in names:
        raws = np.array([shot.raws[name] for shot in shots])
        percentiles = np.percentile(raws, _PERCENTILES)
        listed = ", ".join(f"{at:g}: {raw:.3g}" for at, raw in zip(_PERCENTILES, percentiles, strict=True))
        _say(f"  {name}: {raws.min():.3g} to {raws.max():.3g}; percentiles {listed}")
    _say_flaws(shots, names)
    for group in groups:
        lines = group.read_text(encoding="utf-8").splitlines()
        members = {Path(path).parts[-2:] for line in lines for path in line.split()[:2]}
        theirs = [trial.shot for path, trial in ordinary.items() if path.parts[-2:] in members and trial.shot]
        _say(f"{len(theirs)} of these of the group {group.stem}")
        _say_flaws(theirs, names)

    pairs = choose_pairs(people, ordinary)
    _say(f"{len(pairs)} of these, spoilt: failures and flaws of those in which a face is found")
    spoilt: dict[Spoil, list[Trial]] = {}
    for spoil, name, steps in _LADDERS:
        for step in steps:
            trials = spoilt_trials(camera, spoil, step, pairs)
            spoilt.setdefault(spoil, []).extend(trials)
            seen = [trial.shot for trial in trials if trial.shot]
            found = _percent(trial.shot is not None for trial in trials)
            failed = _failures(trial for trial in trials if trial.shot)
            middle = np.nanmedian([shot.raws[name] for shot in seen]) if seen else math.nan
            _say(f"  {spoil.__name__} {step}: {found} found, {failed} failed; {name} {middle:.3g} (median)")
            _say_flaws(seen, names)

    _say("Not recognised of those found, by raw value")
    for name, spoils, edges in _CURVES:
        chosen = [trial for one in spoils for trial in spoilt[one]] or list(ordinary.values())
        measured = [(trial.shot.raws[name], trial) for trial in chosen if trial.shot]
        _say(f"  {name},", " and ".join(one.__name__ for one in spoils) or "ordinary")
        for low, high in pairwise(edges):
            within = [trial for raw, trial in measured if low <= raw < high]
            _say(f"    {low:g} to {high:g}:", _failures(within))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])
