"""A registration from its manifest to its items, with everything behind it in memory."""

import json
from collections.abc import Callable

import pytest

from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.errors import Conflict, Invalid, Malformed, NotFound
from gloss.domain.job import JobStatus
from gloss.domain.media import MediaKind
from gloss.kinds.register import ITEMS, item_key
from gloss.services import filming, finishing, following, planning, refiling, registering, submitting
from gloss.services.submitting import NewJob
from tests.builders_media import a_pdf, a_sound, a_video, an_image, dicom_files
from tests.builders_register import CALLER, Desk, a_desk

IMAGES = {f"s3://bkt/{number}.png": an_image(size=(20 + number, 10)) for number in range(5)}
SERIES = {f"s3://bkt/mr/{number}.dcm": body for number, body in enumerate(dicom_files())}


def images(*numbers: int, **flags: bool) -> dict[str, object]:
    return {"images": [{"objectUrl": f"s3://bkt/{number}.png"} for number in numbers], **flags}


def numbered(urls: list[str], title: str = "rig", **more: object) -> dict[str, object]:
    return {"title": title, **more, **{f"objectUrl_{number}": url for number, url in enumerate(urls)}}


def test_files_of_every_kind_become_items_with_facts() -> None:
    desk = a_desk(
        {
            **IMAGES,
            "s3://bkt/v.mp4": a_video(),
            "s3://bkt/a.wav": a_sound(),
            "s3://bkt/p.pdf": a_pdf(2),
            "s3://bkt/t.html": b"<p>",
            "s3://bkt/s.csv": b"time,speed\n0,1\n2.5,1\n",
        }
    )
    rest = {"videos": "v.mp4", "audio": "a.wav", "pdfs": "p.pdf", "text": "t.html", "time_series": "s.csv"}

    followed = desk.register(images(0) | {key: [{"objectUrl": f"s3://bkt/{name}"}] for key, name in rest.items()})

    facts = {item.kind: item.facts for item in desk.items()}
    assert (followed.job.status, followed.progress.done, followed.progress.pending) == (JobStatus.DONE, 6, 0)
    assert facts[MediaKind.TIME_SERIES].duration_s == 2.5
    assert facts[MediaKind.IMAGE].width_px == 20
    assert facts[MediaKind.VIDEO].frame_count == 30
    assert facts[MediaKind.AUDIO].sample_rate_hz == 8000
    assert facts[MediaKind.PDF].num_pages == 2
    assert facts[MediaKind.TEXT].mime_type == "text/html"
    assert followed.progress.bytes_read > 0


def test_one_broken_url_is_one_error_that_names_it() -> None:
    followed = a_desk(IMAGES).register(images(0, 9, 1))

    (error,) = followed.errors
    assert (followed.job.status, followed.progress.done, followed.progress.error) == (JobStatus.ERROR, 2, 1)
    assert (error.urls, error.error) == (("s3://bkt/9.png",), "There is no object at s3://bkt/9.png.")
    assert error.action == "Reading object head"


def test_ignored_errors_let_the_job_be_done() -> None:
    followed = a_desk(IMAGES).register(images(0, 9), ignore_errors=True)

    assert (followed.job.status, followed.progress.error) == (JobStatus.DONE, 1)


def test_a_faulty_row_is_an_error_beside_good_rows() -> None:
    followed = a_desk(IMAGES).register(
        {"images": [{"objectUrl": "s3://bkt/0.png"}, {"objectUrl": "s3://bkt/1.png", "x": 1}]}
    )

    assert (followed.progress.done, followed.errors[0].path) == (1, "images[1].x")
    assert followed.errors[0].action == "Validating metadata"


def test_a_file_that_lies_about_its_kind_is_refused() -> None:
    followed = a_desk({"s3://bkt/0.png": b"no image at all"}).register(images(0))

    assert "Expected an image" in str(followed.errors[0].error)


