"""Datasets taken off a project, and with them the tasks of their data units."""

from collections.abc import Sequence
from functools import partial

from gloss.domain.access import Caller
from gloss.domain.model import DatasetId, ProjectId
from gloss.domain.project import Project
from gloss.kinds.catalog import ATTACHMENTS, DATA_ROWS, PROJECTS, data_rows_of
from gloss.ports import Erase, Key, Ports, Query, Save
from gloss.services import entering, projecting
from gloss.services.situating import persistently


def take_off(project_id: ProjectId, dataset_ids: Sequence[DatasetId], caller: Caller, ports: Ports) -> Project:
    """The project without these datasets; labels and history of their tasks stay stored.

    The tasks go first, so that what breaks off is gone on with when it is asked for again.
    """
    project = projecting.get(project_id, ports.store)
    going = [id_ for id_ in dict.fromkeys(dataset_ids) if id_ in project.dataset_ids]
    for dataset_id in going:
        rows = ports.store.every(DATA_ROWS, data_rows_of(dataset_id), Query(limit=1000))
        entering.withdraw(project, [row.id for row in rows], caller, ports)
    return persistently(partial(_without, project_id, going, ports)) if going else project


def _without(project_id: ProjectId, going: Sequence[DatasetId], ports: Ports) -> Project:
    project = projecting.get(project_id, ports.store)
    left = tuple(id_ for id_ in project.dataset_ids if id_ not in going)
    changed = project.changed(dataset_ids=left, last_edited_at=ports.clock.now())
    found = (ports.store.find(ATTACHMENTS, Key(f"DATASET#{id_}#PROJECTS", project_id)) for id_ in going)
    ports.store.commit([Save(PROJECTS, changed), *(Erase(ATTACHMENTS, link) for link in found if link is not None)])
    return changed
