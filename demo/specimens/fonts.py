"""The Chinese fonts of the specimens, as `demo/fetch_samples.py` brings them. They are never committed."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "samples"


class Face(StrEnum):
    """A typeface: Hei (sans), for fields, and Song (serif), for titles and clumsy forgeries."""

    HEI = "NotoSansSC-Regular.otf"
    SONG = "NotoSerifSC-Regular.otf"


@lru_cache(maxsize=128)
def font(face: Face, size: float) -> ImageFont.FreeTypeFont:
    """A face at an em of `size` pixels. Raises `FileNotFoundError` if the fonts were not fetched."""
    path = FOLDER / face.value
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is not here: run `python demo/fetch_samples.py`")
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
