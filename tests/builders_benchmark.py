"""A benchmark project and the project `gold`, whose labels it is scored against; scores are reckoned by their queue."""

from typing import Any

from gloss.adapters.memory_mail import MemoryQueue
from gloss.domain.access import Role
from gloss.domain.benchmark import Score, ScoreDue
from gloss.domain.model import DataId, ProjectId, StageId
from gloss.domain.project import Project
from gloss.domain.workflow.actions import Move, Reopen, Submit
from gloss.domain.workflow.shape import UNREVIEWED
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.benchmark import SCORES, scores_of
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.workflow import TASKS
from gloss.ports import Ports, Query, Save
from gloss.services import advancing, labelling, relaying, scoring
from gloss.services.labelling import SavedLabels
from gloss.services.situating import TaskPath
from tests.builders_labels import a_car
from tests.builders_workflow import a_caller, a_path, a_project, a_running_project, a_task

GOLD = ProjectId("gold")
BOSS, ANN = a_caller(), a_caller(Role.ANNOTATOR, "ann")


def a_box_at(x: float) -> dict[str, Any]:
    """A car that begins at x (0-1), 0.2 wide."""
    geometry = {"shape": "bounding_box", "x": x, "y": 0.1, "w": 0.2, "h": 0.2}
    return a_car(frames={"0": {"geometry": geometry}})


def a_benchmark(**changes: Any) -> Project:
    return a_project(**{"ground_truth_ids": (GOLD,), "workflow": UNREVIEWED, "dataset_ids": ("dataset",), **changes})


def a_benchmark_house(*data_ids: str, ports: Ports | None = None, **changes: Any) -> Ports:
    """Ports whose store holds both projects, and tasks of these data units in the first stage of the benchmark."""
    tasks = (a_task(data_id=it) for it in data_ids or ("data",))
    ports = a_running_project(*tasks, project=a_benchmark(**changes), ports=ports)
    ports.store.commit([Save(PROJECTS, a_project(id=GOLD, title="Gold", dataset_ids=("dataset",)))])
    return ports


def gold_path(data_id: str = "data") -> TaskPath:
    return TaskPath(project_id=GOLD, task_id=task_id_of(GOLD, DataId(data_id)))


def set_truth(ports: Ports, data_id: str = "data", x: float = 0.1) -> Task:
    """A car at x is right; a second time the task is reopened, labelled anew and completed."""
    path = gold_path(data_id)
    if ports.store.find(TASKS, TASKS.key(a_task(project_id=GOLD, data_id=data_id))) is None:
        ports.store.commit([Save(TASKS, a_task(project_id=GOLD, data_id=data_id))])
    else:
        advancing.act(path, Reopen(), BOSS, ports)
    labelling.save(path, SavedLabels(labels={"objects": [a_box_at(x)]}), BOSS, ports)
    return advancing.act(path, Move(destination=StageId("complete")), BOSS, ports)


def hand_in(ports: Ports, x: float | None = 0.1, data_id: str = "data", who: Any = ANN) -> Task:
    """Label a car at x, if anything, and submit."""
    path = a_path(data_id)
    if x is not None:
        labelling.save(path, SavedLabels(labels={"objects": [a_box_at(x)]}), who, ports)
    return advancing.act(path, Submit(), who, ports)


def reckon(ports: Ports) -> list[str]:
    """What becomes of all scores that the outbox asks for."""
    queue, events = MemoryQueue(), ports.store.events  # type: ignore[attr-defined]
    relaying.call_scores(events, lambda: queue)
    return [scoring.score(ScoreDue.model_validate(message), ports) for message, _ in queue.sent]


def scores_in(ports: Ports) -> list[Score]:
    """The scores of the benchmark, the earliest first."""
    return list(ports.store.every(SCORES, scores_of(ProjectId("project")), Query(index="by_parent")))
