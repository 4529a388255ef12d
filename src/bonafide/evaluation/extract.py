"""Templates of many pictures, on all cores.

Processes rather than threads: each has its own models, and detection, alignment and quality hold the
interpreter too long for threads to pay. They are started afresh, never forked, since onnxruntime's threads do
not survive a fork.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bonafide.errors import SetupBroken
from bonafide.face import Template

# Under a second of work, so that an interrupt is answered soon; enough that handing over costs nothing.
_CHUNK = 8
_WAITING = 3
_NOTICED_WITHIN = 0.2  # seconds


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


def available_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (open_extractor,))
    with _noticing_interrupts() as interrupted:
        try:
            for start, chunk in _in_parallel(pool, paths, workers, interrupted):
                results[start : start + len(chunk)] = chunk
                on_progress(len(chunk))
        except BrokenProcessPool as error:
            raise SetupBroken(
                "A process that was making templates ended unexpectedly",
                "Free some memory, or use fewer `--workers`",
            ) from error
        finally:
            # After an interrupt only what is being worked on is finished.
            pool.shutdown(cancel_futures=True)
    length = next((len(vector) for vector, _ in results if vector is not None), 0)
    vectors = np.zeros((len(paths), length), np.float32)
    for row, (vector, _) in zip(vectors, results, strict=True):
        if vector is not None:
            row[:] = vector
    return Acquisition(vectors, tuple(reason for _, reason in results))


_Result = tuple[NDArray[np.float32] | None, str | None]


def _in_parallel(
    pool: ProcessPoolExecutor, paths: Sequence[Path], workers: int, interrupted: Event
) -> Iterator[tuple[int, list[_Result]]]:
    """Where each chunk starts, and its results, as they come; only a few chunks wait at a time."""
    chunks = ((start, paths[start : start + _CHUNK]) for start in range(0, len(paths), _CHUNK))
    running: dict[Future[list[_Result]], int] = {}
    while True:
        for start, chunk in islice(chunks, _WAITING * workers - len(running)):
            with _interrupts_held():
                running[pool.submit(_extract_chunk, chunk)] = start
        if not running:
            return
        finished, _ = wait(running, timeout=_NOTICED_WITHIN, return_when=FIRST_COMPLETED)
        if interrupted.is_set():
            raise KeyboardInterrupt
        for future in finished:
            yield running.pop(future), future.result()


@contextmanager
def _noticing_interrupts() -> Iterator[Event]:
    """Instead of raising wherever it strikes, an interrupt sets the event.

    Raised inside the pool's own code it can leave a lock behind, and the pool then waits for ever.
    """
    interrupted = Event()
    if current_thread() is not main_thread():
        yield interrupted
        return
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Handing over work may start a process, which inherits this and so never answers an interrupt itself."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """What one process needs for all its pictures: the models, once the first picture asks for them."""

    open_extractor: Callable[[], Extractor]
    extractor: Extractor | None = None


def _start_worker(open_extractor: Callable[[], Extractor]) -> None:
    _Worker.open_extractor = staticmethod(open_extractor)


def _extract_chunk(paths: Sequence[Path]) -> list[_Result]:
    # Opened here and not when the process starts, because what is raised there reaches nobody.
    if _Worker.extractor is None:
        _Worker.extractor = _Worker.open_extractor()
    return [_extract(_Worker.extractor, path) for path in paths]


def _extract(extractor: Extractor, path: Path) -> _Result:
    found = extractor.extract(path)
    return (found.vector, None) if isinstance(found, Template) else (None, str(found.reason))
