"""One-to-one comparison, and what a score means."""

from bonafide.compare.calibration import (
    Calibration,
    GroupData,
    LogisticMap,
    OperatingPoint,
    Rate,
    parse_calibration,
    serialise_calibration,
)
from bonafide.compare.comparison import Comparison, compare

__all__ = [
    "Calibration",
    "Comparison",
    "GroupData",
    "LogisticMap",
    "OperatingPoint",
    "Rate",
    "compare",
    "parse_calibration",
    "serialise_calibration",
]
