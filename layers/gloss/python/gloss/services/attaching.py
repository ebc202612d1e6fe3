"""Bringing items into datasets as data units, and taking them out again; projects on the dataset follow."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from gloss.domain.access import Caller, Permission
from gloss.domain.bulk import CreateTasks
from gloss.domain.dataset import DataRow, Dataset, Duplicates, first_data_id
from gloss.domain.errors import Conflict, Fault, Invalid, NotFound, Stale, TooLarge
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import DataId, DatasetId, FolderId, ItemId, JobId, Title, Value
from gloss.domain.project import Project
from gloss.kinds.catalog import ATTACHMENTS, DATA_ROWS, DATASETS, PROJECTS, data_row_key, data_rows_of
from gloss.kinds.register import ITEMS, item_key, items_of
from gloss.ports import Erase, Key, Page, Ports, Query, Save, Store
from gloss.services import bulking, entering, nesting, using
from gloss.services.authorising import require
from gloss.services.situating import persistently

MOST_ITEMS = 10_000
IN_REQUEST = 1_000
#: Each data unit is saved with how often its item is used.
AT_ONCE = 48


class Attaching(Value):
    """Which items to attach, listed or by folder, and what to do with those that the dataset has already."""

    item_ids: Annotated[tuple[ItemId, ...], Field(max_length=MOST_ITEMS)] = ()
    folder_ids: Annotated[tuple[FolderId, ...], Field(max_length=100)] = ()
    duplicates: Duplicates = Duplicates.SKIP

    @model_validator(mode="after")
    def names_something(self) -> "Attaching":
        if not self.item_ids and not self.folder_ids:
            raise ValueError("name item_ids or folder_ids")
        return self


class Attached(Value):
    """What was attached: data units, passed over duplicates, tasks made at once, and jobs that make the rest."""

    data_ids: tuple[DataId, ...]
    skipped: int
    tasks: int
    job_ids: tuple[JobId, ...] = ()


class Arrival(NamedTuple):
    """Items that come to a dataset."""

    dataset: Dataset
    items: Sequence[Item]
    duplicates: Duplicates = Duplicates.SKIP


def attach(dataset_id: DatasetId, wanted: Attaching, caller: Caller, ports: Ports) -> Attached:
    """Make data units of items; raises NotFound for items one may not see, Conflict for duplicates under FAIL."""
    dataset = ports.store.get(DATASETS, Key(f"DATASET#{dataset_id}"))
    return take_in(Arrival(dataset, _items(wanted, caller, ports.store), wanted.duplicates), caller, ports)


def take_in(arrival: Arrival, caller: Caller, ports: Ports) -> Attached:
    """The same for items that were looked at already; repeated after it broke off, it goes on."""
    dataset_id, items = arrival.dataset.id, arrival.items
    rows = persistently(lambda: put(arrival.dataset, _planned(arrival, caller, ports), ports))
    tasks, jobs = 0, list[JobId]()
    standing = _standing(dataset_id, items, rows, ports.store)
    for project in projects_on(dataset_id, ports.store):
        made, job = give_tasks(project, dataset_id, standing, caller, ports)
        tasks, jobs = tasks + made, jobs + job
    return Attached(
        data_ids=tuple(row.id for row in rows), skipped=len(items) - len(rows), tasks=tasks, job_ids=tuple(jobs)
    )


def link(dataset_id: DatasetId, wanted: Attaching, caller: Caller, ports: Ports) -> list[DataRow]:
    """Attach items; the data unit of each, be it new or, where duplicates are passed over, one that was there."""
    made = attach(dataset_id, wanted, caller, ports).data_ids
    first = (first_data_id(dataset_id, id_) for id_ in wanted.item_ids)
    wanted_ids = dict.fromkeys([*made, *first] if wanted.duplicates is Duplicates.SKIP else made)
    return ports.store.get_many(DATA_ROWS, [data_row_key(dataset_id, id_) for id_ in wanted_ids])


def detach(dataset_id: DatasetId, data_id: DataId, caller: Caller, ports: Ports) -> DataRow:
    """Take a data unit out of the dataset, and its tasks out of the projects; labels and history stay stored."""
    return detach_all(dataset_id, [data_id], caller, ports)[0]


def detach_all(dataset_id: DatasetId, data_ids: Sequence[DataId], caller: Caller, ports: Ports) -> list[DataRow]:
    """The same for many; raises NotFound, changing nothing, when one of them is not there."""
    rows = _named_rows(dataset_id, data_ids, ports.store)
    for project in projects_on(dataset_id, ports.store):
        entering.withdraw(project, [row.id for row in rows], caller.user_id, ports)
    erase(dataset_id, rows, ports.store)
    return rows


def erase(dataset_id: DatasetId, rows: Sequence[DataRow], store: Store) -> None:
    """Let data units be gone from the dataset, those that are there still."""
    for batch in _batches(rows):
        persistently(partial(_erase, dataset_id, [row.id for row in batch], store))


def retitle(row: DataRow, title: Title, ports: Ports) -> DataRow:
    """A data unit with another title, and its tasks with the same; its item keeps its own."""
    for project in projects_on(row.dataset_id, ports.store):
        persistently(partial(entering.retitle, project, row.id, title, ports))
    changed = row.changed(title=title, last_edited_at=ports.clock.now())
    ports.store.commit([Save(DATA_ROWS, changed)])
    return changed


def _named_rows(dataset_id: DatasetId, data_ids: Sequence[DataId], store: Store) -> list[DataRow]:
    keys = [data_row_key(dataset_id, id_) for id_ in dict.fromkeys(data_ids)]
    rows = store.get_many(DATA_ROWS, keys)
    if len(rows) < len(keys):
        raise NotFound(f"{len(keys) - len(rows)} of the data units are not in the dataset.")
    return rows


def _erase(dataset_id: DatasetId, data_ids: Sequence[DataId], store: Store) -> None:
    """Those that are there still: what broke off is gone on with."""
    rows = store.get_many(DATA_ROWS, [data_row_key(dataset_id, id_) for id_ in data_ids])
    store.commit([*(Erase(DATA_ROWS, row) for row in rows), *using.counted(rows, store, -1)])


def rows_of(dataset_id: DatasetId, query: Query, store: Store) -> Page[DataRow]:
    """A page of the dataset's data units in the order of attachment."""
    listing = Query(index="by_parent", limit=query.limit, after=query.after)
    return store.page(DATA_ROWS, data_rows_of(dataset_id), listing)


