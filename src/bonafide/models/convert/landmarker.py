"""MediaPipe's face mesh of 478 landmarks (Google, 2022; "Attention Mesh", Grishchenko et al., 2020) as an
ONNX graph.

The publisher's bundle is a zip of several networks; this is `face_landmarks_detector.tflite` in it, residual
blocks of convolutions and PRelu with weights in float16. Like SFace's, every PRelu is written with operators
that onnxruntime runs in its fast layout:

    prelu(y) = relu(y) - s relu(-y) = y + (1 - s) relu(-y)

The second form takes two depthwise convolutions of size 1 x 1, one with a Relu and one with an addition that
onnxruntime does in the same step. The first stands where only a depthwise convolution of eight channels
follows: the convolution before computes y and -y, the one after takes both, and there are sixteen. Measured:
14.5 ms with PRelu become 5.6 (on AVX2; TensorFlow Lite takes 4.9), landmarks equal to 0.0002 pixels.
"""

from __future__ import annotations

import io
import zipfile

import numpy as np
from numpy.typing import NDArray

from bonafide.errors import WeightsAltered
from bonafide.models.convert.graph import GraphWriter
from bonafide.models.convert.tflite import Operator, TfLite, read_tflite

MEMBER = "face_landmarks_detector.tflite"
_MEMBER_BYTES = 2553590
_SIZE = 256
_LANDMARKS = 478
# Channels in a block of the fast layout on AVX-512; a depthwise convolution of fewer would leave it. (With
# AVX2 there are eight, and it would be 0.35 ms faster without.)
_BLOCK = 16

_Floats = NDArray[np.float32]


def build(source: bytes) -> bytes:
    """The bundle's landmark network: `input` (1, 3, 256, 256) RGB 0..1 to `landmarks` (1, 1434), x, y, z of
    478 points in pixels of the input, and `presence` (1, 1), 0..1: whether this is a face that it can place.

    The network's third output is left out. Raises `WeightsAltered` for another bundle.
    """
    return _Writer(read_tflite(member(source, MEMBER, _MEMBER_BYTES))).run()


def member(bundle: bytes, name: str, size: int) -> bytes:
    """One file of the bundle, which is a zip. Raises `WeightsAltered` unless it is there and this long."""
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive, archive.open(name) as file:
            content = file.read(size + 1)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as error:
        raise _other() from error
    if len(content) != size:
        raise _other()
    return content


