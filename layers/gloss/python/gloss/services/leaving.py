"""A dataset leaves a project: the link between them goes, which is one write however large the dataset is."""

from collections.abc import Sequence
from functools import partial

from gloss.domain.dataset import Attachment
from gloss.domain.model import DatasetId, ProjectId, Timestamp
from gloss.domain.project import Project
from gloss.kinds.catalog import ATTACHMENTS, PROJECTS
from gloss.ports import Erase, Key, Ports, Save, Store
from gloss.services.situating import persistently, project_of


def leave(project_id: ProjectId, dataset_ids: Sequence[DatasetId], ports: Ports) -> Project:
    """The project without these datasets; those that are not on it are passed over."""
    return persistently(partial(_leave, project_id, dataset_ids, ports))


def leave_since(project_id: ProjectId, dataset_id: DatasetId, asked_at: Timestamp, ports: Ports) -> None:
    """The same for a dataset that was on the project when that was asked, not for one that came back afterwards."""
    link = _link(project_id, dataset_id, ports.store)
    if link is not None and link.attached_at <= asked_at:
        leave(project_id, [dataset_id], ports)


def _leave(project_id: ProjectId, dataset_ids: Sequence[DatasetId], ports: Ports) -> Project:
    project = project_of(project_id, ports.store)
    going = [id_ for id_ in dict.fromkeys(dataset_ids) if id_ in project.dataset_ids]
    if not going:
        return project
    left = tuple(id_ for id_ in project.dataset_ids if id_ not in going)
    changed = project.changed(dataset_ids=left, last_edited_at=ports.clock.now())
    links = [_link(project_id, id_, ports.store) for id_ in going]
    ports.store.commit([Save(PROJECTS, changed), *(Erase(ATTACHMENTS, link) for link in links if link is not None)])
    return changed


def _link(project_id: ProjectId, dataset_id: DatasetId, store: Store) -> Attachment | None:
    return store.find(ATTACHMENTS, Key(f"DATASET#{dataset_id}#PROJECTS", project_id))