def give_tasks(
    project: Project, dataset_id: DatasetId, rows: Sequence[DataRow], caller: Caller, ports: Ports
) -> tuple[int, list[JobId]]:
    """Make the tasks of a dataset's data units now, or start a job for it when they are many."""
    if len(rows) > IN_REQUEST:
        operation = CreateTasks(project_id=project.id, dataset_id=dataset_id)
        return 0, [bulking.start(operation, None, caller, ports).id]
    return entering.enter_linked(project, rows, caller.user_id, ports), []


def projects_on(dataset_id: DatasetId, store: Store) -> list[Project]:
    """The projects that the dataset is on."""
    links = store.every(ATTACHMENTS, f"DATASET#{dataset_id}#PROJECTS")
    found = store.get_many(PROJECTS, [Key(f"PROJECT#{link.project_id}") for link in links])
    return [project for project in found if project.deleted_at is None]


def _items(wanted: Attaching, caller: Caller, store: Store) -> list[Item]:
    """The items to attach, in the order asked for; folders give what they show."""
    for folder_id in wanted.folder_ids:
        require(caller, f"folder:{folder_id}", Permission.RESOURCE_READ, store)
    if nesting.gone(wanted.folder_ids, store):
        raise NotFound("One of the folders does not exist, or you may not see it.")
    found = _named(wanted.item_ids, caller, store)
    for folder_id in wanted.folder_ids:
        shown = store.every(ITEMS, items_of(folder_id), Query(index="by_parent", limit=1000))
        found += islice(shown, MOST_ITEMS + 1 - len(found))
    if len(found) > MOST_ITEMS:
        raise TooLarge(f"One request attaches at most {MOST_ITEMS} items; attach a large folder by its item_ids.")
    return found


