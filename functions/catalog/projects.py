"""Doorways of projects."""

from typing import Any

from gloss import edge, wiring
from gloss.domain.model import DatasetId, JobId, OntologyId, OrgId, ProjectId, TemplateId, Timestamp, UserId, Value
from gloss.domain.project import Project, ProjectSettings, ProjectStatus
from gloss.domain.workflow import graph
from gloss.kinds.catalog import PROJECTS
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import finding, projecting, retiring
from gloss.services.projecting import Begun, ChangedProject, ChangedStatus, EditorLayout, MoreDatasets, NewProject

router = edge.router()


class ProjectView(Value):
    """A project; `graph` is its workflow's JSON."""

    id: ProjectId
    org_id: OrgId
    title: str
    description: str
    dataset_ids: tuple[DatasetId, ...]
    ontology_id: OntologyId
    template_id: TemplateId | None
    graph: dict[str, Any]
    status: ProjectStatus
    settings: ProjectSettings
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp
    version: int

    @classmethod
    def of(cls, project: Project) -> "ProjectView":
        return cls.model_validate({**project.model_dump(include=set(cls.model_fields)), **_shown(project)})


class DeletedProject(Value):
    """A project that was deleted, and when."""

    id: ProjectId
    deleted_at: Timestamp | None


class BegunView(ProjectView):
    """A project with the number of tasks made at once and the jobs that make the rest."""

    tasks: int
    job_ids: tuple[JobId, ...]

    @classmethod
    def begun(cls, begun: Begun) -> "BegunView":
        shown = ProjectView.of(begun.project).model_dump()
        return cls.model_validate({**shown, "tasks": begun.tasks, "job_ids": begun.job_ids})


@router.post("/v1/projects")
def make_project(body: NewProject) -> BegunView:
    return BegunView.begun(projecting.make_project(body, edge.caller(), wiring.ports()))


@router.get("/v1/projects")
def list_projects(limit: Limit = 100, token: Token = None) -> Listing[ProjectView]:
    page = finding.visible("project", PROJECTS, edge.caller(), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[ProjectView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/projects/<project_id>")
def get_project(project_id: ProjectId) -> ProjectView:
    return ProjectView.of(projecting.get(project_id, wiring.store()))


@router.patch("/v1/projects/<project_id>")
def change_project(project_id: ProjectId, body: ChangedProject) -> ProjectView:
    return ProjectView.of(projecting.change_project(project_id, body, wiring.ports()))


@router.put("/v1/projects/<project_id>/status")
def set_status(project_id: ProjectId, body: ChangedStatus) -> ProjectView:
    return ProjectView.of(projecting.set_status(project_id, body, wiring.ports()))


@router.delete("/v1/projects/<project_id>")
def delete_project(project_id: ProjectId) -> DeletedProject:
    deleted = retiring.delete(project_id, wiring.ports())
    return DeletedProject(id=deleted.id, deleted_at=deleted.deleted_at)


@router.post("/v1/projects/<project_id>/restore")
def restore_project(project_id: ProjectId) -> BegunView:
    return BegunView.begun(retiring.restore(project_id, edge.caller(), wiring.ports()))


@router.get("/v1/projects/<project_id>/editor-layout")
def get_editor_layout(project_id: ProjectId) -> EditorLayout:
    return EditorLayout(layout=projecting.get(project_id, wiring.store()).editor_layout)


@router.put("/v1/projects/<project_id>/editor-layout")
def set_editor_layout(project_id: ProjectId, body: EditorLayout) -> EditorLayout:
    return EditorLayout(layout=projecting.set_layout(project_id, body, wiring.ports()).editor_layout)


@router.post("/v1/projects/<project_id>/datasets")
def add_datasets(project_id: ProjectId, body: MoreDatasets) -> BegunView:
    return BegunView.begun(projecting.add_datasets(project_id, body, edge.caller(), wiring.ports()))


def _shown(project: Project) -> dict[str, Any]:
    return {"graph": graph.write(project.workflow)}
