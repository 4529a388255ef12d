"""From a verified file to an onnxruntime session."""

from __future__ import annotations

from bonafide.errors import SetupBroken, UnreadableData
from bonafide.models.entry import ModelEntry
from bonafide.models.runtime import onnxruntime
from bonafide.models.store import ModelStore


def open_session(entry: ModelEntry, store: ModelStore) -> onnxruntime.InferenceSession:
    """A session on exactly the bytes that the manifest names; one thread, so that threads can be the
    caller's.

    Raises `WeightsMissing`, `WeightsAltered`, or `SetupBroken` where this onnxruntime cannot run the model.
    """
    content = store.read(entry)
    try:
        return session_from(content)
    except UnreadableData:
        raise SetupBroken(
            f"This onnxruntime cannot run the model {entry.name}",
            "Install the versions that Bonafide's lock file names",
        ) from None


def session_from(model: bytes) -> onnxruntime.InferenceSession:
    """A session on an ONNX model's bytes. Raises `UnreadableData` if they are not one that onnxruntime can
    run.

    One thread within an operator and one between them: two double the CPU time of a picture for no gain
    (measured), and pictures overlap in Python threads because the kernels release the interpreter lock. The
    other options keep their defaults; without arena or memory pattern nothing gets faster or smaller
    (measured).
    """
    # Nothing here may ever call home.
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # onnxruntime's errors share no public base class; only theirs are ours to explain.
        if not type(error).__module__.startswith("onnxruntime"):
            raise
        raise UnreadableData(
            "The file is not an ONNX model that this onnxruntime can run", "Export it again, in one file"
        ) from error
    # The session would keep the source for a change of providers that never comes: 38 MB of memory for SFace.
    if "_model_bytes" in vars(session):
        session._model_bytes = b""
    return session
