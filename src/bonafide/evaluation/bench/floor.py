"""The floor: the least that this very case can cost with these models and this decoder.

One face check is recorded: which decodings it asked for, and which tensors it gave to the networks. The
floor does just that again, on prepared tensors and bytes in memory, and nothing else: whatever a face check
costs beyond it is Bonafide's own doing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from numpy.typing import NDArray

from bonafide.capture import Picture, PictureFormat, Reduction
from bonafide.errors import UsageError
from bonafide.evaluation.bench.case import CaseFiles, Models, ObservedPicture, Session
from bonafide.evaluation.bench.ledger import Ledger
from bonafide.face.embed import NamedValue
from bonafide.service.moment import local_now
from bonafide.service.purposes import trial
from bonafide.service.verifier import Verifier

DECODE, FIND, TEMPLATE = "decode", "find", "template"


class Runs(Protocol):
    """What is used of a session to repeat what it did."""

    def run(
        self, output_names: tuple[str, ...] | None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the graph."""


@dataclass(frozen=True, slots=True, eq=False)
class KernelRun:
    """What a session was asked: output names and input tensors."""

    session: Runs
    outputs: tuple[str, ...] | None
    inputs: dict[str, NDArray[np.float32]]

    def repeat(self) -> None:
        """Run the kernels once more."""
        self.session.run(self.outputs, self.inputs)


@dataclass(frozen=True, slots=True)
class Decoding:
    """What the decoder was asked: a file's bytes and the least rows and columns."""

    data: bytes
    rows: int
    columns: int

    @classmethod
    def of(cls, picture: Picture, reduction: Reduction) -> Decoding:
        """What decoding a JPEG picture at 1 / `reduction` asks of the file, which may lie on its side."""
        width, height = picture.width, picture.height
        if picture.orientation >= 5:
            width, height = height, width
        return cls(picture.data, -(-height // reduction), -(-width // reduction))

    def repeat(self) -> None:
        """Decode once more, straight from the library."""
        simplejpeg.decode_jpeg(self.data, "RGB", min_height=self.rows, min_width=self.columns)


class Work(Protocol):
    """One thing that a case cannot do without."""

    def repeat(self) -> None:
        """Do it once more."""


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """The bare work of one case, each under the stage that needs it, in the case's own order."""

    works: tuple[tuple[str, Work], ...]

    def run(self, clock: Callable[[], float]) -> Mapping[str, float]:
        """Do it once; milliseconds by stage."""
        ledger = Ledger(clock)
        for stage, work in self.works:
            with ledger.stage(stage):
                work.repeat()
        return ledger.read()

    def count(self, stage: str) -> int:
        """How often a stage had work to do."""
        return sum(name == stage for name, _ in self.works)


@dataclass(frozen=True, slots=True, eq=False)
class _RecordingSession:
    """A session that notes what it is asked."""

    session: Session
    note: Callable[[Work], None]

    def run(
        self, output_names: tuple[str, ...] | None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        self.note(KernelRun(self.session, output_names, input_feed))
        return self.session.run(output_names, input_feed)

    def get_inputs(self) -> list[NamedValue]:
        return self.session.get_inputs()


def record_floor(files: CaseFiles, models: Models) -> Floor:
    """Compare the case's faces once and note what that needed.

    Raises `UnreadablePicture` for pictures that cannot be read, `UsageError` for those that are no JPEG or
    show no face to compare: their floor would be another case's.
    """
    works: list[tuple[str, Work]] = []
    engine = models.engine(
        _RecordingSession(models.detector_session, lambda work: works.append((FIND, work))),
        _RecordingSession(models.recogniser_session, lambda work: works.append((TEMPLATE, work))),
    )

    @contextmanager
    def noted(picture: Picture, reduction: Reduction) -> Iterator[None]:
        works.append((DECODE, Decoding.of(picture, reduction)))
        yield

    document, selfie = (ObservedPicture.read(path, noted) for path in (files.document, files.selfie))
    if {document.format, selfie.format} != {PictureFormat.JPEG}:
        raise UsageError("The benchmark measures JPEG files", "Give two JPEG pictures, or none")
    case = Verifier(engine).compare(document, selfie, trial(local_now()), explain=True)
    if case.explanation is None or case.explanation.comparison is None:
        raise UsageError(
            "The pictures do not show one face each, so there is nothing to measure",
            "Give a document with one portrait and a selfie of one person, or neither",
        )
    return Floor(tuple(works))
