"""Items to other folders or away, and what their folders note of their URLs."""

from dataclasses import replace
from typing import Any

import pytest

from gloss.adapters.memory import MemoryStore
from gloss.domain.access import Caller, OrgRole, Permission
from gloss.domain.errors import GlossError, NotFound
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import ItemId, UserId
from gloss.domain.tally import Counted
from gloss.services import filing, refiling
from gloss.services.filing import Deletion, NewFolder
from gloss.services.refiling import MovingItems, NamedItems, Refiled
from tests.builders_media import an_image, dicom_files
from tests.builders_register import CALLER, Desk, a_desk

IMAGES = {f"s3://bkt/{number}.png": an_image(size=(20 + number, 10)) for number in range(5)}
SERIES = {f"s3://bkt/mr/{number}.dcm": body for number, body in enumerate(dicom_files())}
BOB = Caller(user_id=UserId("bob"), org_id=CALLER.org_id, email="bob@acme.io", org_role=OrgRole.MEMBER)


def rows(*numbers: int) -> dict[str, Any]:
    return {"images": [{"objectUrl": f"s3://bkt/{number}.png"} for number in numbers], "skip_duplicate_urls": True}


def series(title: str = "mr") -> dict[str, Any]:
    urls = {f"objectUrl_{number}": url for number, url in enumerate(SERIES)}
    return {"dicom_series": [{"title": title, **urls}], "skip_duplicate_urls": True}


def another_folder(desk: Desk) -> Desk:
    """The same desk with another folder on it."""
    return replace(desk, folder=filing.make_folder(NewFolder(title="other"), CALLER, desk.ports))


def moved(desk: Desk, to: Desk, items: list[Item]) -> Refiled:
    ids = tuple(item.id for item in items)
    return refiling.move(MovingItems(item_ids=ids, folder_id=to.folder.id), CALLER, desk.ports)


def deleted(desk: Desk, *ids: ItemId) -> Refiled:
    return refiling.delete(NamedItems(item_ids=ids), CALLER, desk.ports)


def summary(desk: Desk) -> Counted:
    return filing.summary(desk.folder.id, desk.ports.store)


def statuses(desk: Desk, manifest: dict[str, Any]) -> list[str]:
    return [outcome.status for outcome in desk.register(manifest).items]


def test_moved_items_lie_in_the_other_folder_alone() -> None:
    desk = a_desk(IMAGES)
    other = another_folder(desk)
    desk.register(rows(0, 1, 2))

    report = moved(desk, other, desk.items()[:2])

    assert (len(report.done), report.refused) == (2, ())
    assert [item.title for item in other.items()] == ["0.png", "1.png"]
    assert [item.title for item in desk.items()] == ["2.png"]
    assert (summary(desk).items, summary(other).items) == ({MediaKind.IMAGE: 1}, {MediaKind.IMAGE: 2})


def test_a_moved_item_is_known_where_it_is_and_new_where_it_was() -> None:
    desk = a_desk(IMAGES)
    other = another_folder(desk)
    desk.register(rows(0))
    moved(desk, other, desk.items())

    assert statuses(other, rows(0)) == ["skipped"]
    assert statuses(desk, rows(0)) == ["done"]
    assert statuses(desk, rows(0)) == ["skipped"]


def test_an_item_moved_away_and_back_is_known_again() -> None:
    desk = a_desk(IMAGES)
    other = another_folder(desk)
    desk.register(rows(0))
    items = desk.items()

    moved(desk, other, items)
    moved(desk, desk, items)

    assert (statuses(desk, rows(0)), statuses(other, rows(0))) == (["skipped"], ["done"])


def test_a_move_onto_a_known_url_leaves_the_note_that_holds() -> None:
    desk = a_desk(IMAGES)
    other = another_folder(desk)
    desk.register(rows(0))
    other.register(rows(0))
    own = other.items()[0]

    moved(desk, other, desk.items())
    deleted(desk, *(item.id for item in other.items() if item.id != own.id))

    assert statuses(other, rows(0)) == ["skipped"]


def test_a_series_moves_with_its_files_and_their_notes() -> None:
    desk = a_desk(SERIES)
    other = another_folder(desk)
    desk.register(series())
    (item,) = desk.items()

    moved(desk, other, [item])

    found = filing.item(item.members[0], CALLER, Permission.RESOURCE_READ, desk.ports.store)
    assert found.part_of == item.id
    assert statuses(other, series("again")) == ["skipped"]
    assert statuses(desk, series()) == ["done"]


def test_part_of_a_moved_series_is_reused_where_it_went() -> None:
    desk = a_desk(SERIES)
    other = another_folder(desk)
    desk.register(series())
    (item,) = desk.items()
    moved(desk, other, [item])
    some = {f"objectUrl_{number}": url for number, url in enumerate([*SERIES][:2])}

    followed = other.register({"dicom_series": [{"title": "part", **some}], "skip_duplicate_urls": True})

    assert [outcome.status for outcome in followed.items] == ["skipped"]


