"""Templates of many pictures, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bonafide.evaluation.processes import in_processes
from bonafide.face import Template

# Under a second of work, so that an interrupt is answered soon; enough that handing over costs nothing.
_CHUNK = 8


class NoTemplate(Protocol):
    """Why a picture gave no template (ISO/IEC 19795-1: failure to acquire)."""

    @property
    def reason(self) -> str:
        """A reason code."""


class Extractor(Protocol):
    """Turns a picture into a template."""

    def extract(self, path: Path) -> Template | NoTemplate:
        """The template of the one face in the picture, or why there is none."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Acquisition:
    """Templates of a set of pictures, in its order.

    `vectors` is float32 (pictures, d), of length 1, zero where there is none; `reasons` says why there is
    none, and is None where there is one.
    """

    vectors: NDArray[np.float32]
    reasons: tuple[str | None, ...]

    @property
    def acquired(self) -> NDArray[np.bool_]:
        """Which pictures gave a template, bool (pictures,)."""
        return np.array([reason is None for reason in self.reasons], np.bool_)


def extract_templates(
    paths: Sequence[Path],
    open_extractor: Callable[[], Extractor],
    workers: int,
    on_progress: Callable[[int], None],
) -> Acquisition:
    """Templates of pictures, made by `workers` processes.

    Each of them calls `open_extractor`, which is pickled. `on_progress` is told how many pictures have been
    finished since it was last called. Raises what `open_extractor` raises, `SetupBroken` when a
    process dies, and `KeyboardInterrupt` once they all have ended.
    """
    results: list[_Result] = [(None, "")] * len(paths)
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    opened = partial(_open_worker, open_extractor)
    for number, found in in_processes(opened, chunks, workers, "making templates"):
        results[number * _CHUNK : number * _CHUNK + len(found)] = found
        on_progress(len(found))
    length = next((len(vector) for vector, _ in results if vector is not None), 0)
    vectors = np.zeros((len(paths), length), np.float32)
    for row, (vector, _) in zip(vectors, results, strict=True):
        if vector is not None:
            row[:] = vector
    return Acquisition(vectors, tuple(reason for _, reason in results))


_Result = tuple[NDArray[np.float32] | None, str | None]


def _open_worker(open_extractor: Callable[[], Extractor]) -> Callable[[Sequence[Path]], list[_Result]]:
    extractor = open_extractor()
    return lambda paths: [_extract(extractor, path) for path in paths]


def _extract(extractor: Extractor, path: Path) -> _Result:
    found = extractor.extract(path)
    return (found.vector, None) if isinstance(found, Template) else (None, str(found.reason))
