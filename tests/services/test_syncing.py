"""Syncs of a cloud-synced folder: what is new, changed and gone, sidecars, one at a time, cancel and resume."""

import json

import pytest

from gloss.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gloss.domain.events import FolderSynced
from gloss.domain.job import JobStatus
from gloss.domain.linking import FolderType, Sidecars
from gloss.domain.media import MediaKind
from gloss.domain.model import IntegrationId
from gloss.kinds.syncing import SYNCS, sync_key
from gloss.ports import Query
from gloss.services import describing, filing, linking, refiling, submitting, syncing
from gloss.services.describing import WantedSchema
from gloss.services.filing import ChangedItem, Deletion, NewFolder
from gloss.services.linking import NewLink, SyncSettings
from gloss.services.refiling import MovingItems
from gloss.services.scanning import Pace
from gloss.services.submitting import NewJob, NewManifest
from gloss.services.syncing import BrokenSync, Due
from tests.builders_media import a_pdf, an_image
from tests.builders_sync import CALLER, PREFIX, Mirror, a_mirror

DOOR = an_image(size=(20, 10))
WIDE = an_image(size=(40, 10))
FILES = {"a.txt": b"one", "b/door.png": DOOR, "b/p.pdf": a_pdf(2)}
SIDECARS = Sidecars()
CLIPS = WantedSchema.model_validate({"types": {"clip": {"ty": "embedding", "size": 2}}})


def said(**metadata: object) -> bytes:
    return json.dumps(metadata).encode()


def test_a_first_sync_registers_every_file_with_its_facts() -> None:
    mirror = a_mirror(FILES)

    done = mirror.sync()

    items = mirror.items()
    assert (done.sync.status, done.progress.tally.new, done.progress.tally.scanned) == (JobStatus.DONE, 3, 3)
    assert {name: item.kind.value for name, item in items.items()} == {
        "a.txt": "text",
        "b/door.png": "image",
        "b/p.pdf": "pdf",
    }
    assert (items["b/door.png"].facts.width_px, items["b/p.pdf"].facts.num_pages) == (20, 2)
    assert items["b/door.png"].integration_id == mirror.folder.link.integration_id  # type: ignore[union-attr]


def test_a_second_sync_of_the_same_files_reads_and_changes_nothing() -> None:
    mirror = a_mirror(FILES)
    mirror.sync()
    before, mirror.media.reads = mirror.items(), 0

    again = mirror.sync()

    assert (again.progress.tally.same, again.progress.tally.planned, mirror.media.reads) == (3, 0, 0)
    assert mirror.items() == before


def test_a_changed_file_keeps_its_item_and_is_read_again() -> None:
    mirror = a_mirror(FILES)
    mirror.sync()
    before = mirror.item("b/door.png")
    mirror.media.objects[PREFIX + "b/door.png"] = WIDE

    done = mirror.sync()

    after = mirror.item("b/door.png")
    assert (done.progress.tally.changed, done.progress.tally.same) == (1, 2)
    assert (after.id, before.facts.width_px, after.facts.width_px) == (before.id, 20, 40)


def test_what_is_gone_gets_a_tombstone_and_comes_back_as_the_same_item() -> None:
    mirror = a_mirror(FILES)
    mirror.sync()
    before = mirror.item("a.txt").id
    mirror.remove("a.txt")

    gone = mirror.sync()
    left = set(mirror.items())
    mirror.put(a__txt=b"one")
    back = mirror.sync()

    assert (gone.progress.tally.gone, left) == (1, {"b/door.png", "b/p.pdf"})
    assert (back.progress.tally.new, mirror.item("a.txt").id) == (1, before)


def test_what_the_listing_missed_but_is_there_stays() -> None:
    mirror = a_mirror(FILES)
    mirror.sync()
    mirror.remove("a.txt")
    sync = mirror.start()
    mirror.scan(sync)
    mirror.put(a__txt=b"one")

    mirror.carry(sync)

    assert (mirror.followed(sync).progress.tally.kept, "a.txt" in mirror.items()) == (1, True)


