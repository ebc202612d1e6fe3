"""Long image sequences are filmed in segments and joined, and no crash on the way costs a frame or doubles one."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import av
import pytest

from gloss.adapters.memory import MemoryBlobs, memory_ports
from gloss.domain.errors import Invalid
from gloss.domain.job import RENDERS_FROM
from gloss.domain.media import Item
from gloss.domain.segments import SegmentName, segments_of
from gloss.kinds.register import JOBS, job_key
from gloss.services import filming, planning, segmenting
from gloss.services.segmenting import SegmentRef
from tests.builders_active import a_picture
from tests.builders_media import an_image
from tests.builders_register import Desk, a_desk, every_item
from tests.mortal import Life, killed_after, mortal

FRAMES = 7
SHADES = [30 + 30 * at for at in range(FRAMES)]
IMAGES = {f"s3://bkt/{at}.png": a_picture((shade, shade, shade), (64, 48)) for at, shade in enumerate(SHADES)}


def a_sequence(urls: list[str] | None = None, **flags: bool) -> dict[str, Any]:
    images = [{"url": url} for url in urls or IMAGES]
    return {"image_groups": [{"title": "s", "createVideo": True, "images": images}], **flags}


def a_cutting_desk(ports: Any = None, frames_a_segment: int = 3, **objects: bytes) -> Desk:
    """A desk whose sequences are cut into segments of three frames."""
    named = {f"s3://bkt/{name.replace('_', '.')}": body for name, body in objects.items()}
    return replace(a_desk({**IMAGES, **named}, ports=ports), frames_a_segment=frames_a_segment)


def film_of(desk: Desk, item: Item) -> av.container.InputContainer:
    return av.open(BytesIO(desk.media.objects[item.url or ""]))


def temporary(desk: Desk) -> list[str]:
    assert isinstance(desk.ports.blobs, MemoryBlobs)
    return [key for key in desk.ports.blobs.objects if key.startswith("tmp/")]


def shades(desk: Desk, item: Item) -> list[int]:
    """The mean gray of every frame of an item's video, as it is decoded."""
    with film_of(desk, item) as film:
        return [round(float(frame.to_ndarray(format="gray").mean())) for frame in film.decode(video=0)]


def test_a_joined_film_has_every_frame_in_order_at_its_second() -> None:
    desk = a_cutting_desk()

    desk.register(a_sequence())

    (item,) = desk.items()
    with film_of(desk, item) as film:
        frames = list(film.decode(video=0))
    assert [frame.time for frame in frames] == [float(at) for at in range(FRAMES)]
    assert {(frame.width, frame.height) for frame in frames} == {(64, 48)}
    assert shades(desk, item) == pytest.approx(SHADES, abs=12)
    assert (item.facts.frame_count, item.facts.duration_s, item.sources) == (FRAMES, FRAMES, tuple(IMAGES))


def test_segments_are_joined_by_packets_that_follow_each_other() -> None:
    desk = a_cutting_desk()

    desk.register(a_sequence())

    with film_of(desk, desk.items()[0]) as film:
        packets = [packet for packet in film.demux(video=0) if packet.dts is not None]
        step = round(1 / packets[0].time_base)
    assert [packet.dts for packet in packets] == [at * step for at in range(FRAMES)]
    assert [at for at, packet in enumerate(packets) if packet.is_keyframe] == [0, 3, 6]


@pytest.mark.parametrize("second", range(FRAMES))
def test_every_second_of_a_joined_film_is_found_by_seeking(second: int) -> None:
    desk = a_cutting_desk()
    desk.register(a_sequence())

    with film_of(desk, desk.items()[0]) as film:
        film.seek(second * av.time_base, backward=True)
        found = next(frame for frame in film.decode(video=0) if frame.time == second)

    assert float(found.to_ndarray(format="gray").mean()) == pytest.approx(SHADES[second], abs=12)


def test_a_joined_film_shows_what_one_that_was_filmed_at_once_shows() -> None:
    cut, whole = a_cutting_desk(), a_cutting_desk(frames_a_segment=FRAMES)

    told = [desk.register(a_sequence()).items[0] for desk in (cut, whole)]

    assert shades(cut, cut.items()[0]) == pytest.approx(shades(whole, whole.items()[0]), abs=2)
    assert told[0].bytes_read == told[1].bytes_read == sum(map(len, IMAGES.values()))
    cut_facts, whole_facts = cut.items()[0].facts, whole.items()[0].facts
    assert cut_facts.model_copy(update={"size_bytes": whole_facts.size_bytes}) == whole_facts


def test_a_sequence_of_one_segment_is_filmed_at_once() -> None:
    desk = a_cutting_desk(frames_a_segment=FRAMES)
    job = desk.submit(a_sequence())

    planned = planning.plan(job.id, desk.ports, FRAMES)

    assert (planned.segments, planned.renders) == ((), (RENDERS_FROM,))
    assert desk.ports.store.get(JOBS, job_key(job.id)).frames_a_segment is None


