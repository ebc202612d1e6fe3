"""Making and changing projects: their datasets, ontology and own copy of a workflow."""

import json
from collections.abc import Sequence
from itertools import islice
from typing import Annotated, Any, Final

from pydantic import Field, field_validator

from gloss.domain.access import Caller, Permission
from gloss.domain.bulk import CreateTasks
from gloss.domain.dataset import Attachment
from gloss.domain.errors import Conflict, Fault, Invalid, Stale
from gloss.domain.model import DatasetId, Description, JobId, OntologyId, ProjectId, TemplateId, Title, Value
from gloss.domain.ontology import OntologyUse
from gloss.domain.project import Project, ProjectSettings, ProjectStatus
from gloss.domain.workflow.graph import Workflow
from gloss.domain.workflow.shape import STANDARD, UNREVIEWED
from gloss.kinds.catalog import ATTACHMENTS, DATA_ROWS, ONTOLOGY_USES, PROJECTS, data_rows_of
from gloss.ports import Change, Key, Ports, Save, Store
from gloss.services import benchmarking, bulking, cataloguing, entering
from gloss.services.attaching import IN_REQUEST
from gloss.services.authorising import founding_grants, require
from gloss.services.situating import project_of

LARGEST_LAYOUT: Final = 64 * 1024

MOST_DATASETS: Final = 50

DatasetIds = Annotated[tuple[DatasetId, ...], Field(max_length=MOST_DATASETS)]


class NewProject(Value):
    """A project to make; the template's workflow is copied, without one the standard workflow is taken.

    With `ground_truth_ids` it is a benchmark project: it gets the datasets of those projects too, and without a
    template no review.
    """

    title: Title
    description: Description = ""
    dataset_ids: DatasetIds = ()
    ontology_id: OntologyId
    template_id: TemplateId | None = None
    source_ids: Annotated[tuple[ProjectId, ...], Field(max_length=50)] = ()
    ground_truth_ids: Annotated[tuple[ProjectId, ...], Field(max_length=10)] = ()


class ChangedProject(Value):
    """What to change of a project; what is left out stays. With `version`, only that version is changed."""

    title: Title | None = None
    description: Description | None = None
    settings: ProjectSettings | None = None
    version: int | None = None


class ChangedStatus(Value):
    """How the work as a whole is to stand."""

    status: ProjectStatus


class EditorLayout(Value):
    """How the editor of a project is laid out: any JSON object, kept for the editor as it is; null: its own way."""

    layout: dict[str, Any] | None

    @field_validator("layout")
    @classmethod
    def is_small(cls, layout: dict[str, Any] | None) -> dict[str, Any] | None:
        if len(json.dumps(layout).encode()) > LARGEST_LAYOUT:
            raise ValueError(f"at most {LARGEST_LAYOUT} bytes of JSON are kept")
        return layout


class MoreDatasets(Value):
    """Datasets to put on a project."""

    dataset_ids: Annotated[DatasetIds, Field(min_length=1)]


class Begun(Value):
    """A project, the tasks made at once, and the jobs that make the rest."""

    project: Project
    tasks: int
    job_ids: tuple[JobId, ...] = ()


def make_project(wanted: NewProject, caller: Caller, ports: Ports) -> Begun:
    """A project with the caller as its Admin and a task a data unit; raises NotFound for what one may not use.

    Asked again under the same Idempotency-Key after it was cut off, it goes on where it stopped.
    """
    made = drawn(wanted, _workflow(wanted, caller, ports.store), caller, ports)
    keep(made, founding_grants(f"project:{made.id}", caller, made.created_at), ports)
    return begin(made, made.dataset_ids, caller, ports)


def drawn(wanted: NewProject, workflow: Workflow, caller: Caller, ports: Ports) -> Project:
    """The project that is wanted, not saved yet; raises NotFound for what the caller may not use."""
    sources = benchmarking.usable(wanted.ground_truth_ids, caller, ports.store)
    dataset_ids = _datasets(wanted, sources)
    _demand_usable(wanted, dataset_ids, caller, ports.store)
    benchmarking.demand_one_ontology(sources, wanted.ontology_id)
    now = ports.clock.now()
    return Project(
        id=ProjectId(ports.ids.new()),
        org_id=caller.org_id,
        title=wanted.title,
        description=wanted.description,
        dataset_ids=dataset_ids,
        ontology_id=wanted.ontology_id,
        template_id=wanted.template_id,
        workflow=workflow,
        source_ids=wanted.source_ids,
        ground_truth_ids=tuple(source.id for source in sources),
        created_by=caller.user_id,
        created_at=now,
        last_edited_at=now,
    )


def keep(made: Project, grants: Sequence[Change], ports: Ports) -> None:
    """Save a project with its links and the grants on it, unless the same request did so before."""
    if ports.store.find(PROJECTS, Key(f"PROJECT#{made.id}")) is None:
        use = Save(ONTOLOGY_USES, OntologyUse(ontology_id=made.ontology_id, project_id=made.id))
        ties = benchmarking.linked(made, ports.store)
        ports.store.commit([Save(PROJECTS, made), use, *grants, *ties, *_links(made, made.dataset_ids, ports)])


