"""Label rows of hundreds of megabytes: saved from a stream, and written again as the SDK and as COCO read them."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

from bench.measuring import Comparison
from bench.memory import python

BOXES_A_FRAME: Final = 20
MIB: Final = 256
LIMIT_S: Final = 900
PROGRAM: Final = """
import time
from pathlib import Path
from bench.long_rows import *
begun = time.process_time()
{work}(Path({folder!r}))
spent = time.process_time() - begun
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), spent)
"""


def comparisons() -> Iterator[Comparison]:
    """In mebibytes and seconds of one core: saving, then reading what was saved."""
    with TemporaryDirectory() as folder:
        for work, what in (("save", "saved"), ("send", "written as the SDK loads it"), ("export", "exported as COCO")):
            memory, seconds = map(float, python(PROGRAM.format(work=work, folder=folder)).split())
            name = f"a label row of {MIB} MiB, {what}"
            yield Comparison(f"{name}, greatest memory", "MiB", lambda it=memory / 1024: it, better="less", repeats=1)  # type: ignore[misc]
            yield Comparison(
                name,
                "s of one core",
                lambda it=seconds: it,  # type: ignore[misc]
                better="less",
                bar=LIMIT_S if work == "save" else None,
                repeats=1,
            )


def save(folder: Path) -> None:
    """Check and keep a row of MIB, as the job does."""
    from gloss.domain import labels
    from gloss.domain.labels.cutting import Author, Terms
    from gloss.services import hauling
    from tests.builders_formats import NINE
    from tests.builders_labels import a_canvas, a_structure

    canvas = a_canvas(kind="video", frames=10**7, width_px=1920, height_px=1080)
    terms = Terms(a_structure(), canvas, Author("ann@acme.io", NINE))
    body = hauling.haul(a_row_as_sent(), terms, Folder(folder))
    (folder / "whole").write_bytes(labels.canonical(body))


def send(folder: Path) -> None:
    """Write it as it is loaded."""
    from gloss.domain.formats import label_row
    from tests.builders_labels import a_structure

    for piece in label_row.as_sent(_body(folder), a_structure(), _row()):
        assert piece


def export(folder: Path) -> None:
    """Write it as COCO."""
    from gloss.domain.formats.coco import CocoWriter
    from tests.builders_labels import a_structure

    for _ in CocoWriter(a_structure()).lines(_body(folder), _row()):
        pass


def a_row_as_sent() -> Iterator[bytes]:
    """A label row as the SDK writes it: a video with BOXES_A_FRAME cars on each frame, of MIB in all."""
    yield b'{"label_hash":"x","data_units":{"data-1":{"data_hash":"data-1","data_sequence":0,"labels":{'
    frame = size = 0
    while size < MIB * 2**20:
        page = b'%b"%d":%b' % (b"," if frame else b"", frame, _page(frame))
        frame, size = frame + 1, size + len(page)
        yield page
    answers = {_hash(each): _answers(_hash(each)) for each in range(BOXES_A_FRAME)}
    yield b'}}},"object_answers":' + json.dumps(answers).encode() + b',"classification_answers":{},"object_actions":{}}'


class Folder:
    """Objects as files, so that no memory holds them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "") -> None:
        del content_type
        assert isinstance(body, bytes)
        (self._folder / key.replace("/", "-")).write_bytes(body)

    def get(self, key: str) -> bytes:
        return (self._folder / key.replace("/", "-")).read_bytes()


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


def _body(folder: Path) -> Any:
    from gloss.domain import labels
    from gloss.services.leafing import part_of

    return labels.load_long((folder / "whole").read_bytes(), part_of(Folder(folder)))  # type: ignore[arg-type]


def _row() -> Any:
    from gloss.domain.media import MediaKind
    from tests.builders_formats import a_row, a_video_unit

    return a_row(a_video_unit(), kind=MediaKind.VIDEO)
