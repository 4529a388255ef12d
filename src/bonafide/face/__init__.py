"""Faces in pictures: detection, alignment, quality, templates, and meshes of landmarks."""

from bonafide.face.align import ARCFACE_TEMPLATE, CROP_SIZE, align
from bonafide.face.canonical import CanonicalFace, canonical_face
from bonafide.face.detect import Detector
from bonafide.face.embed import Recogniser, Template
from bonafide.face.face import Face
from bonafide.face.find import FaceFinder, FoundFaces
from bonafide.face.head_pose import HeadPose, head_pose
from bonafide.face.landmarks import Landmarker
from bonafide.face.mesh import MESH_POINTS, FaceMesh

__all__ = [
    "ARCFACE_TEMPLATE",
    "CROP_SIZE",
    "MESH_POINTS",
    "CanonicalFace",
    "Detector",
    "Face",
    "FaceFinder",
    "FaceMesh",
    "FoundFaces",
    "HeadPose",
    "Landmarker",
    "Recogniser",
    "Template",
    "align",
    "canonical_face",
    "head_pose",
]
