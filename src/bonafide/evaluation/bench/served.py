"""A real service, as an operator starts it: `bonafide serve`, in processes of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bonafide.errors import SetupBroken
from bonafide.evaluation.bench.cold import BONAFIDE, link_models
from bonafide.settings import Settings

_SERVING: Final = re.compile(r"Serving at http://127\.0\.0\.1:(\d+);")
_KEY: Final = "bfk/"
# Its first start makes a store and keys; loading models comes after it listens.
_PATIENCE_S: Final = 120.0
# What the operator's own settings say must not reach a service that is only measured.
_OURS: Final = ("BONAFIDE_", "DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Usage:
    """What processes use together: bytes of resident memory, where what they share counts for each, and
    seconds of CPU time since they began.
    """

    resident: int
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Process:
    """One process of this machine."""

    identifier: int
    parent: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class Served:
    """A service that runs: the port it listens at, a key that may do everything, and its first process."""

    port: int
    key: str
    pid: int

    def usage(self) -> Usage:
        """What its processes use. Raises `SetupBroken` if it has ended."""
        return family(_processes(), self.pid)


@contextmanager
def serving(settings: Settings, profile: str, workers: int, *, logged: bool = False) -> Iterator[Served]:
    """Serve with so many workers, from an empty data folder that has the installation's models, until the end
    of the block. What it logs goes to standard error if it is to be `logged`, else nowhere. Raises
    `SetupBroken` if it does not begin to.
    """
    with TemporaryDirectory(prefix="bonafide-bench-") as folder:
        link_models(settings.data_dir, Path(folder))
        process = subprocess.Popen(  # noqa: S603 - this very program
            (*BONAFIDE, "serve"),
            env=_environment(Path(folder), profile, workers),
            stdout=subprocess.PIPE,
            stderr=None if logged else subprocess.DEVNULL,
            text=True,
        )
        with process:
            try:
                yield _begun(process)
            finally:
                process.terminate()


def family(processes: Iterable[Process], first: int) -> Usage:
    """What a process and all that descend from it use. Raises `SetupBroken` if it is not among them."""
    children: dict[int, list[int]] = {}
    usages = {}
    for process in processes:
        children.setdefault(process.parent, []).append(process.identifier)
        usages[process.identifier] = process.usage
    if first not in usages:
        raise SetupBroken(
            "The service that was measured has ended", "Run `bonafide serve` yourself to see why"
        )
    found, members = [], [first]
    while members:
        member = members.pop()
        found.append(usages[member])
        members += children.get(member, [])
    return Usage(sum(each.resident for each in found), sum(each.cpu_s for each in found))


def seconds(time: str) -> float:
    """Seconds of a time as `ps` writes it: `[hours:]minutes:seconds`."""
    found = 0.0
    for part in time.split(":"):
        found = found * 60 + float(part)
    return found


def _environment(home: Path, profile: str, workers: int) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
        "BONAFIDE_HOME": str(home),
        "BONAFIDE_PROFILE": profile,
        "BONAFIDE_BIND": "127.0.0.1:0",
        "BONAFIDE_WORKERS": str(workers),
    }


def _begun(process: subprocess.Popen[str]) -> Served:
    """Wait until it says where it serves."""
    impatient = threading.Timer(_PATIENCE_S, process.kill)
    impatient.start()
    key = None
    try:
        for line in process.stdout or ():
            if line.startswith(_KEY):
                key = line.strip()
            elif (found := _SERVING.match(line)) and key:
                return Served(int(found[1]), key, process.pid)
    finally:
        impatient.cancel()
    raise SetupBroken("`bonafide serve` did not begin to serve", "Run it yourself to see why")


def _processes() -> Iterator[Process]:
    if sys.platform == "linux":
        page, tick = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    # The name in brackets may hold anything; what follows is numbers.
                    fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                except OSError:
                    continue  # it ended meanwhile
                cpu = (int(fields[11]) + int(fields[12])) / tick
                yield Process(int(entry.name), int(fields[1]), Usage(int(fields[21]) * page, cpu))
    else:
        told = subprocess.run(
            ("/bin/ps", "-A", "-o", "pid=,ppid=,rss=,time="), stdout=subprocess.PIPE, text=True, check=True
        )
        for line in told.stdout.splitlines():
            process, parent, resident, cpu_time = line.split()
            yield Process(int(process), int(parent), Usage(int(resident) * 1024, seconds(cpu_time)))
