"""Wiping is in place, and a process can be kept from leaving its memory behind."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bonafide.vault import wipe

PROGRAM = "from bonafide.vault import without_core_dumps; without_core_dumps()\n"


def test_buffers_are_wiped_where_they_lie() -> None:
    whole = bytearray(b"a key, and what is not a key")
    floats = np.linspace(1, 2, 24).reshape(2, 3, 4)
    pixels = np.full((8, 8, 3), 255, np.uint8)
    alias = floats.view()
    wipe(memoryview(whole)[:5], floats, pixels[2:4, ::2])
    assert whole == b"\0\0\0\0\0, and what is not a key"
    assert alias.tobytes() == bytes(floats.nbytes)
    assert not pixels[2:4, ::2].any()
    assert pixels.sum() == 255 * (8 * 8 * 3 - 2 * 4 * 3)


def test_a_buffer_stays_as_long_as_it_was() -> None:
    buffer = bytearray(b"secret")
    with memoryview(buffer) as view:  # which keeps it from being moved
        wipe(buffer)
        assert view == bytes(6)
    empty = bytearray()
    wipe(empty)
    assert empty == b""


@pytest.mark.parametrize("buffer", [memoryview(b"fixed"), memoryview(bytearray(8))[::2]])
def test_what_cannot_be_wiped_is_not_passed_over(buffer: memoryview) -> None:
    with pytest.raises(TypeError):
        wipe(buffer)


def test_a_fixed_array_is_not_passed_over() -> None:
    array = np.ones(3)
    array.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        wipe(array)


def test_a_crash_leaves_no_core() -> None:
    program = PROGRAM + "import resource; print(*resource.getrlimit(resource.RLIMIT_CORE))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "0"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this flag")
def test_on_linux_the_process_is_not_dumpable() -> None:
    program = PROGRAM + "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_importing_does_nothing_of_the_kind(tmp_path: Path) -> None:
    program = "import bonafide.vault, resource; print(*resource.getrlimit(resource.RLIMIT_CORE))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == [str(limit) for limit in resource.getrlimit(resource.RLIMIT_CORE)]


def test_elsewhere_it_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(sys, "platform", "elsewhere")
    monkeypatch.setattr(resource, "setrlimit", refuse)
    from bonafide.vault import without_core_dumps

    without_core_dumps()
