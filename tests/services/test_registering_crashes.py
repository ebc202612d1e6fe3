"""A registration that is killed between any two of its writes, and taken up again, ends like one that never was."""

import random
from typing import Any

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.job import JobStatus
from gloss.domain.media import MediaKind
from gloss.services import following, planning, registering
from gloss.services.following import Followed
from tests.builders_long import a_group, a_long_desk, member_titles
from tests.builders_media import an_image, dicom_files
from tests.builders_register import Desk, a_desk, every_item
from tests.mortal import Life, killed_after, mortal

LONG = 950
IMAGES = {f"s3://bkt/{number}.png": an_image(size=(20 + number, 10)) for number in range(4)}
SERIES = {f"s3://bkt/mr/{number}.dcm": body for number, body in enumerate(dicom_files()[:4])}


def numbered(urls: list[str], **more: Any) -> dict[str, Any]:
    return {"title": "some", **more, **{f"objectUrl_{number}": url for number, url in enumerate(urls)}}


def manifest(**flags: bool) -> dict[str, Any]:
    """Images twice and once, one that is missing, groups and series that share files, one split, a sequence."""
    said = [{"a": 1}, {"b": 2}, {"a": None}]
    images = [{"objectUrl": f"s3://bkt/{at}.png", "clientMetadata": said[at % 3]} for at in (0, 1, 0, 9, 2, 1)]
    pictures, slices = [*IMAGES], [*SERIES]
    split = {"title": "split", "clusterByResolution": True, "images": [{"url": url} for url in pictures[1:]]}
    groups = [numbered(pictures[:2]), numbered(pictures[:2]), numbered(pictures[2:]), split]
    return {
        "images": images,
        "image_groups": [*groups, numbered(pictures[1:3], createVideo=True)],
        "dicom_series": [numbered(slices[:2]), numbered(slices[1:]), numbered(slices[:2]), numbered(slices[1:3])],
        **flags,
    }


def a_mortal_desk() -> tuple[Desk, Life]:
    ports, life = mortal(memory_ports())
    return a_desk({**IMAGES, **SERIES}, location="s3://bkt/", ports=ports), life


FLAGS = [{}, {"skip_duplicate_urls": True}, {"skip_duplicate_urls": True, "upsert_metadata": True}]


def a_long_desk_of_one_life() -> tuple[Desk, Life]:
    ports, life = mortal(memory_ports())
    return a_long_desk(ports), life


def told(followed: Followed) -> list[tuple[object, ...]]:
    """What every unit's outcome says that no crash may change; bytes are those of the last try.

    What is odd about a file is known only to the try that read it; how a group was split is told by every try.
    """
    found = (*followed.errors, *followed.items)
    split = {it.row: it.warnings for it in found if it.kind is MediaKind.IMAGE_GROUP}
    return sorted((it.row, it.status, it.item_id, it.error or "", split.get(it.row, ())) for it in found)


@pytest.mark.parametrize("flags", FLAGS, ids=["kept", "skipped", "merged"])
def test_no_crash_between_two_writes_changes_what_is_registered(flags: dict[str, bool]) -> None:
    whole, life = a_mortal_desk()
    job = whole.submit(manifest(**flags))
    life.writes = 0
    expected = whole.run(job)

    for writes in range(1, life.writes):
        desk, mortality = a_mortal_desk()
        again = desk.submit(manifest(**flags))
        assert killed_after(writes, mortality, lambda desk=desk, job=again: desk.run(job))  # type: ignore[misc]
        ended = desk.run(again)

        assert every_item(desk) == every_item(whole), f"killed after write {writes}"
        assert told(ended) == told(expected)
        assert (ended.job.status, ended.progress.done) == (JobStatus.ERROR, expected.progress.done)


@pytest.mark.parametrize("seed", range(15))
def test_any_sequence_of_crashes_and_retries_doubles_no_row(seed: int) -> None:
    draw, whole = random.Random(seed), a_mortal_desk()[0]
    flags = draw.choice(FLAGS)
    expected = whole.run(whole.submit(manifest(**flags)))
    desk, life = a_mortal_desk()
    job = desk.submit(manifest(**flags))

    while killed_after(draw.randint(1, 12), life, lambda: desk.run(job)):
        continue

    assert every_item(desk) == every_item(whole)
    assert told(desk.followed(job)) == told(expected)


def test_the_same_manifest_after_any_crash_adds_nothing_new() -> None:
    whole, life = a_mortal_desk()
    life.writes = 0
    whole.register(manifest(skip_duplicate_urls=True))

    for writes in range(3, life.writes, 3):
        desk, mortality = a_mortal_desk()
        broken = desk.submit(manifest(skip_duplicate_urls=True))
        killed_after(writes, mortality, lambda desk=desk, job=broken: desk.run(job))  # type: ignore[misc]
        desk.register(manifest(skip_duplicate_urls=True))

        assert [shown(item) for item in desk.items()] == [shown(item) for item in whole.items()]


@pytest.mark.parametrize("skipping", [False, True])
def test_a_crash_around_a_long_list_of_members_leaves_the_same_items(skipping: bool) -> None:
    whole, life = a_long_desk_of_one_life()
    told_of = {**a_group(LONG), "skip_duplicate_urls": skipping}
    job = whole.submit(told_of)
    life.writes = 0
    whole.run(job)
    last = life.writes

    for writes in (*range(1, 8), LONG // 2, *range(last - 7, last)):
        desk, mortality = a_long_desk_of_one_life()
        again = desk.submit(told_of)
        assert killed_after(writes, mortality, lambda desk=desk, job=again: desk.run(job))  # type: ignore[misc]
        assert all(it.roll is None or desk.ports.blobs.get(it.roll.key) for it in every_item(desk).values())
        desk.run(again)

        assert every_item(desk) == every_item(whole), f"killed after write {writes} of {last}"
        assert member_titles(desk.items()[0], desk) == [f"{at:06}.png" for at in range(LONG)]


def shown(item: Any) -> tuple[object, ...]:
    """What anybody sees of an item, whichever job made it; a sequence's video lies under its job."""
    return (item.id, item.kind, item.members, item.title, None if item.kind is MediaKind.IMAGE_SEQUENCE else item.url)


def test_a_batch_that_has_ended_is_not_done_again() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit({"images": [{"objectUrl": "s3://bkt/0.png"}]})
    planning.plan(job.id, desk.ports)
    first = registering.register(job.id, 0, desk.media_of, desk.ports)
    desk.media.objects.clear()

    again = registering.register(job.id, 0, desk.media_of, desk.ports)

    assert (again, len(list(following.outcomes(job, desk.ports)))) == (first, 1)


def test_a_batch_that_was_begun_reads_only_what_is_left() -> None:
    desk, life = a_mortal_desk()
    job = desk.submit({"images": [{"objectUrl": url} for url in IMAGES]})
    planning.plan(job.id, desk.ports)
    killed_after(life.writes and 7, life, lambda: registering.register(job.id, 0, desk.media_of, desk.ports))
    before, kept = desk.media.reads, len(every_item(desk))

    registering.register(job.id, 0, desk.media_of, desk.ports)

    assert desk.media.reads - before == len(IMAGES) - kept
    assert len(desk.items()) == len(IMAGES)
