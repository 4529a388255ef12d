"""Bytes to pixels: what may come in, and the picture it holds."""

from bonafide.capture.header import PictureFormat
from bonafide.capture.limits import MOST_BYTES, MOST_PIXELS
from bonafide.capture.picture import Picture, Reduction, read_picture
from bonafide.capture.threads import use_one_thread

__all__ = [
    "MOST_BYTES",
    "MOST_PIXELS",
    "Picture",
    "PictureFormat",
    "Reduction",
    "read_picture",
    "use_one_thread",
]
