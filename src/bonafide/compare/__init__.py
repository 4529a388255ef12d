"""One-to-one comparison, and what a score means."""

from bonafide.compare.binomial import CONFIDENCE, clopper_pearson, trials_that_show
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
from bonafide.compare.promise import Promise

__all__ = [
    "CONFIDENCE",
    "Calibration",
    "Comparison",
    "GroupData",
    "LogisticMap",
    "OperatingPoint",
    "Promise",
    "Rate",
    "clopper_pearson",
    "compare",
    "parse_calibration",
    "serialise_calibration",
    "trials_that_show",
]
