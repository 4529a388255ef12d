"""A folder of chip files, named as apps and readers name them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.document.chip.workshop import write

from bonafide.document.chip import read_chip_files
from bonafide.errors import UnreadableData


@pytest.mark.parametrize(
    ("first", "second", "security"),
    [
        ("DG1.bin", "DG2.bin", "SOD.bin"),
        ("EF.DG1", "EF.DG2", "EF.SOD"),
        ("EF_DG1.bin", "EF_DG2.bin", "EF_SOD.bin"),
        ("DG01.bin", "DG02.bin", "sod.BIN"),
        ("DG1", "DG2", "SOD"),
        ("ef.dg1", "ef-dg2.dat", "Ef.Sod"),
        ("EF_DG01", "EF_DG02.der", "EF.SOD.bin"),
        ("EFDG1.bin", "DG_2.bin", "EFSOD.bin"),
    ],
)
def test_usual_names(tmp_path: Path, first: str, second: str, security: str) -> None:
    files = read_chip_files(write(tmp_path, {first: b"1", second: b"2", security: b"s", "EF.COM": b"c"}))
    assert (files.sod, dict(files.data_groups)) == (b"s", {1: b"1", 2: b"2"})


def test_every_data_group_in_order(tmp_path: Path) -> None:
    write(tmp_path, {f"DG{number}.bin": bytes((number,)) for number in range(16, 0, -1)})
    assert list(read_chip_files(tmp_path).data_groups.items()) == [(n, bytes((n,))) for n in range(1, 17)]


def test_other_files_are_ignored(tmp_path: Path) -> None:
    others = ("csca.der", "dsc.der", "DG0.bin", "DG17.bin", "DG1.bin~", "DG1.txt", "photo.jpg", "xDG1.bin")
    write(tmp_path, dict.fromkeys(others, b"x"))
    (tmp_path / "DG2.bin").mkdir()
    with pytest.raises(UnreadableData):
        read_chip_files(tmp_path)
    (tmp_path / "DG1.bin").write_bytes(b"1")
    assert dict(read_chip_files(tmp_path).data_groups) == {1: b"1"}


def test_what_is_missing_is_an_outcome(tmp_path: Path) -> None:
    files = read_chip_files(write(tmp_path, {"EF.COM": b""}))
    assert (files.sod, dict(files.data_groups)) == (None, {})


def test_two_files_for_one(tmp_path: Path) -> None:
    with pytest.raises(UnreadableData, match="two files for DG1"):
        read_chip_files(write(tmp_path, {"DG1.bin": b"", "EF.DG1": b""}))


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    write(tmp_path, {"SOD.bin": bytes(1_000_000), "DG1.bin": b""})
    read_chip_files(tmp_path)
    write(tmp_path, {"SOD.bin": bytes(1_000_001)})
    with pytest.raises(UnreadableData, match="SOD is larger than 1 MB"):
        read_chip_files(tmp_path)


@pytest.mark.parametrize("name", ["missing", "a file", "nul\0"])
def test_no_such_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "a file").write_bytes(b"")
    with pytest.raises(UnreadableData) as refused:
        read_chip_files(tmp_path / name)
    assert str(tmp_path) not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_files_cannot_be_changed_afterwards(tmp_path: Path) -> None:
    files = read_chip_files(write(tmp_path, {"DG1.bin": b"1"}))
    with pytest.raises(TypeError):
        files.data_groups[2] = b"2"  # type: ignore[index]