def test_unsupported_endings_are_counted_and_no_errors() -> None:
    mirror = a_mirror({"scan.dcm": b"x", "read.me": b"x", "README": b"x", "deep/": b"", "two.dcm": b"x"})

    done = mirror.sync()

    assert (done.sync.status, done.progress.tally.unsupported, done.progress.tally.failed) == (JobStatus.DONE, 4, 0)
    assert done.sync.endings == {".dcm": 2, ".me": 1, "(none)": 1}
    assert (done.progress.tally.ignored, mirror.items()) == (1, {})


def test_a_file_that_lies_is_an_error_that_names_it_and_is_tried_again() -> None:
    mirror = a_mirror({"lie.png": b"no image", "a.txt": b"one"})

    first = mirror.sync()
    mirror.put(lie__png=DOOR)
    second = mirror.sync()

    assert (first.sync.status, first.progress.tally.failed, first.progress.tally.new) == (JobStatus.DONE, 1, 1)
    assert "lie.png: Expected an image" in mirror.problems(first)[0]
    assert (second.progress.tally.new, second.progress.tally.same) == (1, 1)


def test_a_sidecar_is_hidden_and_gives_its_metadata() -> None:
    mirror = a_mirror({**FILES, "a.txt.metadata.json": said(site="north", clip=[0.5, 0.5])}, SIDECARS)
    describing.replace(CLIPS, CALLER, mirror.ports)

    done = mirror.sync()

    item = mirror.item("a.txt")
    assert (done.progress.tally.attached, set(mirror.items())) == (1, set(FILES))
    assert (item.metadata, item.embeddings) == ({"site": "north"}, {"clip": [0.5, 0.5]})


def test_without_sidecars_such_files_are_texts() -> None:
    mirror = a_mirror({"a.txt": b"one", "a.txt.metadata.json": said(site="north")})

    mirror.sync()

    assert mirror.item("a.txt.metadata.json").kind is MediaKind.TEXT
    assert mirror.item("a.txt").metadata == {}


def test_a_changed_sidecar_takes_back_its_own_keys_and_no_others() -> None:
    mirror = a_mirror({"a.txt": b"one", "a.txt.metadata.json": said(site="north", old=1)}, SIDECARS)
    mirror.sync()
    filing.change_item(mirror.item("a.txt").id, ChangedItem(metadata={"mine": True}), CALLER, mirror.ports)
    mirror.put(a__txt__metadata__json=said(site="south"))

    mirror.sync()

    assert mirror.item("a.txt").metadata == {"site": "south", "mine": True}


def test_a_removed_sidecar_takes_its_metadata_with_it() -> None:
    mirror = a_mirror({"a.txt": b"one", "a.txt.metadata.json": said(site="north")}, SIDECARS)
    mirror.sync()
    mirror.remove("a.txt.metadata.json")

    done = mirror.sync()

    assert (done.progress.tally.gone, mirror.item("a.txt").metadata) == (1, {})


def test_a_file_and_its_sidecar_may_go_and_come_back_together() -> None:
    files = {"a.txt": b"one", "a.txt.metadata.json": said(site="north")}
    mirror = a_mirror(files, SIDECARS)
    mirror.sync()
    mirror.remove(*files)
    mirror.sync()
    empty = mirror.items()
    mirror.put(a__txt=b"one", a__txt__metadata__json=said(zone=2))

    mirror.sync()

    assert (empty, mirror.item("a.txt").metadata) == ({}, {"zone": 2})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{broken", "it is not JSON"),
        (b"[1]", "no object of metadata"),
        (b'{"$own": 1}', "this key is reserved"),
        (b'{"x": NaN}', "NaN is no JSON number"),
        (b"\xff", "it is not JSON"),
        (b'{"x": "' + b"y" * 300_000 + b'"}', "a sidecar at most 262144"),
        (said(**{f"k{number}": 1 for number in range(257)}), "more than 256 keys"),
        (said(clip=[0.5]), "metadata.clip: "),
    ],
)
def test_a_bad_sidecar_is_a_warning_that_names_it(body: bytes, reason: str) -> None:
    mirror = a_mirror({"a.txt": b"one", "a.txt.metadata.json": body}, SIDECARS)
    describing.replace(CLIPS, CALLER, mirror.ports)

    done = mirror.sync()

    (problem,) = mirror.problems(done)
    assert (done.sync.status, done.progress.tally.warned, done.progress.tally.failed) == (JobStatus.DONE, 1, 0)
    assert f"{PREFIX}a.txt.metadata.json" in problem
    assert reason in problem
    assert mirror.item("a.txt").metadata == {}


