"""Plan: a manifest of any format becomes batches, a few rows first, never more than one is large."""

import json
from collections.abc import Iterator

import pytest

from gloss.adapters.memory import MemoryBlobs
from gloss.domain.job import RENDERS_FROM, Job, JobStatus
from gloss.services import planning, submitting
from gloss.services.parcelling import read_rows
from gloss.services.planning import Planned, batch_weight
from tests.builders_register import Desk, a_desk

PLAIN = {"kind": "image", "objectUrl": "s3://bkt/x.png", "clientMetadata": {"line\nfeed": 1}}
GROUP = {"kind": "image_group", "title": "rig", "objectUrl_0": "s3://bkt/l.png", "objectUrl_1": "s3://bkt/r.png"}
SEQUENCE = {**GROUP, "kind": "image_sequence"}


def an_uploaded_job(desk: Desk, body: bytes, name: str) -> Job:
    upload = submitting.invite_manifest(desk.folder.id, submitting.NewManifest(file_name=name), desk.ports)
    desk.ports.blobs.put(upload.manifest_key, body)
    return desk.submit(manifest_key=upload.manifest_key)


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def batches(planned: Planned, desk: Desk) -> list[list[int]]:
    return [[row.row for row in read_rows(planned.job_id, each, desk.ports.blobs)] for each in planned.batches]


def test_batches_are_small_at_first_and_keep_the_order() -> None:
    desk = a_desk({})
    job = an_uploaded_job(desk, lines(*[{**PLAIN, "clientMetadata": {}}] * 1250), "rows.ndjson")

    found = batches(planning.plan(job.id, desk.ports), desk)

    assert [len(each) for each in found] == [50] * 20 + [200, 50]
    assert [row for each in found for row in each] == list(range(1, 1251))


def test_rows_that_are_not_plain_stand_where_they_stood() -> None:
    desk = a_desk({})
    rows = [PLAIN, GROUP, {"kind": "image"}, {**PLAIN, "clientMetadata": {"a": 1}}, SEQUENCE, {**GROUP, "title": "2"}]
    job = an_uploaded_job(desk, lines(*rows), "rows.jsonl")

    planned = planning.plan(job.id, desk.ports)

    assert batches(planned, desk) == [[1, 2, 3, 4, 6]]
    assert [row.row for row in read_rows(job.id, RENDERS_FROM, desk.ports.blobs)] == [5]


def test_rows_of_indented_json_survive_being_lines_of_a_batch() -> None:
    desk = a_desk({})
    rows = [{"objectUrl": f"s3://bkt/{number}", "title": "a\nb", "clientMetadata": {"n": 1}} for number in range(3)]
    job = an_uploaded_job(desk, json.dumps({"videos": rows}, indent=4).encode(), "rows.json")

    planned = planning.plan(job.id, desk.ports)

    found = read_rows(job.id, planned.batches[0], desk.ports.blobs)
    assert [(row.path, row.urls, row.title) for row in found] == [  # type: ignore[union-attr]
        (f"videos[{number}]", (f"s3://bkt/{number}",), "a\nb") for number in range(3)
    ]


def test_planning_again_writes_the_same_batches() -> None:
    desk = a_desk({})
    job = an_uploaded_job(desk, lines(PLAIN, GROUP, SEQUENCE), "rows.ndjson")

    first = planning.plan(job.id, desk.ports)
    written = {key: desk.ports.blobs.get(key) for key in desk.ports.blobs.keys(f"jobs/{job.id}/rows/")}

    assert planning.plan(job.id, desk.ports) == first
    assert written == {key: desk.ports.blobs.get(key) for key in desk.ports.blobs.keys(f"jobs/{job.id}/rows/")}


class Long(MemoryBlobs):
    """Blobs of which a manifest has no end."""

    def __init__(self, chunk: bytes) -> None:
        super().__init__()
        self._chunk = chunk

    def open(self, key: str, start: int = 0) -> Iterator[bytes]:
        while key and not start:
            yield self._chunk


@pytest.mark.parametrize(
    ("chunk", "says"),
    [(b" " * 2**20 + b"\n", "too large"), (lines({"kind": "image", "objectUrl": "a"}) * 9999, "long")],
)
def test_a_manifest_beyond_every_measure_ends_the_job_with_the_reason(chunk: bytes, says: str) -> None:
    desk = a_desk({})
    job = an_uploaded_job(desk, b"", "rows.ndjson")
    desk.ports = type(desk.ports)(desk.ports.store, Long(chunk), desk.ports.machines, desk.ports.clock, desk.ports.ids)

    planned = planning.plan(job.id, desk.ports)

    assert (planned.status, desk.followed(job).job.status) == ("over", JobStatus.ERROR)
    assert says in str(desk.followed(job).job.reason)


def test_a_batch_never_weighs_less_than_one_before() -> None:
    weights = [batch_weight(number) for number in range(100)]

    assert weights == sorted(weights)
