"""Datasets taken off a project, and with them the tasks of their data units."""

from collections.abc import Sequence

from gloss.domain.access import Caller
from gloss.domain.model import DatasetId, ProjectId
from gloss.domain.project import Project
from gloss.ports import Ports
from gloss.services import leaving


def take_off(project_id: ProjectId, dataset_ids: Sequence[DatasetId], caller: Caller, ports: Ports) -> Project:
    """The project without these datasets; labels and history of their tasks stay stored.

    Few tasks are gone when it answers. Many go by a job, and those of a request that broke off by its event.
    """
    left = leaving.leave(project_id, dataset_ids, caller, ports)
    for told in left.told:
        leaving.follow(told, ports)
    return left.project
