"""Clearing away copies of projects that broke off and were not asked for again within a day.

What a request began is told with its first write, and an alarm set for a day later. A copy that an organisation owns by
then is whole, whoever has a role on it still. Any other is closed first, so that no try goes on with it; then its new
data units go, and the project is deleted like any other, so that data which comes to its datasets makes no tasks there.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from gloss.domain.errors import Stale
from gloss.domain.events import CopyBegun, Event
from gloss.domain.identity import Ownership
from gloss.domain.model import DatasetId, OrgId, ProjectId, Value
from gloss.kinds.catalog import DATA_ROWS, DATASETS, PROJECTS, data_rows_of
from gloss.kinds.identity import OWNERSHIPS, ownership_key
from gloss.ports import Clock, Erase, Key, Query, Save, Store
from gloss.postal import Alarms
from gloss.services import attaching

#: A request that comes again goes on with its copy for as long as answers are kept to be told again.
PATIENCE: Final = timedelta(days=1)


class Unfinished(Value):
    """Time to look whether a copy became whole; `dataset_id` is the new dataset of its clones, if it has one."""

    copy_id: ProjectId
    org_id: OrgId
    dataset_id: DatasetId | None = None


def watch(events: Sequence[Event], alarms: Callable[[], Alarms]) -> None:
    """Have copies looked at that were begun."""
    for event in events:
        if isinstance(event, CopyBegun):
            call = Unfinished(copy_id=event.project_id, org_id=event.org_id, dataset_id=event.dataset_id)
            alarms().set(f"copy-{event.project_id}", event.at + PATIENCE, call.model_dump())


def clear(call: Unfinished, store: Store, clock: Clock) -> str:
    """Clear a copy away unless it is whole; broken off, it goes on when called again."""
    resource = f"project:{call.copy_id}"
    closed = Ownership(resource=resource, org_id=call.org_id, deleted_at=clock.now(), broken_off=True)
    with suppress(Stale):
        store.commit([Save(OWNERSHIPS, closed)])
    if not store.get(OWNERSHIPS, ownership_key(resource)).broken_off:
        return "whole"
    _delete(call, store, clock)
    if call.dataset_id is not None:
        _clear_dataset(call.dataset_id, store)
    return "cleared"


def _delete(call: Unfinished, store: Store, clock: Clock) -> None:
    project = store.find(PROJECTS, Key(f"PROJECT#{call.copy_id}"))
    if project is not None and project.deleted_at is None:
        store.commit([Save(PROJECTS, project.changed(deleted_at=clock.now()))])


def _clear_dataset(dataset_id: DatasetId, store: Store) -> None:
    attaching.erase(dataset_id, list(store.every(DATA_ROWS, data_rows_of(dataset_id), Query(limit=1000))), store)
    dataset = store.find(DATASETS, Key(f"DATASET#{dataset_id}"))
    if dataset is not None:
        store.commit([Erase(DATASETS, dataset)])
