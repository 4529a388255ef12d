"""Reading pictures of every format from every source, whatever they are called."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.capture import MOST_BYTES, PictureFormat, Reduction, read_picture
from bonafide.errors import UnreadablePicture

Save = Callable[..., bytes]
Refused = Callable[..., UnreadablePicture]
Pixels = NDArray[np.uint8]

_FORMATS = tuple(PictureFormat)
_REDUCTIONS: tuple[Reduction, ...] = (1, 2, 4, 8)


@contextmanager
def _ordinary_user() -> Iterator[None]:
    """The superuser may read every file, so a test that runs as one steps down meanwhile."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.fixture
def files(drawn: Pixels, save: Save, heic: bytes) -> dict[PictureFormat, bytes]:
    return {
        PictureFormat.JPEG: save(drawn, "JPEG", quality=95),
        PictureFormat.PNG: save(drawn, "PNG"),
        PictureFormat.WEBP: save(drawn, "WEBP", quality=95),
        PictureFormat.HEIC: heic,
    }


@pytest.mark.parametrize("picture_format", _FORMATS)
def test_a_picture_is_what_its_content_says(
    files: dict[PictureFormat, bytes], picture_format: PictureFormat, tmp_path: Path
) -> None:
    path = tmp_path / "photo.tiff"
    path.write_bytes(files[picture_format])
    for source in (path, files[picture_format], io.BytesIO(files[picture_format])):
        picture = read_picture(source)
        assert picture.format is picture_format
        assert picture.orientation == 1
        assert (picture.width, picture.height) == ((512, 384) if picture_format == "heic" else (96, 64))


@pytest.mark.parametrize("picture_format", _FORMATS)
@pytest.mark.parametrize("reduction", _REDUCTIONS)
def test_pixels_have_the_promised_shape(
    files: dict[PictureFormat, bytes], picture_format: PictureFormat, reduction: Reduction
) -> None:
    picture = read_picture(files[picture_format])
    pixels = picture.decode(reduction)
    assert pixels.shape == (-(-picture.height // reduction), -(-picture.width // reduction), 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (17, 9), (9, 17), (65, 63)])
@pytest.mark.parametrize("reduction", _REDUCTIONS)
def test_odd_sizes_are_rounded_up(save: Save, kind: str, size: tuple[int, int], reduction: Reduction) -> None:
    width, height = size
    pixels = read_picture(save(np.full((height, width, 3), 128, np.uint8), kind)).decode(reduction)
    assert pixels.shape == (-(-height // reduction), -(-width // reduction), 3)
    assert np.abs(pixels.astype(int) - 128).max() <= 2


@pytest.mark.parametrize("picture_format", _FORMATS)
def test_colours_come_in_the_order_red_green_blue(
    files: dict[PictureFormat, bytes], picture_format: PictureFormat
) -> None:
    red, green, blue = read_picture(files[picture_format]).decode()[4, 4].astype(int)
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("picture_format", _FORMATS)
def test_a_reduced_picture_looks_like_the_whole(
    files: dict[PictureFormat, bytes], picture_format: PictureFormat
) -> None:
    picture = read_picture(files[picture_format])
    whole = picture.decode().reshape(picture.height // 4, 4, picture.width // 4, 4, 3).mean(axis=(1, 3))
    assert np.abs(picture.decode(4) - whole).mean() < 3


# Where the reddish corner, stored at the top left, belongs (CIPA DC-008 section 4.6.5).
_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).transpose(1, 0, 2),
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_orientation_is_undone(
    drawn: Pixels, save: Save, exif: Callable[[int], bytes], kind: str, orientation: int
) -> None:
    picture = read_picture(save(drawn, kind, exif=exif(orientation), quality=95))
    expected = _UPRIGHT[orientation](drawn)
    assert picture.orientation == orientation
    assert (picture.height, picture.width) == expected.shape[:2]
    pixels = picture.decode()
    assert pixels.flags.c_contiguous
    assert np.abs(pixels.astype(int) - expected).mean() < 4
    assert picture.decode(4).shape == (-(-picture.height // 4), -(-picture.width // 4), 3)


def test_a_picture_keeps_its_bytes_to_itself(files: dict[PictureFormat, bytes]) -> None:
    assert "data" not in repr(read_picture(files[PictureFormat.PNG]))


def test_missing_file(refused: Refused, tmp_path: Path) -> None:
    assert "no such" in str(refused(read_picture, tmp_path / "nobody-knows.jpg"))


def test_folder(refused: Refused, tmp_path: Path) -> None:
    assert "folder" in str(refused(read_picture, tmp_path))


def test_named_pipe_is_not_waited_for(refused: Refused, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "pipe or device" in str(refused(read_picture, tmp_path / "pipe"))


def test_device_is_not_read(refused: Refused) -> None:
    assert "pipe or device" in str(refused(read_picture, Path("/dev/zero")))


def test_forbidden_file(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "secret.jpg"
    path.touch(mode=0o000)
    with _ordinary_user():
        assert "may not be read" in str(refused(read_picture, path))


def test_name_with_a_null_character(refused: Refused) -> None:
    refused(read_picture, Path("photo\0.jpg"))


def test_name_too_long(refused: Refused, tmp_path: Path) -> None:
    refused(read_picture, tmp_path / ("x" * 5000))


def test_symbolic_link_is_followed(files: dict[PictureFormat, bytes], tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(files[PictureFormat.PNG])
    (tmp_path / "link").symlink_to(tmp_path / "photo")
    assert read_picture(tmp_path / "link").format is PictureFormat.PNG


def test_empty_file(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    for source in (b"", io.BytesIO(), tmp_path / "empty.jpg"):
        assert "empty" in str(refused(read_picture, source))


def test_a_file_over_8_mb_is_refused_by_its_size(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a sparse terabyte: reading it would not end
    assert "8 MB" in str(refused(read_picture, path))


def test_a_stream_is_not_read_further_than_the_limit(refused: Refused) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            piece = bytes(min(size, 1 << 16))
            self.given += len(piece)
            return piece

    stream = Endless()
    assert "8 MB" in str(refused(read_picture, stream))
    assert stream.given == MOST_BYTES + 1


def test_a_picture_of_exactly_8_mb_is_read(files: dict[PictureFormat, bytes]) -> None:
    jpeg = files[PictureFormat.JPEG]
    padded = jpeg + bytes(MOST_BYTES - len(jpeg))
    assert read_picture(padded).decode().shape == (64, 96, 3)


def test_only_what_is_needed_is_imported() -> None:
    code = "import sys, bonafide.capture; print('PIL' in sys.modules, 'pi_heif' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False False\n"
