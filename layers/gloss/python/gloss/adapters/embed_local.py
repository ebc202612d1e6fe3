"""The packaged embedding models, run by onnxruntime on the CPU: images to two vectors, words to one of them."""

import json
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from gloss.domain.embedding import Embedded
from gloss.domain.metrics.vectors import Vectors, normalised
from gloss.domain.wordpiece import WordPiece

_SIDE, _SHORTER = 224, 256
_TEMPERATURE = 2.0
_BATCH = 16


def packaged() -> Path:
    """The folder of the models that the embedding layer brings."""
    return Path(str(files("gloss_models")))


class TextModel:
    """all-MiniLM-L6-v2: texts to unit vectors of 384 dimensions."""

    def __init__(self, folder: Path) -> None:
        self._session = _session(folder / "minilm.onnx")
        lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        self._pieces = WordPiece({piece: number for number, piece in enumerate(lines)})

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One row a text; each text runs alone, because padding would change what quantised weights answer."""
        return np.concatenate([self._vector(text) for text in texts])

    def _vector(self, text: str) -> NDArray[Any]:
        numbers = np.array([self._pieces.numbers(text)], dtype=np.int64)
        rows: NDArray[Any] = self._session.run(None, {"input_ids": numbers, "attention_mask": np.ones_like(numbers)})[0]
        return rows


class LocalEmbedder:
    """Port Embedder: EfficientNet-Lite0's features, and ConSE (Norouzi 2014) in the text model's space.

    ConSE: the image's class probabilities weigh the class names' vectors; centred on the names' mean, as queries are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.model_id: str = json.loads((folder / "CARD.json").read_text())["model_id"]

    def images(self, images: Sequence[NDArray[np.uint8]]) -> Embedded:
        """Visual and semantic unit rows of RGB images."""
        parts = [self._embed(images[start : start + _BATCH]) for start in range(0, len(images), _BATCH)]
        visual, semantic = zip(*parts, strict=True)
        return Embedded(np.concatenate(visual), np.concatenate(semantic))

    def text(self, query: str) -> list[float]:
        """The unit vector of a query in the semantic space."""
        vector: list[float] = normalised(self._text.vectors([query]) - self._centre)[0].tolist()
        return vector

    def _embed(self, images: Sequence[NDArray[np.uint8]]) -> tuple[Vectors, Vectors]:
        views = np.concatenate([_views(image) for image in images])
        visual, logits = self._vision.run(["visual", "logits"], {"image": views})
        chances = _mean_of_pairs(_softmax(logits / _TEMPERATURE))
        return normalised(_mean_of_pairs(visual)), normalised(chances @ self._classes - self._centre)

    @cached_property
    def _vision(self) -> Any:
        return _session(self._folder / "lite0.onnx")

    @cached_property
    def _text(self) -> TextModel:
        return TextModel(self._folder)

    @cached_property
    def _classes(self) -> Vectors:
        classes: Vectors = np.load(self._folder / "classes.npy").astype(np.float32)
        return classes

    @cached_property
    def _centre(self) -> Vectors:
        centre: Vectors = self._classes.mean(axis=0)
        return centre


def _session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _views(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two views of 224 x 224: the centre of the image at 256 on its shorter side, and the whole squashed."""
    picture = Image.fromarray(image)
    scale = _SHORTER / min(picture.size)
    larger = picture.resize([max(_SIDE, round(side * scale)) for side in picture.size], Image.Resampling.BICUBIC)
    left, top = ((side - _SIDE) // 2 for side in larger.size)
    centre = larger.crop((left, top, left + _SIDE, top + _SIDE))
    return np.stack([np.asarray(centre), np.asarray(picture.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC))])


def _mean_of_pairs(rows: NDArray[Any]) -> NDArray[Any]:
    mean: NDArray[Any] = rows.reshape(-1, 2, rows.shape[1]).mean(axis=1)
    return mean


def _softmax(logits: NDArray[Any]) -> NDArray[Any]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[Any] = powers / powers.sum(axis=1, keepdims=True)
    return shares