def _named(item_ids: Sequence[ItemId], caller: Caller, store: Store) -> list[Item]:
    stored = store.get_many(ITEMS, [item_key(id_) for id_ in dict.fromkeys(item_ids)])
    known = {item.id: item for item in nesting.as_they_are(stored, store)}
    for folder_id in {item.folder_id for item in known.values()}:
        require(caller, f"folder:{folder_id}", Permission.RESOURCE_READ, store)
    missing = [id_ for id_ in item_ids if id_ not in known or known[id_].deleted_at is not None]
    if missing:
        raise NotFound(f"There is no item {missing[0]} here, or you may not see it ({len(missing)} such in all).")
    _demand_attachable([known[id_] for id_ in item_ids])
    return [known[id_] for id_ in item_ids]


def _demand_attachable(items: Sequence[Item]) -> None:
    parts = [place for place, item in enumerate(items) if item.hidden or item.kind is MediaKind.DICOM_FILE]
    if parts:
        reason = "is a part of a series or group; attach the whole"
        raise Invalid("Some items cannot be attached.", [Fault(f"item_ids[{place}]", reason) for place in parts[:100]])


def _planned(arrival: Arrival, caller: Caller, ports: Ports) -> list[DataRow]:
    """The rows to save: an item's first data unit has an id of its own making, which shows what is there already."""
    dataset, items, duplicates = arrival
    keys = [data_row_key(dataset.id, first_data_id(dataset.id, item.id)) for item in items]
    taken = {row.id for row in ports.store.get_many(DATA_ROWS, keys)}
    rows: list[DataRow] = []
    for place, item in enumerate(items):
        data_id = first_data_id(dataset.id, item.id)
        if data_id in taken:
            if duplicates is Duplicates.FAIL:
                raise Conflict(
                    f"Item {item.id} ({item.title}, number {place} of the request) is in the dataset already."
                )
            if duplicates is Duplicates.SKIP:
                continue
            data_id = DataId(ports.ids.new())
        taken.add(data_id)
        rows.append(_row(dataset, item, data_id, caller, ports))
    return rows


def _standing(dataset_id: DatasetId, items: Sequence[Item], rows: Sequence[DataRow], store: Store) -> list[DataRow]:
    """The saved rows and those that were passed over: a request that was cut off may have left these without tasks."""
    saved, first = {row.id for row in rows}, dict.fromkeys(first_data_id(dataset_id, item.id) for item in items)
    passed = [data_row_key(dataset_id, id_) for id_ in first if id_ not in saved]
    return [*rows, *store.get_many(DATA_ROWS, passed)]


def _row(dataset: Dataset, item: Item, data_id: DataId, caller: Caller, ports: Ports) -> DataRow:
    return DataRow(
        id=data_id,
        dataset_id=dataset.id,
        org_id=dataset.org_id,
        item_id=item.id,
        media_kind=item.kind,
        title=item.title,
        attached_by=caller.user_id,
        attached_at=ports.clock.now(),
    )


def put(dataset: Dataset, rows: Sequence[DataRow], ports: Ports) -> list[DataRow]:
    """Save the data units that are not there yet, and answer these: a request that was cut off may be sent again."""
    saved: list[DataRow] = []
    for batch in _batches(rows):
        try:
            new = _commit(batch, ports.store)
        except Stale:
            new = persistently(partial(_save_rest, dataset, batch, ports.store))
        saved += new
    return saved


def _save_rest(dataset: Dataset, batch: Sequence[DataRow], store: Store) -> list[DataRow]:
    there = {row.id for row in store.get_many(DATA_ROWS, [data_row_key(dataset.id, row.id) for row in batch])}
    return _commit([row for row in batch if row.id not in there], store)


def _commit(rows: list[DataRow], store: Store) -> list[DataRow]:
    store.commit([*(Save(DATA_ROWS, row) for row in rows), *using.counted(rows, store)])
    return rows


def _batches(rows: Iterable[DataRow]) -> Iterator[list[DataRow]]:
    left = iter(rows)
    while batch := list(islice(left, AT_ONCE)):
        yield batch
