"""EfficientNet-Lite0 as an ONNX graph: 8-bit RGB in, a projected feature vector and the ImageNet logits out."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from recipe.graph import Graph
from recipe.weights import Weights

SIDE, FEATURES, CLASSES, DIMENSIONS = 224, 1280, 1000, 512
_EPSILON = 1e-3
_SEED = 20240229


class Block(NamedTuple):
    """One inverted residual: kernel side, stride, widening, channels in and out."""

    kernel: int
    stride: int
    widening: int
    into: int
    out: int


# EfficientNet-Lite0, Tan & Le 2019 without squeeze-and-excitation: (repeats, kernel, stride, widening, in, out)
_STAGES = ((1, 3, 1, 1, 32, 16), (2, 3, 2, 6, 16, 24), (2, 5, 2, 6, 24, 40), (3, 3, 2, 6, 40, 80))
_LATE_STAGES = ((3, 5, 1, 6, 80, 112), (4, 5, 2, 6, 112, 192), (1, 3, 1, 6, 192, 320))


def blocks() -> list[Block]:
    """The sixteen blocks; only a stage's first one strides and changes the channels."""
    return [
        Block(kernel, stride if first else 1, widening, into if first else out, out)
        for repeats, kernel, stride, widening, into, out in _STAGES + _LATE_STAGES
        for first in [True] + [False] * (repeats - 1)
    ]


def build(weights: Weights) -> Any:
    """The model; input `image` (n, 224, 224, 3) uint8, outputs `visual` (n, 512) and `logits` (n, 1000)."""
    net = _Network(weights)
    x, side = net.convolve(net.prepared(), "_conv_stem", "_bn0", stride=2, side=SIDE)
    for number, block in enumerate(blocks()):
        x, side = net.block(x, f"_blocks.{number}.", block, side)
    x, _ = net.convolve(x, "_conv_head", "_bn1", side=side)
    return net.finished(x)


def projection() -> NDArray[np.float32]:
    """A fixed random matrix of signs that keeps angles (Achlioptas 2003): 1280 features to 512 dimensions."""
    signs = np.random.default_rng(_SEED).integers(0, 2, (FEATURES, DIMENSIONS), dtype=np.int8)
    return (signs * 2 - 1).astype(np.float32) / np.float32(np.sqrt(DIMENSIONS))


class _Network:
    def __init__(self, weights: Weights) -> None:
        self.graph = Graph(kept=np.float16)
        self._weights = weights
        self._zero, self._six = self.graph.constant(0), self.graph.constant(6)

    def prepared(self) -> str:
        """(x - 127) / 128, channels first."""
        floats = self.graph.add("Cast", "image", to=TensorProto.FLOAT)
        centred = self.graph.add("Sub", floats, self.graph.constant(127))
        scaled = self.graph.add("Mul", centred, self.graph.constant(1 / 128))
        return self.graph.add("Transpose", scaled, perm=[0, 3, 1, 2])

    def block(self, x: str, prefix: str, block: Block, side: int) -> tuple[str, int]:
        entry = x
        if block.widening != 1:
            x, _ = self.convolve(x, prefix + "_expand_conv", prefix + "_bn0", side=side)
        x, side = self.convolve(x, prefix + "_depthwise_conv", prefix + "_bn1", stride=block.stride, side=side)
        x, side = self.convolve(x, prefix + "_project_conv", prefix + "_bn2", side=side, linear=True)
        return (self.graph.add("Add", x, entry) if block.stride == 1 and block.into == block.out else x), side

    def convolve(
        self, x: str, kernel: str, norm: str, *, side: int, stride: int = 1, linear: bool = False
    ) -> tuple[str, int]:
        """Convolution with "same" padding, the batch norm folded in, ReLU6 unless linear; also the new side."""
        weight, bias = self._folded(kernel, norm)
        group = weight.shape[0] if weight.shape[1] == 1 and "depthwise" in kernel else 1
        pads, out = _same(side, weight.shape[2], stride)
        x = self.graph.add(
            "Conv",
            x,
            self.graph.constant(weight),
            self.graph.constant(bias),
            strides=[stride] * 2,
            group=group,
            pads=pads,
        )
        return (x if linear else self.graph.add("Clip", x, self._zero, self._six)), out

    def _folded(self, kernel: str, norm: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        part = {name: self._weights[f"{norm}.{name}"].astype(np.float64) for name in _NORM}
        gain = part["weight"] / np.sqrt(part["running_var"] + _EPSILON)
        weight = self._weights[f"{kernel}.weight"] * gain[:, None, None, None]
        return weight, part["bias"] - part["running_mean"] * gain

    def finished(self, x: str) -> Any:
        features = self.graph.add("Flatten", self.graph.add("GlobalAveragePool", x))
        self.graph.add("MatMul", features, self.graph.constant(projection()), output="visual")
        head = [self.graph.constant(self._weights[f"_fc.{name}"]) for name in ("weight", "bias")]
        self.graph.add("Gemm", features, *head, output="logits", transB=1)
        tensor = helper.make_tensor_value_info
        return self.graph.model(
            [tensor("image", TensorProto.UINT8, ["n", SIDE, SIDE, 3])],
            [
                tensor("visual", TensorProto.FLOAT, ["n", DIMENSIONS]),
                tensor("logits", TensorProto.FLOAT, ["n", CLASSES]),
            ],
        )


_NORM = ("weight", "bias", "running_mean", "running_var")


def _same(side: int, kernel: int, stride: int) -> tuple[list[int], int]:
    out = -(-side // stride)
    missing = max((out - 1) * stride + kernel - side, 0)
    before, after = missing // 2, missing - missing // 2
    return [before, before, after, after], out