def test_images_of_other_sizes_take_that_of_the_first_in_every_segment() -> None:
    desk = a_cutting_desk(odd_png=an_image(size=(33, 20)))
    urls = [*IMAGES, "s3://bkt/odd.png"]

    desk.register(a_sequence([urls[0], *urls[4:], urls[1]]))

    with film_of(desk, desk.items()[0]) as film:
        assert [(frame.width, frame.height) for frame in film.decode(video=0)] == [(64, 48)] * 6


def test_odd_sizes_are_joined_too() -> None:
    desk = a_cutting_desk(odd_png=an_image(size=(33, 21)))

    desk.register(a_sequence(["s3://bkt/odd.png", *IMAGES]))

    with film_of(desk, desk.items()[0]) as film:
        assert {(frame.width, frame.height) for frame in film.decode(video=0)} == {(33, 21)}


def test_one_broken_image_is_the_error_of_its_sequence() -> None:
    desk = a_cutting_desk(broken_png=b"none")

    followed = desk.register(a_sequence([*IMAGES, "s3://bkt/broken.png"]))

    (error,) = followed.errors
    assert "s3://bkt/broken.png cannot be read as one" in str(error.error)
    assert (error.action, desk.items(), temporary(desk)) == ("Rendering image sequence", [], [])


def test_a_bucket_that_may_not_be_written_is_told_with_what_is_needed() -> None:
    desk = replace(a_desk(IMAGES, may_write=False), frames_a_segment=3)

    followed = desk.register(a_sequence())

    assert filming.NEEDED in str(followed.errors[0].error)


def test_no_segment_is_left_when_the_film_is_there() -> None:
    desk = a_cutting_desk()
    job = desk.submit(a_sequence())
    planned = planning.plan(job.id, desk.ports, 3)
    for name in planned.segments:
        segmenting.segment(SegmentRef(job_id=job.id, segment=name), desk.media_of, desk.ports)
    kept = temporary(desk)

    filming.film(job.id, planned.renders[0], desk.media_of, desk.ports)

    assert (len(kept), temporary(desk)) == (2 * segments_of(FRAMES, 3), [])


def test_a_segment_is_filmed_once_however_often_it_is_asked_for() -> None:
    desk = a_cutting_desk()
    job = desk.submit(a_sequence())
    name = planning.plan(job.id, desk.ports, 3).segments[1]
    segmenting.segment(SegmentRef(job_id=job.id, segment=name), desk.media_of, desk.ports)
    reads = desk.media.reads

    segmenting.segment(SegmentRef(job_id=job.id, segment=name), desk.media_of, desk.ports)

    assert (reads, desk.media.reads) == (4, 4)


def test_nothing_is_filmed_of_a_sequence_that_the_folder_has() -> None:
    desk = a_cutting_desk()
    desk.register(a_sequence(skip_duplicate_urls=True))
    reads = desk.media.reads

    (outcome,) = desk.register(a_sequence(skip_duplicate_urls=True)).items

    assert (outcome.status, desk.media.reads - reads, len(desk.items())) == ("skipped", 0, 1)


def test_lost_segments_are_filmed_again_when_they_are_joined() -> None:
    desk = a_cutting_desk()
    job = desk.submit(a_sequence())
    planned = planning.plan(job.id, desk.ports, 3)
    for name in planned.segments:
        segmenting.segment(SegmentRef(job_id=job.id, segment=name), desk.media_of, desk.ports)
    films = [key for key in temporary(desk) if key.endswith(".mp4")]
    desk.ports.blobs.remove([films[0], films[2].replace("mp4", "json")])

    filming.film(job.id, planned.renders[0], desk.media_of, desk.ports)

    assert shades(desk, desk.items()[0]) == pytest.approx(SHADES, abs=12)


def test_a_death_after_any_write_ends_in_the_same_film() -> None:
    whole, life = a_desk_of_one_life()
    job = whole.submit(a_sequence())
    life.writes = 0
    whole.run(job)

    assert life.writes > 2 * segments_of(FRAMES, 3)
    for writes in range(1, life.writes):
        desk, mortality = a_desk_of_one_life()
        again = desk.submit(a_sequence())
        assert killed_after(writes, mortality, lambda desk=desk, job=again: desk.run(job))  # type: ignore[misc]
        desk.run(again)

        assert every_item(desk) == every_item(whole), f"killed after write {writes}"
        assert (shades(desk, desk.items()[0]), temporary(desk)) == (shades(whole, whole.items()[0]), [])


@pytest.mark.parametrize("text", ["", "1/2", "1/2/3/4", "a/1/2", "-1/2/3", "1/2/٣"])
def test_what_names_no_segment_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        SegmentName.read(text)


def a_desk_of_one_life() -> tuple[Desk, Life]:
    ports, life = mortal(memory_ports())
    return a_cutting_desk(ports), life
