"""No picture, accepted or refused, takes more than 300 MB above an idle process, helpers counted in."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bonafide.capture import MOST_BYTES
from bonafide.capture.heif_boxes import read_meta
from bonafide.capture.heif_writer import StillItem, write_still

_HEIC = Path(__file__).parents[2] / "unit" / "capture" / "drawn.heic"
_MOST_MB = 300

# The high-water mark of the process itself; getrusage would count the parent's memory from before exec.
_MEASURE = """
import resource
import sys
from pathlib import Path
from bonafide.capture import read_picture
from bonafide.errors import UnreadablePicture

def most():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024

idle = most()
try:
    outcome = read_picture(Path(sys.argv[1])).decode().shape
except UnreadablePicture:
    outcome = "refused"
helpers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(most() - idle + helpers, outcome, sep=";")
"""

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs Linux to tell a process's own peak memory"
)


def _noise(width: int, height: int) -> Image.Image:
    small = np.random.default_rng(1).integers(0, 256, (height // 100, width // 100, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BILINEAR)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 7
    return exif.tobytes()


def _progressive_jpeg() -> bytes:
    return _saved(_noise(5000, 5000), "JPEG", progressive=True, subsampling="4:4:4", exif=_turned())


def _cmyk_jpeg() -> bytes:
    return _saved(_noise(5000, 5000).convert("CMYK"), "JPEG", subsampling="4:4:4", exif=_turned())


def _progressive_cmyk_jpeg() -> bytes:
    return _saved(_noise(4000, 4000).convert("CMYK"), "JPEG", progressive=True, exif=_turned())


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, height: int, colour: int, rows: Iterable[bytes], extra: bytes = b"") -> bytes:
    deflater = zlib.compressobj(1)
    deflated = b"".join(deflater.compress(b"\0" + row) for row in rows) + deflater.flush()
    ihdr = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    chunks = _chunk(b"IHDR", ihdr) + extra + _chunk(b"IDAT", deflated) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _deep_png() -> bytes:
    return _png(5000, 5000, 6, (bytes((row % 256,)) * 40_000 for row in range(5000)))


def _black_deep_png() -> bytes:
    return _png(5000, 5000, 6, (bytes(40_000) for _ in range(5000)))


def _png_that_says_too_much() -> bytes:
    return _png(30_000, 30_000, 6, (bytes(240_000) for _ in range(3000)))


def _png_that_says_more_than_it_has() -> bytes:
    return _png(5000, 5000, 6, [bytes(40_000)])


def _zeros(megabytes: int) -> bytes:
    """So many, deflated: one megabyte's share over and over, which is quicker than to deflate them all."""
    deflater = zlib.compressobj(9, wbits=-15)
    one = deflater.compress(bytes(1 << 20)) + deflater.flush(zlib.Z_FULL_FLUSH)
    size = megabytes << 20
    # The sum of so many zeros (RFC 1950, 8.2).
    return b"\x78\xda" + one * megabytes + deflater.flush() + struct.pack(">HH", size % 65521, 1)


def test_deflated_zeros_are_zeros() -> None:
    assert zlib.decompress(_zeros(3)) == bytes(3 << 20)


def _png_with_text() -> bytes:
    """Three megabytes of text that would be three gigabytes."""
    text = b"Comment\0\0" + _zeros(400)
    return _png(2, 2, 2, [bytes(12)] * 2, extra=_chunk(b"zTXt", text) * 7)


def _png_with_profile() -> bytes:
    profile = b"P3\0\0" + _zeros(500)
    return _png(2, 2, 2, [bytes(12)] * 2, extra=_chunk(b"iCCP", profile))


def _webp() -> bytes:
    image = _noise(5000, 5000).convert("RGBA")
    image.putalpha(image.getchannel("R"))
    return _saved(image, "WEBP", quality=20, method=0, exif=_turned())


def _lossless_webp() -> bytes:
    image = Image.new("RGBA", (5000, 5000), (90, 80, 70, 60))
    return _saved(image, "WEBP", lossless=True, quality=0, method=0, exif=_turned())


def _animated_webp() -> bytes:
    frames = [Image.new("RGBA", (5000, 5000), (shade, 80, 70, 60)) for shade in (90, 100)]
    return _saved(
        frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, quality=0, method=0
    )


def _coded_heic() -> StillItem:
    meta = read_meta(_HEIC.read_bytes())
    item = meta.item(meta.primary)
    properties = tuple(kept for kept in item.properties if kept[0] in (b"hvcC", b"ispe"))
    return StillItem(item.kind, properties, meta.content(item))


def _grid_heic(rows: int, columns: int, width: int, height: int) -> bytes:
    size = width.to_bytes(4) + height.to_bytes(4)
    properties = ((b"ispe", bytes(4) + size), (b"irot", b"\1"))
    picture = StillItem(b"grid", properties, bytes((0, 1, rows - 1, columns - 1)) + size)
    return write_still(picture, [_coded_heic()] * (rows * columns))


def _tiled_heic() -> bytes:
    return _grid_heic(13, 10, 5000, 4992)


def _heic_of_too_many_tiles() -> bytes:
    return _grid_heic(24, 24, 12_000, 9000)


def _heic_of_many_pictures() -> bytes:
    """One item of pictures without end: a decoder keeps them all before it hands out the first."""
    coded = _coded_heic()
    return write_still(StillItem(coded.kind, coded.properties, coded.content * (MOST_BYTES // 5000)))


def _noise_file() -> bytes:
    return np.random.default_rng(2).bytes(MOST_BYTES)


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (_progressive_jpeg, (5000, 5000, 3)),
        pytest.param(_cmyk_jpeg, (5000, 5000, 3), marks=pytest.mark.long),
        (_progressive_cmyk_jpeg, (4000, 4000, 3)),
        (_deep_png, (5000, 5000, 3)),
        (_black_deep_png, (5000, 5000, 3)),
        (_png_that_says_too_much, "refused"),
        (_png_that_says_more_than_it_has, "refused"),
        (_png_with_text, (2, 2, 3)),
        (_png_with_profile, (2, 2, 3)),
        pytest.param(_webp, (5000, 5000, 3), marks=pytest.mark.long),
        (_lossless_webp, (5000, 5000, 3)),
        pytest.param(_animated_webp, (5000, 5000, 3), marks=pytest.mark.long),
        (_tiled_heic, (5000, 4992, 3)),
        (_heic_of_too_many_tiles, "refused"),
        (_heic_of_many_pictures, (384, 512, 3)),
        (_noise_file, "refused"),
    ],
)
def test_peak_memory(tmp_path: Path, make: Callable[[], bytes], outcome: tuple[int, int, int] | str) -> None:
    data = make()
    assert len(data) <= MOST_BYTES
    path = tmp_path / "picture"
    path.write_bytes(data)
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    peak, shown = ran.stdout.strip().split(";")
    assert shown == str(outcome)
    assert int(peak) <= _MOST_MB
    assert ran.stderr == ""
