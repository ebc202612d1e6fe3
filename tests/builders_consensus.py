"""A workflow with a consensus block, and tasks in it."""

from typing import Any

from gloss.domain.access import Role
from gloss.domain.model import StageId
from gloss.domain.project import Project
from gloss.domain.workflow.graph import Workflow, read
from gloss.domain.workflow.rules import enter
from gloss.domain.workflow.shape import checked
from gloss.domain.workflow.task import Task
from gloss.ports import Ports
from gloss.services import labelling, situating
from gloss.services.labelling import SavedLabels
from tests.builders_labels import a_car
from tests.builders_workflow import a_caller, a_path, a_project, a_running_project, a_task, an_occasion, task_in

LABEL, JUDGE = StageId("label"), StageId("judge")
ANN, BOB, CAT = (a_caller(Role.ANNOTATOR, name) for name in ("ann", "bob", "cat"))
REV, BOSS = a_caller(Role.REVIEWER, "rev"), a_caller()


def stages(label: dict[str, Any] | None = None, judge: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Start, a consensus block, a second review that may reject into it, Complete."""
    first = {"id": "label", "kind": "consensus_annotate", "title": "Label", "to": "judge"}
    second = {"id": "judge", "kind": "consensus_review", "title": "Judge", "approved": "last", "rejected": "label"}
    return [
        {"id": "start", "kind": "start", "title": "Start", "to": "label"},
        {**first, **(label or {})},
        {**second, **(judge or {})},
        {"id": "last", "kind": "review", "title": "Last", "approved": "complete", "rejected": "label", "strict": False},
        {"id": "complete", "kind": "complete", "title": "Complete"},
    ]


def a_block(label: dict[str, Any] | None = None, judge: dict[str, Any] | None = None) -> Workflow:
    return checked(read({"stages": stages(label, judge)}))


def a_consensus_project(label: dict[str, Any] | None = None, judge: dict[str, Any] | None = None) -> Project:
    return a_project(workflow=a_block(label, judge))


def a_new_task(workflow: Workflow | None = None, **changes: Any) -> Task:
    """A task that has just entered the project."""
    return enter(a_task(stage="start", **changes), workflow or a_block(), an_occasion()).task


def a_house_of(*data_ids: str, project: Project | None = None, ports: Ports | None = None) -> Ports:
    """Ports whose store holds a project with a consensus block and new tasks of these data units."""
    project = project or a_consensus_project()
    tasks = (a_new_task(project.workflow, data_id=it) for it in data_ids or ("data",))
    return a_running_project(*tasks, project=project, ports=ports)


def a_subtask_path(ports: Ports, number: int, data_id: str = "data") -> situating.TaskPath:
    return a_path(data_id).model_copy(update={"task_id": task_in(ports, data_id).subtasks[number].id})


def label(ports: Ports, number: int, who: Any = BOSS, objects: Any = None, **car: Any) -> Task:
    """Save labels on a subtask's branch, a car if nothing else is said; returns the subtask."""
    labels = {"objects": [a_car(**car)] if objects is None else objects}
    return labelling.save(a_subtask_path(ports, number), SavedLabels(labels=labels), who, ports)
