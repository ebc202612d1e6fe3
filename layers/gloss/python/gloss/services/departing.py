"""Datasets taken off a project, and with them the tasks of their data units."""

from collections.abc import Sequence

from gloss.domain.access import Caller
from gloss.domain.model import DatasetId, ProjectId
from gloss.domain.project import Project
from gloss.ports import Ports
from gloss.services import leaving, projecting


def take_off(project_id: ProjectId, dataset_ids: Sequence[DatasetId], caller: Caller, ports: Ports) -> Project:
    """The project without these datasets; labels and history of their tasks stay stored.

    Few tasks are gone when it answers. Many go by a job, and those of a request that broke off by its event. More
    datasets than AT_ONCE leave some at a time.
    """
    ids = list(dict.fromkeys(dataset_ids))
    project = projecting.get(project_id, ports.store)
    for start in range(0, len(ids), leaving.AT_ONCE):
        left = leaving.leave(project_id, ids[start : start + leaving.AT_ONCE], caller, ports)
        for told in left.told:
            leaving.follow(told, ports)
        project = left.project
    return project
