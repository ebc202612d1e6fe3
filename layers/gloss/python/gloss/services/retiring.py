"""Deleting a project, and bringing it back within 30 days."""

from datetime import timedelta
from typing import Final

from gloss.domain.access import UNSEEN, Caller, Permission, allow_resource
from gloss.domain.errors import NotFound
from gloss.domain.identity import Ownership
from gloss.domain.model import ProjectId
from gloss.domain.project import Project
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.identity import OWNERSHIPS
from gloss.ports import Change, Key, Overwrite, Ports, Save
from gloss.services import benchmarking, projecting
from gloss.services.authorising import roles_of
from gloss.services.projecting import Begun

UNDO: Final = timedelta(days=30)


def delete(project_id: ProjectId, ports: Ports) -> Project:
    """Leave a tombstone: from now on nobody sees the project or anything of it.

    Raises NotFound, and Conflict for one whose labels others are scored against.
    """
    project, now = projecting.get(project_id, ports.store), ports.clock.now()
    benchmarking.demand_unused(project_id, ports.store)
    deleted = project.changed(deleted_at=now, last_edited_at=now)
    ports.store.commit(_written(deleted))
    return deleted


def restore(project_id: ProjectId, caller: Caller, ports: Ports) -> Begun:
    """Bring a project back for one of its Admins, with tasks for the data units that its datasets got meanwhile.

    Asked again after it was cut off, it goes on. Raises NotFound for others' projects and after 30 days,
    Conflict while a project that it is scored against is deleted.
    """
    project = ports.store.find(PROJECTS, Key(f"PROJECT#{project_id}"))
    role = roles_of([caller.user_id], f"project:{project_id}", ports.store).get(caller.user_id)
    allow_resource(role, Permission.PROJECT_ADMIN)
    now = ports.clock.now()
    if project is None or (project.deleted_at is not None and now - project.deleted_at > UNDO):
        raise NotFound(UNSEEN)
    sources, back = benchmarking.with_sources(project, ports.store), project
    if project.deleted_at is not None:
        back = project.changed(deleted_at=None, last_edited_at=now)
        ports.store.commit([*_written(back), *sources])
    return projecting.begin(back, back.dataset_ids, caller, ports)


def _written(project: Project) -> list[Change]:
    """The project, and beside its grants whether it is there."""
    resource = f"project:{project.id}"
    ownership = Ownership(resource=resource, org_id=project.org_id, deleted_at=project.deleted_at)
    return [Save(PROJECTS, project), Overwrite(OWNERSHIPS, ownership)]
