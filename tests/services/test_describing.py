"""A registration read by the metadata schema: values as they are kept, faults by row, large documents."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace as with_other
from typing import Any

import pytest

from gloss.domain.access import OrgRole
from gloss.domain.errors import Stale
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Key, Kind, Store
from gloss.services import describing, filing, planning, registering, retelling, stowing
from gloss.services.describing import WantedSchema
from gloss.services.retelling import Sayings
from tests.builders_media import a_video, an_image
from tests.builders_register import CALLER, Desk, a_desk

IMAGES = {f"s3://bkt/{number}.png": an_image() for number in range(3)}
VIDEO = "s3://bkt/v.mp4"
ADMIN = CALLER.model_copy(update={"org_role": OrgRole.ADMIN})
CLIP = {"ty": "embedding", "size": 2}


def a_typed_desk(objects: dict[str, bytes] | None = None, **types: Any) -> Desk:
    desk = a_desk(IMAGES if objects is None else objects)
    replace(desk, **types)
    return desk


def replace(desk: Desk, **types: Any) -> None:
    describing.replace(WantedSchema.model_validate({"types": types}), ADMIN, desk.ports)


def images(*said: dict[str, Any], **flags: bool) -> dict[str, Any]:
    rows = [{"objectUrl": f"s3://bkt/{number}.png", "clientMetadata": each} for number, each in enumerate(said)]
    return {"images": rows, **flags}


def a_video_row(**said: Any) -> dict[str, Any]:
    return {"videos": [{"objectUrl": VIDEO, "clientMetadata": said}]}


class Counted:
    """A store that counts which kinds of record were read by key."""

    def __init__(self, store: Store) -> None:
        self._store, self.reads = store, Counter[str]()

    def get(self, kind: Kind[Any], key: Key) -> Any:
        self.reads[kind.name] += 1
        return self._store.get(kind, key)

    def find(self, kind: Kind[Any], key: Key) -> Any:
        self.reads[kind.name] += 1
        return self._store.find(kind, key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_values_are_kept_as_their_types_say() -> None:
    desk = a_typed_desk(taken="datetime", clip=CLIP)

    desk.register(images({"taken": "2025-02-03T10:00:00+02:00", "clip": [1, 0], "free": [1, 2]}))

    (item,) = desk.items()
    assert item.metadata == {"taken": "2025-02-03T08:00:00Z", "free": [1, 2]}
    assert item.embeddings == {"clip": [1, 0]}


def test_a_value_that_breaks_the_schema_is_that_rows_error() -> None:
    desk = a_typed_desk(captured_at="datetime", night="boolean")

    followed = desk.register(images({"night": True}, {"captured_at": "yesterday", "night": 3}))

    (error,) = followed.errors
    assert error.error == (
        "images[1].clientMetadata.captured_at: expected an ISO-8601 datetime, got 'yesterday'; "
        "images[1].clientMetadata.night: expected true or false, got 3"
    )
    assert (followed.progress.done, error.urls, error.action) == (1, ("s3://bkt/1.png",), "Validating metadata")


def test_a_frames_values_are_checked_like_the_rows_own() -> None:
    desk = a_typed_desk({VIDEO: a_video()}, clip=CLIP)
    frames = {"frames": {"2": {"clip": [1, 2]}, "3": {"clip": [1]}}}

    followed = desk.register(a_video_row(**{"$encord": frames}))

    assert str(followed.errors[0].error).startswith(
        "videos[0].clientMetadata.$encord.frames.3.clip: expected a list of 2 numbers, got a list of 1"
    )


def test_frames_get_vectors_of_the_schemas_spaces() -> None:
    desk = a_typed_desk({VIDEO: a_video()}, clip=CLIP)

    desk.register(a_video_row(**{"$encord": {"frames": {"2": {"clip": [1, 2], "weather": "fog"}}}}))

    (item,) = desk.items()
    assert (item.frame_embeddings, item.frame_metadata) == ({2: {"clip": [1, 2]}}, {2: {"weather": "fog"}})


def test_a_job_keeps_the_schema_that_it_began_with() -> None:
    desk = a_typed_desk(speed="variant")
    job = desk.submit(images({"speed": "fast"}))
    planning.plan(job.id, desk.ports)
    replace(desk, speed="number")

    registering.register(job.id, 0, desk.media_of, desk.ports)

    assert desk.ports.store.get(JOBS, job_key(job.id)).schema_version == 1
    assert [item.metadata for item in desk.items()] == [{"speed": "fast"}]


def test_a_job_from_before_any_schema_reads_by_none() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit(images({"speed": "fast"}))
    planning.plan(job.id, desk.ports)
    replace(desk, speed="number")

    registering.register(job.id, 0, desk.media_of, desk.ports)

    assert len(desk.items()) == 1


def test_a_repeated_plan_keeps_the_first_pin() -> None:
    desk = a_typed_desk(speed="variant")
    job = desk.submit(images({"speed": "fast"}))
    planning.plan(job.id, desk.ports)
    replace(desk, speed="number")

    planning.plan(job.id, desk.ports)

    assert desk.ports.store.get(JOBS, job_key(job.id)).schema_version == 1


def test_the_schema_is_read_once_for_a_batch() -> None:
    desk = a_typed_desk(speed="number")
    job = desk.submit(images(*({"speed": number} for number in range(3))))
    planning.plan(job.id, desk.ports)
    counted: Any = Counted(desk.ports.store)

    registering.register(job.id, 0, desk.media_of, with_other(desk.ports, store=counted))

    assert counted.reads["metadata schema"] + counted.reads["past metadata schema"] == 1


def test_an_upsert_is_read_by_the_schema_too() -> None:
    desk = a_typed_desk(speed="number", clip=CLIP)
    desk.register(images({"speed": 1, "clip": [1, 2]}, {"speed": 1}))

    followed = desk.register(
        images({"speed": 2, "clip": None}, {"speed": "fast"}, skip_duplicate_urls=True) | {"upsert_metadata": True}
    )

    first, second = desk.items()
    assert (first.metadata, first.embeddings, second.metadata) == ({"speed": 2}, {}, {"speed": 1})
    assert "expected a finite number" in str(followed.errors[0].error)


def test_an_upsert_that_meets_another_change_keeps_both() -> None:
    desk = a_desk(IMAGES)
    desk.register(images({"a": 1}))
    old = desk.items()[0]
    retelling.upsert(old, {"b": 2}, desk.ports.blobs, desk.ports.store)

    retelling.upsert(old, {"c": 3}, desk.ports.blobs, desk.ports.store)

    assert desk.items()[0].metadata == {"a": 1, "b": 2, "c": 3}


def test_a_key_that_becomes_an_embedding_leaves_the_metadata() -> None:
    desk = a_desk(IMAGES)
    desk.register(images({"clip": [1, 2]}))
    replace(desk, clip=CLIP)

    filing.change_item(desk.items()[0].id, filing.ChangedItem(metadata={"clip": [3, 4]}), ADMIN, desk.ports)

    assert (desk.items()[0].metadata, desk.items()[0].embeddings) == ({}, {"clip": [3, 4]})


def test_a_video_with_500_vectors_of_1024_numbers_is_kept_whole() -> None:
    desk = a_typed_desk({VIDEO: a_video(frames=600, fps=10)}, clip={"ty": "embedding", "size": 1024})
    vector = [number / 1023 for number in range(1024)]
    frames = {str(frame): {"clip": vector} for frame in range(500)}

    followed = desk.register(a_video_row(site="north", **{"$encord": {"frames": frames}}))

    (item,) = desk.items()
    whole = stowing.unstow(item, desk.ports.blobs)
    assert (followed.progress.done, item.metadata, item.frame_embeddings) == (1, {"site": "north"}, {})
    assert (len(item.model_dump_json()) < 4000, item.stowed is not None) == (True, True)
    assert (len(whole.frame_embeddings), whole.frame_embeddings[499]["clip"]) == (500, vector)
    assert whole.keyframes == tuple(range(500))


def test_large_metadata_can_be_changed_and_become_small_again() -> None:
    desk = a_desk(IMAGES)
    desk.register(images({"a": 1, "long": "x" * 40_000}))
    item = desk.items()[0]
    assert (item.metadata, item.stowed is not None) == ({}, True)

    filing.change_item(item.id, filing.ChangedItem(metadata={"long": None}), CALLER, desk.ports)

    assert (desk.items()[0].metadata, desk.items()[0].stowed) == ({"a": 1}, None)


def test_a_crash_after_the_document_leaves_nothing_half_done() -> None:
    desk = a_desk(IMAGES)
    desk.register(images({"a": 1}))
    item = desk.items()[0]
    large = retelling.demanded(item, {"long": "x" * 40_000}, {}, desk.ports.blobs)

    assert desk.items()[0].metadata == {"a": 1}
    again = retelling.demanded(item, {"long": "x" * 40_000}, {}, desk.ports.blobs)
    assert again.stowed == large.stowed
    assert len(list(desk.ports.blobs.keys(f"items/{item.id}/"))) == 1


class Hurried(Counted):
    """A store in which somebody else changes an item just before the first commit."""

    def __init__(self, store: Store, other: Callable[[], object]) -> None:
        super().__init__(store)
        self._others = [other]

    def commit(self, *changes: Any) -> None:
        while self._others:
            self._others.pop()()
        self._store.commit(*changes)


def test_of_two_schemas_at_once_one_is_refused() -> None:
    desk = a_typed_desk(site="varchar")
    hurried: Any = Hurried(desk.ports.store, lambda: replace(desk, site="varchar", speed="number"))
    wanted = WantedSchema.model_validate({"types": {"site": "varchar", "night": "boolean"}})

    with pytest.raises(Stale):
        describing.replace(wanted, ADMIN, with_other(desk.ports, store=hurried))

    assert list(describing.schema_of(ADMIN.org_id, desk.ports.store).types) == ["site", "speed"]


def test_an_item_that_somebody_else_changes_is_refused_alone() -> None:
    desk = a_desk(IMAGES)
    desk.register(images({}, {}))
    one, two = (item.id for item in desk.items())
    change = filing.ChangedItem(metadata={"b": 2})
    hurried: Any = Hurried(desk.ports.store, lambda: filing.change_item(one, change, CALLER, desk.ports))
    said = [{"item_id": each, "metadata": {"a": 1}} for each in (one, two)]

    results = retelling.retell(Sayings.model_validate({"items": said}), CALLER, with_other(desk.ports, store=hurried))

    assert [each.status for each in results] == ["error", "changed"]
    assert [item.metadata for item in desk.items()] == [{"b": 2}, {"a": 1}]
