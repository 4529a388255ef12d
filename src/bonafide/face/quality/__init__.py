"""How good a face is for comparison: separate measures in the manner of ISO/IEC 29794-5:2025."""

from bonafide.face.quality.assess import Quality, assess_quality
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.face.quality.sample import FaceSample

__all__ = ["FaceSample", "Measure", "Quality", "Unassessed", "assess_quality"]