def test_a_deleted_series_is_registered_again_whole() -> None:
    desk = a_desk(SERIES)
    desk.register(series())
    (first,) = desk.items()
    deleted(desk, first.id)

    assert statuses(desk, series()) == ["done"]
    assert not set(desk.items()[0].members) & set(first.members)


def test_a_retried_batch_puts_no_moved_item_back() -> None:
    from gloss.services import planning, registering

    desk = a_desk(IMAGES)
    other, job = another_folder(desk), desk.submit(rows(0))
    planning.plan(job.id, desk.ports)
    registering.register(job.id, 0, desk.media_of, desk.ports)
    moved(desk, other, desk.items())

    registering.register(job.id, 0, desk.media_of, desk.ports)

    assert ([item.title for item in other.items()], desk.items()) == (["0.png"], [])
    assert (summary(desk).is_empty, summary(other).items) == (True, {MediaKind.IMAGE: 1})


def test_each_refused_item_is_named_and_the_rest_done() -> None:
    desk = a_desk({**IMAGES, **SERIES})
    desk.register(rows(0, 1) | series())
    image, gone, whole = desk.items()
    deleted(desk, gone.id)

    report = deleted(desk, image.id, gone.id, ItemId("nobody"), whole.members[0])

    assert report.done == (image.id,)
    assert [each.item_id for each in report.refused] == [gone.id, "nobody", whole.members[0]]
    assert "part of a group" in report.refused[2].reason


def test_a_stranger_moves_and_deletes_nothing() -> None:
    desk = a_desk(IMAGES)
    desk.register(rows(0))
    (item,) = desk.items()

    report = refiling.delete(NamedItems(item_ids=(item.id,)), BOB, desk.ports)

    assert (report.done, report.refused[0].reason) == ((), "It does not exist, or you may not see it.")
    with pytest.raises(NotFound):
        refiling.move(MovingItems(item_ids=(item.id,), folder_id=desk.folder.id), BOB, desk.ports)


def test_a_thousand_items_move_in_one_call() -> None:
    desk = a_desk({})
    said = {"mime_type": "image/png", "file_size": 5, "width": 7, "height": 8}
    images = [{"objectUrl": f"s3://bkt/{number}.png", "imageMetadata": said} for number in range(1000)]
    other = another_folder(desk)
    desk.register({"images": images})

    report = moved(desk, other, desk.items())

    assert len(report.done) == 1000
    assert (summary(desk).is_empty, summary(other).items, summary(other).size_bytes) == (
        True,
        {MediaKind.IMAGE: 1000},
        5000,
    )


class Crashing(MemoryStore):
    """A store that is lost after so many commits."""

    def __init__(self, whole: MemoryStore, commits: int) -> None:
        super().__init__()
        self._records, self._left = whole._records, commits

    def commit(self, changes: Any, events: Any = ()) -> None:
        if self._left == 0:
            raise ConnectionError
        self._left -= 1
        super().commit(changes, events)


@pytest.mark.parametrize("commits", range(3))
def test_a_move_that_was_cut_off_is_finished_by_the_next(commits: int) -> None:
    desk = a_desk({**IMAGES, **SERIES})
    other = another_folder(desk)
    desk.register(rows(*range(5)) | series())
    items, ports = desk.items(), desk.ports
    broken = replace(ports, store=Crashing(ports.store, commits))  # type: ignore[arg-type]
    with pytest.raises(ConnectionError) if commits < 2 else _no_error():
        refiling.move(MovingItems(item_ids=tuple(it.id for it in items), folder_id=other.folder.id), CALLER, broken)

    moved(desk, other, items)

    assert statuses(other, rows(*range(5)) | series()) == ["skipped"] * 6
    assert (summary(desk).is_empty, sum(summary(other).items.values())) == (True, 6)


def _no_error() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_items_below_a_deleted_folder_are_gone_with_it() -> None:
    desk = a_desk(IMAGES)
    desk.register(rows(0))
    (item,) = desk.items()

    filing.delete_folder(desk.folder.id, Deletion(recursive=True), desk.ports)

    with pytest.raises(NotFound):
        filing.item(item.id, CALLER, Permission.RESOURCE_READ, desk.ports.store)
    assert deleted(desk, item.id).refused


def test_a_folder_with_items_is_not_deleted_unasked() -> None:
    desk = a_desk(IMAGES)
    desk.register(rows(0))

    with pytest.raises(GlossError, match="not empty"):
        filing.delete_folder(desk.folder.id, Deletion(), desk.ports)
    deleted(desk, desk.items()[0].id)
    filing.delete_folder(desk.folder.id, Deletion(), desk.ports)
