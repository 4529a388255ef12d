"""Faces in pictures: detection, alignment, quality, templates."""

from bonafide.face.align import ARCFACE_TEMPLATE, CROP_SIZE, align
from bonafide.face.detect import Detector
from bonafide.face.embed import Recogniser, Template
from bonafide.face.face import Face
from bonafide.face.find import FaceFinder, FoundFaces

__all__ = [
    "ARCFACE_TEMPLATE",
    "CROP_SIZE",
    "Detector",
    "Face",
    "FaceFinder",
    "FoundFaces",
    "Recogniser",
    "Template",
    "align",
]
