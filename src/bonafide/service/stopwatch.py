"""Where the time of one case goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


class Stopwatch:
    """Times named stages and the whole, in milliseconds; `clock` counts seconds from anywhere."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = clock()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done meanwhile; a stage that comes twice is added up."""
        start = self._clock()
        try:
            yield
        finally:
            self._stages[name] = self._stages.get(name, 0.0) + (self._clock() - start) * 1000

    def read(self) -> Mapping[str, float]:
        """The stages in the order in which they ended, and `total` since the beginning."""
        return {**self._stages, "total": (self._clock() - self._start) * 1000}
