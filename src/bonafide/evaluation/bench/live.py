"""Live sessions in a real service: alone, and as many at once as two cores are to carry."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from bonafide.capture import read_picture
from bonafide.capture.challenge import Mode
from bonafide.errors import SetupBroken
from bonafide.evaluation.bench.live_client import Held, agreed_link, hold_session
from bonafide.evaluation.bench.live_speed import Guided, LiveSpeed
from bonafide.evaluation.bench.load import verification
from bonafide.evaluation.bench.results import NotMeasured
from bonafide.evaluation.bench.rounds import percentile
from bonafide.evaluation.bench.served import Usage, serving
from bonafide.evaluation.bench.serving import why_not
from bonafide.evaluation.bench.specimen import draw_passport, draw_selfie
from bonafide.evaluation.processes import available_cores
from bonafide.settings import Settings

if TYPE_CHECKING:
    from bonafide.evaluation.attack_lab.recording import Recording

# One after another, to tell what one costs.
_ALONE: Final = 3
_NEEDED: Final = ("fastapi", "multipart", "prometheus_client", "uvicorn", "websockets")
# Seconds between two looks at memory.
_LOOK_EVERY: Final = 0.1
# The same person and the same movements in every run.
_SEED: Final = 20261130


def measure_live(settings: Settings, profile: str, at_once: int) -> LiveSpeed | NotMeasured:
    """Hold live sessions with a service of one worker for each of two cores. Raises `SetupBroken` if it does
    not start or answer, and what opening the models raises.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if (why := why_not(at_once, available_cores(), missing)) is not None:
        return NotMeasured(why)
    document, recording = draw_passport(), _recording(settings)
    with serving(settings, profile, 2) as served:

        def hold() -> Held:
            return hold_session(served.port, agreed_link(served.port, served.key), document, recording)

        verify = verification(served.port, served.key, document, draw_selfie())
        return measure(hold, verify, served.usage, at_once)


def measure(
    hold: Callable[[], Held],
    verify: Callable[[], None],
    usage: Callable[[], Usage],
    at_once: int,
    pause: Callable[[float], None] = time.sleep,
) -> LiveSpeed:
    """Measure with whatever holds a session, verifies once, and tells what the service uses.

    Sessions at once begin one after another over the time that one takes, and each is followed by another:
    so their ends, at which each costs a verification, do not fall together, as they do not at counters.
    """
    # Both workers load what they need with the first sessions, which count for nothing.
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda _: hold(), range(at_once)))
    for _ in range(_ALONE):
        verify()
    verifying = [_cost(verify, usage) for _ in range(2 * _ALONE)]
    alone: list[Held] = []
    costs = [_cost(lambda: alone.append(hold()), usage) for _ in range(_ALONE)]
    apart = median(each.seconds for each in alone) / at_once

    def hold_two(number: int) -> tuple[Held, Held]:
        pause(number * apart)
        return hold(), hold()

    before = usage()
    began = time.perf_counter()
    with _watching(usage) as seen, ThreadPoolExecutor(at_once) as pool:
        together = [each for two in pool.map(hold_two, range(at_once)) for each in two]
    took = time.perf_counter() - began
    return LiveSpeed(
        alone=_ALONE,
        session_cpu_s=median(costs),
        session_s=median(each.seconds for each in alone),
        verifications=median(costs) / median(verifying),
        at_once=at_once,
        refused=sum(each.outcome is None for each in together),
        mb_each=max(0.0, max(each.resident for each in seen) - before.resident) / at_once / 1e6,
        guided_alone=_guided(alone),
        guided_together=_guided(together),
        cores_used=(usage().cpu_s - before.cpu_s) / took,
    )


def _recording(settings: Settings) -> Recording:
    """Frames of a head with the face that the specimens have, nobody's, answering every kind of step."""
    from bonafide.evaluation.attack_lab.eyes import open_eyes  # noqa: PLC0415 - the laboratory is slow to open
    from bonafide.evaluation.attack_lab.portraits import portrait_of  # noqa: PLC0415
    from bonafide.evaluation.attack_lab.recording import record  # noqa: PLC0415

    chance = np.random.default_rng(_SEED)
    portrait = portrait_of(read_picture(draw_selfie()).decode(), open_eyes(settings))
    if portrait is None:
        raise SetupBroken("The drawn face that is measured with was not found", "Report it, with this line")
    return record(portrait.head(chance), Mode.LIGHT, chance)


def _cost(work: Callable[[], object], usage: Callable[[], Usage]) -> float:
    before = usage().cpu_s
    work()
    return usage().cpu_s - before


@contextmanager
def _watching(usage: Callable[[], Usage]) -> Iterator[list[Usage]]:
    """What is used meanwhile, looked at again and again."""
    seen, over = [usage()], threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY):
            seen.append(usage())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _guided(held: Sequence[Held]) -> Guided:
    waits = [wait * 1000 for each in held for wait in each.waits]
    if not waits:
        return Guided(0, float("inf"), float("inf"))
    return Guided(len(waits), median(waits), percentile(waits, 99))
