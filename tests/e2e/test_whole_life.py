"""The whole life of a line, by a program as an operator writes it, against a service of its own processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.serving import SOURCES, ran, serving

_REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(models_home: Path, tmp_path: Path) -> Path:
    """A data folder with the weights and nothing else."""
    own = tmp_path / "home"
    own.mkdir()
    (own / "models").symlink_to(models_home / "models", target_is_directory=True)
    return own


def lives(url: str, key: str, pictures: Path, made: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, _REPOSITORY / "demo" / "whole_life.py", url, "--pictures", pictures, "--made", made],
        env={
            "PATH": os.environ["PATH"],
            "KEY": key,
            "PYTHONPATH": os.pathsep.join(map(str, (SOURCES, _REPOSITORY / "demo"))),
            "PYTHONWARNINGS": "error",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.mark.long
@pytest.mark.alone
@pytest.mark.parametrize(
    ("database", "workers"), [("sqlite", "2"), ("postgresql", "2")], indirect=["database"]
)
def test_the_whole_life_of_a_line(
    home: Path, database: str, workers: str, sample_pictures: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if not (sample_pictures / "NotoSansSC-Regular.otf").is_file():
        pytest.skip("needs the fonts: run `python demo/fetch_samples.py`")
    if database.startswith("postgresql"):
        made = ran(home, "store", "upgrade", BONAFIDE_DATABASE=database)
        assert made.returncode == 0, made.stderr
    with serving(home, BONAFIDE_DATABASE=database, BONAFIDE_WORKERS=workers) as served:
        done = lives(
            served.url, key_of(home, database), sample_pictures, tmp_path_factory.getbasetemp() / "cards"
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{served.log.read_text()}"
        assert served.stop() == 0
    for told in (
        "the sixth line is refused",
        "it is upheld",
        "accepted, by a person alone",
        "it stands in the other's name",
        "Nothing is left",
    ):
        assert told in done.stdout
    # What it was about is in no log.
    log = served.log.read_text()
    assert "+999" not in log
    assert "bfk/" not in log
    assert "bfl/" not in log


def key_of(home: Path, database: str) -> str:
    """A key with every scope."""
    scopes = ("sign-ups", "attend", "lines", "customers", "reviews", "webhooks")
    made = ran(
        home,
        "api-key",
        "make",
        "till-7",
        *(part for scope in scopes for part in ("--scope", scope)),
        BONAFIDE_DATABASE=database,
    )
    assert made.returncode == 0, made.stderr
    (key,) = (word for word in made.stdout.split() if word.startswith("bfk/"))
    return key
