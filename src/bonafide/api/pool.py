"""Threads for what takes long: a bounded number, and a bounded number of requests that wait for them."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from bonafide.api.codes import Code
from bonafide.api.problem import Refusal

T = TypeVar("T")


class Places:
    """A bounded number of places. Who comes when all are taken is told to come again.

    To be used from one event loop.
    """

    def __init__(self, most: int) -> None:
        self._free = most

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take one until the end of the block. Raises `Refusal` when none is free."""
        if self._free == 0:
            raise Refusal(Code.BUSY)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


class Pool:
    """Does blocking work of coroutines, `threads` at a time. `waiting` more may wait; who comes then is told
    to come again, for a queue that grows only answers too late.

    `forms` bounds how many requests may hold pictures in memory, those included whose pictures still come in.
    To be used from one event loop.
    """

    def __init__(self, threads: int, waiting: int, forms: int) -> None:
        self._forms = Places(forms)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="bonafide-work")
        self._room = threads + waiting

    async def run(self, work: Callable[[], T]) -> T:
        """Do some work and give what came of it. Raises what it raises, `Refusal` when there is no room."""
        if self._room == 0:
            raise Refusal(Code.BUSY)
        self._room -= 1
        # What the request is known by goes along: its traces.
        context = contextvars.copy_context()
        done = asyncio.get_running_loop().run_in_executor(self._threads, lambda: context.run(work))
        # Who asked may go away; the work goes on, and has its place until it ends.
        done.add_done_callback(self._left)
        return await asyncio.shield(done)

    def holding(self) -> AbstractContextManager[None]:
        """Hold the pictures of a request until the end of the block. Raises `Refusal` when too many do."""
        return self._forms.taken()

    def close(self) -> None:
        """Finish what was begun."""
        self._threads.shutdown(wait=True)

    def _left(self, done: asyncio.Future[T]) -> None:
        self._room += 1
        if not done.cancelled():
            done.exception()  # seen, though nobody may have waited for it
