"""Labels that come as a stream are the labels that are checked whole, in ranges of frames."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import MemoryBlobs, memory_ports
from gloss.domain import labels
from gloss.domain.bulk import Headway
from gloss.domain.errors import Conflict, Invalid
from gloss.domain.formats import label_row
from gloss.domain.formats.coco import CocoWriter
from gloss.domain.labels import AnyBody, LabelBody, LongLabels
from gloss.domain.labels.appearing import Author
from gloss.domain.labels.cutting import Terms
from gloss.domain.labels.geometry import Box
from gloss.domain.media import MediaKind
from gloss.domain.model import JobId
from gloss.domain.workflow.label_rows import Row
from gloss.domain.workflow.labelled import labelled, labels_blob
from gloss.ports import Ports
from gloss.services import conveying, keeping
from gloss.services.conveying import Haul
from gloss.services.sorting import in_runs, merged, sorted_run
from tests import builders_hauls
from tests.builders_formats import NINE, a_row, a_video_unit
from tests.builders_labels import a_box, a_canvas, a_car, a_scene, a_structure
from tests.builders_rows import BOSS, open_all, outlook, saves, some_rows
from tests.builders_workflow import a_task
from tests.mortal import killed_after, mortal

STRUCTURE, CANVAS = a_structure(), a_canvas(kind="video", frames=1_000)
ANN = Author("ann@acme.io", NINE)
SMALL = Terms(STRUCTURE, CANVAS, ANN, range_bytes=100)
SAVE_ID = "00000000-0000-4000-8000-000000000009"
ROW = a_row(a_video_unit(), kind=MediaKind.VIDEO)


def hauled(body: Any, blobs: MemoryBlobs | None = None) -> LongLabels:
    return builders_hauls.hauled(json.dumps(body).encode(), SMALL, blobs or MemoryBlobs())


def whole(body: Any) -> LabelBody:
    return labels.stamped(labels.parse(body, STRUCTURE, CANVAS), *ANN)


def a_car_on(frames: Iterable[int], number: int = 1) -> dict[str, Any]:
    at = {str(frame): {"geometry": a_box(x=frame / 2_000)} for frame in frames}
    plates = [{"feature": "plateplt", "answer": "B 1", "ranges": [[0, 9]]}]
    return a_car(id=f"car{number:05}", frames=at, dynamic=plates)


def the_sdks(body: LabelBody) -> bytes:
    return b"".join(label_row.as_sent(body, STRUCTURE, ROW))


def coco(body: AnyBody) -> list[tuple[bytes, bytes]]:
    return list(CocoWriter(STRUCTURE).lines(body, ROW))


frames = st.lists(st.integers(0, 60), min_size=1, max_size=20, unique=True)


@given(cars=st.lists(frames, min_size=1, max_size=4), scene=st.integers(0, 60), as_sent=st.booleans())
@settings(deadline=None, max_examples=60)
def test_a_hauled_row_is_written_as_the_row_checked_whole(cars: list[list[int]], scene: int, as_sent: bool) -> None:
    quality = a_scene(ranges=[[scene, scene + 3]])
    body = {"objects": [a_car_on(it, at) for at, it in enumerate(cars)], "classifications": [quality]}
    expected = whole(body)

    found = hauled(json.loads(the_sdks(expected)) if as_sent else body)

    assert tuple(found.frames) == expected.frames
    assert len(found.ranges) >= len(expected.frames) / 4
    assert b"".join(label_row.as_sent(found, STRUCTURE, ROW)) == the_sdks(expected)
    assert label_row.write(found, STRUCTURE, ROW) == label_row.write(expected, STRUCTURE, ROW)
    assert b"".join(map(b"".join, coco(found))) == b"".join(map(b"".join, coco(expected)))
    assert labels.missing(found, STRUCTURE) == labels.missing(expected, STRUCTURE)


def test_only_some_classes_are_read_of_a_long_row() -> None:
    found = hauled({"objects": [a_car_on(range(9))], "classifications": [a_scene()]})

    assert found.only({"scenescn"}, {"scenescn"}).on_frame(3) == ()
    assert [it.id for it in found.only({"carcarca"}, {"carcarca"}).on_frame(3)] == ["car00001"]
    assert list(found.only({"carcarca"}, {"carcarca"}).classifications) == []


def test_reviews_know_a_long_row_s_labels_until_they_are_edited() -> None:
    before = hauled({"objects": [a_car_on(range(9)), a_car_on(range(5), 2)]})
    again = hauled({"objects": [a_car_on(range(5), 2), a_car_on(range(9))]})
    edited = hauled({"objects": [a_car_on(range(9)), a_car_on(range(6), 2)]})

    told = [{it.label_id: it.digest for it in labelled(each)} for each in (before, again, edited)]

    assert told[0] == told[1]
    assert {name for name, digest in told[2].items() if told[0][name] != digest} == {"car00002"}


@pytest.mark.parametrize(
    ("objects", "path"),
    [
        ([a_car_on([1]), a_car_on([3, 1_000], 2)], "objects[1].frames.1000"),
        ([a_car(frames={"0": {"geometry": a_box()}, "7": {"geometry": a_box(w=2)}})], "objects[0].frames.7.geometry.w"),
        (
            [a_car(frames={"2": {"geometry": {"shape": "point", "x": 0.5, "y": 0.5}}})],
            "objects[0].frames.2.geometry.shape",
        ),
        ([a_car(feature="unknownx")], "objects[0].feature"),
        ([a_car(frames={})], "objects[0].frames"),
        ([a_car_on([1]), a_car_on([2])], "objects[1].id"),
        ([a_car(answers=[{"feature": "redredre", "answer": "x"}])], "objects[0].answers[0].feature"),
    ],
)
def test_what_does_not_fit_is_named_by_its_path_as_in_any_save(objects: list[Any], path: str) -> None:
    body = {"objects": objects}

    with pytest.raises(Invalid) as whole_refused:
        whole(body)
    with pytest.raises(Invalid) as refused:
        hauled(body)

    assert [it.path for it in refused.value.faults] == [path]
    assert refused.value.faults == whole_refused.value.faults


def test_of_two_geometries_on_one_frame_the_last_counts() -> None:
    text = b'{"objects":[{"id":"car00001","feature":"carcarca","frames":{"3":%b,"3":%b}}]}'
    boxes = [json.dumps({"geometry": a_box(x=x)}).encode() for x in (0.1, 0.2)]

    found = builders_hauls.hauled(text % tuple(boxes), SMALL, MemoryBlobs())

    assert [seen.geometry for seen in found.on_frame(3)] == [Box.model_validate(a_box(x=0.2))]


@given(lines=st.lists(st.integers(0, 99)), run=st.integers(1, 400), at=st.integers(0, 99))
@settings(deadline=None)
def test_lines_come_in_order_from_any_place_however_many_runs_they_make(lines: list[int], run: int, at: int) -> None:
    blobs, told = MemoryBlobs(), [b"%022d\t%d" % (number, place) for place, number in enumerate(lines)]
    runs = [sorted_run(f"{number}", some, blobs) for number, some in enumerate(in_runs(told, run))]

    assert list(merged(runs, f"{at:022}", blobs)) == sorted(it for it in told if int(it[:22]) >= at)


@given(cars=st.lists(frames, min_size=1, max_size=4), as_sent=st.booleans(), step=st.integers(1, 3_000))
@settings(deadline=None, max_examples=40)
def test_a_row_is_the_same_in_however_many_steps_it_is_read(cars: list[list[int]], as_sent: bool, step: int) -> None:
    body = {"objects": [a_car_on(it, at) for at, it in enumerate(cars)], "classifications": [a_scene()]}
    text = the_sdks(whole(body)) if as_sent else json.dumps(body).encode()

    found = builders_hauls.hauled(text, SMALL, MemoryBlobs(), step_bytes=step, run_bytes=step)

    assert label_row.write(found, STRUCTURE, ROW) == label_row.write(whole(body), STRUCTURE, ROW)


def test_a_step_that_is_done_twice_makes_the_same_twice() -> None:
    blobs = MemoryBlobs()
    blobs.put(builders_hauls.UPLOAD, json.dumps({"objects": [a_car_on(range(40)), a_car_on(range(9), 2)]}).encode())
    haul = builders_hauls.a_haul(SMALL, blobs, step_bytes=900, run_bytes=300)
    stand = haul.begun()
    while stand.next != "head":
        once, then = haul.step(stand), dict(blobs.objects)
        assert (haul.step(stand), blobs.objects) == (once, then)
        stand = once

    assert stand.number > 5


def test_nothing_is_made_of_an_upload_that_was_written_anew_between_two_steps() -> None:
    blobs = MemoryBlobs()
    first, second = (json.dumps({"objects": [a_car_on(range(40), number)]}).encode() for number in (1, 2))
    blobs.put(builders_hauls.UPLOAD, first)
    haul = builders_hauls.a_haul(SMALL, blobs, step_bytes=900)
    begun = haul.step(haul.begun())
    blobs.put(builders_hauls.UPLOAD, second)

    assert (begun.next, len(first)) == ("read", len(second))
    with pytest.raises(Conflict, match="uploaded again"):
        haul.step(begun)


def test_the_time_left_is_told_at_the_pace_so_far() -> None:
    heard = NINE + timedelta(minutes=1)

    quarter = Headway(job_id=JobId("job"), steps=1, share=0.25, begun_at=NINE, heard_at=heard)

    assert quarter.time_left_s == 180
    assert quarter.changed(share=0).time_left_s is None


def test_a_job_that_dies_anywhere_saves_the_row_once_when_it_is_tried_again() -> None:
    cut_off = []
    for writes in range(1, 26):
        ports, life = mortal(memory_ports())
        _, (row_id,) = some_rows(1, ports, media_kind=MediaKind.VIDEO)
        open_all(ports, 1)
        ports.blobs.put(f"tmp/labels/{row_id}/a", json.dumps({"objects": [a_car(), a_car_on([0], 2)]}).encode())
        haul = Haul(JobId("job"), row_id, f"tmp/labels/{row_id}/a", SAVE_ID, NINE, step_bytes=200, run_bytes=1)

        cut_off.append(killed_after(writes, life, lambda haul=haul, ports=ports: to_its_end(haul, ports)))
        to_its_end(haul, ports)
        assert saves(ports, [row_id]) == [1]

    assert (cut_off[0], cut_off[-1]) == (True, False)


def to_its_end(haul: Haul, ports: Ports) -> None:
    while conveying.carry_on(haul, BOSS, outlook(ports), ports):
        pass


class NotingBlobs(MemoryBlobs):
    """Notes how often it was read."""

    reads = 0

    def open(self, key: str, start: int = 0) -> Iterator[bytes]:
        self.reads += 1
        return super().open(key, start)

    def get(self, key: str) -> bytes:
        self.reads += 1
        return super().get(key)


def test_bodies_of_very_many_labels_are_read_one_by_one() -> None:
    blobs = NotingBlobs()
    blobs.put(labels_blob("a" * 64), labels.canonical(LabelBody()))
    tasks = [a_task(data_id=str(each), label_sha256="a" * 64, objects=10_001) for each in range(4)]

    found = keeping.bodies([Row(task) for task in tasks], blobs)

    assert [blobs.reads for _ in found] == [1, 2, 3, 4]
