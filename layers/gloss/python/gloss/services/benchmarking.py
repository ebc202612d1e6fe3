"""What a benchmark project is scored against: the projects it is linked to, and the ground truth of its data units."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from gloss.domain.access import Caller, Permission
from gloss.domain.benchmark import Link, Truth, truth_in
from gloss.domain.errors import Conflict, Fault, Invalid, NotFound
from gloss.domain.model import DataId, OntologyId, ProjectId
from gloss.domain.project import Project
from gloss.domain.workflow.roles import Worker
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.benchmark import LINKS, benchmarks_of
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Change, Key, Save, Store
from gloss.services.authorising import require
from gloss.services.situating import project_of


def usable(project_ids: Iterable[ProjectId], caller: Caller, store: Store) -> list[Project]:
    """Projects that the caller may score against: who reads all labels there; raises NotFound or Forbidden."""
    wanted = list(dict.fromkeys(project_ids))
    for project_id in wanted:
        require(caller, f"project:{project_id}", Permission.PROJECT_MANAGE, store)
    return [project_of(project_id, store) for project_id in wanted]


def demand_one_ontology(sources: Sequence[Project], ontology_id: OntologyId) -> None:
    """Let labels be compared, which name classes of one ontology; raises Invalid."""
    faults = [
        Fault(f"ground_truth_ids[{place}]", f"labels by ontology {source.ontology_id}, not by {ontology_id}")
        for place, source in enumerate(sources)
        if source.ontology_id != ontology_id
    ]
    if faults:
        raise Invalid("Only labels of the same ontology can be compared.", faults)


def linked(made: Project, store: Store) -> list[Change]:
    """What ties a new project to its ground truth.

    The linked projects are written too, unchanged in a next version, so that none of them is deleted meanwhile.
    """
    sources = sources_of(made, store)
    if len(sources) < len(made.ground_truth_ids):
        raise NotFound("A project of the ground truth was deleted meanwhile.")
    ties: list[Change] = [Save(LINKS, Link(project_id=it.id, benchmark_id=made.id)) for it in sources]
    return [*ties, *(Save(PROJECTS, source.changed()) for source in sources)]


def sources_of(project: Project, store: Store) -> list[Project]:
    """The projects that it is scored against, without deleted ones."""
    keys = [Key(f"PROJECT#{id_}") for id_ in project.ground_truth_ids]
    return [it for it in (store.get_many(PROJECTS, keys) if keys else []) if it.deleted_at is None]


def demand_unused(project_id: ProjectId, store: Store) -> None:
    """Let a project go that no other is scored against; raises Conflict."""
    keys = [Key(f"PROJECT#{it.benchmark_id}") for it in store.every(LINKS, benchmarks_of(project_id))]
    users = [it for it in store.get_many(PROJECTS, keys) if it.deleted_at is None] if keys else []
    if users:
        raise Conflict(f"Its labels are the ground truth of {len(users)} benchmark projects; delete these first.")


def with_sources(project: Project, store: Store) -> list[Change]:
    """What keeps the ground truth of a project that comes back from being deleted meanwhile; raises Conflict."""
    sources = sources_of(project, store)
    if len(sources) < len(project.ground_truth_ids):
        raise Conflict("A project that it is scored against was deleted; restore that first.")
    return [Save(PROJECTS, source.changed()) for source in sources]


def truths(data_ids: Sequence[DataId], project: Project, store: Store) -> Mapping[DataId, Truth]:
    """The ground truth of those of the data units that have one, each of the first linked project that has it."""
    return _truths(product(project.ground_truth_ids, dict.fromkeys(data_ids)), store)


def known_to(worker: Worker, tasks: Sequence[Task], project: Project, store: Store) -> frozenset[DataId]:
    """Which of the tasks are benchmark tasks, as far as somebody may know: only managers may."""
    return among(tasks, project, store) if worker.manages else frozenset()


def among(tasks: Sequence[Task], project: Project, store: Store) -> frozenset[DataId]:
    """The data units of those of the tasks that have ground truth; only where both have a dataset is looked."""
    sources = sources_of(project, store) if tasks else []
    shared = ((it.id, task.data_id) for it in sources for task in tasks if task.dataset_id in it.dataset_ids)
    return frozenset(_truths(shared, store))


def _truths(places: Iterable[tuple[ProjectId, DataId]], store: Store) -> Mapping[DataId, Truth]:
    """By data unit, of the first project that has one, each looked for where it may be."""
    keys = [task_key(task_id_of(*place)) for place in places]
    found: dict[DataId, Truth] = {}
    for task in store.get_many(TASKS, keys) if keys else []:
        if (truth := truth_in(task)) is not None:
            found.setdefault(task.data_id, truth)
    return found
