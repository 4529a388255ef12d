"""OpenCV's own threads."""

from __future__ import annotations

import cv2


def use_one_thread() -> None:
    """Keep OpenCV from spreading one picture over threads of its own; it counts for the whole process.

    As with onnxruntime, threads are the caller's, one a picture. OpenCV's would split operations of a tenth
    of a millisecond, which costs a verification 5 % more CPU time and gains nothing (measured with both cores
    idle). What is computed is the same.
    """
    cv2.setNumThreads(1)
