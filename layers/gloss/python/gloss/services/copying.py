"""Copying a project: its ontology and workflow always, its datasets or clones of them, people and labels if wanted.

All that is copied is written before anybody has a role on the copy, so that one which broke off is seen by nobody;
`clearing` takes it away when it is not asked for again.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, islice
from typing import Final
from uuid import UUID, uuid5

from pydantic import Field

from gloss.domain.access import Caller, Role
from gloss.domain.dataset import DataRow, Dataset
from gloss.domain.errors import Conflict, Invalid, Repeated, TooLarge
from gloss.domain.events import CopyBegun
from gloss.domain.identity import Grant
from gloss.domain.labels import AnyBody, LabelBody, LongLabels
from gloss.domain.model import DataId, DatasetId, Description, ProjectId, TaskId, Title, Value
from gloss.domain.project import Project
from gloss.domain.workflow.label_rows import Row
from gloss.domain.workflow.reviews import ReviewStatus
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.identity import GRANTS, OWNERSHIPS, grant_key, ownership_key
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Change, Ports, Query, Save, Store
from gloss.services import cloning, entering, labelling, leafing, projecting, reviewing
from gloss.services.attaching import IN_REQUEST
from gloss.services.authorising import founding_grants
from gloss.services.keeping import bodies
from gloss.services.making import Following
from gloss.services.projecting import NewProject
from gloss.services.situating import TaskPath, persistently

#: Labels are copied while the request waits, so only of so many tasks.
MOST_LABELLED: Final = 200
AT_ONCE: Final = 90


class Data(StrEnum):
    """What a copy gets of the project's data: nothing, the same datasets, or one new dataset of their items."""

    NONE = "none"
    ATTACHED = "attached"
    CLONED = "cloned"


class CopiedLabels(Value):
    """Which labels are copied: of these tasks, and those whose review stands so; None: all."""

    task_ids: frozenset[TaskId] | None = None
    standings: frozenset[ReviewStatus] | None = None


class Copy(Value):
    """What of a project is copied, and what the copy and its new dataset are called; labels come only with data."""

    title: Title | None = None
    description: Description | None = None
    data: Data = Data.NONE
    units: dict[DatasetId, tuple[DataId, ...]] = Field(default_factory=dict)
    dataset_title: Title | None = None
    dataset_description: Description = ""
    people: bool = False
    labels: CopiedLabels | None = None


@dataclass(frozen=True)
class Original:
    """What is there to copy: the project, its data units (the first of them, if many), and the tasks with labels."""

    project: Project
    rows: Sequence[DataRow]
    labelled: Sequence[Task]

    @property
    def is_long(self) -> bool:
        """Whether there are more data units than get their tasks while the request waits."""
        return len(self.rows) > IN_REQUEST


def copy(project_id: ProjectId, wanted: Copy, caller: Caller, ports: Ports) -> Project:
    """The copy, with the caller as its Admin; raises NotFound for datasets that the caller may not use.

    Raises TooLarge or Invalid, before anything is made, for more than one request copies. Under the same
    Idempotency-Key it goes on where it stopped. More than the first 90 people come after the copy is seen.
    """
    original = _original(project_id, wanted, ports)
    dataset = _dataset(original, wanted, caller, ports) if wanted.data is Data.CLONED else None
    made = _drawn(original, wanted, dataset, caller, ports)
    _tell_begun(made, dataset, ports.store)
    units = cloning.clone(dataset, original.rows, caller, ports) if dataset else {row.id: row for row in original.rows}
    projecting.keep(made, (), ports)
    if original.is_long:
        _open(original, wanted, made, caller, ports)
        projecting.begin(made, made.dataset_ids, caller, ports)
        return made
    entering.enter(made, list(units.values()), caller.user_id, ports)
    for task in original.labelled:
        _copy_labels(task, _path(made, units[task.data_id]), wanted.labels or CopiedLabels(), caller, ports)
    _open(original, wanted, made, caller, ports)
    return made


def _tell_begun(made: Project, dataset: Dataset | None, store: Store) -> None:
    """Tell before anything is written that a copy may be left to clear away; raises Conflict for one that was."""
    begun = CopyBegun(
        id=made.id,
        at=made.created_at,
        actor=made.created_by,
        org_id=made.org_id,
        project_id=made.id,
        dataset_id=None if dataset is None else dataset.id,
    )
    with suppress(Repeated):
        store.commit([], [begun])
    owned = store.find(OWNERSHIPS, ownership_key(f"project:{made.id}"))
    if owned is not None and owned.deleted_at is not None:
        raise Conflict("This copy broke off and was cleared away, or was deleted; copy the project under a new key.")


def _original(project_id: ProjectId, wanted: Copy, ports: Ports) -> Original:
    project = projecting.get(project_id, ports.store)
    if wanted.units and wanted.data is not Data.CLONED:
        raise Invalid(f"Data units can be chosen for a new dataset only: leave out {cloning.MAP}, or clone.")
    cloning.demand_few(wanted.units)
    rows = [] if wanted.data is Data.NONE else cloning.chosen(project, wanted.units, ports.store)
    found = Original(project, rows, [])
    if found.is_long and wanted.data is Data.CLONED:
        raise TooLarge(f"One request clones at most {IN_REQUEST} data units: name some in {cloning.MAP}, or attach.")
    return found if wanted.labels is None else replace(found, labelled=_labelled(found, wanted.labels, ports))


