"""Many label rows of one project, for tests of what is done with all of them at once."""

from typing import Any

from gloss.domain.access import Caller
from gloss.domain.labels import LabelBody
from gloss.domain.model import ProjectId
from gloss.domain.workflow.label_rows import MAIN, Row
from gloss.domain.workflow.task import task_id_of
from gloss.kinds.workflow import LABEL_SAVES, of_task
from gloss.ports import Ports, Query
from gloss.services import fetching, locating, opening, saving
from gloss.services.locating import Outlook
from gloss.services.saving import Wish
from tests.builders_labels import a_car
from tests.builders_workflow import a_caller, a_running_project, a_task

BOSS = a_caller()
PROJECT = ProjectId("project")


def some_rows(count: int, ports: Ports | None = None, **task: Any) -> tuple[Ports, list[str]]:
    """A project of so many tasks whose label rows are made, and the rows' ids."""
    data_ids = [f"data-{number:04}" for number in range(count)]
    made = a_running_project(*(a_task(data_id=it, title=f"{it}.jpg", **task) for it in data_ids), ports=ports)
    return made, [task_id_of(PROJECT, it) for it in data_ids]  # type: ignore[arg-type]


def open_all(ports: Ports, count: int, branch: str = MAIN, caller: Caller = BOSS) -> list[Row]:
    """Make the rows of `some_rows` on a branch."""
    data_ids: list[Any] = [f"data-{number:04}" for number in range(count)]
    return opening.open_rows(data_ids, branch, outlook(ports, caller), ports)


def outlook(ports: Ports, caller: Caller = BOSS) -> Outlook:
    return Outlook.of(PROJECT, caller, ports)


def wishes(row_ids: list[str], **car: Any) -> list[Wish]:
    """A car for each row."""
    labels = {"objects": [a_car(**car)]}
    return [Wish(row_id=it, labels=labels, path=f"labels[{place}]") for place, it in enumerate(row_ids)]


def save_all(ports: Ports, row_ids: list[str], caller: Caller = BOSS, **car: Any) -> None:
    saving.save_rows(wishes(row_ids, **car), caller, outlook(ports, caller), ports)


def bodies(ports: Ports, row_ids: list[str]) -> list[LabelBody]:
    """The labels of made rows."""
    rows = locating.by_id(row_ids, outlook(ports), ports.store)
    return [body for _, body in fetching.bodies(rows, ports.blobs)]


def saves(ports: Ports, row_ids: list[str]) -> list[int]:
    """How many saves each row's history has."""
    query = Query(prefix="LABELS#")
    return [len(list(ports.store.every(LABEL_SAVES, of_task(it), query))) for it in row_ids]  # type: ignore[arg-type]
