from __future__ import annotations

import pytest

from bonafide.models import InputContract, ModelEntry, PackageFile, Precision, Role
from bonafide.settings import Profile


@pytest.fixture
def entry() -> ModelEntry:
    """A recogniser that nobody published."""
    return ModelEntry(
        name="made-up",
        role=Role.RECOGNISER,
        profile=Profile.ACCURATE,
        precision=Precision.FP32,
        licence="MIT",
        commercial_use=True,
        remarks="",
        source=PackageFile("made-up", "1.0", "a" * 64, 10, "made_up/model.bin", "b" * 64, 5),
        recipe="as-is",
        recipe_version=1,
        built_sha256="c" * 64,
        input=InputContract(112, "rgb", 127.5, 1 / 127.5, "arcface-112", 16),
        calibration=None,
    )