def _labelled(original: Original, wanted: CopiedLabels, ports: Ports) -> list[Task]:
    """The tasks whose labels are to be copied."""
    keys = [task_key(task_id_of(original.project.id, row.id)) for row in original.rows]
    tasks = [] if original.is_long else ports.store.get_many(TASKS, keys)
    asked = [it for it in tasks if wanted.task_ids is None or it.id in wanted.task_ids]
    found = [it for it in asked if it.label_sha256]
    if original.is_long or len(found) > MOST_LABELLED:
        bounds = f"Labels are copied of at most {MOST_LABELLED} tasks of at most {IN_REQUEST}"
        raise TooLarge(f"{bounds}: copy the project without labels, then save them with the SDK, some at a time.")
    if wanted.standings is not None:
        _demand_short(found, ports)
    return found


def _demand_short(tasks: Sequence[Task], ports: Ports) -> None:
    for row, body in bodies([Row(task) for task in tasks], ports.blobs):
        if isinstance(body, LongLabels):
            raise TooLarge(f"The labels of {row.task.title} are too long to be copied by status: copy all of them.")


def _dataset(original: Original, wanted: Copy, caller: Caller, ports: Ports) -> Dataset:
    now = ports.clock.now()
    return Dataset(
        id=DatasetId(ports.ids.new()),
        org_id=caller.org_id,
        title=wanted.dataset_title or f"Data of a copy of {original.project.title}"[:256],
        description=wanted.dataset_description,
        created_by=caller.user_id,
        created_at=now,
        last_edited_at=now,
    )


def _drawn(original: Original, wanted: Copy, dataset: Dataset | None, caller: Caller, ports: Ports) -> Project:
    """The copy, not saved yet; who clones data must be allowed to use the datasets that they are in.

    Ground truth is that of data units, so only a copy of the same ones is scored against it.
    """
    source = original.project
    used = wanted.units or source.dataset_ids
    again = NewProject(
        title=wanted.title or f"Copy of {source.title}"[:256],
        description=source.description if wanted.description is None else wanted.description,
        dataset_ids=() if wanted.data is Data.NONE else tuple(used),
        ontology_id=source.ontology_id,
        source_ids=(source.id,),
        ground_truth_ids=source.ground_truth_ids if wanted.data is Data.ATTACHED else (),
    )
    made = projecting.drawn(again, source.workflow, caller, ports)
    return made.model_copy(update={"dataset_ids": (dataset.id,)}) if dataset else made


def _copy_labels(task: Task, there: TaskPath, wanted: CopiedLabels, caller: Caller, ports: Ports) -> None:
    """Save a task's labels in the copy; asked again, what is there already is left alone.

    The ids follow from the task, so that what is asked again tells nothing under the id of something else.
    """
    admin = caller.model_copy(update={"role": Role.ADMIN})
    own = replace(ports, ids=Following(str(uuid5(UUID(there.task_id), "copied"))))
    if labelling.read(there, None, admin, ports).save is not None:
        return
    body = _accepted(task, leafing.body_of(task.label_sha256, ports.blobs), wanted, ports.store)
    if isinstance(body, LongLabels) or any(not page.is_empty for page in body.pages.values()):
        labelling.save_again(there, body, admin, own)


def _accepted(task: Task, body: AnyBody, wanted: CopiedLabels, store: Store) -> AnyBody:
    """Those of the labels whose review stands as wanted."""
    if wanted.standings is None or not isinstance(body, LabelBody):
        return body
    reviews = reviewing.reviews_of(task.id, store)
    return body.of({it.label_id for it in reviews if it.status in wanted.standings})


def _path(made: Project, unit: DataRow) -> TaskPath:
    return TaskPath(project_id=made.id, task_id=task_id_of(made.id, unit.id))


def _open(original: Original, wanted: Copy, made: Project, caller: Caller, ports: Ports) -> None:
    """Give the caller and, if wanted, everybody their role on the copy and its new dataset, all at once if they can."""
    people = _people(original.project, caller, ports.store) if wanted.people else iter(())
    if ports.store.find(OWNERSHIPS, ownership_key(f"project:{made.id}")) is None:
        founded = [*_founding(wanted, made, caller), *(_given(it, made) for it in islice(people, AT_ONCE))]
        ports.store.commit(founded)
    while some := list(islice(people, AT_ONCE)):
        persistently(lambda some=some: _give(some, made, ports))  # type: ignore[misc]


def _founding(wanted: Copy, made: Project, caller: Caller) -> Iterator[Change]:
    fresh = [f"dataset:{it}" for it in made.dataset_ids] if wanted.data is Data.CLONED else []
    resources = [f"project:{made.id}", *fresh]
    return chain.from_iterable(founding_grants(it, caller, made.created_at) for it in resources)


def _people(source: Project, caller: Caller, store: Store) -> Iterator[Grant]:
    """Everybody's own role on the project; the caller is the copy's Admin anyway."""
    grants = store.every(GRANTS, f"GRANTS#project:{source.id}", Query(prefix="USER#", limit=1000))
    return (it for it in grants if it.user_id != caller.user_id)


def _given(grant: Grant, made: Project) -> Save[Grant]:
    said = {"resource": f"project:{made.id}", "version": 1, "granted_at": made.created_at}
    return Save(GRANTS, grant.model_copy(update=said))


def _give(grants: Sequence[Grant], made: Project, ports: Ports) -> None:
    held = ports.store.get_many(GRANTS, [grant_key(f"project:{made.id}", it.user_id) for it in grants])
    known = {it.user_id for it in held}
    fresh: Mapping[str, Grant] = {it.user_id: it for it in grants if it.user_id not in known}
    if fresh:
        ports.store.commit([_given(it, made) for it in fresh.values()])
