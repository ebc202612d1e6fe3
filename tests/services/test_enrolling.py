"""Members and sources beyond what a record holds: one object that the record points to, and everything as before."""

import gzip
import hashlib
from typing import Any

import pytest

from gloss.adapters.memory import MemoryBlobs
from gloss.domain.access import Permission
from gloss.domain.errors import Malformed, NotFound
from gloss.domain.labels.canvas import canvas_of
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import ItemId
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Query
from gloss.services import enrolling, filing, refiling, unrolling
from gloss.services.filing import ChangedItem, Deletion, NewFolder
from gloss.services.refiling import MovingItems, NamedItems
from tests.builders_long import a_group, a_long_desk, a_series, member_titles
from tests.builders_register import CALLER, Desk, a_desk

LONG = 1000


def registered(manifest: dict[str, Any]) -> tuple[Desk, Item]:
    desk = a_long_desk()
    desk.register(manifest)
    return desk, desk.items()[0]


def statuses(desk: Desk, manifest: dict[str, Any]) -> list[str]:
    return [outcome.status for outcome in desk.register(manifest).items]


def test_a_short_list_of_members_stays_in_the_record() -> None:
    desk, group = registered(a_group(20))

    assert (len(group.members), group.roll, group.member_count) == (20, None, 20)
    assert isinstance(desk.ports.blobs, MemoryBlobs)
    assert not [key for key in desk.ports.blobs.objects if "/roll/" in key]


def test_a_long_list_is_one_packed_object_named_by_its_digest() -> None:
    desk, group = registered(a_group(LONG))

    assert group.roll is not None
    text = gzip.decompress(desk.ports.blobs.get(group.roll.key))
    assert (group.members, group.member_count, group.roll.count) == ((), LONG, LONG)
    assert group.roll.sha256 == hashlib.sha256(text).hexdigest()
    assert group.roll.key == f"items/{group.id}/roll/{group.roll.sha256}.txt.gz"
    assert len(group.model_dump_json()) < 2000


@pytest.mark.parametrize("page", [1, 999, 1000])
def test_pages_of_members_give_each_of_them_in_order(page: int) -> None:
    count = LONG if page > 1 else 20
    desk, group = registered(a_group(count))

    assert member_titles(group, desk, page) == [f"{at:06}.png" for at in range(count)]


@pytest.mark.parametrize("token", ["-1", "1001", "one", "٣"])
def test_a_token_that_no_page_gave_out_is_refused(token: str) -> None:
    desk, group = registered(a_group(LONG))

    with pytest.raises(Malformed):
        unrolling.members(group.id, Query(after=token), CALLER, desk.ports)


def test_twelve_thousand_images_are_one_group_of_a_small_record() -> None:
    desk, group = registered(a_group(12_000))

    assert (group.member_count, canvas_of(group).frames, canvas_of(group).width_px) == (12_000, 12_000, None)
    assert (len(group.model_dump_json()) < 2000, len(set(member_titles(group, desk)))) == (True, 12_000)


def test_a_long_group_is_recognised_by_all_its_urls() -> None:
    desk, _ = registered(a_group(LONG))

    assert statuses(desk, {**a_group(LONG), "skip_duplicate_urls": True}) == ["skipped"]
    assert statuses(desk, {**a_group(LONG + 1), "skip_duplicate_urls": True}) == ["done"]


def test_each_file_of_a_long_series_is_recognised() -> None:
    desk, series = registered(a_series(0, LONG, skip_duplicate_urls=True))
    reads = desk.media.reads

    assert statuses(desk, a_series(500, 600, skip_duplicate_urls=True)) == ["done"]
    other = next(it for it in desk.items() if it.id != series.id)
    assert len(set(all_members(series, desk)) & set(all_members(other, desk))) == 500
    assert (desk.media.reads - reads, statuses(desk, a_series(700, 100, skip_duplicate_urls=True))) == (
        100,
        ["skipped"],
    )


