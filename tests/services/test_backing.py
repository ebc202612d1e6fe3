"""Folders that back a dataset, and how often items are used: right after any crash and any order of changes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import memory_ports
from gloss.domain.dataset import Dataset, Duplicates
from gloss.domain.errors import NotFound
from gloss.domain.identity import User
from gloss.domain.model import DataId, ItemId
from gloss.kinds.catalog import DATA_ROWS, data_rows_of
from gloss.kinds.identity import USERS
from gloss.kinds.register import FOLDERS, folder_key
from gloss.ports import Ports, Query, Save
from gloss.services import attaching, backing, rehousing, using
from gloss.services.attaching import Attaching
from gloss.services.cataloguing import NewDataset
from gloss.services.refiling import MovingItems
from tests.builders_media import an_image
from tests.builders_register import CALLER, Desk, a_desk
from tests.mortal import killed_after, mortal

IMAGES = {f"s3://bkt/{number}.png": an_image(size=(20 + number, 10)) for number in range(4)}
MANIFEST = {"images": [{"objectUrl": url} for url in IMAGES]}


def a_backed_desk(ports: Ports | None = None) -> tuple[Desk, Dataset]:
    """A desk whose folder backs a dataset."""
    desk = a_desk(IMAGES, ports=ports)
    person = User(
        id=CALLER.user_id,
        org_id=CALLER.org_id,
        email=CALLER.email,
        org_role=CALLER.org_role,
        created_at=desk.ports.clock.now(),
    )
    desk.ports.store.commit([Save(USERS, person)])
    dataset = backing.make_dataset(NewDataset(title="Gate"), CALLER, desk.ports)
    desk.folder = desk.ports.store.get(FOLDERS, folder_key(dataset.folder_id or ""))
    return desk, dataset


def rows(desk: Desk, dataset: Dataset) -> list[tuple[DataId, ItemId]]:
    found = desk.ports.store.every(DATA_ROWS, data_rows_of(dataset.id), Query(index="by_parent"))
    return sorted((row.id, row.item_id) for row in found)


def test_what_is_registered_in_a_backing_folder_is_in_its_dataset() -> None:
    desk, dataset = a_backed_desk()

    desk.register(MANIFEST)

    assert {item_id for _, item_id in rows(desk, dataset)} == {item.id for item in desk.items()}


def test_a_crash_anywhere_links_each_item_once() -> None:
    ports, life = mortal(memory_ports())
    whole, _ = a_backed_desk(ports)
    life.writes = 0
    whole.register(MANIFEST)

    for writes in range(2, life.writes):
        mortals, mortality = mortal(memory_ports())
        desk, backed = a_backed_desk(mortals)
        job = desk.submit(MANIFEST)
        killed_after(writes, mortality, lambda desk=desk, job=job: desk.run(job))  # type: ignore[misc]
        desk.run(job)

        assert len(rows(desk, backed)) == len(IMAGES), f"killed after write {writes}"
        assert set(using.counts((item.id for item in desk.items()), desk.ports.store).values()) == {1}


def test_a_job_names_a_dataset_beside_the_one_that_is_backed() -> None:
    desk, dataset = a_backed_desk()
    other = backing.make_dataset(NewDataset(title="Other"), CALLER, desk.ports)

    desk.register(MANIFEST, dataset_id=other.id)

    assert len(rows(desk, dataset)) == len(rows(desk, other)) == len(IMAGES)
    assert set(using.counts((item.id for item in desk.items()), desk.ports.store).values()) == {2}


def test_items_that_move_leave_one_dataset_and_join_another() -> None:
    desk, dataset = a_backed_desk()
    desk.register(MANIFEST)
    goal = backing.make_dataset(NewDataset(title="Goal"), CALLER, desk.ports)
    moving = MovingItems(item_ids=tuple(item.id for item in desk.items()[:2]), folder_id=goal.folder_id or "")

    rehousing.move(moving, CALLER, desk.ports)

    assert (len(rows(desk, dataset)), len(rows(desk, goal))) == (2, 2)
    assert set(using.counts(moving.item_ids, desk.ports.store).values()) == {1}


def test_a_move_that_broke_off_is_finished_when_asked_again() -> None:
    for writes in range(1, 6):
        ports, life = mortal(memory_ports())
        desk, dataset = a_backed_desk(ports)
        desk.register(MANIFEST)
        goal = backing.make_dataset(NewDataset(title="Goal"), CALLER, ports)
        moving = MovingItems(item_ids=tuple(it.id for it in desk.items()[:2]), folder_id=goal.folder_id or "")

        def out(desk: Desk = desk, moving: MovingItems = moving) -> object:
            return rehousing.move_out(desk.folder, moving, CALLER, desk.ports)

        killed_after(writes, life, out)
        out()

        assert (len(rows(desk, dataset)), len(rows(desk, goal))) == (2, 2), f"killed after write {writes}"


def test_data_units_that_are_not_there_keep_the_others() -> None:
    desk, dataset = a_backed_desk()
    desk.register(MANIFEST)
    there = rows(desk, dataset)

    with pytest.raises(NotFound):
        attaching.detach_all(dataset.id, [there[0][0], DataId("none")], CALLER, desk.ports)

    assert rows(desk, dataset) == there


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=12))
def test_counts_of_uses_are_the_number_of_data_units(steps: list[tuple[bool, int]]) -> None:
    desk, dataset = a_backed_desk()
    desk.register(MANIFEST)
    items = [item.id for item in desk.items()]

    for comes, number in steps:
        _step(comes, items[number], desk, dataset)

    held = [item_id for _, item_id in rows(desk, dataset)]
    assert using.counts(items, desk.ports.store) == {item_id: held.count(item_id) for item_id in items}


def _step(comes: bool, item_id: ItemId, desk: Desk, dataset: Dataset) -> None:
    if comes:
        wanted = Attaching(item_ids=(item_id,), duplicates=Duplicates.DUPLICATE)
        attaching.attach(dataset.id, wanted, CALLER, desk.ports)
    for data_id, held in rows(desk, dataset):
        if not comes and held == item_id:
            attaching.detach(dataset.id, data_id, CALLER, desk.ports)
            return
