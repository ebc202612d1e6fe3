"""Builders for tests of bulk jobs: a project whose dataset has some data units, all in memory."""

from dataclasses import dataclass, replace

from gloss.adapters.memory import MemoryMachines, MemoryStore, memory_ports
from gloss.domain.access import Caller, OrgRole, Role
from gloss.domain.bulk import BulkJob, Operation
from gloss.domain.dataset import DataRow
from gloss.domain.media import MediaKind
from gloss.domain.model import DataId, DatasetId, ItemId, JobId, OntologyId, OrgId, ProjectId, StageId, TaskId, UserId
from gloss.domain.project import Project
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.bulk import BULK_JOBS, bulk_job_key
from gloss.kinds.catalog import DATA_ROWS, PROJECTS
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Ports, Save
from gloss.services import bulking, entering
from gloss.services.authorising import founding_grants
from gloss.services.bulking import BatchRef, Closing, JobRef
from tests.builders_workflow import NOON, a_workflow

PROJECT = ProjectId("project")
DATASET = DatasetId("dataset")
ADMIN = Caller(
    user_id=UserId("ada"), org_id=OrgId("org"), email="ada@acme.io", org_role=OrgRole.MEMBER, role=Role.ADMIN
)


@dataclass(frozen=True)
class Works:
    """A project with tasks, and its ports."""

    ports: Ports
    store: MemoryStore
    machines: MemoryMachines

    def task(self, number: int) -> Task:
        return self.store.get(TASKS, task_key(task_id(number)))

    def stages(self, count: int) -> list[StageId]:
        return [self.task(number).stage for number in range(count)]

    def job(self, job_id: JobId) -> BulkJob:
        return self.store.get(BULK_JOBS, bulk_job_key(job_id))


def data_id(number: int) -> DataId:
    return DataId(f"data-{number:04}")


def task_id(number: int) -> TaskId:
    return task_id_of(PROJECT, data_id(number))


def a_row(number: int) -> DataRow:
    return DataRow(
        id=data_id(number),
        dataset_id=DATASET,
        org_id=OrgId("org"),
        item_id=ItemId(f"item-{number}"),
        media_kind=MediaKind.IMAGE,
        title=f"street-{number:04}.jpg",
        attached_by=UserId("ada"),
        attached_at=NOON,
    )


def a_project() -> Project:
    return Project(
        id=PROJECT,
        org_id=OrgId("org"),
        title="Streets",
        dataset_ids=(DATASET,),
        ontology_id=OntologyId("ontology"),
        workflow=a_workflow(),
        created_by=UserId("ada"),
        created_at=NOON,
        last_edited_at=NOON,
    )


def some_works(rows: int, tasks: int = 0, ports: Ports | None = None) -> Works:
    """A project whose dataset has so many data units, the first of which have their tasks."""
    ports = ports or replace(memory_ports(), store=MemoryStore(), machines=MemoryMachines())
    store, machines = ports.store, ports.machines
    assert isinstance(store, MemoryStore)
    assert isinstance(machines, MemoryMachines)
    project = a_project()
    store.commit([Save(PROJECTS, project), *founding_grants(f"project:{PROJECT}", ADMIN, NOON)])
    for number in range(rows):
        store.commit([Save(DATA_ROWS, a_row(number))])
    entering.enter(project, [a_row(number) for number in range(tasks)], ADMIN.user_id, ports)
    return Works(ports, store, machines)


def run(works: Works, operation: Operation, units: list[str] | None = None) -> BulkJob:
    """A job from start to end, as the machine runs it."""
    return carried_out(works, bulking.start(operation, units, ADMIN, works.ports).id)


def carried_out(works: Works, job_id: JobId) -> BulkJob:
    """A job that was started, to its end."""
    planned = bulking.plan(JobRef(job_id=job_id), works.ports)
    for number in planned.batches:
        bulking.apply(BatchRef(job_id=job_id, number=number), works.ports)
    bulking.close(Closing(job_id=job_id, batches=tuple(planned.batches)), works.ports)
    return works.job(job_id)