def test_facts_that_the_client_gives_read_nothing() -> None:
    desk = a_desk({})
    said = {"mime_type": "image/png", "file_size": 5, "width": 7, "height": 8}

    desk.register({"images": [{"objectUrl": "s3://bkt/none.png", "imageMetadata": said}]})

    assert (desk.items()[0].facts.width_px, desk.media.reads) == (7, 0)


def test_the_same_url_twice_makes_two_items_without_the_flag() -> None:
    desk = a_desk(IMAGES)

    desk.register(images(0, 0))
    desk.register(images(0))

    assert len(desk.items()) == 3


def test_with_the_flag_the_same_manifest_adds_nothing() -> None:
    desk = a_desk(IMAGES)
    desk.register(images(0, 1))

    followed = desk.register(images(0, 1, 2, 2, skip_duplicate_urls=True))

    assert len(desk.items()) == 3
    assert (followed.progress.done, followed.job.status) == (4, JobStatus.DONE)
    assert [outcome.status for outcome in followed.items] == ["skipped", "skipped", "done", "skipped"]


def test_upserting_merges_metadata_of_skipped_rows() -> None:
    desk = a_desk(IMAGES)
    row = {"objectUrl": "s3://bkt/0.png"}
    desk.register({"images": [{**row, "clientMetadata": {"a": 1, "b": 2}}]})

    again = {"images": [{**row, "clientMetadata": {"b": None, "c": 3}}], "skip_duplicate_urls": True}
    desk.register({**again, "upsert_metadata": True})

    assert [item.metadata for item in desk.items()] == [{"a": 1, "c": 3}]


def test_a_batch_that_is_tried_again_doubles_nothing() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit(images(0, 1))
    planning.plan(job.id, desk.ports)
    registering.register(job.id, 0, desk.media_of, desk.ports)

    again = registering.register(job.id, 0, desk.media_of, desk.ports)

    assert (again.counts.done, again.counts.skipped) == (2, 0)
    assert len(desk.items()) == 2


def test_a_retry_with_the_flag_counts_its_own_items_as_done() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit(images(0, 1, skip_duplicate_urls=True))
    planning.plan(job.id, desk.ports)
    registering.register(job.id, 0, desk.media_of, desk.ports)

    assert registering.register(job.id, 0, desk.media_of, desk.ports).counts.skipped == 0


def test_video_marks_are_placed_on_frames() -> None:
    desk = a_desk({"s3://bkt/v.mp4": a_video(frames=30, fps=10)})
    frames = {"1.5": {"clip": [0.1, 0.2], "weather": "fog"}, "2.0": {}}
    marks = {"config": {"sampling_rate": 0, "keyframe_mode": "seconds"}, "frames": frames}

    desk.register({"videos": [{"objectUrl": "s3://bkt/v.mp4", "clientMetadata": {"site": "north", "$encord": marks}}]})

    (item,) = desk.items()
    assert (item.keyframes, item.sampling_rate, item.metadata) == ((15, 20), 0, {"site": "north"})
    assert (item.frame_metadata, item.frame_embeddings) == ({15: {"clip": [0.1, 0.2], "weather": "fog"}}, {})


def test_a_group_keeps_its_images_as_hidden_members() -> None:
    desk = a_desk(IMAGES)

    desk.register({"image_groups": [numbered(["s3://bkt/3.png", "s3://bkt/1.png"])]})

    (group,) = desk.items()
    members = desk.ports.store.get_many(ITEMS, [item_key(each) for each in group.members])
    assert (group.kind, group.facts.frame_count) == (MediaKind.IMAGE_GROUP, 2)
    assert [(member.url, member.hidden) for member in members] == [("s3://bkt/3.png", True), ("s3://bkt/1.png", True)]


