"""Several processes that serve at one socket, each begun anew when it dies."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Final

from bonafide.errors import BonafideError, SetupBroken
from bonafide.settings import Settings

# A process that lived so long was well; one that dies sooner is begun again later and later.
_WELL_SECONDS: Final = 60.0
_LONGEST_PAUSE: Final = 30.0
# `bonafide.api.metrics` adds up there what each of them counts.
_COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"

_log = logging.getLogger(__name__)
_context = multiprocessing.get_context("spawn")


@dataclass
class _Place:
    """One of the processes, and its successors."""

    process: SpawnProcess
    begun: float
    failures: int = 0
    again_at: float = 0.0


def supervise(settings: Settings, listener: socket.socket) -> None:
    """Keep `settings.workers` processes serving, until SIGTERM or SIGINT; then they finish what is in flight.

    Raises `SystemExit` then, with 0; `SetupBroken` where one of them cannot even begin.
    """
    first = time.monotonic()
    stop = threading.Event()
    # Set from a handler, for whatever is asked of it: nothing is interrupted half-way.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: stop.set())
    with tempfile.TemporaryDirectory(prefix="bonafide-counts-") as counts:
        os.environ[_COUNTS] = counts
        places = [_Place(_begun(settings, listener), time.monotonic()) for _ in range(settings.workers)]
        try:
            while not stop.wait(0.2):
                for place in places:
                    if place.process.exitcode == SetupBroken.exit_status and _early(first):
                        raise SetupBroken(
                            "The service cannot begin", "See above what one of its processes said"
                        )
                    _look_after(place, settings, listener)
        finally:
            for place in places:
                if place.process.is_alive():
                    place.process.terminate()
            for place in places:
                place.process.join()
    sys.exit(0)


def _early(first: float) -> bool:
    """Whether what is wrong was wrong from the beginning, rather than having broken since."""
    return time.monotonic() - first < _WELL_SECONDS


def _begun(settings: Settings, listener: socket.socket) -> SpawnProcess:
    process = _context.Process(target=_serve, args=(settings, listener), name="bonafide-worker")
    process.start()
    return process


def _look_after(place: _Place, settings: Settings, listener: socket.socket) -> None:
    if place.process.is_alive():
        return
    now = time.monotonic()
    if not place.again_at:
        place.failures = 0 if now - place.begun > _WELL_SECONDS else place.failures + 1
        pause = min(2.0 ** (place.failures - 1), _LONGEST_PAUSE) if place.failures else 0.0
        place.again_at = now + pause
        _log.error("A worker ended (%s); another begins in %.0f s", place.process.exitcode, pause)
    if now >= place.again_at:
        place.process.close()
        place.process, place.begun, place.again_at = _begun(settings, listener), now, 0.0


def _serve(settings: Settings, listener: socket.socket) -> None:
    """What a process does. It ends in order if the one that began it dies: nobody would stop it any more."""
    from bonafide.api.log import begin_logging  # noqa: PLC0415 - in the process that serves
    from bonafide.api.worker import serve  # noqa: PLC0415

    begin_logging()
    threading.Thread(target=_follow_parent, daemon=True).start()
    try:
        serve(settings, listener)
    except BonafideError as error:
        _log.error("%s: %s", type(error).__name__, error)
        sys.exit(error.exit_status)


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
