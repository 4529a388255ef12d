"""Nothing that runs leaves anything behind in the user's home: no telemetry, no cache."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import Run


def test_the_home_stays_as_it_was(run: Run, sample_pictures: Path, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "home")}
    told = run("compare", sample_pictures / "obama.jpg", sample_pictures / "obama2.jpg")
    assert told.returncode == 0
    # onnxruntime would write a device number and a queue of events to .cache/Microsoft.
    after = {path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "home")}
    assert {path for path in after - before if "__pycache__" not in path.parts} == set()
