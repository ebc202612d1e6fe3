"""Builders of workflows, tasks and occasions; each has one sensible default for everything."""

from datetime import UTC, datetime
from typing import Any

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Caller, OrgRole, Role
from gloss.domain.dataset import DataRow
from gloss.domain.identity import Grant
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import DataId, OrgId, ProjectId, UserId
from gloss.domain.ontology import Ontology
from gloss.domain.project import Project
from gloss.domain.workflow.graph import Workflow, read
from gloss.domain.workflow.rules import Occasion
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.catalog import ONTOLOGIES, PROJECTS
from gloss.kinds.identity import GRANTS
from gloss.kinds.register import ITEMS
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Ports, Save
from gloss.services.situating import TaskPath
from tests.builders_labels import a_structure

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def stages(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Start, Agent, Annotate, Review, Complete, as a template's JSON; `changes` by stage id."""
    pathways = [{"id": "p1", "name": "labelled", "to": "annotate"}, {"id": "p2", "name": "done", "to": "complete"}]
    plain: list[dict[str, Any]] = [
        {"id": "start", "kind": "start", "title": "Start", "to": "agent"},
        {"id": "agent", "kind": "agent", "title": "Pre-label", "pathways": pathways},
        {"id": "annotate", "kind": "annotate", "title": "Annotate", "to": "review"},
        {"id": "review", "kind": "review", "title": "Review", "approved": "complete", "rejected": "annotate"},
        {"id": "complete", "kind": "complete", "title": "Complete"},
    ]
    return [{**stage, **changes.get(stage["id"], {})} for stage in plain]


def a_workflow(**changes: dict[str, Any]) -> Workflow:
    return read({"stages": stages(**changes)})


def a_task(**changes: Any) -> Task:
    plain: dict[str, Any] = {
        "id": task_id_of(changes.get("project_id", "project"), changes.get("data_id", "data")),
        "org_id": "org",
        "project_id": "project",
        "data_id": "data",
        "dataset_id": "dataset",
        "item_id": "item",
        "title": "street.jpg",
        "media_kind": MediaKind.IMAGE,
        "stage": "annotate",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Task.model_validate({**plain, **changes})


def an_occasion(actor: str = "ann", at: datetime = NOON, event_id: str = "event") -> Occasion:
    return Occasion(actor=UserId(actor), at=at, event_id=event_id)


def a_caller(role: Role = Role.ADMIN, user: str = "boss") -> Caller:
    email = f"{user}@acme.io"
    return Caller(user_id=UserId(user), org_id=OrgId("org"), email=email, org_role=OrgRole.MEMBER, role=role)


def a_project(**changes: Any) -> Project:
    plain: dict[str, Any] = {
        "id": "project",
        "org_id": "org",
        "title": "Streets",
        "ontology_id": "ontology",
        "workflow": a_workflow(),
        "created_by": "boss",
        "created_at": NOON,
        "last_edited_at": NOON,
    }
    return Project.model_validate({**plain, **changes})


def an_ontology(**changes: Any) -> Ontology:
    plain: dict[str, Any] = {
        "id": "ontology",
        "org_id": "org",
        "title": "Things",
        "structure": a_structure(),
        "created_by": "boss",
        "created_at": NOON,
        "last_edited_at": NOON,
    }
    return Ontology.model_validate({**plain, **changes})


def an_item(**changes: Any) -> Item:
    plain: dict[str, Any] = {
        "id": "item",
        "org_id": "org",
        "folder_id": "folder",
        "kind": "image",
        "title": "street.jpg",
        "facts": {"width_px": 100, "height_px": 50},
        "created_by": "boss",
        "created_at": NOON,
    }
    return Item.model_validate({**plain, **changes})


def a_data_row(data_id: str, **changes: Any) -> DataRow:
    plain: dict[str, Any] = {
        "id": data_id,
        "dataset_id": "dataset",
        "org_id": "org",
        "item_id": "item",
        "media_kind": "image",
        "title": f"{data_id}.jpg",
        "attached_by": "boss",
        "attached_at": NOON,
    }
    return DataRow.model_validate({**plain, **changes})


def a_path(data_id: str = "data") -> TaskPath:
    project_id = ProjectId("project")
    return TaskPath(project_id=project_id, task_id=task_id_of(project_id, DataId(data_id)))


def a_running_project(*tasks: Task, project: Project | None = None, ports: Ports | None = None) -> Ports:
    """Ports whose store holds a project with its ontology, one item and these tasks."""
    ports = ports or memory_ports()
    rest = [Save(PROJECTS, project or a_project()), Save(ONTOLOGIES, an_ontology()), Save(ITEMS, an_item())]
    ports.store.commit(rest)
    for task in tasks:
        ports.store.commit([Save(TASKS, task)])
    return ports


def a_member(user: str, role: Role, ports: Ports) -> Caller:
    """Somebody with a grant on the project."""
    caller = a_caller(role, user)
    grant = Grant(
        resource="project:project",
        user_id=caller.user_id,
        org_id=caller.org_id,
        email=caller.email,
        role=role,
        granted_at=NOON,
    )
    ports.store.commit([Save(GRANTS, grant)])
    return caller


def task_in(ports: Ports, data_id: str = "data") -> Task:
    return ports.store.get(TASKS, task_key(a_path(data_id).task_id))
