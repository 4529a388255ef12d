"""Whether two workers do twice the work of one."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import get_context

from bonafide.evaluation.bench.case import CaseFiles, Models, check_faces, passing_signer
from bonafide.evaluation.bench.results import Scaling
from bonafide.evaluation.bench.targets import LEAST_TWO_WORKER_SCALING
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings

# A window is long enough for starting it to cost nothing, short enough to fit between other people's work.
_VERIFICATIONS = 5


def measure_scaling(
    files: CaseFiles, models: Models, settings: Settings, profile: str, windows: int
) -> Scaling:
    """Threads on one shared verifier; processes as well if threads fall short of the target."""
    batch = _batch(files, models)
    with ThreadPoolExecutor(2) as pool:
        threads = two_worker_scaling(pool, batch, windows)
    if threads >= LEAST_TWO_WORKER_SCALING:
        return Scaling(threads, None)
    with ProcessPoolExecutor(2, get_context("spawn"), _open_worker, (files, settings, profile)) as pool:
        return Scaling(threads, two_worker_scaling(pool, _batch_in_worker, windows))


def two_worker_scaling(
    pool: Executor,
    batch: Callable[[], None],
    windows: int,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Throughput of two batches at once over that of one, the best windows of each.

    `pool` has two workers. One and two take turns, after two windows that warm both up.
    """

    def window(batches: int) -> float:
        start = clock()
        finished, _ = wait([pool.submit(batch) for _ in range(batches)])
        took = clock() - start
        for future in finished:
            future.result()
        return took

    for _ in range(2):
        window(2)
    times = [(window(1), window(2)) for _ in range(windows)]
    return 2 * min(one for one, _ in times) / min(two for _, two in times)


def _batch(files: CaseFiles, models: Models) -> Callable[[], None]:
    verifier, signer = Verifier(models.engine()), passing_signer()

    def batch() -> None:
        for _ in range(_VERIFICATIONS):
            check_faces(files, verifier, signer)

    return batch


# A worker process opens its models once; this is where they are between its tasks.
_opened: list[Callable[[], None]] = []


def _open_worker(files: CaseFiles, settings: Settings, profile: str) -> None:
    _opened.append(_batch(files, Models.open(settings, profile)))


def _batch_in_worker() -> None:
    _opened[0]()