@pytest.mark.parametrize("skipping", [False, True])
def test_a_group_is_split_by_resolution_once(skipping: bool) -> None:
    desk = a_desk({**IMAGES, "s3://bkt/twin.png": an_image(size=(21, 10))})
    urls = ["s3://bkt/1.png", "s3://bkt/3.png", "s3://bkt/twin.png"]
    row = {"title": "rig", "clusterByResolution": True, "images": [{"url": url} for url in urls]}
    job = desk.submit({"image_groups": [row], "skip_duplicate_urls": skipping})
    planning.plan(job.id, desk.ports)

    registering.register(job.id, 0, desk.media_of, desk.ports)
    registering.register(job.id, 0, desk.media_of, desk.ports)

    found = {item.title: item for item in desk.items()}
    assert sorted(found) == ["rig (21 x 10)", "rig (23 x 10)"]
    members = desk.ports.store.get_many(ITEMS, [item_key(each) for each in found["rig (21 x 10)"].members])
    assert [member.url for member in members] == [urls[0], urls[2]]
    assert {member.part_of for member in members} == {found["rig (21 x 10)"].id}


def test_a_group_split_before_is_skipped_with_the_flag() -> None:
    desk = a_desk(IMAGES)
    row = {"title": "rig", "clusterByResolution": True, "images": [{"url": f"s3://bkt/{n}.png"} for n in (1, 2)]}
    desk.register({"image_groups": [row]})

    followed = desk.register({"image_groups": [row], "skip_duplicate_urls": True})

    assert [outcome.status for outcome in followed.items] == ["skipped"]
    assert len(desk.items()) == 2


def test_a_sequence_becomes_a_video_in_the_bucket() -> None:
    desk = a_desk(IMAGES, location="s3://bkt/")

    followed = desk.register({"image_groups": [numbered(["s3://bkt/4.png", "0.png", "1.png"], createVideo=True)]})

    (item,) = desk.items()
    assert (item.facts.width_px, item.facts.frame_count, item.facts.codec) == (24, 3, "h264")
    assert item.url == f"s3://bkt/gloss/sequences/{followed.job.id}/0.mp4"
    assert desk.media.objects[item.url][4:8] == b"ftyp"
    assert item.sources == ("s3://bkt/4.png", "s3://bkt/0.png", "s3://bkt/1.png")
    assert followed.items[0].bytes_read == sum(len(desk.media.objects[url]) for url in item.sources)


def test_a_broken_image_of_a_sequence_is_named() -> None:
    desk = a_desk({**IMAGES, "s3://bkt/9.png": b"no image"})

    followed = desk.register({"image_groups": [numbered(["s3://bkt/0.png", "s3://bkt/9.png"], createVideo=True)]})

    assert "s3://bkt/9.png cannot be read" in str(followed.errors[0].error)
    assert desk.items() == []


def test_a_sequence_that_is_rendered_again_is_the_same_video() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit({"image_groups": [numbered(["s3://bkt/0.png", "s3://bkt/1.png"], createVideo=True)]})
    (number,) = planning.plan(job.id, desk.ports).renders
    filming.film(job.id, number, desk.media_of, desk.ports)
    before = dict(desk.media.objects)

    again = filming.film(job.id, number, desk.media_of, desk.ports)

    assert (again.counts.done, desk.media.objects) == (1, before)
    assert len(desk.items()) == 1


def test_a_sequence_without_write_permission_is_refused() -> None:
    desk = a_desk(IMAGES, may_write=False)

    followed = desk.register({"image_groups": [numbered(["s3://bkt/0.png"], createVideo=True)]})

    assert "must be allowed to write" in str(followed.errors[0].error)
    assert followed.errors[0].action == "Rendering image sequence"


def test_a_series_is_one_visible_item_of_sorted_files() -> None:
    desk = a_desk(SERIES)

    desk.register({"dicom_series": [numbered([*SERIES][::-1], "Scan")]})

    (series,) = desk.items()
    members = desk.ports.store.get_many(ITEMS, [item_key(each) for each in series.members])
    assert (series.title, series.facts.frame_count, series.facts.modality) == ("Scan", 7, "MR")
    assert all(member.kind is MediaKind.DICOM_FILE and member.hidden for member in members)
    assert len({member.facts.position_mm for member in members}) == len(members)