def test_a_sidecar_waits_for_its_file() -> None:
    mirror = a_mirror({"a.txt.metadata.json": said(site="north")}, SIDECARS)
    alone = mirror.sync()
    mirror.put(a__txt=b"one")

    mirror.sync()

    assert "no item of the file" in mirror.problems(alone)[0]
    assert mirror.item("a.txt").metadata == {"site": "north"}


def test_paused_sidecars_are_hidden_and_attached_once_they_are_wanted() -> None:
    files = {"a.txt": b"one", "a.txt.metadata.json": said(site="north")}
    mirror = a_mirror(files, Sidecars(paused=True))

    paused = mirror.sync()
    before = mirror.items()
    linking.change_settings(mirror.folder, SyncSettings(sidecars=SIDECARS), mirror.times, mirror.ports)
    mirror.sync()

    assert (paused.progress.tally.hidden, set(before), before["a.txt"].metadata) == (1, {"a.txt"}, {})
    assert mirror.item("a.txt").metadata == {"site": "north"}


@pytest.mark.parametrize("paused", [False, True])
def test_files_that_become_sidecars_are_items_no_longer(paused: bool) -> None:
    mirror = a_mirror({"a.txt": b"one", "a.txt.meta.json": said(site="north")})
    mirror.sync()
    wanted = Sidecars(suffix=".meta.json", paused=paused)
    linking.change_settings(mirror.folder, SyncSettings(sidecars=wanted), mirror.times, mirror.ports)

    mirror.sync()
    again = mirror.sync()

    assert (set(mirror.items()), again.progress.tally.planned) == ({"a.txt"}, 0)
    assert mirror.item("a.txt").metadata == ({} if paused else {"site": "north"})


def test_sidecars_that_become_files_are_items() -> None:
    mirror = a_mirror({"a.txt": b"one", "a.txt.metadata.json": said(site="north")}, SIDECARS)
    mirror.sync()
    linking.change_settings(mirror.folder, SyncSettings(), mirror.times, mirror.ports)

    mirror.sync()

    assert set(mirror.items()) == {"a.txt", "a.txt.metadata.json"}


def test_one_sync_runs_at_a_time_and_a_second_request_answers_it() -> None:
    mirror = a_mirror(FILES)
    first = mirror.start()

    second = mirror.start()
    mirror.carry(first)
    third = mirror.start()

    assert second.id == first.id != third.id
    assert [name for _, name in mirror.ports.machines.started] == [first.id, third.id]  # type: ignore[attr-defined]


def test_a_sync_whose_run_died_gives_way_after_a_day() -> None:
    mirror = a_mirror(FILES)
    dead = mirror.start()
    mirror.ports.clock.pass_time(25 * 3600)  # type: ignore[attr-defined]

    mirror.sync()

    assert mirror.followed(dead).sync.status is JobStatus.ERROR
    assert len(mirror.items()) == 3


def test_a_cancelled_sync_keeps_what_it_registered_and_tombstones_nothing() -> None:
    mirror = a_mirror(FILES, pace=Pace(keys=2, entries=1, gone=1))
    mirror.sync()
    mirror.remove("a.txt")
    sync = mirror.start()
    mirror.scan(sync)

    cancelled = syncing.cancel(mirror.folder_id, mirror.ports)
    mirror.carry(sync)

    assert (cancelled.status, mirror.followed(sync).sync.status) == (JobStatus.CANCELLED, JobStatus.CANCELLED)
    assert set(mirror.items()) == set(FILES)
    with pytest.raises(Conflict, match="CANCELLED"):
        syncing.cancel(mirror.folder_id, mirror.ports)


def test_a_sync_that_broke_off_is_resumed_where_it_stopped() -> None:
    mirror = a_mirror(FILES, pace=Pace(keys=1, entries=1))
    sync = mirror.start()
    mirror.scan(sync)
    syncing.give_up(BrokenSync.model_validate({"sync_id": sync.id, "error": {"Error": "States.Timeout"}}), mirror.ports)
    broken = mirror.followed(sync).sync

    resumed = syncing.resume(mirror.folder, mirror.ports)
    mirror.carry(resumed)

    done = mirror.followed(sync)
    assert (broken.status, "States.Timeout" in str(broken.reason)) == (JobStatus.ERROR, True)
    assert (done.sync.status, done.progress.tally.scanned, done.progress.tally.new) == (JobStatus.DONE, 3, 3)
    assert resumed.run != sync.run
    with pytest.raises(Conflict):
        syncing.resume(mirror.folder, mirror.ports)


