"""The packaged models see likeness and understand words, on real photographs."""

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gloss.adapters.embed_local import LocalEmbedder
from gloss.domain.metrics.pixels import Pixels

ROOT = Path(__file__).parent.parent.parent
RECIPE = ROOT / "layers" / "embedding"


@cache
def models() -> Path:
    """The models as the layer's own recipe builds them, kept until the recipe changes."""
    parts = [path.read_bytes() for path in sorted(RECIPE.rglob("*")) if path.suffix in {".py", ".txt", ".in"}]
    folder = ROOT / ".build" / "models" / hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    if not (folder / "gloss_models" / "__init__.py").exists():
        subprocess.run([sys.executable, str(RECIPE / "build.py"), str(folder)], check=True, capture_output=True)
    return folder / "gloss_models"


@cache
def embedder() -> LocalEmbedder:
    return LocalEmbedder(models())


@cache
def photograph(name: str) -> Pixels:
    """One of the photographs that scikit-learn ships: china (a temple) or flower."""
    import sklearn

    return np.asarray(Image.open(Path(sklearn.__file__).parent / "datasets" / "images" / f"{name}.jpg"))


def test_every_image_has_two_unit_vectors() -> None:
    rows = embedder().images([photograph("china"), photograph("flower")])

    assert (rows.visual.shape, rows.semantic.shape) == ((2, 512), (2, 384))
    assert np.linalg.norm(np.concatenate(rows, axis=1), axis=1) == pytest.approx([2**0.5] * 2, rel=1e-5)


@pytest.mark.parametrize(
    ("query", "name"),
    [("a temple in China", "china"), ("a flower", "flower"), ("a palace", "china"), ("a plant in bloom", "flower")],
)
def test_words_find_the_photograph_that_they_describe(query: str, name: str) -> None:
    names = ["china", "flower"]
    shown = embedder().images([photograph(each) for each in names]).semantic

    assert names[int((shown @ np.array(embedder().text(query))).argmax())] == name


def test_a_cropped_photograph_still_looks_like_itself() -> None:
    temple = photograph("china")
    rows = embedder().images([temple, temple[40:-40, 40:-40], photograph("flower")]).visual

    assert rows[0] @ rows[1] > 0.8 > rows[0] @ rows[2]


def test_the_same_sentence_gives_the_same_vector() -> None:
    assert embedder().text("two cars at night") == embedder().text("two cars at night")


def test_sentences_of_like_meaning_lie_close() -> None:
    dog, puppy, bridge = (np.array(embedder().text(words)) for words in ("a dog", "a small puppy", "a steel bridge"))

    assert dog @ puppy > 0.5 > dog @ bridge


def test_the_model_id_tells_the_recipe() -> None:
    assert embedder().model_id.startswith("lite0-minilm-")


def test_the_models_bring_their_licences_and_stay_small() -> None:
    files = list(models().iterdir())

    assert len([path for path in files if path.suffix == ".LICENSE"]) == 3
    assert sum(path.stat().st_size for path in files) < 40_000_000
