"""YuNet for any picture size: only its declared shapes fix the published graph to 640 x 640 pixels."""

from __future__ import annotations

import onnx

from bonafide.models.convert.graph import serialise


def build(source: bytes) -> bytes:
    """The published model with free height and width (multiples of 32); arithmetic and weights untouched."""
    model = onnx.load_model_from_string(source)
    height, width = model.graph.input[0].type.tensor_type.shape.dim[2:]
    height.dim_param, width.dim_param = "height", "width"
    for output in model.graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = f"cells_{output.name.rpartition('_')[2]}"
    # Shapes inferred for 640 pixels would be wrong for every other size.
    del model.graph.value_info[:]
    return serialise(model)