def test_a_cloud_that_refuses_ends_the_sync_with_the_reason() -> None:
    mirror = a_mirror(FILES)
    mirror.sync()
    mirror.media.objects.clear()

    refused = mirror.sync()

    assert (refused.sync.status, "cannot be listed" in str(refused.sync.reason)) == (JobStatus.ERROR, True)
    assert len(mirror.items()) == 3


def test_a_deleted_folder_is_synced_no_more() -> None:
    mirror = a_mirror(FILES)
    sync = mirror.start()
    filing.delete_folder(mirror.folder_id, Deletion(recursive=True), mirror.ports)

    mirror.carry(sync)

    assert mirror.followed(sync).sync.status is JobStatus.ERROR
    assert mirror.items() == {}


def test_an_ended_sync_is_told_as_an_event() -> None:
    mirror = a_mirror(FILES)

    done = mirror.sync()

    (event,) = (it for it in mirror.ports.store.events if isinstance(it, FolderSynced))  # type: ignore[attr-defined]
    assert (event.sync_id, event.status, event.new, event.errors) == (done.sync.id, "DONE", 3, 0)


def test_progress_tells_what_waits_and_the_rate() -> None:
    mirror = a_mirror(FILES)
    sync = mirror.start()
    mirror.scan(sync)
    mirror.ports.clock.pass_time(2)  # type: ignore[attr-defined]

    how = mirror.followed(sync).progress

    assert (how.tally.scanned, how.pending, how.objects_per_second) == (3, 3, 1.5)


def test_a_daily_folder_stands_in_the_timetable_until_it_is_deleted() -> None:
    mirror = a_mirror(FILES)

    daily = linking.change_settings(mirror.folder, SyncSettings(daily=True), mirror.times, mirror.ports)
    standing = dict(mirror.timetable.daily)
    linking.keep_time(filing.delete_folder(daily.id, Deletion(recursive=True), mirror.ports), mirror.times)

    assert standing == {f"folder-{daily.id}": ("folder_sync", {"folder_id": daily.id})}
    assert mirror.timetable.daily == {}


def test_a_run_that_is_due_begins_a_sync_once_however_often_it_is_tried() -> None:
    mirror = a_mirror(FILES)
    linking.change_settings(mirror.folder, SyncSettings(daily=True), mirror.times, mirror.ports)
    due = Due(folder_id=mirror.folder.id, run="scheduled-1")

    first, again = (syncing.begin(due, mirror.timetable, mirror.ports) for _ in range(2))
    other = syncing.begin(Due(folder_id=mirror.folder.id, run="scheduled-2"), mirror.timetable, mirror.ports)

    assert (first.status, again.sync_id, other.status) == ("begun", first.sync_id, "nothing")


@pytest.mark.parametrize("deleted", [True, False])
def test_a_run_of_a_folder_that_is_not_daily_leaves_the_timetable(deleted: bool) -> None:
    mirror = a_mirror(FILES)
    mirror.timetable.put(f"folder-{mirror.folder_id}", "folder_sync", {})
    if deleted:
        filing.delete_folder(mirror.folder_id, Deletion(recursive=True), mirror.ports)

    begun = syncing.begin(Due(folder_id=mirror.folder.id, run="scheduled"), mirror.timetable, mirror.ports)

    assert (begun.status, mirror.timetable.daily) == ("nothing", {})


def test_nothing_is_registered_by_hand_into_a_synced_folder() -> None:
    mirror = a_mirror(FILES)
    manifest = NewJob(manifest={"images": []})

    with pytest.raises(Conflict, match=PREFIX):
        submitting.submit(mirror.folder_id, manifest, None, CALLER, mirror.ports)
    with pytest.raises(Conflict, match=PREFIX):
        submitting.invite_manifest(mirror.folder_id, NewManifest(), mirror.ports)


