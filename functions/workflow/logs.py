"""The doorway of a project's log."""

from typing import Annotated, Self

from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from gloss import edge, wiring
from gloss.domain.labels.differing import Edit
from gloss.domain.model import DataId, Moment, ProjectId, StageId, TaskId, Timestamp, UserId, Value
from gloss.domain.workflow.chronicle import Category, Entry, LogFilter
from gloss.paging import Limit, Listing, Token
from gloss.services import chronicling
from gloss.services.queueing import Turn
from gloss.services.situating import project_of

router = edge.router()


class LogAsked(Value):
    """Which entries are wanted: from `start_time` on, those before `end_time`, which is at most 31 days later."""

    start_time: Moment
    end_time: Moment
    action: str | None = None
    actor: UserId | None = None
    stage: StageId | None = None
    data_id: DataId | None = None

    def of(self, project_id: ProjectId) -> LogFilter:
        span = {"after": self.start_time, "before": self.end_time, "project_id": project_id}
        return LogFilter.model_validate(self.model_dump(exclude={"start_time", "end_time"}) | span)


class EntryView(Value):
    """An entry of the log; `label` says of an edit to which label it was done."""

    id: str
    at: Timestamp
    action: str
    category: Category
    actor: UserId
    stage: StageId
    task_id: TaskId
    label_row_id: str
    branch: str
    label: Edit | None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            id=entry.id,
            at=entry.at,
            action=entry.action,
            category=entry.category,
            actor=entry.actor,
            stage=entry.stage,
            task_id=entry.task,
            label_row_id=entry.row,
            branch=entry.branch,
            label=entry.edit,
        )


@router.get("/v1/projects/<project_id>/editor-logs")
def list_editor_logs(
    project_id: ProjectId, asked: Annotated[LogAsked, FromQuery()], limit: Limit = 100, token: Token = None
) -> Listing[EntryView]:
    """Every step of a task, save of labels and edit of a single label, the earliest first."""
    ports = wiring.ports()
    project, turn = project_of(project_id, ports.store), Turn(limit=limit, token=token)
    page = chronicling.entries(project, asked.of(project_id), turn, ports)
    return Listing(entries=[EntryView.of(it) for it in page.entries], next_token=page.next_token)
