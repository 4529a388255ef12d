"""`bonafide compare` from nothing: start to exit, CPU time and peak memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bonafide.cli.answer import EXIT_STATUS
from bonafide.errors import SetupBroken
from bonafide.evaluation.bench.case import CaseFiles
from bonafide.evaluation.bench.results import ColdStart
from bonafide.settings import Settings

_LAUNCHER: Final = (sys.executable, "-m", "bonafide.evaluation.bench.launcher")
# What the installed script does.
BONAFIDE: Final = (sys.executable, "-c", "from bonafide.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Start:
    """What one process took; `status` is its exit status."""

    status: int
    wall_s: float
    cpu_s: float
    rss_bytes: int


def measure_cold_start(files: CaseFiles, settings: Settings, profile: str, starts: int) -> ColdStart:
    """Start as many processes, after one that fills the page cache. Raises `SetupBroken` if one fails."""
    with TemporaryDirectory(prefix="bonafide-bench-") as folder:
        home = Path(folder)
        link_models(settings.data_dir, home)
        command = (
            *BONAFIDE,
            *("compare", str(files.document), str(files.selfie), "--profile", profile),
        )
        _start(command, home)
        return summarise([_start(command, home) for _ in range(starts)])


def summarise(starts: Sequence[Start]) -> ColdStart:
    """The best and the median of the starts. Raises `SetupBroken` if one of them gave no answer."""
    if any(start.status not in EXIT_STATUS.values() for start in starts):
        raise SetupBroken(
            "`bonafide compare` gave no answer in a process of its own", "Run it yourself to see why"
        )
    walls = [start.wall_s for start in starts]
    return ColdStart(
        starts=len(starts),
        best_s=min(walls),
        median_s=statistics.median(walls),
        cpu_s=min(start.cpu_s for start in starts),
        rss_mb=max(start.rss_bytes for start in starts) / 1e6,
    )


def link_models(data_dir: Path, home: Path) -> None:
    """A home of this run's own with the installation's models: nothing is left behind."""
    for name in ("models", "calibrations"):
        if (data_dir / name).is_dir():
            (home / name).symlink_to(data_dir / name, target_is_directory=True)


def _start(command: Sequence[str], home: Path) -> Start:
    ran = subprocess.run(  # noqa: S603 - this very program
        [*_LAUNCHER, *command],
        env={**os.environ, "BONAFIDE_HOME": str(home)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return Start(**json.loads(ran.stdout))