def test_a_folder_without_a_link_cannot_be_synced() -> None:
    mirror = a_mirror()
    plain = filing.make_folder(NewFolder(title="plain"), CALLER, mirror.ports)

    with pytest.raises(Conflict, match="not synced with a cloud"):
        syncing.ask(plain, CALLER, mirror.ports)
    assert plain.folder_type is FolderType.GENERIC


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("s3://bkt/p", "s3://bkt/p/"),
        ("s3://bkt", "s3://bkt/"),
        ("s3://bkt/a b/", "s3://bkt/a b/"),
        ("https://bkt.s3.amazonaws.com/a%20b/", "s3://bkt/a b/"),
    ],
)
def test_a_prefix_is_kept_in_its_canonical_form(url: str, canonical: str) -> None:
    mirror = a_mirror()
    link = NewLink(integration_id=mirror.folder.link.integration_id, url=url)  # type: ignore[union-attr]

    made = linking.vetted(link, CALLER, mirror.ports.store)

    assert made is not None
    assert made.url == canonical


@pytest.mark.parametrize("url", ["ftp://x/y", "nonsense", "s3://", "s3://bkt/p?versionId=1", "s3://bkt/p#x"])
def test_a_prefix_that_leads_nowhere_is_refused(url: str) -> None:
    mirror = a_mirror()
    link = NewLink(integration_id=mirror.folder.link.integration_id, url=url)  # type: ignore[union-attr]

    with pytest.raises(Invalid) as refused:
        linking.vetted(link, CALLER, mirror.ports.store)

    assert refused.value.faults[0].path == "link.url"


def test_a_folder_is_linked_only_by_who_may_use_the_integration() -> None:
    mirror = a_mirror()
    stranger = CALLER.model_copy(update={"user_id": "eve"})
    known = NewLink(integration_id=mirror.folder.link.integration_id, url=PREFIX)  # type: ignore[union-attr]
    unknown = NewLink(integration_id=IntegrationId("none"), url=PREFIX)

    for link, caller in ((known, stranger), (unknown, CALLER)):
        with pytest.raises((NotFound, Forbidden)):
            filing.make_folder(NewFolder(title="x", link=link), caller, mirror.ports)


def test_syncs_are_listed_newest_first_and_belong_to_their_folder() -> None:
    mirror: Mirror = a_mirror(FILES)
    first = mirror.sync().sync
    mirror.ports.clock.pass_time(60)  # type: ignore[attr-defined]
    second = mirror.sync().sync

    page = syncing.history(mirror.folder_id, Query(limit=1), mirror.ports.store)
    rest = syncing.history(mirror.folder_id, Query(limit=1, after=page.next_token), mirror.ports.store)

    assert [it.id for it in (*page.entries, *rest.entries)] == [second.id, first.id]
    with pytest.raises(NotFound):
        syncing.sync_of("another folder", first.id, mirror.ports.store)
    assert mirror.ports.store.get(SYNCS, sync_key(first.id)).status is JobStatus.DONE


def test_the_folders_summary_follows_what_comes_changes_and_goes() -> None:
    mirror = a_mirror({**FILES, "a.txt.metadata.json": said(site="north")}, SIDECARS)
    mirror.sync()
    mirror.put(a__txt=b"longer", c__txt=b"new")
    mirror.remove("b/p.pdf")

    mirror.sync()

    counted = filing.summary(mirror.folder_id, mirror.ports.store)
    assert counted.items == {MediaKind.TEXT: 2, MediaKind.IMAGE: 1}
    assert counted.size_bytes == len(DOOR) + len(b"longer") + len(b"new")


def test_items_neither_enter_nor_leave_a_synced_folder_by_hand() -> None:
    mirror = a_mirror(FILES)
    mirror.sync()
    plain = filing.make_folder(NewFolder(title="plain"), CALLER, mirror.ports)
    item_id = mirror.item("a.txt").id

    out = refiling.move(MovingItems(item_ids=(item_id,), folder_id=plain.id), CALLER, mirror.ports)
    with pytest.raises(Conflict, match=PREFIX):
        refiling.move(MovingItems(item_ids=(item_id,), folder_id=mirror.folder.id), CALLER, mirror.ports)

    assert (out.done, PREFIX in out.refused[0].reason, "a.txt" in mirror.items()) == ((), True, True)
