"""The process that decodes a HEIC, whatever becomes of it."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from bonafide.capture.heif_process import decode_apart
from bonafide.errors import SetupBroken


def test_pixels_come_back(heic: bytes) -> None:
    pixels = decode_apart(heic, 512, 384)
    assert pixels.shape == (384, 512, 3)
    assert pixels.dtype == np.uint8


@pytest.mark.parametrize("data", [b"", b"a letter", bytes(3_000_000)])
def test_what_cannot_be_decoded(data: bytes) -> None:
    with pytest.raises(ValueError, match="refused"):
        decode_apart(data, 512, 384)


@pytest.mark.parametrize("size", [(512, 383), (384, 512), (1, 1)])
def test_another_size_than_expected(heic: bytes, size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="refused"):
        decode_apart(heic, *size)


@pytest.mark.parametrize("program", ["/nonexistent/python", "/usr/bin/false"])
def test_a_process_that_does_not_run(heic: bytes, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """A broken installation is not the picture's fault."""
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(SetupBroken) as caught:
        decode_apart(heic, 512, 384)
    assert caught.value.exit_status == 4
