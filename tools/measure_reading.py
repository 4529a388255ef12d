"""Measure how well documents are read: drawn specimens, photographed by simulation.

    python tools/measure_reading.py [development|measured] [--count N]

Prints, for each kind of document, the share of fields that were read right on readable photos (text at least
14 pixels high, little blur, nothing hidden: see demo/specimens/photograph.py) with 95 % intervals, wrong
readings that passed as certain, how often a sound document passes each check, and the CPU time of reading,
face and location included. The measured seeds are for the figures in docs/reading.md, and not to be looked at
while developing.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "demo"))

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture import read_picture
from bonafide.document import Reading, Result
from bonafide.evaluation.intervals import clopper_pearson
from bonafide.service.desk import DocumentDesk
from bonafide.service.moment import local_now
from bonafide.service.purposes import trial
from bonafide.settings import Settings
from specimens import cases, people, seeds, travel
from specimens.photograph import Photo

_SAMPLES = Path(__file__).resolve().parent.parent / ".cache" / "samples"
# Checks that fail for every specimen: invented regions and states.
_INVENTED = ("cn.region", "mrz.issuer")
_TRAVEL = (travel.Kind.TD3, travel.Kind.TD1, travel.Kind.TD2, travel.Kind.MRV_A, travel.Kind.MRV_B)


@dataclass
class Tally:
    """What came of one kind of document."""

    photos: int = 0
    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    listed: Counter[str] = field(default_factory=Counter)
    wrong_but_passed: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    cpu_ms: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how well documents are read.")
    parser.add_argument("part", choices=("development", "measured"), nargs="?", default="development")
    parser.add_argument("--first", type=int, default=0, metavar="N")
    parser.add_argument("--count", type=int, default=60, metavar="N")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    part = seeds.DEVELOPMENT if options.part == "development" else seeds.MEASURED
    desk = DocumentDesk.open(Settings.from_environment(os.environ))
    portrait = _portrait()
    tallies: dict[str, Tally] = defaultdict(Tally)
    for seed in part[options.first : options.first + options.count]:
        for kind, photo, truth in _documents(seed, portrait):
            began = time.thread_time()
            consent = trial(local_now())
            reading = desk.read(read_picture(photo.jpeg), None, people.REFERENCE_DAY, consent).reading
            spent = (time.thread_time() - began) * 1000
            _count(tallies[kind], reading, truth, readable=bool(photo.readable), spent=spent)
            if options.verbose:
                _tell(seed, kind, reading, truth, readable=bool(photo.readable))
    for kind, tally in tallies.items():
        _print(kind, tally)


def _documents(seed: int, portrait: NDArray[np.uint8]) -> Iterator[tuple[str, Photo, dict[str, object]]]:
    front = cases.resident_case(seed, portrait=portrait)
    yield "resident front", front.photo, _values(front.drawn.truth)
    back = cases.resident_case(seed, side="back")
    yield "resident back", back.photo, _values(back.drawn.truth)
    kind = _TRAVEL[seed % len(_TRAVEL)]
    page = cases.travel_case(seed, kind, back=kind is travel.Kind.TD1, portrait=portrait)
    yield "zone", page.photo, {"mrz": tuple(page.drawn.truth.mrz)}


def _values(truth: object) -> dict[str, object]:
    return {name: value for name in truth.__slots__ if (value := getattr(truth, name)) is not None}  # type: ignore[attr-defined]


def _count(tally: Tally, reading: Reading, truth: dict[str, object], *, readable: bool, spent: float) -> None:
    tally.cpu_ms.append(spent)
    passed = {check.name for check in reading.checks if check.result is Result.PASSED}
    # Of readable photos and of others: what is wrong must not pass as certain.
    for name, value in truth.items():
        guard = {"number": "cn.number", "mrz": "mrz.certain"}.get(name, "cn.certain")
        certain = guard in passed and (name != "mrz" or "mrz.check_digits" in passed)
        if certain and name in reading.fields and reading.fields[name] != value:
            tally.wrong_but_passed[name] += 1
    if not readable:
        tally.unreadable += 1
        return
    tally.photos += 1
    for name, value in truth.items():
        tally.asked[name] += 1
        tally.right[name] += reading.fields.get(name) == value
    for check in reading.checks:
        tally.listed[check.name] += 1
        tally.passed[check.name] += check.result is Result.PASSED


def _tell(seed: int, kind: str, reading: Reading, truth: dict[str, object], *, readable: bool) -> None:
    wrong = {
        name: (reading.fields.get(name), value)
        for name, value in truth.items()
        if reading.fields.get(name) != value
    }
    doubts = [check.name for check in reading.checks if check.reason and check.name not in _INVENTED]
    if wrong or (readable and doubts):
        sys.stdout.write(f"{seed} {kind} {'' if readable else 'un'}readable {wrong} {doubts}\n")


def _print(kind: str, tally: Tally) -> None:
    write = sys.stdout.write
    write(f"\n{kind}: {tally.photos} readable photos, {tally.unreadable} others\n")
    for name in tally.asked:
        low, high = clopper_pearson(tally.right[name], tally.asked[name])
        share = tally.right[name] / tally.asked[name]
        counts = f"{tally.right[name]} of {tally.asked[name]}"
        write(f"  {name:<14}{share:7.1%}  ({low:.1%} to {high:.1%}, {counts})\n")
    for name in tally.listed:
        share = tally.passed[name] / tally.listed[name]
        write(f"  {name:<20} passes {share:7.1%} of {tally.listed[name]}\n")
    write(f"  wrong, yet passed as certain, of all photos: {dict(tally.wrong_but_passed) or 'none'}\n")
    median, tail = np.percentile(tally.cpu_ms, [50, 90])
    write(f"  CPU ms, all photos: median {median:.0f}, 90th percentile {tail:.0f}\n")


def _portrait() -> NDArray[np.uint8]:
    pixels = cv2.imread(str(_SAMPLES / "obama.jpg"), cv2.IMREAD_COLOR_RGB)
    if pixels is None:
        raise SystemExit("The sample pictures are not here. Run `make demo`, which fetches them.")
    return np.asarray(pixels, np.uint8)[0:660, 235:745]


if __name__ == "__main__":
    main()
