from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bonafide.errors import FetchFailed
from bonafide.models.files import exclusive, explained, write_atomically


def never() -> None:
    raise AssertionError("nobody else is there")


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder that this process cannot write to, even where the tests run as root."""
    with tempfile.TemporaryDirectory() as parent:
        os.chmod(parent, 0o755)  # noqa: S103 - so that only the folder in it refuses
        folder = Path(parent, "folder")
        folder.mkdir(mode=0o755)
        folder.chmod(0o555)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(user)


def test_a_file_is_replaced_whole_and_readable(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_that_cannot_be_written_to_is_named(read_only_folder: Path) -> None:
    with pytest.raises(FetchFailed, match=f"{read_only_folder} cannot be written to.*BONAFIDE_HOME"):
        write_atomically(read_only_folder / "file", b"")
    with pytest.raises(FetchFailed, match="cannot be written to"), exclusive(read_only_folder / "sub", never):
        pass


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchFailed, match="cannot be used"), exclusive(tmp_path / "file", never):
        pass


def test_a_full_disk_is_called_that(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full to write to")
    with (
        pytest.raises(FetchFailed, match=r"is full.*Free about"),
        explained(tmp_path),
        full.open("wb", buffering=0) as file,
    ):
        file.write(b"x")


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "name").mkdir()
    with pytest.raises(FetchFailed):
        write_atomically(tmp_path / "name", b"cannot replace a folder")
    assert os.listdir(tmp_path) == ["name"]


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".model.onnx.abc.partial").write_bytes(b"half")
    (tmp_path / "model.onnx").write_bytes(b"whole")
    with exclusive(tmp_path, never):
        assert sorted(os.listdir(tmp_path)) == [".lock", "model.onnx"]


def test_a_second_writer_waits_and_says_so(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from bonafide.models.files import exclusive
with exclusive(Path(sys.argv[1]), lambda: print("waiting", flush=True)):
    print("in", flush=True)
"""
    with exclusive(tmp_path, never):
        other = subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "waiting\n"
        assert other.poll() is None
    rest, _ = other.communicate(timeout=30)
    assert rest == "in\n"
