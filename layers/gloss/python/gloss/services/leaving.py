"""A dataset leaves a project: the link between them goes in one write, after which nobody makes tasks for it.

What takes the tasks away follows from the same commit: for many data units a job, else whoever reads its event. So
nothing is left standing by a request that broke off, or by data units that came at the same time.
"""

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from gloss.domain.access import Caller
from gloss.domain.bulk import RemoveTasks
from gloss.domain.events import BulkJobQueued, DatasetLeft
from gloss.domain.model import DatasetId, ProjectId
from gloss.domain.project import Project
from gloss.kinds.bulk import BULK_JOBS
from gloss.kinds.catalog import ATTACHMENTS, DATA_ROWS, PROJECTS, attachment_key, data_rows_of
from gloss.ports import Change, Erase, Key, Ports, Query, Save, Store
from gloss.services import bulking, entering
from gloss.services.attaching import IN_REQUEST
from gloss.services.situating import persistently, project_of

#: Of the 100 changes of a transaction one is the project; each dataset's are its link, its job and its event.
AT_ONCE: Final = 33


class Left(NamedTuple):
    """The project without its datasets, and what follows for each of them."""

    project: Project
    told: tuple[BulkJobQueued | DatasetLeft, ...] = ()


def leave(project_id: ProjectId, dataset_ids: Sequence[DatasetId], caller: Caller, ports: Ports) -> Left:
    """Take the links away, of at most AT_ONCE datasets; those that are not on the project are passed over."""
    return persistently(partial(_leave, project_id, dataset_ids, caller, ports))


def follow(told: BulkJobQueued | DatasetLeft, ports: Ports) -> None:
    """Do what follows, which may be done twice."""
    if isinstance(told, BulkJobQueued):
        bulking.begin(told.job_id, ports.machines)
    elif not _is_linked(told, ports.store):
        _take_tasks(told, ports)


def _take_tasks(left: DatasetLeft, ports: Ports) -> None:
    """When the dataset comes back at the same time the tasks come again, whoever was first."""
    project = ports.store.get(PROJECTS, Key(f"PROJECT#{left.project_id}"))
    rows = list(ports.store.every(DATA_ROWS, data_rows_of(left.dataset_id), Query(limit=1000)))
    entering.withdraw(project, [row.id for row in rows], left.actor, ports)
    if _is_linked(left, ports.store):
        entering.enter_linked(project, rows, left.actor, ports)


def _is_linked(left: DatasetLeft, store: Store) -> bool:
    return store.find(ATTACHMENTS, attachment_key(left.dataset_id, left.project_id)) is not None


def _leave(project_id: ProjectId, dataset_ids: Sequence[DatasetId], caller: Caller, ports: Ports) -> Left:
    project = project_of(project_id, ports.store)
    going = [id_ for id_ in dict.fromkeys(dataset_ids) if id_ in project.dataset_ids]
    if not going:
        return Left(project)
    left = tuple(id_ for id_ in project.dataset_ids if id_ not in going)
    changed = project.changed(dataset_ids=left, last_edited_at=ports.clock.now())
    links = ports.store.get_many(ATTACHMENTS, [attachment_key(id_, project_id) for id_ in going])
    jobs, told = zip(*(_following(project_id, id_, caller, ports) for id_ in going), strict=True)
    gone: list[Change] = [Erase(ATTACHMENTS, link) for link in links]
    ports.store.commit([Save(PROJECTS, changed), *gone, *(job for those in jobs for job in those)], told)
    return Left(changed, told)


def _following(
    project_id: ProjectId, dataset_id: DatasetId, caller: Caller, ports: Ports
) -> tuple[list[Change], BulkJobQueued | DatasetLeft]:
    rows = ports.store.every(DATA_ROWS, data_rows_of(dataset_id), Query(limit=1000))
    if len(list(islice(rows, IN_REQUEST + 1))) > IN_REQUEST:
        job, queued = bulking.queued(RemoveTasks(project_id=project_id, dataset_id=dataset_id), caller, ports)
        return [Save(BULK_JOBS, job)], queued
    return [], DatasetLeft(
        id=ports.ids.new(),
        at=ports.clock.now(),
        actor=caller.user_id,
        org_id=caller.org_id,
        project_id=project_id,
        dataset_id=dataset_id,
    )