class _Writer:
    def __init__(self, network: TfLite) -> None:
        self._network = network
        self._graph = GraphWriter()
        self._constants = network.constants | {
            item.outputs[0]: network.constants[item.inputs[0]]
            for item in network.operators
            if item.kind == "DEQUANTIZE"
        }
        self._users: dict[int, list[Operator]] = {}
        self._makers = {number: item for item in network.operators for number in item.outputs}
        for item in network.operators:
            for number in item.inputs:
                self._users.setdefault(number, []).append(item)
        # Tensors of the file to those of the graph.
        self._names: dict[int, str] = {}
        # Of those that are there as relu(y) and relu(-y), the slopes.
        self._split: dict[int, _Floats] = {}

    def run(self) -> bytes:
        operators = self._network.operators
        first = next(item for item in operators if item.kind == "CONV_2D")
        self._names[first.inputs[0]] = "input"
        heads = [self._makers[number] for number in self._network.outputs[:2]]
        body = operators[: min(operators.index(head) for head in heads)]
        for item in body:
            self._write(item)
        self._heads(*heads)
        return self._graph.serialise(
            "face-landmarker",
            {"input": (1, 3, _SIZE, _SIZE)},
            {"landmarks": (1, 3 * _LANDMARKS), "presence": (1, 1)},
        )

    def _write(self, item: Operator) -> None:
        match item.kind:
            case "DEQUANTIZE":
                pass  # read as float32
            case "CONV_2D" | "DEPTHWISE_CONV_2D":
                self._conv(item)
            case "PRELU":
                self._prelu(item)
            case "ADD":
                self._add(item)
            case "MAX_POOL_2D":
                self._pool(item)
            case "PAD":
                self._widen(item)

    def _heads(self, landmarks: Operator, flag: Operator) -> None:
        """Both results by one convolution: alone, the flag's would take a third of the time of all others."""
        if landmarks.inputs[0] != flag.inputs[0]:
            raise _other()
        kernel, offset = (
            np.concatenate([self._constants[head.inputs[part]] for head in (landmarks, flag)])
            for part in (1, 2)
        )
        both = self._graph.conv(
            self._names[flag.inputs[0]], kernel.transpose(0, 3, 1, 2), offset, pads=(0, 0, 0, 0)
        )
        flat = self._graph.node("Flatten", [both])
        points = 3 * _LANDMARKS
        self._slice(flat, 0, points, "landmarks")
        self._graph.node("Sigmoid", [self._slice(flat, points, points + 1)], "presence")

    def _slice(self, x: str, start: int, end: int, output: str | None = None) -> str:
        limits = [self._graph.constant(np.array([value], np.int64)) for value in (start, end, 1)]
        return self._graph.node("Slice", [x, *limits], output)

    def _conv(self, item: Operator) -> None:
        x, weight, bias = item.inputs
        depthwise = item.kind == "DEPTHWISE_CONV_2D"
        kernel, offset = self._constants[weight], self._constants[bias]
        # (out, high, wide, in), and where each channel has its own (1, high, wide, channel).
        kernel = kernel.transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2))
        slope = self._split.get(x)
        if slope is not None and depthwise:
            kernel = np.concatenate((kernel, -slope[:, None, None, None] * kernel))
            offset = np.concatenate((offset, np.zeros_like(offset)))
            self._split[item.outputs[0]] = np.full_like(slope, -1)
        elif slope is not None:
            kernel = np.concatenate((kernel, -slope[None, :, None, None] * kernel), axis=1)
        if self._splits(item):
            kernel, offset = np.concatenate((kernel, -kernel)), np.concatenate((offset, -offset))
        self._names[item.outputs[0]] = self._graph.conv(
            self._names[x],
            kernel,
            offset,
            stride=item.stride,
            depthwise=depthwise,
            pads=_pads(kernel.shape[2], item),
        )

    def _add(self, item: Operator) -> None:
        self._names[item.outputs[0]] = self._graph.node("Add", [self._names[x] for x in item.inputs])

    def _splits(self, item: Operator) -> bool:
        """Whether a convolution's result goes through a PRelu into nothing but a depthwise convolution."""
        (user,) = self._users.get(item.outputs[0], [None])[:1]
        return (
            item.kind == "CONV_2D"
            and user is not None
            and user.kind == "PRELU"
            and self._constants[item.inputs[2]].size < _BLOCK
            and [after.kind for after in self._users[user.outputs[0]]] == ["DEPTHWISE_CONV_2D"]
        )

    def _prelu(self, item: Operator) -> None:
        y, slope = self._names[item.inputs[0]], self._constants[item.inputs[1]].ravel()
        if self._splits(self._makers[item.inputs[0]]):
            self._names[item.outputs[0]] = self._graph.node("Relu", [y])
            self._split[item.outputs[0]] = slope
            return
        below = self._graph.node("Relu", [self._gain(y, np.full_like(slope, -1))])
        self._names[item.outputs[0]] = self._graph.node("Add", [self._gain(below, 1 - slope), y])

    def _gain(self, x: str, gain: _Floats) -> str:
        return self._graph.conv(x, gain[:, None, None, None], np.zeros_like(gain), depthwise=True)

    def _pool(self, item: Operator) -> None:
        self._names[item.outputs[0]] = self._graph.node(
            "MaxPool",
            [self._names[item.inputs[0]]],
            kernel_shape=[item.stride, item.stride],
            strides=[item.stride, item.stride],
        )

    def _widen(self, item: Operator) -> None:
        """Channels of nothing behind those that are there, by a convolution that copies them."""
        behind = self._network.integers[item.inputs[1]]
        pool = self._makers[item.inputs[0]]
        have = self._constants[self._makers[pool.inputs[0]].inputs[1]].size
        more = int(behind[3, 1])
        copies = np.eye(have + more, have, dtype=np.float32)[:, :, None, None]
        self._names[item.outputs[0]] = self._graph.conv(
            self._names[item.inputs[0]], copies, np.zeros(have + more, np.float32)
        )


def _pads(kernel: int, item: Operator) -> list[int]:
    """Above, left, below and right; TensorFlow's odd pixel of padding stands below and on the right."""
    around = max(kernel - item.stride, 0) if item.same else 0
    return [around // 2] * 2 + [around - around // 2] * 2


def _other() -> WeightsAltered:
    return WeightsAltered(
        "The bundle of face landmarks does not hold the network that it should",
        "Run `bonafide models pull` again",
    )