def test_known_files_of_a_series_are_reused_with_the_flag() -> None:
    desk, urls = a_desk(SERIES), [*SERIES]
    desk.register({"dicom_series": [numbered(urls[:3], "first")]})

    both = [numbered(urls[:2], "known"), numbered(urls[1:5], "more")]
    followed = desk.register({"dicom_series": both, "skip_duplicate_urls": True})

    first, more = desk.items()
    assert [outcome.status for outcome in followed.items] == ["skipped", "done"]
    assert len(set(first.members) & set(more.members)) == 2


def test_files_of_another_series_are_refused_with_their_counts() -> None:
    other = dicom_files("dicomdirtests/98892003/MR1")[0]

    followed = a_desk({**SERIES, "s3://bkt/o.dcm": other}).register(
        {"dicom_series": [numbered([*SERIES, "s3://bkt/o.dcm"], "mixed")]}
    )

    assert "(7 files)" in str(followed.errors[0].error)
    assert followed.errors[0].action == "Indexing DICOM series"


def test_a_relative_path_needs_a_default_location() -> None:
    row = {"images": [{"objectUrl": "0.png"}]}

    assert "no default location" in str(a_desk(IMAGES).register(row).errors[0].error)
    assert a_desk(IMAGES, location="s3://bkt/").register(row).progress.done == 1


def test_a_csv_is_registered_like_json() -> None:
    desk = a_desk(IMAGES)

    followed = desk.register(csv="ObjectUrl,Image title\ns3://bkt/0.png,First\ns3://bkt/9.png,\n")

    assert [item.title for item in desk.items()] == ["First"]
    assert (followed.progress.error, followed.errors[0].row) == (1, 3)


def test_a_table_of_one_column_expects_videos_and_names_what_it_got() -> None:
    desk = a_desk({**IMAGES, "s3://bkt/a.wav": a_sound()})

    followed = desk.register(csv="ObjectUrl\ns3://bkt/0.png\ns3://bkt/a.wav\n")

    assert [error.error for error in followed.errors] == [
        "Expected a video, got an image of type png: s3://bkt/0.png.",
        "Expected a video, got a file of type wav: s3://bkt/a.wav.",
    ]


def test_lines_are_registered_like_json() -> None:
    desk = a_desk(IMAGES)
    good, bad = '{"kind": "image", "objectUrl": "s3://bkt/0.png", "title": "First"}', '{"kind": "image"'

    followed = desk.register(ndjson=f'{{"skip_duplicate_urls": true}}\n{good}\n{bad}\n{good}\n')

    assert [(item.title, item.row) for item in desk.items()] == [("First", 2)]
    assert [(error.row, error.action) for error in followed.errors] == [(3, "Validating metadata")]
    assert [outcome.status for outcome in followed.items] == ["done", "skipped"]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"manifest": '{"images": [}'}, Malformed),
        ({"manifest": {"vidoes": []}}, Invalid),
        ({"csv": "hello\n"}, Malformed),
        ({}, Invalid),
        ({"manifest": {}, "csv": "ObjectUrl\n"}, Invalid),
        ({"ndjson": '{"upsert_metadata": 5}'}, Invalid),
        ({"manifest_key": "manifests/other/x.json"}, NotFound),
    ],
)
def test_a_manifest_that_cannot_be_read_starts_nothing(wanted: dict[str, object], error: type[Exception]) -> None:
    desk = a_desk({})

    with pytest.raises(error):
        submitting.submit(desk.folder.id, NewJob.model_validate(wanted), None, CALLER, desk.ports)

    assert not desk.ports.machines.started  # type: ignore[attr-defined]


def test_an_uploaded_manifest_that_is_no_json_ends_the_job_with_its_place() -> None:
    desk = a_desk({})
    upload = submitting.invite_manifest(desk.folder.id, submitting.NewManifest(), desk.ports)
    desk.ports.blobs.put(upload.manifest_key, b'{"images": [{"objectUrl": "a"}\n oops]}')

    followed = desk.register(manifest_key=upload.manifest_key)

    assert followed.job.status is JobStatus.ERROR
    assert "line 2, column 2" in str(followed.job.reason)


