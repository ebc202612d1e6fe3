"""What several people do to folders and items at the same moment, in orders drawn from a seed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.errors import GlossError
from gloss.domain.folder import Folder
from gloss.kinds.register import FOLDERS, folder_key
from gloss.ports import Ports
from gloss.services import filing, nesting, planning, refiling, registering, tallying
from gloss.services.filing import ChangedFolder, Deletion, NewFolder
from gloss.services.refiling import MovingItems, NamedItems
from tests.builders_register import CALLER, Desk
from tests.interleaving import LaggingStore, TurnTaking
from tests.services.test_filing import a_chain, a_folder, moved
from tests.services.test_refiling import IMAGES, a_desk, another_folder, rows

Job = Callable[[Ports], object]


def together(ports: Ports, jobs: Sequence[Job], seed: int) -> None:
    """Run the jobs at once on these records; one that is refused counts as done."""
    turns = TurnTaking(seed)
    store = LaggingStore(turns, lag=3)
    store._records = ports.store._records  # type: ignore[attr-defined]
    store.started = True
    shared = replace(ports, store=store)
    turns.run([lambda job=job: _quietly(job, shared) for job in jobs])  # type: ignore[misc]


def _quietly(job: Job, ports: Ports) -> None:
    with suppress(GlossError):
        job(ports)


def move(folder: Folder, to: Folder) -> Job:
    return lambda ports: moved(ports, folder, to)


@pytest.mark.parametrize("seed", range(30))
def test_folders_moved_into_each_other_make_no_ring(seed: int) -> None:
    ports = memory_ports()
    first, second, third = (a_chain(ports, 2) for _ in range(3))

    together(ports, [move(first[0], second[1]), move(second[0], third[1]), move(third[0], first[1])], seed)

    stored = [ports.store.get(FOLDERS, folder_key(it.id)) for it in (*first, *second, *third)]
    depths = [len(up) for up in nesting.trails(stored, ports.store).values()]
    assert max(depths) <= 6
    assert sum(it.parent_id is None for it in stored) == 1


@pytest.mark.parametrize("seed", range(30))
def test_a_folder_made_while_its_parent_goes_is_there_or_refused(seed: int) -> None:
    ports = memory_ports()
    top = a_folder(ports)
    made: list[Folder] = []

    def make(shared: Ports) -> None:
        made.append(filing.make_folder(NewFolder(title="in", parent_id=top.id), CALLER, shared))

    together(ports, [make, lambda shared: filing.delete_folder(top.id, Deletion(), shared)], seed)

    there = ports.store.get(FOLDERS, folder_key(top.id)).deleted_at is None
    assert there is bool(made)
    assert tallying.summary(top.id, ports.store).folders == len(made)


@pytest.mark.parametrize("seed", range(30))
def test_renaming_and_moving_at_once_lose_neither(seed: int) -> None:
    ports = memory_ports()
    folder, other = a_folder(ports), a_folder(ports, "other")
    rename = ChangedFolder(title="new")

    together(ports, [move(folder, other), lambda shared: filing.change_folder(folder.id, rename, CALLER, shared)], seed)

    now = filing.folder(folder.id, ports.store)
    assert (now.title, now.parent_id) == ("new", other.id)


@pytest.mark.parametrize("seed", range(30))
def test_items_moved_and_deleted_at_once_are_counted_once(seed: int) -> None:
    desk = a_desk(IMAGES)
    desk.register(rows(*range(5)))
    places = [desk, *(another_folder(desk) for _ in range(2))]
    ids = tuple(item.id for item in desk.items())

    def moving(to: Desk) -> Job:
        return lambda ports: refiling.move(MovingItems(item_ids=ids, folder_id=to.folder.id), CALLER, ports)

    away: Job = lambda ports: refiling.delete(NamedItems(item_ids=ids[:2]), CALLER, ports)  # noqa: E731
    folding: Job = lambda ports: tallying.fold(desk.folder.id, 3, ports.store)  # noqa: E731
    together(desk.ports, [moving(places[1]), moving(places[2]), away, folding], seed)

    counted = [sum(tallying.summary(at.folder.id, desk.ports.store).items.values()) for at in places]
    assert counted == [len(at.items()) for at in places]
    assert sum(counted) == 3


@pytest.mark.parametrize("seed", range(30))
def test_jobs_that_meet_at_a_deleted_items_url_make_one_item(seed: int) -> None:
    desk = a_desk(IMAGES)
    desk.register(rows(0))
    refiling.delete_one(desk.items()[0].id, CALLER, desk.ports)
    jobs = [desk.submit(rows(0)) for _ in range(3)]
    for job in jobs:
        planning.plan(job.id, desk.ports)

    def registration(job_id: str) -> Job:
        return lambda ports: registering.register(job_id, 0, desk.media_of, ports)

    together(desk.ports, [registration(job.id) for job in jobs], seed)

    assert [len(desk.items()), sum(tallying.summary(desk.folder.id, desk.ports.store).items.values())] == [1, 1]


@pytest.mark.parametrize("seed", range(10))
def test_folding_at_once_counts_every_tally_once(seed: int) -> None:
    ports = memory_ports()
    top = a_folder(ports)
    for number in range(120):
        a_folder(ports, str(number), top)

    together(ports, [lambda shared: tallying.fold(top.id, 9, shared.store)] * 3, seed)

    assert tallying.summary(top.id, ports.store).folders == 120