def test_a_moved_long_series_takes_what_is_known_of_its_files_along() -> None:
    desk, series = registered(a_series(0, LONG, skip_duplicate_urls=True))
    other = filing.make_folder(NewFolder(title="other"), CALLER, desk.ports)

    refiling.move(MovingItems(item_ids=(series.id,), folder_id=other.id), CALLER, desk.ports)

    part = a_series(300, 40, skip_duplicate_urls=True)
    assert statuses(desk, part) == ["done"]
    desk.folder = other
    assert (statuses(desk, part), len(all_members(desk.items()[0], desk))) == (["skipped"], LONG)


def test_a_long_group_keeps_its_members_when_it_is_changed() -> None:
    desk, group = registered(a_group(LONG))

    changed = filing.change_item(group.id, ChangedItem(title="new", metadata={"a": "b" * 40_000}), CALLER, desk.ports)

    assert (changed.roll, changed.stowed is not None, len(member_titles(changed, desk))) == (group.roll, True, LONG)


def test_members_of_a_deleted_long_group_are_gone_and_come_back_with_their_folder() -> None:
    desk, group = registered(a_group(LONG))
    (member,) = unrolling.members(group.id, Query(limit=1), CALLER, desk.ports).entries
    filing.delete_folder(desk.folder.id, Deletion(recursive=True), desk.ports)
    assert not is_seen(member.id, desk)

    filing.restore_folder(desk.folder.id, desk.ports)
    assert is_seen(member.id, desk)
    refiling.delete(NamedItems(item_ids=(group.id,)), CALLER, desk.ports)
    assert not is_seen(member.id, desk)


def test_a_long_group_is_split_into_long_groups() -> None:
    desk = a_long_desk()
    desk.register(a_group(3000, clusterByResolution=True))

    wide, narrow = sorted(desk.items(), key=lambda it: it.facts.width_px or 0, reverse=True)
    assert (wide.member_count, narrow.member_count, narrow.roll is not None) == (1000, 2000, True)
    assert set(member_titles(wide, desk)) == {f"large{at:06}.png" for at in range(1, 3000, 3)}
    homes = desk.ports.store.get_many(ITEMS, [item_key(each) for each in all_members(wide, desk)])
    assert {home.part_of for home in homes} == {wide.id}


def test_the_long_urls_of_a_sequence_are_listed_page_by_page() -> None:
    urls = [f"s3://bkt/{'k' * 15_000}/{at}.png" for at in range(3)]
    desk = a_long_desk()
    desk.register({"image_groups": [{"title": "s", "createVideo": True, "images": [{"url": url} for url in urls]}]})

    (film,) = desk.items()
    first = unrolling.sources(film.id, Query(limit=2), CALLER, desk.ports)
    last = unrolling.sources(film.id, Query(limit=2, after=first.next_token), CALLER, desk.ports)
    assert [each.url for each in (*first.entries, *last.entries)] == urls
    assert (film.sources, film.source_count, film.member_count, last.next_token) == ((), 3, 0, None)


def test_a_list_is_written_once_however_often_it_is_stowed() -> None:
    blobs, desk = MemoryBlobs(), a_desk({})
    said = {"id": "i", "org_id": "o", "folder_id": desk.folder.id, "kind": MediaKind.IMAGE_GROUP, "title": "t"}
    members = [f"{at:036}" for at in range(LONG)]
    group = Item.model_validate({**said, "members": members, "created_at": desk.folder.created_at, "created_by": "u"})

    once, twice = enrolling.enrol(group, blobs), enrolling.enrol(group, blobs)

    assert (once, len(blobs.objects), enrolling.enrol(once, blobs)) == (twice, 1, once)


def all_members(item: Item, desk: Desk) -> list[ItemId]:
    return list(enrolling.members(item, desk.ports.blobs))


def is_seen(item_id: ItemId, desk: Desk) -> bool:
    try:
        return bool(filing.item(item_id, CALLER, Permission.RESOURCE_READ, desk.ports.store))
    except NotFound:
        return False
