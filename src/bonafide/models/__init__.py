"""Models: what they are, where they come from, and onnxruntime sessions on exactly the right bytes.

Set-up (`pull`, `add`, `fetch`) reaches for the network and converts; run time does neither.
"""

from bonafide.models.entry import (
    InputContract,
    ModelEntry,
    PackageFile,
    PassiveContract,
    Precision,
    Role,
    licence_notice,
)
from bonafide.models.manifest import load_manifest
from bonafide.models.session import open_session
from bonafide.models.store import ModelStore, State

__all__ = [
    "InputContract",
    "ModelEntry",
    "ModelStore",
    "PackageFile",
    "PassiveContract",
    "Precision",
    "Role",
    "State",
    "licence_notice",
    "load_manifest",
    "open_session",
]
