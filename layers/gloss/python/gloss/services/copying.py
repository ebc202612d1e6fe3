"""Copying a project: its ontology and workflow always, its datasets, people and labels if wanted."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from gloss.domain.access import Caller, Role
from gloss.domain.errors import TooLarge
from gloss.domain.identity import Grant
from gloss.domain.model import Description, ProjectId, Title, Value
from gloss.domain.project import Project
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.catalog import DATA_ROWS, data_rows_of
from gloss.kinds.identity import GRANTS, grant_key
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Ports, Query, Save
from gloss.services import labelling, projecting
from gloss.services.attaching import IN_REQUEST
from gloss.services.projecting import NewProject
from gloss.services.situating import TaskPath, persistently

#: Labels are copied while the request waits, so only of so many tasks.
MOST_LABELLED: Final = 200
AT_ONCE: Final = 90


class Copy(Value):
    """What of a project is copied, and what the copy is called; labels come only along with the datasets."""

    title: Title | None = None
    description: Description | None = None
    datasets: bool = False
    people: bool = False
    labels: bool = False


Wanted = Callable[[Task], bool]
"""Which tasks' labels are copied."""


def copy(project_id: ProjectId, wanted: Copy, takes: Wanted, caller: Caller, ports: Ports) -> Project:
    """The copy, with the caller as its Admin; raises NotFound for datasets that the caller may not use.

    Raises TooLarge, before anything is made, when the labels of too many tasks are asked for.
    """
    source = projecting.get(project_id, ports.store)
    labelled = _labelled(source, takes, ports) if wanted.labels and wanted.datasets else []
    again = NewProject(
        title=wanted.title or f"Copy of {source.title}"[:256],
        description=source.description if wanted.description is None else wanted.description,
        dataset_ids=source.dataset_ids if wanted.datasets else (),
        ontology_id=source.ontology_id,
        source_ids=(source.id,),
    )
    made = projecting.make_alike(again, source.workflow, caller, ports).project
    if wanted.people:
        _copy_people(source, made, ports)
    for task in labelled:
        _copy_labels(task, made, caller, ports)
    return made


def _copy_people(source: Project, made: Project, ports: Ports) -> None:
    """Everybody's own role; who has one on the copy keeps it."""
    people = ports.store.every(GRANTS, f"GRANTS#project:{source.id}", Query(prefix="USER#", limit=1000))
    while some := list(islice(people, AT_ONCE)):
        persistently(lambda some=some: _give(some, made, ports))  # type: ignore[misc]


def _give(grants: list[Grant], made: Project, ports: Ports) -> None:
    resource = f"project:{made.id}"
    held = ports.store.get_many(GRANTS, [grant_key(resource, it.user_id) for it in grants])
    known = {it.user_id for it in held}
    said = {"resource": resource, "version": 1, "granted_at": ports.clock.now()}
    fresh = [it.model_copy(update=said) for it in grants if it.user_id not in known]
    if fresh:
        ports.store.commit([Save(GRANTS, it) for it in fresh])


def _labelled(source: Project, takes: Wanted, ports: Ports) -> list[Task]:
    """The tasks whose labels are to be copied."""
    tasks = list(islice(_tasks(source, ports), IN_REQUEST + 1))
    found = [it for it in tasks if it.label_sha256 and takes(it)]
    if len(tasks) > IN_REQUEST or len(found) > MOST_LABELLED:
        bounds = f"Labels are copied of at most {MOST_LABELLED} tasks of at most {IN_REQUEST}"
        raise TooLarge(f"{bounds}: copy the project without labels, then save them with the SDK, some at a time.")
    return found


def _tasks(source: Project, ports: Ports) -> Iterator[Task]:
    for dataset_id in source.dataset_ids:
        rows = ports.store.every(DATA_ROWS, data_rows_of(dataset_id))
        while some := list(islice(rows, 100)):
            yield from ports.store.get_many(TASKS, [task_key(task_id_of(source.id, row.id)) for row in some])


def _copy_labels(task: Task, made: Project, caller: Caller, ports: Ports) -> None:
    """Save a task's labels in the copy; asked again, what is there already is left alone."""
    admin = caller.model_copy(update={"role": Role.ADMIN})
    there = TaskPath(project_id=made.id, task_id=task_id_of(made.id, task.data_id))
    if labelling.read(there, None, admin, ports).save is None:
        body = labelling.read(TaskPath(project_id=task.project_id, task_id=task.id), None, admin, ports).body
        labelling.save_again(there, body, admin, ports)
