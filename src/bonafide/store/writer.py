"""Group commit: what waits for the disk waits for it together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from bonafide.errors import StoreUnusable, UsageError
from bonafide.store.database import Database
from bonafide.store.faults import DATABASE_ERRORS, explained, is_passing, undone
from bonafide.store.transaction import Transaction

T = TypeVar("T")

# More would keep the first of them waiting for long.
_MOST_TOGETHER: Final = 256
# How often a unit is done at all that collides with those of other programs.
_MOST_TIMES: Final = 4
# Before the first time again, and so much longer before each other, so that whom it collided with takes what
# it waited for, rather than find it taken again.
_PAUSE_SECONDS: Final = 0.02


class _Unit:
    """Work that a caller waits for."""

    __slots__ = ("again", "done", "error", "operator", "result", "work")

    def __init__(self, operator: str, work: Callable[[Transaction], Any]) -> None:
        self.operator = operator
        self.work = work
        self.done = threading.Lock()
        self.done.acquire()
        self.result: Any = None
        self.error: BaseException | None = None
        self.again = False

    def attempt(self, transaction: Transaction) -> None:
        """Do the work, and forget what came of it before. Raises what it raises."""
        self.error = None
        self.again = False
        self.result = self.work(transaction)

    def fail(self, error: BaseException, told: BaseException) -> None:
        """Note why it was undone, and what its caller is told unless it goes through another time."""
        self.error = told
        self.again = is_passing(error)


class Writer:
    """The one thread that writes. What comes while it commits goes into its next commit, all at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: SimpleQueue[_Unit | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None

    def write(self, operator: str, work: Callable[[Transaction], T]) -> T:
        """See `Store.write`."""
        unit = _Unit(operator, work)
        with self._lock:
            if self._closed:
                raise StoreUnusable("The store has been closed", "Open it again")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="bonafide-writer", daemon=True)
                self._thread.start()
            elif threading.current_thread() is self._thread:
                raise UsageError(
                    "A unit of work tried to begin another, which would wait for its own end",
                    "Do in one unit what belongs together, and begin the other after it",
                )
            self._waiting.put(unit)
        unit.done.acquire()
        if unit.error is not None:
            try:
                raise unit.error
            finally:
                del unit  # it would hold its own traceback
        result: T = unit.result
        return result

    def close(self) -> None:
        """Finish what waits, then end."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
            thread = self._thread
        if thread is not None:
            thread.join()

    def _serve(self) -> None:
        ended = False
        while not ended:
            units: list[_Unit] = []
            unit = self._waiting.get()
            while unit is not None:
                units.append(unit)
                if len(units) == _MOST_TOGETHER:
                    break
                try:
                    unit = self._waiting.get_nowait()
                except Empty:
                    break
            ended = unit is None
            if units:
                self._commit(units)

    def _commit(self, units: list[_Unit]) -> None:
        # Operator by operator, so that two programs take the locks of two operators in the same order.
        units.sort(key=lambda unit: unit.operator)
        self._attempt(units)
        collided = [unit for unit in units if unit.again]
        for unit in units:
            if not unit.again:
                unit.done.release()
        for unit in collided:
            # Alone, so that it holds nothing for others of its commit.
            for time_again in range(1, _MOST_TIMES):
                if unit.again:
                    time.sleep(_PAUSE_SECONDS * time_again)
                    self._attempt([unit])
            unit.done.release()

    def _attempt(self, units: list[_Unit]) -> None:
        try:
            with self._database.writing() as connection:
                if len(units) == 1:
                    self._database.speak_for(connection, units[0].operator)
                    units[0].attempt(Transaction(units[0].operator, connection))
                else:
                    self._together(connection, units)
        except BaseException as error:
            for unit in units:
                if unit.error is None:
                    unit.fail(error, _to_tell(error, alone=len(units) == 1))

    def _together(self, connection: Connection, units: list[_Unit]) -> None:
        speaker = None
        cursor = connection.connection.cursor()
        for unit in units:
            if unit.operator != speaker:
                self._database.speak_for(connection, unit.operator)
                speaker = unit.operator
            cursor.execute("SAVEPOINT unit")
            try:
                unit.attempt(Transaction(unit.operator, connection))
                cursor.execute("RELEASE SAVEPOINT unit")
            except BaseException as error:
                unit.fail(error, explained(error))
                try:
                    cursor.execute("ROLLBACK TO SAVEPOINT unit")
                    cursor.execute("RELEASE SAVEPOINT unit")
                except DATABASE_ERRORS:
                    # The whole transaction is gone with it: nobody is told yes.
                    raise error from None


def _to_tell(error: BaseException, *, alone: bool) -> BaseException:
    told = explained(error)
    if alone or isinstance(told, StoreUnusable):
        return told
    return undone()
