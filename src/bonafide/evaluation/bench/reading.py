"""Reading a document, beside the floor of its own networks: the detector and the recogniser of text.

Recorded and repeated as in `floor.py`. The faces are found before: that is a part of the face check.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from bonafide.capture import Picture, Reduction
from bonafide.document import Kind, Reading
from bonafide.document.ocr import TextDetector, TextRecogniser
from bonafide.document.ocr.recognise import Metadata
from bonafide.document.reader import DocumentReader, Side
from bonafide.errors import SetupBroken
from bonafide.evaluation.bench.case import Models, ObservedPicture
from bonafide.evaluation.bench.floor import DECODE, Decoding, Floor, KernelRun, Work
from bonafide.evaluation.bench.results import ReadingSpeed
from bonafide.evaluation.bench.rounds import Parts, least_total, paired_ratio, percentile, take_turns, total
from bonafide.evaluation.bench.specimen import draw_passport
from bonafide.face.embed import NamedValue
from bonafide.models import ModelEntry, ModelStore, Role, open_session
from bonafide.service.moment import local_now
from bonafide.service.purposes import TESTING, trial
from bonafide.settings import Settings

LOOK, LINE = "look", "line"
# A day on which the drawn passport is valid.
_DAY: Final = date(2012, 1, 1)
_WARM_UP: Final = 2


class TextSession(Protocol):
    """What is used of an onnxruntime session, which publishes no types."""

    def run(
        self, output_names: tuple[str, ...] | None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the graph."""

    def get_inputs(self) -> list[NamedValue]:
        """The graph's inputs."""

    def get_modelmeta(self) -> Metadata:
        """The model's metadata."""


@dataclass(frozen=True, slots=True, eq=False)
class TextModels:
    """The models of text. Readings and their floor share the sessions, so that only the rest differs."""

    detector: ModelEntry
    recogniser: ModelEntry
    detector_session: TextSession
    recogniser_session: TextSession

    @classmethod
    def open(cls, settings: Settings) -> TextModels:
        """Load them as `Documents.of` does. Raises what that raises."""
        store = ModelStore(settings.data_dir)
        detector, recogniser = store.serving(Role.TEXT_DETECTOR), store.serving(Role.TEXT_RECOGNISER)
        return cls(detector, recogniser, open_session(detector, store), open_session(recogniser, store))

    def reader(self, note: Callable[[str, Work], None] | None = None) -> DocumentReader:
        """A reader; `note` is told what it asks of the networks."""
        look, line = self.detector_session, self.recogniser_session
        if note is not None:
            look, line = _Recording(look, LOOK, note), _Recording(line, LINE, note)
        return DocumentReader(
            TextDetector(self.detector.input, look), TextRecogniser(self.recogniser.input, line)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Recording:
    """A session that notes what it is asked."""

    session: TextSession
    name: str
    note: Callable[[str, Work], None]

    def run(
        self, output_names: tuple[str, ...] | None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        self.note(self.name, KernelRun(self.session, output_names, input_feed))
        return self.session.run(output_names, input_feed)

    def get_inputs(self) -> list[NamedValue]:
        return self.session.get_inputs()

    def get_modelmeta(self) -> Metadata:
        return self.session.get_modelmeta()


def measure_reading(
    faces: Models, texts: TextModels, rounds: int, *, cpu_clock: Callable[[], float] = time.process_time
) -> ReadingSpeed:
    """Read the drawn passport this many times, in turns with the floor of it."""
    with TemporaryDirectory(prefix="bonafide-bench-") as folder:
        path = Path(folder) / "passport.jpg"
        path.write_bytes(draw_passport())
        floor = record_reading(path, faces, texts)
        side = _side(ObservedPicture.read(path, _unobserved), faces)
    reader = texts.reader()

    def whole() -> Parts:
        start = cpu_clock()
        reader.read(side, None, _DAY)
        return {"whole": (cpu_clock() - start) * 1000}

    contenders: Mapping[str, Callable[[], Parts]] = {"whole": whole, "floor": lambda: floor.run(cpu_clock)}
    take_turns(contenders, _WARM_UP)
    taken = take_turns(contenders, rounds)
    return summarise(taken["whole"], taken["floor"], floor, texts)


def record_reading(path: Path, faces: Models, texts: TextModels) -> Floor:
    """Read the drawn passport once and note what that needed.

    Raises `SetupBroken` if it is not read for what it is: the floor would be another document's.
    """
    works: list[tuple[str, Work]] = []

    @contextmanager
    def noted(picture: Picture, reduction: Reduction) -> Iterator[None]:
        works.append((DECODE, Decoding.of(picture, reduction)))
        yield

    side = _side(ObservedPicture.read(path, noted), faces)
    # Finding the face decoded the picture as well, which is no part of reading.
    works.clear()
    reading: Reading = texts.reader(lambda name, work: works.append((name, work))).read(side, None, _DAY)
    if reading.kind is not Kind.TD3:
        raise SetupBroken(
            "The drawn passport was not read", "Run `bonafide models verify`, and report it if all is well"
        )
    return Floor(tuple(works))


def summarise(whole: list[Parts], floor: list[Parts], works: Floor, texts: TextModels) -> ReadingSpeed:
    """The median and the 90th percentile of the rounds, and the median ratio to the floor."""
    times = [total(parts) for parts in whole]
    return ReadingSpeed(
        models={"text_detector": texts.detector.name, "text_recogniser": texts.recogniser.name},
        rounds=len(times),
        median_ms=statistics.median(times),
        p90_ms=percentile(times, 90),
        floor_ms=least_total(floor),
        floor_ratio=paired_ratio(whole, floor),
        looks=works.count(LOOK),
        lines=works.count(LINE),
    )


@contextmanager
def _unobserved(picture: Picture, reduction: Reduction) -> Iterator[None]:  # noqa: ARG001 - nobody looks
    yield


def _side(picture: Picture, faces: Models) -> Side:
    now = local_now()
    work = faces.engine().under(trial(now), now, TESTING)
    found = work.find(picture)
    return Side(found.picture, found.faces, work.portrait_faces(found))
