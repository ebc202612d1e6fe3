"""Annotations a second into COCO and public label rows: 2 000 images with ten boxes each."""

import importlib
import io
import json
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from bench.measuring import Comparison, Measure, Skipped, per_second
from gloss.domain import labels
from gloss.domain.formats import label_row
from gloss.domain.formats.coco import MIDDLE, TAIL, CocoWriter, opening
from gloss.domain.formats.facts import RowFacts
from gloss.domain.labels import LabelBody
from tests.builders_formats import a_row, a_unit
from tests.builders_labels import a_body, a_box, a_structure

IMAGES, BOXES = 2_000, 10
COUNT = IMAGES * BOXES
BAR = 250_000
STRUCTURE = a_structure()
Written = Callable[[Sequence[LabelBody]], object]


def comparisons() -> Iterator[Comparison | Skipped]:
    """Each format from labels in memory and from labels as they are stored; the peers only write what is made."""
    draw = random.Random(1)
    stored = [a_stored_body(draw) for _ in range(IMAGES)]
    bodies = [labels.load(body) for body in stored]
    coco, rows = json.loads(coco_of(bodies)), [json.loads(row) for row in label_rows_of(bodies)]
    for name, write, whole in (("COCO", coco_of, coco), ("label rows as NDJSON", label_rows_of, rows)):
        peers = dumping(whole)
        yield Comparison(f"{name}, write", "boxes/s", per_second(COUNT, partial(write, bodies)), peers, bar=BAR)
        yield Comparison(f"{name}, load and write", "boxes/s", reading(stored, write), peers, bar=BAR)
    yield sdk_exporter()


def dumping(whole: Any) -> dict[str, Measure]:
    """The finished values in memory, written at once."""
    return {
        "json.dump, whole": per_second(COUNT, lambda: json.dump(whole, io.StringIO())),
        "orjson.dumps, whole": per_second(COUNT, lambda: orjson.dumps(whole)),
    }


def reading(stored: Sequence[bytes], write: Written) -> Measure:
    """One body after the other, as an export does."""
    return per_second(COUNT, lambda: write(map(labels.load, stored)))  # type: ignore[arg-type]


def a_stored_body(draw: random.Random) -> bytes:
    """Ten red cars, stamped."""
    boxes = [
        a_box(x=draw.random() / 2, y=draw.random() / 2, w=draw.uniform(0.1, 0.5), h=draw.uniform(0.1, 0.5))
        for _ in range(BOXES)
    ]
    red = [{"feature": "colourco", "answer": ["redredre"]}]
    cars = [
        {
            "id": f"{number}{draw.randrange(10**7):07}",
            "feature": "carcarca",
            "answers": red,
            "frames": {"0": {"geometry": box}},
        }
        for number, box in enumerate(boxes)
    ]
    return labels.canonical(labels.stamped(a_body(*cars), "ann@fruit.org", datetime(2025, 3, 1, 9, tzinfo=UTC)))


def coco_of(bodies: Sequence[LabelBody]) -> bytes:
    """A whole COCO file."""
    writer = CocoWriter(STRUCTURE)
    images, annotations = zip(*map(writer.lines, bodies, heads()), strict=True)
    parts = [opening(b"".join(images)), MIDDLE, opening(b"".join(annotations))]
    return b"".join([writer.head("fruit"), *parts, TAIL])


def label_rows_of(bodies: Sequence[LabelBody]) -> list[bytes]:
    """One line an image."""
    return [label_row.write(body, STRUCTURE, row) for body, row in zip(bodies, heads(), strict=True)]


def heads() -> Sequence[RowFacts]:
    """Of every image."""
    return _HEADS


_HEADS = [a_row(a_unit(data_id=f"data-{number}"), label_id=f"label-{number}") for number in range(IMAGES)]


def sdk_exporter() -> Skipped:
    """The public SDK's exporter, when what it needs is there."""
    try:
        importlib.import_module("encord.utilities.coco.exporter")
    except ImportError as missing:
        return Skipped("COCO by the public SDK's exporter", str(missing).partition(". ")[0])
    return Skipped("COCO by the public SDK's exporter", "It can be imported here, but no comparison calls it yet")
