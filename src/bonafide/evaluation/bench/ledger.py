"""Who spent the time: a stage is charged what it spent itself, not what a stage within it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


class Ledger:
    """Exclusive times of named stages, in milliseconds; `clock` counts seconds from anywhere."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._spent: dict[str, float] = {}
        # What stages within the running ones took, innermost last.
        self._within = [0.0]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Charge what is done meanwhile to a stage; one that comes twice is added up."""
        start = self._clock()
        self._within.append(0.0)
        try:
            yield
        finally:
            took = self._clock() - start
            own = took - self._within.pop()
            self._within[-1] += took
            self._spent[name] = self._spent.get(name, 0.0) + own * 1000

    def read(self) -> Mapping[str, float]:
        """The stages in the order in which they first ended."""
        return dict(self._spent)
