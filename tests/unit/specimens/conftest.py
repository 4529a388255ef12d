from __future__ import annotations

import pytest

from specimens.fonts import FOLDER, Face


@pytest.fixture(scope="session", autouse=True)
def _fonts() -> None:
    if not all((FOLDER / face.value).is_file() for face in Face):
        pytest.skip("needs the fonts: run `python demo/fetch_samples.py`")
