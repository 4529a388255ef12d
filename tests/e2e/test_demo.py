"""What a stranger sees first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.long
@pytest.mark.alone
def test_the_demonstration_comes_out_as_it_should(models_home: Path, sample_pictures: Path) -> None:
    del models_home, sample_pictures
    done = subprocess.run(
        [sys.executable, "demo/main.py"],
        cwd=_REPOSITORY,
        capture_output=True,
        check=False,
        timeout=600,
        # What an installation here is set to is not the demonstration's: that database is not there.
        env={
            **os.environ,
            "NO_COLOR": "1",
            "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/installation",
            "BONAFIDE_PRODUCTION": "yes",
        },
    )
    shown = done.stdout.decode()
    assert done.returncode == 0, shown + done.stderr.decode()
    for expected in (
        "\nACCEPT\n",
        "\nREJECT\n",
        "\nREFER TO A PERSON\n",
        "\nVALID: ",
        "The claim 'outcome' is not",
        "\nAUTHENTIC: ",
        "\nNOT AUTHENTIC\n",
    ):
        assert expected in shown
