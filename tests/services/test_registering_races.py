"""Jobs that register the same files at the same moment, in orders drawn from a seed: with the flag, nothing twice."""

import random
from collections import Counter
from typing import Any

import pytest

from gloss.domain.job import Job, Outcome
from gloss.domain.locations import locate
from gloss.domain.manifest.units import RowFault
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Store
from gloss.services import planning, recognising, refiling, settling
from gloss.services.parcelling import read_rows
from gloss.services.settling import Placed, Work
from tests.builders_media import an_image, dicom_files
from tests.builders_register import CALLER, Desk, a_desk, every_item
from tests.interleaving import LaggingStore, TurnTaking

OBJECTS = {
    **{f"s3://bkt/{number}.png": an_image(size=(20 + number, 10)) for number in range(3)},
    **{f"s3://bkt/mr/{number}.dcm": body for number, body in enumerate(dicom_files()[:4])},
}
PICTURES, SLICES = [*OBJECTS][:3], [*OBJECTS][3:]


def numbered(urls: list[str]) -> dict[str, Any]:
    return {"title": "some", **{f"objectUrl_{number}": url for number, url in enumerate(urls)}}


def manifest() -> dict[str, Any]:
    """Images, of which one comes twice, a group, and series that share files."""
    images = [{"objectUrl": url, "clientMetadata": {"at": at}} for at, url in enumerate([*PICTURES, PICTURES[0]])]
    series = [numbered(SLICES[:3]), numbered(SLICES[1:])]
    return {"images": images, "image_groups": [numbered(PICTURES)], "dicom_series": series, "skip_duplicate_urls": True}


def placed_units(job: Job, desk: Desk) -> list[Placed]:
    rows = (row for row in read_rows(job.id, 0, desk.ports.blobs) if not isinstance(row, RowFault))
    return [(row, tuple(locate(url).url for url in row.urls)) for row in rows]


def planned(desk: Desk, wanted: dict[str, Any]) -> Job:
    job = desk.submit(wanted)
    planning.plan(job.id, desk.ports)
    return desk.ports.store.get(JOBS, job_key(job.id))


def settled(job: Job, units: list[Placed], desk: Desk, store: Store) -> list[Outcome]:
    """The units one after the other, as one of a batch's threads does."""
    work = Work(job, desk.media, None, desk.ports.clock.now(), desk.ports.blobs, 0)
    table = settling.Desk(work, settling.probe_files, store)
    known = (recognising.known_places([each], job, store) for each in units)
    return [settling.settle(each, what, table).outcome for each, what in zip(units, known, strict=True)]


def together(desk: Desk, jobs: list[Job], seed: int) -> list[Outcome]:
    """Every job in two halves at once, as two batches of it, each in an order of its own."""
    turns, draw = TurnTaking(seed), random.Random(seed)
    store = LaggingStore(turns, lag=2)
    store._records = desk.ports.store._records  # type: ignore[attr-defined]
    outcomes: list[Outcome] = []
    halves = [(job, units[half::2]) for job in jobs for half in (0, 1) if (units := placed_units(job, desk))]
    for _, units in halves:
        draw.shuffle(units)
    store.started = True
    turns.run([lambda job=job, units=units: outcomes.extend(settled(job, units, desk, store)) for job, units in halves])  # type: ignore[misc]
    return outcomes


@pytest.mark.parametrize("seed", range(40))
def test_two_jobs_at_once_make_what_one_would_have_made(seed: int) -> None:
    alone, desk = a_desk(OBJECTS), a_desk(OBJECTS)
    alone.register(manifest())
    jobs = [planned(desk, manifest()) for _ in range(2)]

    outcomes = together(desk, jobs, seed)

    assert set(every_item(desk)) == set(every_item(alone))
    assert Counter(it.status for it in outcomes) == {"done": 6, "skipped": 8}


@pytest.mark.parametrize("seed", range(20))
def test_metadata_of_both_jobs_are_merged_into_one_item(seed: int) -> None:
    desk = a_desk(OBJECTS)
    wanted = [{"images": [{"objectUrl": PICTURES[0], "clientMetadata": {key: 1}}]} for key in ("a", "b")]
    flags = {"skip_duplicate_urls": True, "upsert_metadata": True}
    jobs = [planned(desk, {**each, **flags}) for each in wanted]

    together(desk, jobs, seed)

    assert [item.metadata for item in desk.items()] == [{"a": 1, "b": 1}]


@pytest.mark.parametrize("seed", range(20))
def test_urls_whose_item_was_deleted_come_back_once(seed: int) -> None:
    desk = a_desk(OBJECTS)
    desk.register(manifest())
    for item in desk.items():
        refiling.delete_one(item.id, CALLER, desk.ports)

    together(desk, [planned(desk, manifest()) for _ in range(2)], seed)

    assert len(desk.items()) == 6


@pytest.mark.parametrize("seed", range(10))
def test_jobs_without_the_flag_make_an_item_for_each_row(seed: int) -> None:
    desk = a_desk(OBJECTS)
    kept = {**manifest(), "skip_duplicate_urls": False}

    together(desk, [planned(desk, kept), planned(desk, kept), planned(desk, manifest())], seed)
    before = len(desk.items())
    desk.register(manifest())

    assert before >= 14
    assert len(desk.items()) == before
