"""The same work on many things, on all cores.

Processes rather than threads: each has its own models, and what is done beside them holds the interpreter too
long for threads to pay. They are started afresh, never forked, since onnxruntime's threads do not survive a
fork.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from threading import Event, current_thread, main_thread
from typing import Any, TypeVar

from bonafide.errors import SetupBroken

Task = TypeVar("Task")
Found = TypeVar("Found")

_WAITING = 3
_NOTICED_WITHIN = 0.2  # seconds


def available_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_processes(
    open_worker: Callable[[], Callable[[Task], Found]], tasks: Sequence[Task], workers: int, what: str
) -> Iterator[tuple[int, Found]]:
    """What comes of each task, and its place among them, as they are finished, by `workers` processes.

    Each process calls `open_worker`, which is pickled as tasks and results are, once. A task should take
    seconds at most, so that an interrupt is answered soon. `what` they do is for the message. Raises what
    `open_worker` and its work raise, `SetupBroken` when a process dies, and `KeyboardInterrupt` once they all
    have ended.
    """
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (open_worker,))
    with _noticing_interrupts() as interrupted:
        try:
            yield from _in_parallel(pool, tasks, workers, interrupted)
        except BrokenProcessPool as error:
            raise SetupBroken(
                f"A process that was {what} ended unexpectedly",
                "Free some memory, or use fewer `--workers`",
            ) from error
        finally:
            # After an interrupt only what is being worked on is finished.
            pool.shutdown(cancel_futures=True)


def _in_parallel(
    pool: ProcessPoolExecutor, tasks: Sequence[Task], workers: int, interrupted: Event
) -> Iterator[tuple[int, Found]]:
    """Only a few tasks wait at a time."""
    numbered = iter(enumerate(tasks))
    running: dict[Future[Found], int] = {}
    while True:
        for number, task in islice(numbered, _WAITING * workers - len(running)):
            with _interrupts_held():
                running[pool.submit(_work, task)] = number
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
    """What one process needs for all its tasks, once the first of them asks for it."""

    open_worker: Callable[[], Callable[[Any], Any]]
    work: Callable[[Any], Any] | None = None


def _start_worker(open_worker: Callable[[], Callable[[Any], Any]]) -> None:
    _Worker.open_worker = staticmethod(open_worker)


def _work(task: Any) -> Any:  # noqa: ANN401 - pickled from one typed function to another
    # Opened here and not when the process starts, because what is raised there reaches nobody.
    if _Worker.work is None:
        _Worker.work = staticmethod(_Worker.open_worker())
    return _Worker.work(task)
