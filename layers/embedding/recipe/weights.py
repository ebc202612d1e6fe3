"""Readers of weight files: safetensors, and the pickled checkpoints of old, without running what they contain."""

import json
import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, NDArray[Any]]

_MAGIC, _PROTOCOL = 119547037146038801333356, 1001
_SAFETENSORS = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
_STORAGES = {"FloatStorage": np.float32, "LongStorage": np.int64}


def read_safetensors(path: Path) -> Weights:
    """All tensors of a .safetensors file by name: a length, a JSON header, then raw bytes."""
    whole = path.read_bytes()
    (length,) = struct.unpack("<Q", whole[:8])
    header, body = json.loads(whole[8 : 8 + length]), whole[8 + length :]
    tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
    return {name: _tensor(entry, body) for name, entry in tensors.items()}


def _tensor(entry: Mapping[str, Any], body: bytes) -> NDArray[Any]:
    start, end = entry["data_offsets"]
    return np.frombuffer(body[start:end], _SAFETENSORS[entry["dtype"]]).reshape(entry["shape"])


@dataclass
class _Storage:
    dtype: Any
    length: int
    values: NDArray[Any] = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True)
class _Slice:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def array(self) -> NDArray[Any]:
        step = self.storage.values.itemsize
        strides = [steps * step for steps in self.stride]
        return np.lib.stride_tricks.as_strided(self.storage.values[self.offset :], self.shape, strides).copy()


class _Restricted(pickle.Unpickler):
    """Knows the four names of a state_dict and refuses every other, so a checkpoint can run no code."""

    def __init__(self, file: BinaryIO, storages: dict[str, _Storage]) -> None:
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        known = {("collections", "OrderedDict"): OrderedDict, ("torch._utils", "_rebuild_tensor_v2"): _rebuilt}
        if module == "torch" and name in _STORAGES:
            return name
        if (module, name) in known:
            return known[module, name]
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a checkpoint")

    def persistent_load(self, pid: Any) -> _Storage:
        _storage, kind, key, _device, length, _view = pid
        return self._storages.setdefault(key, _Storage(_STORAGES[kind], length))


def _rebuilt(storage: _Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_rest: Any) -> _Slice:
    return _Slice(storage, offset, shape, stride)


def read_checkpoint(path: Path) -> Weights:
    """All tensors of a state_dict in the format before 1.6: five pickles, then each storage's length and values."""
    storages: dict[str, _Storage] = {}
    with path.open("rb") as file:
        magic, protocol, _system, slices, keys = (_Restricted(file, storages).load() for _ in range(5))
        if (magic, protocol) != (_MAGIC, _PROTOCOL):
            raise ValueError(f"{path.name} is not a checkpoint in the old format")
        for key in keys:
            _fill(storages[key], file)
    return {name: piece.array() for name, piece in slices.items()}


def _fill(storage: _Storage, file: BinaryIO) -> None:
    (length,) = struct.unpack("<q", file.read(8))
    storage.values = np.frombuffer(file.read(length * np.dtype(storage.dtype).itemsize), storage.dtype)
