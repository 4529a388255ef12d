"""Templates made by real processes, from files that hold numbers instead of pictures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from bonafide.errors import SetupBroken, WeightsMissing
from bonafide.evaluation.extract import Extractor, extract_templates
from bonafide.evaluation.processes import available_cores
from bonafide.face import Template


@dataclass(frozen=True)
class Failure:
    reason: str


class FromNumbers:
    """A template of the number in the file; an empty file has no face."""

    def extract(self, path: Path) -> Template | Failure:
        text = path.read_text()
        if not text:
            return Failure("no_face")
        if text == "die":
            os._exit(9)
        return Template(np.array([float(text), os.getpid()], np.float32), "contract")


def without_weights() -> Extractor:
    raise WeightsMissing("The weights are missing", "Run `bonafide models pull`")


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[[list[str]], list[Path]]:
    def write(contents: list[str]) -> list[Path]:
        paths = [tmp_path / str(number) for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_text(content)
        return paths

    return write


def test_templates_come_in_the_order_of_the_pictures(pictures: Callable[[list[str]], list[Path]]) -> None:
    contents = ["" if number % 7 == 3 else str(number) for number in range(100)]
    finished: list[int] = []
    found = extract_templates(pictures(contents), FromNumbers, 2, finished.append)
    for number, (vector, reason) in enumerate(zip(found.vectors, found.reasons, strict=True)):
        assert reason == ("no_face" if number % 7 == 3 else None)
        assert vector[0] == (0 if reason else number)
    assert Counter(found.reasons)["no_face"] == (~found.acquired).sum() == 14
    assert sum(finished) == 100
    assert len(finished) > 2
    assert str(os.getpid()) not in {f"{pid:.0f}" for pid in found.vectors[:, 1]}


def test_no_pictures_give_no_templates() -> None:
    assert extract_templates([], FromNumbers, 2, lambda _: None).vectors.shape == (0, 0)


def test_what_stops_a_worker_from_starting_is_told(pictures: Callable[[list[str]], list[Path]]) -> None:
    with pytest.raises(WeightsMissing, match="models pull"):
        extract_templates(pictures(["1"] * 50), without_weights, 2, lambda _: None)


def test_a_worker_that_dies_is_told(pictures: Callable[[list[str]], list[Path]]) -> None:
    with pytest.raises(SetupBroken, match="--workers"):
        extract_templates(pictures(["1", "die"]), FromNumbers, 1, lambda _: None)


def test_an_opened_extractor_serves_all_its_pictures(
    pictures: Callable[[list[str]], list[Path]], tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    extract_templates(pictures(["1"] * 60), partial(_counted, marks), 1, lambda _: None)
    assert len(list(marks.iterdir())) == 1


def _counted(marks: Path) -> Extractor:
    (marks / str(time.monotonic_ns())).touch()
    return FromNumbers()


def test_an_interrupt_ends_it_quietly(tmp_path: Path) -> None:
    """As from a terminal: the whole process group gets the signal, and only the parent answers it."""
    program = tmp_path / "slow_extraction.py"
    program.write_text(
        textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from bonafide.evaluation.extract import extract_templates

        class Failure:
            reason = "no_face"

        class Slow:
            def extract(self, path):
                time.sleep(0.05)
                return Failure()

        if __name__ == "__main__":
            try:
                extract_templates([Path("x")] * 100_000, Slow, 2, lambda n: print(n, flush=True))
            except KeyboardInterrupt:
                sys.exit(130)
        """)
    )
    running = subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert running.stdout is not None
    assert running.stdout.readline()
    os.killpg(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert errors == b""


def test_cores_are_counted() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or 1)
