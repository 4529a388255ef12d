"""Places for live sessions, and threads that measure their frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

from bonafide.api.codes import Code
from bonafide.api.problem import Refusal

T = TypeVar("T")

# Sessions that one thread carries at a time: each takes less than a tenth of a core (docs/performance.md).
SESSIONS_A_THREAD: Final = 8


class LiveRoom:
    """Has so many threads and places; to be used from one event loop."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="bonafide-live")
        self._places = threads * SESSIONS_A_THREAD

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place until the end of the block. Raises `Refusal` when there is none."""
        if self._places == 0:
            raise Refusal(Code.BUSY)
        self._places -= 1
        try:
            yield
        finally:
            self._places += 1

    async def run(self, work: Callable[[], T]) -> T:
        """Do some work in a thread and give what came of it. Whoever asked may go away; it is finished."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._threads, work))

    def close(self) -> None:
        """Finish what was begun."""
        self._threads.shutdown(wait=True)
