"""A small writer of ONNX graphs: name a constant, add an operation, get a model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET, IR = 17, 9
_SMALL = 64


class Graph:
    """Nodes and constants in the order they are added; every operation answers its output's name.

    Constants of more than a few numbers are stored as `kept` and cast to float32 when the model loads.
    """

    def __init__(self, kept: Any = np.float32) -> None:
        self._kept = kept
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: Any, dtype: Any = np.float32) -> str:
        """A float32 (or `dtype`) constant."""
        array = np.ascontiguousarray(value, dtype=dtype)
        name = f"constant_{len(self._constants)}"
        if array.dtype != self._kept and array.dtype == np.float32 and array.size > _SMALL:
            return self._shortened(name, array)
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def _shortened(self, name: str, array: NDArray[np.float32]) -> str:
        self._constants.append(numpy_helper.from_array(array.astype(self._kept), name))
        return self.add("Cast", name, to=TensorProto.FLOAT)

    def add(self, operation: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """One node with one output."""
        name = output or f"node_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operation, list(inputs), [name], **attributes))
        return name

    def model(self, inputs: Sequence[Any], outputs: Sequence[Any]) -> Any:
        """The checked model."""
        graph = helper.make_graph(self._nodes, "gloss", list(inputs), list(outputs), self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR
        onnx.checker.check_model(model)
        return model
