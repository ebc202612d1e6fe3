"""Zips of the same bytes for the same content, so that nothing is deployed again that did not change."""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from infra.bootstrap import ROOT

BUILT: Final = ROOT / ".build" / "rooms"
LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


def room(name: str) -> Path:
    """The code of a room, importable in Lambda under the same name as here: `functions.<room>.<module>`."""
    entries = list(sources(ROOT / "functions" / name))
    made = BUILT / f"{name}-{digest(ROOT, entries)}.zip"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        for old in made.parent.glob(f"{name}-*.zip"):
            old.unlink(missing_ok=True)
        pack(ROOT, entries, made)
    return made


def pack(root: Path, entries: Iterable[Path], target: Path) -> None:
    """Write the files into a zip under their names beneath `root`."""
    unfinished = target.with_suffix(f".{os.getpid()}")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for path in entries:
            entry = zipfile.ZipInfo(str(path.relative_to(root)), LONG_AGO)
            entry.external_attr = (0o755 if os.access(path, os.X_OK) else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes(), compresslevel=1)
    unfinished.replace(target)


def digest(root: Path, entries: Iterable[Path], made_by: str = "") -> str:
    """Of the files' names and bytes, and of what they are made by."""
    content = hashlib.sha256(made_by.encode())
    for path in entries:
        content.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return content.hexdigest()[:16]


def sources(folder: Path) -> Iterator[Path]:
    """The folder's files in order, without what Python leaves behind."""
    return (path for path in files(folder) if "__pycache__" not in path.parts)


def files(folder: Path) -> Iterator[Path]:
    """The folder's files in order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
