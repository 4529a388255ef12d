"""The service under load, beside one process that does the main job without any service around it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from multiprocessing import get_context
from statistics import median
from typing import Final

from bonafide.capture import read_picture, use_one_thread
from bonafide.evaluation.bench.case import passing_signer
from bonafide.evaluation.bench.load import Window, keep_busy, verification
from bonafide.evaluation.bench.results import Answers, NotMeasured, Resident, ServingSpeed
from bonafide.evaluation.bench.rounds import Parts, paired_ratio, percentile, take_turns, total
from bonafide.evaluation.bench.served import Usage, serving
from bonafide.evaluation.bench.specimen import draw_passport, draw_selfie
from bonafide.evaluation.processes import available_cores
from bonafide.evidence import serialise_receipt
from bonafide.privacy import attested, purposes
from bonafide.service.receipts import receipt_for
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings

# What both are asked for in a round, so that it fits between other people's work.
WINDOW: Final = 20
# Rounds that all three take part in; what more is to be served, the service of two workers serves by itself.
MOST_ROUNDS: Final = 10
# As many as either worker takes on, so that none is refused. Nobody shares them out between the two, so fewer
# would leave one without work now and then.
CONNECTIONS: Final = 8
FIRST: Final = 100
_NEEDED: Final = ("fastapi", "multipart", "prometheus_client", "uvicorn")
_WALL, _CPU = "wall", "cpu"
_PURPOSE: Final = "sim-signup"


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one verification, by the clock on the wall and by the processor's."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Contenders:
    """What takes turns. Each is given how many verifications to do."""

    in_process: Callable[[int], Took]

    one_worker: Callable[[int], Window]
    two_workers: Callable[[int], Window]
    usage: Callable[[], Usage]
    """Of the service of two workers."""


def measure_serving(settings: Settings, profile: str, served: int) -> ServingSpeed | NotMeasured:
    """Let a service of two workers serve so many verifications of a drawn passport, the first of them by
    turns with a service of one worker and with one process that has none. Raises `SetupBroken` if a service
    does not start or answer.
    """
    missing = why_not(served, available_cores(), [name for name in _NEEDED if find_spec(name) is None])
    if missing is not None:
        return NotMeasured(missing)
    document, selfie = draw_passport(), draw_selfie()
    with ExitStack() as stack:
        one, two = (stack.enter_context(serving(settings, profile, workers)) for workers in (1, 2))
        alone = stack.enter_context(
            ProcessPoolExecutor(
                1, get_context("spawn"), _open_verifier, (settings, profile, document, selfie)
            )
        )
        to_one = verification(one.port, one.key, document, selfie)
        to_two = verification(two.port, two.key, document, selfie)
        return measure(
            Contenders(
                in_process=lambda count: alone.submit(_verify_in_process, count).result(),
                one_worker=lambda count: keep_busy(to_one, CONNECTIONS, count),
                two_workers=lambda count: keep_busy(to_two, CONNECTIONS, count),
                usage=two.usage,
            ),
            served,
        )


def why_not(served: int, cores: int, missing: Sequence[str]) -> str | None:
    """Why this cannot be measured here, or None."""
    if served == 0:
        return "not asked for"
    if missing:
        return f"the extra `service` is not installed ({', '.join(missing)})"
    return "there are not two cores" if cores < 2 else None


def measure(contenders: Contenders, served: int) -> ServingSpeed:
    """Measure in up to ten rounds, after one that counts for nothing but memory."""
    answers = min(WINDOW, served)
    rounds = max(1, min(MOST_ROUNDS, served // WINDOW))
    memory: list[Resident] = []
    waits: list[float] = []
    answered = 0

    def two(count: int) -> Parts:
        nonlocal answered
        before = contenders.usage()
        window = contenders.two_workers(count)
        after = contenders.usage()
        answered += window.answered
        waits.extend(window.waits_s)
        memory.append(Resident(answered, after.resident / 1e6))
        return {_WALL: window.each_s, _CPU: (after.cpu_s - before.cpu_s) / window.answered}

    def in_process() -> Parts:
        # As many as each of the service's workers.
        took = contenders.in_process(-(-answers // 2))
        return {_WALL: took.wall_s, _CPU: took.cpu_s}

    turns: dict[str, Callable[[], Parts]] = {
        "in_process": in_process,
        "one_worker": lambda: {_WALL: contenders.one_worker(answers).each_s},
        "two_workers": lambda: two(answers),
    }
    take_turns(turns, 1)
    waits.clear()
    taken = take_turns(turns, rounds)
    under_load = tuple(waits)
    while answered < served:
        two(min(FIRST, served - answered))
    return summarise(taken["in_process"], taken["one_worker"], taken["two_workers"], under_load, memory)


def summarise(
    in_process: Sequence[Parts],
    one_worker: Sequence[Parts],
    two_workers: Sequence[Parts],
    waits: Sequence[float],
    memory: Sequence[Resident],
) -> ServingSpeed:
    """What the rounds say. They have the seconds of one verification by the wall and, but for the service of
    one worker, by the processor; `waits` are those until an answer came; `memory` was looked at after each
    window.
    """
    alone = _only(_WALL, in_process)
    return ServingSpeed(
        rounds=len(two_workers),
        connections=CONNECTIONS,
        in_process_a_second=_a_second(alone),
        one_worker_a_second=_a_second(one_worker),
        two_workers_a_second=_a_second(_only(_WALL, two_workers)),
        one_worker_ratio=paired_ratio(alone, one_worker),
        two_workers_ratio=paired_ratio(alone, _only(_WALL, two_workers)),
        cpu_ratio=paired_ratio(_only(_CPU, two_workers), _only(_CPU, in_process)),
        cpu_share=paired_ratio(_only(_CPU, in_process), alone),
        answers=Answers(len(waits), median(waits) * 1000, percentile(waits, 99) * 1000),
        first=next((each for each in memory if each.served >= FIRST), memory[0]),
        last=memory[-1],
        peak_mb=max(each.mb for each in memory),
    )


def _only(part: str, rounds: Sequence[Parts]) -> list[Parts]:
    return [{part: parts[part]} for parts in rounds]


def _a_second(rounds: Sequence[Parts]) -> float:
    return 1 / median(map(total, rounds))


# The process that verifies without a service opens its models once; this is where they are between its tasks.
_opened: list[Callable[[], None]] = []


def _open_verifier(settings: Settings, profile: str, document: bytes, selfie: bytes) -> None:
    use_one_thread()
    verifier, signer = Verifier.open(settings, profile), passing_signer()
    verifier.load()

    def verify() -> None:
        now = datetime.now(UTC)
        case = verifier.verify(
            read_picture(document), read_picture(selfie), attested(purposes()[_PURPOSE], now)
        )
        serialise_receipt(receipt_for(case, signer, issued_at=now, identifier=str(uuid.uuid4())))

    _opened.append(verify)


def _verify_in_process(count: int) -> Took:
    """Do so many, after one that counts for nothing: a service is busy by then, too."""
    (verify,) = _opened
    verify()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        verify()
    return Took((time.perf_counter() - wall) / count, (time.process_time() - cpu) / count)
