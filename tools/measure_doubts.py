"""Measure what src/bonafide/document/doubts/limits.toml and docs/doubts.md rest on: how often the doubts
are raised about sound photographs, and how often about each kind of attack.

    PYTHONPATH=demo python tools/measure_doubts.py development|measured FIRST:LAST [KIND ...]

Draws and photographs specimens of each kind with the seeds of this slice, leaves out what cannot be read,
and places the rest as the reader does. `measured` is for the published rates alone. Prints counts, rates
and 95 % Wilson intervals, and what the checks cost. Takes one or two seconds for each photograph, and stops
after three minutes with what it has; larger runs are made in slices whose counts are added.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bonafide.capture import read_picture
from bonafide.document.check import DocumentCheck, Result
from bonafide.document.cn.find import find_side
from bonafide.document.cn.layout import HEIGHT, RESIDENT_BACK, RESIDENT_FRONT, WIDTH
from bonafide.document.doubts import copy_check, edited_check, portrait_check, rectified, screen_check
from bonafide.document.ocr import TextDetector, TextRecogniser
from bonafide.document.page import Page
from bonafide.face import Detector, FaceFinder
from bonafide.models import ModelStore, open_session
from bonafide.models.entry import Role
from bonafide.settings import Settings
from specimens import attacks, cases, resident
from specimens.canvas import BLACK
from specimens.drawn import Box, Drawn, Pixels
from specimens.fonts import Face as Typeface
from specimens.fonts import font
from specimens.people import random_resident
from specimens.photograph import Photo
from specimens.seeds import DEVELOPMENT, MEASURED

Card = Drawn[resident.ResidentTruth]
_SAMPLES = Path(".cache/samples")
_HEADS = {"obama.jpg": np.s_[0:660, 235:745], "biden.jpg": np.s_[20:783, 250:870]}
_SCREEN, _COPY, _EDITED, _PORTRAIT = (
    "document.screen",
    "document.copy",
    "document.edited",
    "document.portrait",
)
_ALL = (_SCREEN, _COPY, _EDITED, _PORTRAIT)
_WRITTEN: Mapping[str, tuple[str, ...]] = {
    "name": ("王小明", "李雪", "张建国", "陈美玲"),
    "birth_date": ("1958", "1971", "1985", "1999"),
    "address": ("北京市东城区和平里街道9号",),
    "number": ("110101199003072316",),
    "authority": ("北京市公安局",),
    "validity": ("2015.03.09-2035.03.09",),
}
_SECONDS = 165
_FRONT, _BACK = ("name", "birth_date", "address", "number"), ("authority", "validity")


@dataclass(frozen=True, slots=True)
class Made:
    """A photograph, the field that was edited in it, if one was, and which side it shows."""

    photo: Photo
    field: str | None = None
    back: bool = False


def _portrait(seed: int) -> Pixels | None:
    """A drawn face or one of two photographed ones, in turn."""
    if seed % 3 == 0:
        return None
    name = sorted(_HEADS)[seed % 3 - 1]
    return np.asarray(Image.open(_SAMPLES / name).convert("RGB"), np.uint8)[_HEADS[name]]


def _drawn(seed: int, faults: resident.Faults = resident.SOUND, *, back: bool = False) -> Card:
    person = random_resident(np.random.default_rng([seed, 0]))
    if back:
        return resident.draw_back(person, width=cases.WIDTH, faults=faults)
    return resident.draw_front(person, _portrait(seed), width=cases.WIDTH, faults=faults)


def _plain(faults: resident.Faults = resident.SOUND, *, back: bool = False) -> Callable[[int], Made]:
    return lambda seed: Made(
        cases.photographed(_drawn(seed, faults, back=back), 2 * seed + back).photo, back=back
    )


def _change(seed: int, *, back: bool) -> tuple[str, str]:
    """Which field is edited, and to what."""
    fields = _BACK if back else _FRONT
    name = fields[seed % len(fields)]
    return name, _WRITTEN[name][seed // len(fields) % len(_WRITTEN[name])]


def _patched(*, back: bool) -> Callable[[int], Made]:
    """A flat patch with other letters, as the specimens draw it."""

    def make(seed: int) -> Made:
        name, text = _change(seed, back=back)
        drawn = _drawn(seed, resident.Faults(edited=name, edited_to=text), back=back)
        return Made(cases.photographed(drawn, 2 * seed + back).photo, name, back)

    return make


def _careful(*, pattern: bool) -> Callable[[int], Made]:
    """The card's own typeface and ink on a patch of the ground's own colour; with `pattern` on the ground
    filled in.
    """

    def make(seed: int) -> Made:
        name, text = _change(seed, back=False)
        drawn = _drawn(seed)
        scale = drawn.pixels.shape[1] / drawn.width_mm
        box, margin = drawn.fields[name], round(0.3 * scale)
        if name == "birth_date":
            box = replace(box, width=round(8.4 * scale))
        area = np.s_[
            box.top - margin : box.top + box.height + margin,
            box.left - margin : box.left + box.width + margin,
        ]
        pixels = drawn.pixels.copy()
        pixels[area] = _cleared(pixels[area], pattern=pattern)
        image = Image.fromarray(pixels)
        _write(image, box, name, text, scale)
        soft = cv2.GaussianBlur(np.asarray(image, np.uint8), (0, 0), 0.032 * scale)
        pixels[area] = soft[area]
        return Made(cases.photographed(replace(drawn, pixels=pixels), 2 * seed).photo, name)

    return make


def _cleared(part: Pixels, *, pattern: bool) -> Pixels:
    luma = part.mean(axis=2)
    if not pattern:
        return np.broadcast_to(np.median(part[luma > np.percentile(luma, 60)], axis=0), part.shape).astype(
            np.uint8
        )
    mask = cv2.dilate((luma < luma.mean() - 12).astype(np.uint8), np.ones((7, 7), np.uint8))
    return np.asarray(cv2.inpaint(part, mask * 255, 5, cv2.INPAINT_TELEA), np.uint8)


def _write(image: Image.Image, box: Box, name: str, text: str, scale: float) -> None:
    size = {"name": 3.6, "number": 3.2}.get(name, 3.0)
    rows = [text[:11], text[11:]] if name == "address" else [text]
    for place, row in enumerate(rows):
        at = (box.left, box.top + box.height / 2 / len(rows) + 4.5 * place * scale)
        ImageDraw.Draw(image).text(at, row, BLACK, font(Typeface.HEI, size * scale), anchor="lm")


def _attacked(attack: Callable[..., Photo]) -> Callable[[int], Made]:
    def make(seed: int) -> Made:
        drawn = _drawn(seed)
        return Made(attack(drawn.pixels, seed, fields=drawn.fields.values()))

    return make


KINDS: Mapping[str, tuple[Callable[[int], Made], tuple[str, ...]]] = {
    "sound": (_plain(), _ALL),
    "sound-back": (_plain(back=True), (_SCREEN, _COPY, _EDITED)),
    "display": (_attacked(attacks.rephotographed_from_screen), (_SCREEN,)),
    "grey": (_plain(resident.Faults(grey=True)), (_COPY,)),
    "photocopy": (_attacked(attacks.photocopied), (_COPY,)),
    "patch": (_patched(back=False), (_EDITED,)),
    "patch-back": (_patched(back=True), (_EDITED,)),
    "patch-own-colour": (_careful(pattern=False), (_EDITED,)),
    "patch-own-pattern": (_careful(pattern=True), (_EDITED,)),
    "portrait-missing": (_plain(resident.Faults(portrait=resident.PortraitFault.MISSING)), (_PORTRAIT,)),
    "portrait-moved": (_plain(resident.Faults(portrait=resident.PortraitFault.MOVED)), (_PORTRAIT,)),
    "portrait-overlapped": (
        _plain(resident.Faults(portrait=resident.PortraitFault.OVERLAPPED)),
        (_PORTRAIT,),
    ),
}


class Reader:
    """From a photograph to the checks' results."""

    def __init__(self) -> None:
        store = ModelStore(Settings.from_environment({}).data_dir)
        self._finder = FaceFinder(Detector(open_session(store.detector(), store)))
        detector, recogniser = store.serving(Role.TEXT_DETECTOR), store.serving(Role.TEXT_RECOGNISER)
        self._detector = TextDetector(detector.input, open_session(detector, store))
        self._recogniser = TextRecogniser(recogniser.input, open_session(recogniser, store))
        self.spent: Counter[str] = Counter()
        self.runs: Counter[str] = Counter()

    def checks(
        self, made: Made, wanted: tuple[str, ...]
    ) -> dict[str, tuple[DocumentCheck, tuple[str, ...]]] | None:
        """Each wanted check and the fields it names; None where the card is not found."""
        found = self._finder.find(read_picture(made.photo.jpeg))
        page = Page(found.picture, found.faces, self._detector, self._recogniser)
        side = RESIDENT_BACK if made.back else RESIDENT_FRONT
        at = find_side(page, (side,))
        if at is None:
            return None
        started = time.process_time()
        card = rectified(page.pixels, at.placement.to_card, WIDTH, HEIGHT)
        self._count("rectified", started)
        results: dict[str, tuple[DocumentCheck, tuple[str, ...]]] = {}
        for name in wanted:
            started = time.process_time()
            if name == _SCREEN:
                results[name] = screen_check(page.pixels, at.placement.corners()), ()
            elif name == _COPY:
                results[name] = copy_check(card), ()
            elif name == _EDITED:
                places = {
                    key: (area.left, area.top, area.right, area.bottom) for key, area in side.areas.items()
                }
                edited = edited_check(card, places)
                results[name] = edited.check, edited.fields
            elif side.portrait is not None:
                area = side.portrait
                face, eyes = _on_card(page, at.placement.on_card)
                check = portrait_check(card, (area.left, area.top, area.right, area.bottom), face, eyes)
                results[name] = check, ()
            self._count(name, started)
        return results

    def _count(self, name: str, started: float) -> None:
        self.spent[name] += round(1e6 * (time.process_time() - started))
        self.runs[name] += 1


