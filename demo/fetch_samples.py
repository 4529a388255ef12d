"""Fetch the sample pictures and fonts of the demonstration into `.cache/samples`.

    python demo/fetch_samples.py

May be interrupted and repeated. Files that are there and right are kept; if all are, no network is needed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bonafide.cli.pull_progress import pull_progress
from bonafide.errors import BonafideError
from bonafide.models.fetch import fetch_files
from bonafide.models.pip_settings import PipSettings
from bonafide.models.samples import parse_samples

_DEMO = Path(__file__).resolve().parent
CATALOGUE = _DEMO / "samples.toml"
SAMPLES = _DEMO.parent / ".cache" / "samples"


def main() -> None:
    """Fetch what is missing; exit as `bonafide` does, with one line saying what is wrong and what to do."""
    try:
        samples = parse_samples(CATALOGUE.read_text("utf-8"))
        with pull_progress() as progress:
            wanted = {sample.name: sample.source for sample in samples}
            fetch_files(wanted, SAMPLES, PipSettings.load(os.environ), progress)
    except BonafideError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
