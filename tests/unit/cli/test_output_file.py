"""Files that a command writes: whole, or a line that says why not, before the work if it can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bonafide.cli.output_file import require_place, write_whole
from bonafide.errors import UsageError


def test_a_file_is_written_in_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "made.json"
    path.write_text("before")
    require_place(path, "The page")
    write_whole(path, b"after", "The page")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_where_no_folder_is_nothing_can_be_written_and_that_is_told_before(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "made.json"
    refused = pytest.raises(UsageError, match=r"^The page cannot be written there \(No such file")
    with refused:
        require_place(path, "The page")
    with refused:
        write_whole(path, b"", "The page")


def test_a_folder_that_is_not_ours_to_write_to_is_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # the tests may run as root, who may write anywhere
    with pytest.raises(UsageError, match="Permission denied"):
        require_place(tmp_path / "made.json", "The page")
