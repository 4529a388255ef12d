"""The command line as a stranger has it: a process of its own, no configuration, no network."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_COMMAND = Path(sys.executable).with_name("bonafide")

Run = Callable[..., subprocess.CompletedProcess[bytes]]

# Python runs this before anything of ours; whatever then reaches for a network dies of it.
_NO_NETWORK = """
import socket
def refuse(*arguments, **options):
    raise AssertionError("the network was reached for")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
"""


@pytest.fixture
def run(models_home: Path, tmp_path: Path) -> Run:
    """Run `bonafide` with the shipped models; `home` names another data folder, `environment` adds to it."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(_NO_NETWORK)
    # Weights as they are, keys and calibrations of this test's own.
    own = tmp_path / "home"
    own.mkdir()
    (own / "models").symlink_to(models_home / "models", target_is_directory=True)

    def call(
        *arguments: object,
        stdin: bytes = b"",
        home: Path = own,
        environment: dict[str, str] | None = None,
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [_COMMAND, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=timeout,
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "PYTHONPATH": str(blocked),
                "PYTHONWARNINGS": "error",
                "BONAFIDE_HOME": str(home),
                **(environment or {}),
            },
        )

    return call


@pytest.fixture(scope="session")
def specimen(sample_pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's drawn document, with the sample customer's portrait."""
    import cv2
    import numpy as np

    from specimen import SAMPLE_HEAD, draw_specimen

    portrait = np.asarray(cv2.imread(str(sample_pictures / "obama.jpg"), cv2.IMREAD_COLOR_RGB), np.uint8)
    path = tmp_path_factory.mktemp("specimen") / "specimen.jpg"
    path.write_bytes(draw_specimen(portrait[SAMPLE_HEAD]))
    return path
