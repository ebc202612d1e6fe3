"""Datasets taken off a project, and with them the tasks of their data units."""

from collections.abc import Sequence
from itertools import islice

from gloss.domain.access import Caller
from gloss.domain.bulk import RemoveTasks
from gloss.domain.model import DatasetId, ProjectId
from gloss.domain.project import Project
from gloss.kinds.catalog import DATA_ROWS, data_rows_of
from gloss.ports import Ports, Query
from gloss.services import bulking, entering, leaving, projecting
from gloss.services.attaching import IN_REQUEST


def take_off(project_id: ProjectId, dataset_ids: Sequence[DatasetId], caller: Caller, ports: Ports) -> Project:
    """The project without these datasets; labels and history of their tasks stay stored.

    The tasks go first, or the job that removes them is there first, so that what breaks off is gone on with when it is
    asked for again.
    """
    project = projecting.get(project_id, ports.store)
    going = [id_ for id_ in dict.fromkeys(dataset_ids) if id_ in project.dataset_ids]
    for dataset_id in going:
        _withdraw(project, dataset_id, caller, ports)
    return leaving.leave(project_id, going, ports) if going else project


def _withdraw(project: Project, dataset_id: DatasetId, caller: Caller, ports: Ports) -> None:
    """Remove the tasks now, or start a job for it when they are many."""
    listed = ports.store.every(DATA_ROWS, data_rows_of(dataset_id), Query(limit=1000))
    rows = list(islice(listed, IN_REQUEST + 1))
    if len(rows) > IN_REQUEST:
        bulking.start(RemoveTasks(project_id=project.id, dataset_id=dataset_id), None, caller, ports)
    else:
        entering.withdraw(project, [row.id for row in rows], caller, ports)
