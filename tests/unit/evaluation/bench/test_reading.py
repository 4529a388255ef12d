from __future__ import annotations

import dataclasses

import pytest

from bonafide.evaluation.bench.floor import Decoding, Floor, KernelRun
from bonafide.evaluation.bench.reading import LINE, LOOK, TextModels, summarise
from bonafide.evaluation.bench.rounds import Parts
from bonafide.models import Role, load_manifest


def models() -> TextModels:
    """Of the manifest, never run."""
    entries = {entry.role: entry for entry in load_manifest()}
    return TextModels(entries[Role.TEXT_DETECTOR], entries[Role.TEXT_RECOGNISER], None, None)  # type: ignore[arg-type]


def test_the_median_the_ninth_tenth_and_the_paired_ratio() -> None:
    whole: list[Parts] = [{"whole": time} for time in (30.0, 11.0, 12.0)]
    floor: list[Parts] = [
        {"decode": 1.0, LOOK: 4.0, LINE: 5.0},
        {"decode": 1.0, LOOK: 4.0, LINE: 5.0},
        {"decode": 1.0, LOOK: 3.0, LINE: 4.0},
    ]
    run = KernelRun(None, None, {})  # type: ignore[arg-type]
    works = Floor((("decode", Decoding(b"", 1, 1)), (LOOK, run), (LINE, run), (LINE, run)))
    found = summarise(whole, floor, works, models())
    assert (found.median_ms, found.p90_ms, found.floor_ms, found.rounds) == (12.0, 30.0, 8.0, 3)
    assert found.floor_ratio == pytest.approx(12 / 8)
    assert (found.looks, found.lines) == (1, 2)
    assert set(found.models) == {"text_detector", "text_recogniser"}
    assert dataclasses.asdict(found)["models"]["text_detector"] == models().detector.name