def add_datasets(project_id: ProjectId, wanted: MoreDatasets, caller: Caller, ports: Ports) -> Begun:
    """Put datasets on a project and give their data units tasks; those that are on it are left alone."""
    project = get(project_id, ports.store)
    fresh = tuple(id_ for id_ in dict.fromkeys(wanted.dataset_ids) if id_ not in project.dataset_ids)
    for dataset_id in fresh:
        require(caller, f"dataset:{dataset_id}", Permission.RESOURCE_USE, ports.store)
    if len(project.dataset_ids) + len(fresh) > MOST_DATASETS:
        raise Conflict(f"A project has at most {MOST_DATASETS} datasets.")
    changed = project.changed(dataset_ids=(*project.dataset_ids, *fresh), last_edited_at=ports.clock.now())
    if fresh:
        ports.store.commit([Save(PROJECTS, changed), *_links(changed, fresh, ports)])
    return begin(changed if fresh else project, fresh, caller, ports)


def change_project(project_id: ProjectId, wanted: ChangedProject, ports: Ports) -> Project:
    """Its next version; raises Stale on an old one."""
    project = get(project_id, ports.store)
    if wanted.version not in (None, project.version):
        raise Stale(f"The project is at version {project.version}, not {wanted.version}; read it again.")
    said = {
        name: value for name in ("title", "description", "settings") if (value := getattr(wanted, name)) is not None
    }
    changed = project.changed(**said, last_edited_at=ports.clock.now())
    ports.store.commit([Save(PROJECTS, changed)])
    return changed


def set_status(project_id: ProjectId, wanted: ChangedStatus, ports: Ports) -> Project:
    """Pause, resume or end the work on a project; it may be asked twice."""
    project = get(project_id, ports.store)
    if project.status is wanted.status:
        return project
    changed = project.changed(status=wanted.status, last_edited_at=ports.clock.now())
    ports.store.commit([Save(PROJECTS, changed)])
    return changed


def set_layout(project_id: ProjectId, wanted: EditorLayout, ports: Ports) -> Project:
    """Keep another layout of the editor."""
    changed = get(project_id, ports.store).changed(editor_layout=wanted.layout, last_edited_at=ports.clock.now())
    ports.store.commit([Save(PROJECTS, changed)])
    return changed


def get(project_id: str, store: Store) -> Project:
    """A project; raises NotFound, also for one that was deleted."""
    return project_of(ProjectId(project_id), store)


def _datasets(wanted: NewProject, sources: Sequence[Project]) -> tuple[DatasetId, ...]:
    """Those that are asked for, then those that hold the ground truth, each once; raises Invalid."""
    found = tuple(dict.fromkeys([*wanted.dataset_ids, *(id_ for source in sources for id_ in source.dataset_ids)]))
    if len(found) > MOST_DATASETS:
        fault = Fault("ground_truth_ids", f"with their datasets there are {len(found)}")
        raise Invalid(f"A project has at most {MOST_DATASETS} datasets.", [fault])
    return found


def _demand_usable(wanted: NewProject, dataset_ids: Sequence[DatasetId], caller: Caller, store: Store) -> None:
    for dataset_id in dataset_ids:
        require(caller, f"dataset:{dataset_id}", Permission.RESOURCE_USE, store)
    require(caller, f"ontology:{wanted.ontology_id}", Permission.RESOURCE_USE, store)


def _workflow(wanted: NewProject, caller: Caller, store: Store) -> Workflow:
    if wanted.template_id is None:
        return UNREVIEWED if wanted.ground_truth_ids else STANDARD
    require(caller, f"template:{wanted.template_id}", Permission.RESOURCE_ADMIN, store)
    return cataloguing.template(wanted.template_id, store).workflow


def _links(project: Project, dataset_ids: Sequence[DatasetId], ports: Ports) -> list[Save[Attachment]]:
    now = ports.clock.now()
    made = (Attachment(dataset_id=id_, project_id=project.id, attached_at=now) for id_ in dataset_ids)
    return [Save(ATTACHMENTS, link) for link in made]


def begin(project: Project, dataset_ids: Sequence[DatasetId], caller: Caller, ports: Ports) -> Begun:
    """Tasks for all data units: at once while they are few, else by a job for each dataset."""
    listed = (row for id_ in dataset_ids for row in ports.store.every(DATA_ROWS, data_rows_of(id_)))
    rows = list(islice(listed, IN_REQUEST + 1))
    if len(rows) <= IN_REQUEST:
        return Begun(project=project, tasks=entering.enter_linked(project, rows, caller.user_id, ports))
    operations = [CreateTasks(project_id=project.id, dataset_id=id_) for id_ in dataset_ids]
    jobs = tuple(bulking.start(operation, None, caller, ports).id for operation in operations)
    return Begun(project=project, tasks=0, job_ids=jobs)
