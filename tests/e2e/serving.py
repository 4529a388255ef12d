"""A real `bonafide serve`, as a stranger starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

import bonafide

# The tree that is tested, whatever is installed.
SOURCES = Path(bonafide.__file__).resolve().parents[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from bonafide.cli import main; main()", *arguments]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of this account's own."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(SOURCES),
        # prometheus_client leaves the files open that several processes count in.
        "PYTHONWARNINGS": "error,ignore::ResourceWarning",
        "BONAFIDE_HOME": str(home),
        **more,
    }


def ran(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        command(*arguments),
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@dataclass
class Served:
    """A service that runs in processes of its own."""

    url: str
    home: Path
    process: subprocess.Popen[str]
    log: Path

    @property
    def said(self) -> str:
        """What it printed."""
        return (self.home / "printed").read_text()

    @property
    def first_key(self) -> Mapping[str, str]:
        """The headers of the key that the first start printed."""
        (key,) = (line for line in self.said.splitlines() if line.startswith("bfk/"))
        return {"Authorization": f"Bearer {key}"}

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, timeout=120)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status."""
        self.process.send_signal(number)
        return self.process.wait(90)


def started(home: Path, **more: str) -> Served:
    """Begin one, without waiting for it."""
    port = free_port()
    log = home / "log"
    with log.open("a") as errors, (home / "printed").open("w") as printed:
        process = subprocess.Popen(
            command("serve"),
            env=environment(home, BONAFIDE_BIND=f"127.0.0.1:{port}", **more),
            stdout=printed,
            stderr=errors,
            text=True,
        )
    return Served(f"http://127.0.0.1:{port}", home, process, log)


def wait_ready(served: Served) -> None:
    """The socket is there before the models are; what is asked meanwhile waits."""
    transport = httpx2.HTTPTransport(retries=20)
    with httpx2.Client(base_url=served.url, timeout=120, transport=transport) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 200, served.log.read_text()


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Served]:
    """One that is ready, until the end of the block."""
    served = started(home, **more)
    try:
        wait_ready(served)
        yield served
    finally:
        if served.process.poll() is None:
            served.process.kill()
            served.process.wait()