def _on_card(
    page: Page, on_card: Callable[[NDArray[np.float32]], NDArray[np.float32]]
) -> tuple[tuple[float, float, float, float] | None, float | None]:
    """The face's box and the distance of its eyes in millimetres."""
    if page.face is None:
        return None, None
    x, y, width, height = page.face.box
    corners = on_card(
        np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)
    )
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    eyes = on_card(page.face.landmarks[:2])
    return (float(left), float(top), float(right), float(bottom)), float(np.linalg.norm(eyes[1] - eyes[0]))


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a rate."""
    if not count:
        return 0.0, 1.0
    z, rate = 1.96, hits / count
    middle = (rate + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * float(np.sqrt(rate * (1 - rate) / count + z * z / (4 * count * count)))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def main(arguments: list[str]) -> None:
    """Print the tables."""
    cv2.setNumThreads(1)
    which, part, *kinds = arguments
    first, _, last = part.partition(":")
    seeds = {"development": DEVELOPMENT, "measured": MEASURED}[which][int(first) : int(last)]
    end = time.monotonic() + _SECONDS
    reader = Reader()
    for kind in kinds or KINDS:
        make, wanted = KINDS[kind]
        outcomes: dict[str, Counter[Result]] = {name: Counter() for name in wanted}
        done = named = unreadable = unfound = 0
        for seed in seeds:
            if time.monotonic() > end:
                break
            done += 1
            made = make(seed)
            if not made.photo.readable:
                unreadable += 1
                continue
            results = reader.checks(made, wanted)
            if results is None:
                unfound += 1
                continue
            for name, (check, fields) in results.items():
                outcomes[name][check.result] += 1
                named += made.field is not None and made.field in fields
        print(f"{kind}: {done} of {len(seeds)} photographs, {unreadable} unreadable, {unfound} not found")  # noqa: T201
        for name, counted in outcomes.items():
            total, failed = counted.total(), counted[Result.FAILED]
            low, high = wilson(failed, total)
            print(  # noqa: T201
                f"  {name}: failed {failed} of {total} ({100 * low:.1f} to {100 * high:.1f} %), "
                f"not assessable {counted[Result.NOT_ASSESSABLE]}"
                + (f", right field {named}" if named else "")
            )
    for name, spent in reader.spent.items():
        print(f"{name}: {spent / 1000 / reader.runs[name]:.1f} ms")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