def test_a_cancelled_job_keeps_what_is_registered() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit(images(*[0] * 60))
    planned = planning.plan(job.id, desk.ports)
    registering.register(job.id, planned.batches[0], desk.media_of, desk.ports)

    submitting.cancel(job.id, CALLER, desk.ports)
    registering.register(job.id, planned.batches[1], desk.media_of, desk.ports)
    finishing.finish(job.id, desk.ports)

    followed = desk.followed(job)
    assert (followed.job.status, followed.progress.done, followed.progress.cancelled) == (JobStatus.CANCELLED, 50, 10)
    with pytest.raises(Conflict):
        submitting.cancel(job.id, CALLER, desk.ports)


def test_errors_are_listed_page_by_page() -> None:
    desk = a_desk(IMAGES)
    job = desk.register(images(*range(3, 13))).job

    first = following.errors_page(job, 5, None, desk.ports)
    second = following.errors_page(job, 5, first.next_token, desk.ports)

    urls = [outcome.urls[0] for outcome in (*first.entries, *second.entries)]
    assert urls == [f"s3://bkt/{number}.png" for number in range(5, 13)]
    assert second.next_token is None


def test_the_text_that_was_sent_is_kept_with_its_duplicate_keys() -> None:
    desk = a_desk(IMAGES)
    text = b'{"images": [{"objectUrl": "s3://bkt/0.png"}], "images": [{"objectUrl": "s3://bkt/1.png"}]}'
    wanted = NewJob(manifest=json.loads(text), integration_id=desk.integration.id)

    job = submitting.submit(desk.folder.id, wanted, text, CALLER, desk.ports)
    followed = desk.run(job)

    assert followed.progress.done == 2
    assert "more than once" in followed.job.warnings[0]


def test_progress_tells_rate_and_time_left() -> None:
    desk: Desk = a_desk(IMAGES)
    job = desk.submit(images(*[1] * 100))
    planned = planning.plan(job.id, desk.ports)
    registering.register(job.id, planned.batches[0], desk.media_of, desk.ports)
    desk.ports.clock.pass_time(10)  # type: ignore[attr-defined]

    found = desk.followed(job).progress

    assert (found.done, found.pending, found.units_per_second, found.seconds_left) == (50, 50, 5.0, 10.0)


class Interrupted(MemoryMedia):
    """Media that let something else happen while the first file is read."""

    def __init__(self, objects: dict[str, bytes], meanwhile: Callable[[], object]) -> None:
        super().__init__(objects)
        self._meanwhile: list[Callable[[], object]] = [meanwhile]

    def read(self, url: str, start: int, length: int) -> bytes:
        while self._meanwhile:
            self._meanwhile.pop()()
        return super().read(url, start, length)


def test_two_jobs_that_meet_at_one_url_make_one_item() -> None:
    desk = a_desk(IMAGES)
    slow, fast = (desk.submit(images(0, skip_duplicate_urls=True)) for _ in range(2))
    for job in (slow, fast):
        planning.plan(job.id, desk.ports)
    media = Interrupted(IMAGES, lambda: registering.register(fast.id, 0, desk.media_of, desk.ports))

    registering.register(slow.id, 0, lambda _: media, desk.ports)

    (item,) = desk.items()
    (late,) = desk.followed(slow).items
    assert (item.job_id, late.status, late.item_id) == (fast.id, "skipped", item.id)


def test_a_url_whose_item_was_deleted_is_registered_again() -> None:
    desk = a_desk(IMAGES)
    desk.register(images(0))
    refiling.delete_one(desk.items()[0].id, CALLER, desk.ports)

    followed = desk.register(images(0, skip_duplicate_urls=True))

    assert ([outcome.status for outcome in followed.items], len(desk.items())) == (["done"], 1)
