"""onnxruntime, kept from noting down what it runs. Everything here that needs it imports it from here.

Its wheels write a device number and a queue of events, to be sent to their maker, to a folder in the user's
home; `disable_telemetry_events` comes too late for the first of them. The variable is read when the library
is loaded.
"""

from __future__ import annotations

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime
from onnxruntime import InferenceSession

__all__ = ["InferenceSession", "onnxruntime"]
