"""What folders hold: summed from one tally a change, folded each exactly once."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from gloss.adapters.memory import MemoryStore, memory_ports
from gloss.domain.errors import Conflict
from gloss.domain.folder import Folder
from gloss.domain.media import MediaKind
from gloss.domain.model import FolderId
from gloss.domain.tally import Counted, summed
from gloss.kinds.register import HOLDINGS, TALLIES, holdings_key, tallies_of
from gloss.ports import Kind, Page, Ports, Query
from gloss.remembering import Remembering
from gloss.services import filing, planning, registering, tallying
from gloss.services.filing import Deletion
from tests.builders_register import Desk
from tests.mortal import killed_after
from tests.services.test_filing import a_folder
from tests.services.test_refiling import Crashing, a_desk
from tests.services.test_registering_crashes import IMAGES, a_mortal_desk

SAID = {"mime_type": "image/png", "file_size": 5, "width": 7, "height": 8}


def a_manifest(rows: int, first: int = 0) -> dict[str, object]:
    urls = (f"s3://bkt/{number}.png" for number in range(first, first + rows))
    return {"images": [{"objectUrl": url, "imageMetadata": SAID} for url in urls]}


def waiting(folder: Folder, ports: Ports) -> int:
    return len(list(ports.store.every(TALLIES, tallies_of(folder.id))))


def summary(desk: Desk) -> Counted:
    return filing.summary(desk.folder.id, desk.ports.store)


def test_a_finished_job_leaves_one_sum_and_no_tallies() -> None:
    desk = a_desk({})

    desk.register(a_manifest(500))

    assert summary(desk) == Counted(items={MediaKind.IMAGE: 500}, size_bytes=2500)
    assert waiting(desk.folder, desk.ports) == 0


def test_a_summary_is_right_while_a_job_runs() -> None:
    desk = a_desk({})
    job = desk.submit(a_manifest(120))
    planned = planning.plan(job.id, desk.ports)

    registering.register(job.id, planned.batches[0], desk.media_of, desk.ports)

    assert summary(desk).items == {MediaKind.IMAGE: len(desk.items())}


@pytest.mark.parametrize("commits", range(4))
def test_a_batch_that_broke_off_is_counted_once_when_done_again(commits: int) -> None:
    desk = a_desk({})
    job = desk.submit(a_manifest(150))
    planned = planning.plan(job.id, desk.ports)
    broken = replace(desk.ports, store=Crashing(desk.ports.store, commits))  # type: ignore[arg-type]
    with pytest.raises(ConnectionError):
        [registering.register(job.id, number, desk.media_of, broken) for number in planned.batches]

    desk.run(job)

    assert summary(desk).items == {MediaKind.IMAGE: 150}


def test_a_folder_of_a_batch_that_broke_off_is_not_empty() -> None:
    desk = a_desk({})
    job = desk.submit(a_manifest(20))
    planned = planning.plan(job.id, desk.ports)
    broken = replace(desk.ports, store=Crashing(desk.ports.store, 12))  # type: ignore[arg-type]
    with pytest.raises(ConnectionError):
        registering.register(job.id, planned.batches[0], desk.media_of, broken)

    assert desk.items()
    with pytest.raises(Conflict, match="not empty"):
        filing.delete_folder(desk.folder.id, Deletion(), desk.ports)


def test_what_left_before_it_was_counted_is_not_shown_below_nothing() -> None:
    early = Counted(items={MediaKind.IMAGE: -2, MediaKind.PDF: 1}, size_bytes=-7, folders=1)

    assert early.shown() == Counted(items={MediaKind.PDF: 1}, size_bytes=0, folders=1)
    assert not early.is_empty


def test_a_fold_that_broke_off_loses_and_doubles_nothing() -> None:
    ports = memory_ports()
    top = a_folder(ports)
    for number in range(2 * tallying.AT_ONCE + 5):
        a_folder(ports, str(number), top)
    with pytest.raises(ConnectionError):
        tallying.fold(top.id, 9, Crashing(ports.store, 1))  # type: ignore[arg-type]

    assert tallying.summary(top.id, ports.store).folders == 2 * tallying.AT_ONCE + 5


def test_asking_often_folds_what_waits() -> None:
    ports = memory_ports()
    top = a_folder(ports)
    for number in range(tallying.AT_ONCE):
        a_folder(ports, str(number), top)

    first, second = (tallying.summary(top.id, ports.store) for _ in range(2))

    assert (first, first.folders, waiting(top, ports)) == (second, tallying.AT_ONCE, 0)
    assert ports.store.get(HOLDINGS, holdings_key(top.id)).total == first


class Asked(MemoryStore):
    """A store that counts what is asked of it, and the changes that it commits."""

    def __init__(self, whole: MemoryStore) -> None:
        super().__init__()
        self._records, self.asked = whole._records, Counter[str]()

    def get_many(self, kind: Any, keys: Any) -> Any:
        self.asked["read"] += 1
        return super().get_many(kind, keys)

    def page(self, kind: Any, partition: str, query: Any = None) -> Any:
        self.asked["query"] += 1
        return super().page(kind, partition, query)

    def commit(self, changes: Any, events: Any = ()) -> None:
        self.asked["commit"] += 1
        self.asked["change"] += len(changes) + len(events)
        super().commit(changes, events)


def test_a_thousand_rows_ask_the_same_of_an_empty_and_a_full_folder() -> None:
    desk = a_desk({})
    asked = []
    for first in (0, 1000, 6000):
        desk.register(a_manifest(max(first - 1000, 1), 1_000_000 + first))
        counting = replace(desk, ports=replace(desk.ports, store=Asked(desk.ports.store)))  # type: ignore[arg-type]
        counting.register(a_manifest(1000, first))
        asked.append(counting.ports.store.asked)  # type: ignore[attr-defined]

    assert asked[0] == asked[1] == asked[2]
    assert asked[0]["commit"] > 20


def test_what_comes_and_goes_leaves_no_trace_in_a_sum() -> None:
    there, away = Counted(items={MediaKind.IMAGE: 2}, size_bytes=7), Counted(items={MediaKind.IMAGE: -2}, size_bytes=-7)

    assert summed([there, away]) == Counted()
    assert summed([there, away]).is_empty


@pytest.mark.parametrize("skipping", [False, True])
def test_a_split_group_that_broke_off_is_counted_whole(skipping: bool) -> None:
    row = {"title": "rig", "clusterByResolution": True, "images": [{"url": url} for url in IMAGES]}
    manifest = {"image_groups": [row], "skip_duplicate_urls": skipping}
    whole, life = a_mortal_desk()
    whole.register(manifest)

    for writes in range(1, life.writes):
        desk, mortality = a_mortal_desk()
        job = desk.submit(manifest)
        killed_after(writes, mortality, lambda desk=desk, job=job: desk.run(job))  # type: ignore[misc]
        desk.run(job)

        assert summary(desk) == summary(whole), f"killed after write {writes}"


class FoldedMeanwhile(MemoryStore):
    """Somebody folds the tallies of a folder just before they are listed for the first time."""

    once = True

    def page(self, kind: Kind[Any], partition: str, query: Query | None = None) -> Page[Any]:
        if self.once and kind is TALLIES:
            self.once = False
            tallying.fold(FolderId(partition.split("#")[1]), 9, self)
        return super().page(kind, partition, query)


def test_a_request_counts_what_was_folded_between_two_of_its_readings() -> None:
    store = FoldedMeanwhile()
    ports = replace(memory_ports(), store=store)
    top = a_folder(ports)
    a_folder(ports, "below", top)
    store.once = True

    assert tallying.summary(top.id, Remembering(store)).folders == 1
