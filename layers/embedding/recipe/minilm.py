"""all-MiniLM-L6-v2 as an ONNX graph: token ids in, one unit vector a text out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from recipe.graph import Graph
from recipe.weights import Weights


def build(weights: Weights, config: Mapping[str, Any]) -> Any:
    """The model; inputs `input_ids` and `attention_mask` (n, tokens) int64, output `embedding` (n, 384)."""
    net = _Encoder(weights, config)
    x = net.embedded()
    for layer in range(config["num_hidden_layers"]):
        x = net.layer(x, f"encoder.layer.{layer}.")
    return net.pooled(x)


class _Encoder:
    def __init__(self, weights: Weights, config: Mapping[str, Any]) -> None:
        self.graph = Graph()
        self._weights = weights
        self._width, self._heads = config["hidden_size"], config["num_attention_heads"]
        self._epsilon = config["layer_norm_eps"]
        self._mask = self.graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
        self._bias = self._hidden_positions()

    def _hidden_positions(self) -> str:
        """0 where a token is, -10 000 where padding is, to be added to attention scores."""
        spread = self.graph.add("Unsqueeze", self._mask, self._whole([1, 2]))
        return self.graph.add("Mul", self.graph.add("Sub", spread, self.graph.constant(1)), self.graph.constant(1e4))

    def embedded(self) -> str:
        word = self.graph.add("Gather", self._weight("embeddings.word_embeddings.weight"), "input_ids")
        length = self.graph.add("Gather", self.graph.add("Shape", "input_ids"), self._whole([1]))
        places = self._weights["embeddings.position_embeddings.weight"]
        places = places + self._weights["embeddings.token_type_embeddings.weight"][0]
        place = self.graph.add("Slice", self.graph.constant(places), self._whole([0]), length, self._whole([0]))
        return self._normed(self.graph.add("Add", word, place), "embeddings.LayerNorm")

    def layer(self, x: str, prefix: str) -> str:
        attended = self._linear(self._attended(x, prefix + "attention.self."), prefix + "attention.output.dense")
        x = self._normed(self.graph.add("Add", attended, x), prefix + "attention.output.LayerNorm")
        wide = self._gelu(self._linear(x, prefix + "intermediate.dense"))
        return self._normed(
            self.graph.add("Add", self._linear(wide, prefix + "output.dense"), x), prefix + "output.LayerNorm"
        )

    def _attended(self, x: str, prefix: str) -> str:
        query = self._split(self._linear(x, prefix + "query"), [0, 2, 1, 3])
        key = self._split(self._linear(x, prefix + "key"), [0, 2, 3, 1])
        value = self._split(self._linear(x, prefix + "value"), [0, 2, 1, 3])
        scale = self.graph.constant((self._width // self._heads) ** -0.5)
        scores = self.graph.add("Mul", self.graph.add("MatMul", query, key), scale)
        shares = self.graph.add("Softmax", self.graph.add("Add", scores, self._bias), axis=-1)
        joined = self.graph.add("Transpose", self.graph.add("MatMul", shares, value), perm=[0, 2, 1, 3])
        return self.graph.add("Reshape", joined, self._whole([0, 0, self._width]))

    def _split(self, x: str, order: list[int]) -> str:
        shape = self._whole([0, 0, self._heads, self._width // self._heads])
        return self.graph.add("Transpose", self.graph.add("Reshape", x, shape), perm=order)

    def _gelu(self, x: str) -> str:
        """x / 2 x (1 + erf(x / sqrt 2)), the exact form."""
        bent = self.graph.add("Erf", self.graph.add("Mul", x, self.graph.constant(2**-0.5)))
        half = self.graph.add("Mul", x, self.graph.constant(0.5))
        return self.graph.add("Mul", half, self.graph.add("Add", bent, self.graph.constant(1)))

    def _linear(self, x: str, name: str) -> str:
        product = self.graph.add("MatMul", x, self.graph.constant(self._weights[name + ".weight"].T))
        return self.graph.add("Add", product, self._weight(name + ".bias"))

    def _normed(self, x: str, name: str) -> str:
        gain, bias = self._weight(name + ".weight"), self._weight(name + ".bias")
        return self.graph.add("LayerNormalization", x, gain, bias, axis=-1, epsilon=self._epsilon)

    def _weight(self, name: str) -> str:
        return self.graph.constant(self._weights[name])

    def _whole(self, values: list[int]) -> str:
        return self.graph.constant(values, np.int64)

    def pooled(self, x: str) -> Any:
        """Mean over the tokens, at length 1."""
        mask = self.graph.add("Unsqueeze", self._mask, self._whole([2]))
        total = self.graph.add("ReduceSum", self.graph.add("Mul", x, mask), self._whole([1]), keepdims=0)
        mean = self.graph.add("Div", total, self.graph.add("ReduceSum", mask, self._whole([1]), keepdims=0))
        length = self.graph.add("ReduceL2", mean, axes=[1], keepdims=1)
        self.graph.add("Div", mean, length, output="embedding")
        tensor = helper.make_tensor_value_info
        return self.graph.model(
            [tensor(name, TensorProto.INT64, ["n", "tokens"]) for name in ("input_ids", "attention_mask")],
            [tensor("embedding", TensorProto.FLOAT, ["n", self._width])],
        )
