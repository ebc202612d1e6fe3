"""Builders of workflows, tasks and occasions; each has one sensible default for everything."""

from datetime import UTC, datetime
from typing import Any

from gloss.domain.media import MediaKind
from gloss.domain.model import UserId
from gloss.domain.workflow.graph import Workflow, read
from gloss.domain.workflow.rules import Occasion
from gloss.domain.workflow.task import Task, task_id_of

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
