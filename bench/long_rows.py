"""Label rows of hundreds of megabytes: saved from a stream, and written again as the SDK and as COCO read them."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

from bench.measuring import Comparison
from bench.memory import python

BOXES_A_FRAME: Final = 20
SIZES_MIB: Final = (256, 1024)
LIMIT_S: Final = 900
PROGRAM: Final = """
import time
from pathlib import Path
from bench.long_rows import *
begun = time.process_time()
asked = {work}(Path({folder!r}))
spent = time.process_time() - begun
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), spent, asked)
"""
WORKS: Final = {"save": "saved", "send": "written as the SDK loads it", "export": "exported as COCO"}


def comparisons() -> Iterator[Comparison]:
    """In mebibytes, seconds of one core and requests: saving, then reading what was saved."""
    for mib in SIZES_MIB:
        with TemporaryDirectory() as folder:
            python(f"from bench.long_rows import *; from pathlib import Path; fill(Path({folder!r}), {mib})")
            for work, what in WORKS.items():
                told = python(PROGRAM.format(work=work, folder=folder)).split()
                memory, seconds, asked = map(float, told)
                name = f"a label row of {mib} MiB, {what}"
                yield _figure(f"{name}, greatest memory", "MiB", memory / 1024)
                yield _figure(name, "s of one core", seconds, LIMIT_S if work == "save" else None)
                yield _figure(f"{name}, objects asked for", "requests", asked)


def _figure(name: str, unit: str, value: float, bar: float | None = None) -> Comparison:
    return Comparison(name, unit, lambda: value, better="less", bar=bar, repeats=1)


def fill(folder: Path, mib: int) -> None:
    """The upload that is saved."""
    from tests.builders_hauls import UPLOAD

    Folder(folder).write(UPLOAD, a_row_as_sent(mib))


def save(folder: Path) -> int:
    """Check and keep the upload, as the job does; how often it asks for objects."""
    from gloss.domain.labels.appearing import Author
    from gloss.domain.labels.cutting import Terms
    from tests.builders_formats import NINE
    from tests.builders_hauls import a_haul
    from tests.builders_labels import a_canvas, a_structure

    canvas = a_canvas(kind="video", frames=10**8, width_px=1920, height_px=1080)
    terms, blobs = Terms(a_structure(), canvas, Author("ann@acme.io", NINE)), Folder(folder)
    stand = a_haul(terms, blobs).begun()
    while stand.next != "head":
        stand = a_haul(terms, blobs).step(stand)
    (folder / "whole").write_bytes(a_haul(terms, blobs).labels(stand).stored)
    return blobs.asked


def send(folder: Path) -> int:
    """Write it as it is loaded."""
    from gloss.domain.formats import label_row
    from tests.builders_labels import a_structure

    blobs = Folder(folder)
    for piece in label_row.as_sent(_body(blobs), a_structure(), _row()):
        assert piece
    return blobs.asked


def export(folder: Path) -> int:
    """Write it as COCO."""
    from gloss.domain.formats.coco import CocoWriter
    from tests.builders_labels import a_structure

    blobs = Folder(folder)
    for _ in CocoWriter(a_structure()).lines(_body(blobs), _row()):
        pass
    return blobs.asked


def a_row_as_sent(mib: int) -> Iterator[bytes]:
    """A label row as the SDK writes it: a video with BOXES_A_FRAME cars on each frame, of so many MiB."""
    yield b'{"label_hash":"x","data_units":{"data-1":{"data_hash":"data-1","data_sequence":0,"labels":{'
    frame = size = 0
    while size < mib * 2**20:
        page = b'%b"%d":%b' % (b"," if frame else b"", frame, _page(frame))
        frame, size = frame + 1, size + len(page)
        yield page
    answers = {_hash(each): _answers(_hash(each)) for each in range(BOXES_A_FRAME)}
    yield b'}}},"object_answers":' + json.dumps(answers).encode() + b',"classification_answers":{},"object_actions":{}}'


class Folder:
    """Objects as files, so that no memory holds them; `asked` counts the requests that S3 would get."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.asked = folder, 0

    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "") -> None:
        del content_type
        assert isinstance(body, bytes)
        self._path(key).write_bytes(body)

    def write(self, key: str, chunks: Iterator[bytes], content_type: str = "") -> int:
        del content_type
        with self._path(key).open("wb") as file:
            file.writelines(chunks)
        return self.size(key)

    def get(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def open(self, key: str, start: int = 0) -> Iterator[bytes]:
        with self._path(key).open("rb") as file:
            file.seek(start)
            yield from iter(lambda: file.read(2**20), b"")

    def part(self, key: str, start: int, size: int) -> bytes:
        with self._path(key).open("rb") as file:
            file.seek(start)
            return file.read(size)

    def size(self, key: str) -> int:
        return self._path(key).stat().st_size

    def etag(self, key: str) -> str:
        return str(self._path(key).stat().st_mtime_ns)

    def _path(self, key: str) -> Path:
        self.asked += 1
        return self._folder / key.replace("/", "-")


def _page(frame: int) -> bytes:
    side = 0.1 + frame % 1000 / 10_000
    return json.dumps({"objects": [_box(_hash(each), side) for each in range(BOXES_A_FRAME)]}).encode()


def _box(hash_: str, side: float) -> dict[str, Any]:
    return {
        "name": "Car",
        "color": "#D33115",
        "shape": "bounding_box",
        "value": "car",
        "featureHash": "carcarca",
        "objectHash": hash_,
        "createdAt": "Sat, 01 Mar 2025 09:00:00 UTC",
        "createdBy": "ann@acme.io",
        "confidence": 1.0,
        "manualAnnotation": True,
        "boundingBox": {"x": side, "y": side, "w": side, "h": side},
    }


def _answers(hash_: str) -> dict[str, Any]:
    red = {"name": "Red", "value": "red", "featureHash": "redredre"}
    colour = {
        "name": "Colour",
        "value": "colour",
        "answers": [red],
        "featureHash": "colourco",
        "manualAnnotation": True,
    }
    return {"objectHash": hash_, "classifications": [colour]}


def _hash(number: int) -> str:
    return f"car{number:05}"


def _body(blobs: Folder) -> Any:
    from gloss.domain import labels
    from gloss.services.leafing import part_of

    return labels.load_long(blobs.get("whole"), part_of(blobs))  # type: ignore[arg-type]


def _row() -> Any:
    from gloss.domain.media import MediaKind
    from tests.builders_formats import a_row, a_video_unit

    return a_row(a_video_unit(), kind=MediaKind.VIDEO)
