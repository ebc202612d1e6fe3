"""Tasks and what is done to them on the SDK's wire."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from gloss.domain.model import Share, Timestamp
from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.label_rows import row_id_of
from gloss.domain.workflow.task import Subtask, Task
from gloss.sdk.wire import Wire

#: The branch of a task itself.
BRANCH = "main"


class TaskDto(Wire):
    """What every task says; those of Complete say no more."""

    uuid: str
    created_at: Timestamp
    updated_at: Timestamp
    data_hash: str
    data_title: str


class ReviewTaskDto(TaskDto):
    """A task under review."""

    status: str
    assignee: str | None


class AnnotationTaskDto(ReviewTaskDto):
    """A task to annotate."""

    label_branch_name: str = BRANCH


class AgentTaskDto(AnnotationTaskDto):
    """A task that waits for an agent."""

    last_actioned_by: str | None


class ConsensusTaskDto(TaskDto):
    """A task that several people annotate, each a subtask of it."""

    subtasks: tuple[AnnotationTaskDto, ...]


class OptionDto(Wire):
    """What an annotator handed in; a null `label_hash`: they saved no labels."""

    annotator: str
    label_branch_name: str
    label_hash: str | None


class ConsensusReviewTaskDto(ReviewTaskDto):
    """A task for which somebody chooses among what its annotators handed in."""

    options: tuple[OptionDto, ...]


AnyTaskDto = AgentTaskDto | AnnotationTaskDto | ReviewTaskDto | TaskDto

DTOS: Mapping[StageKind, type[TaskDto]] = {
    StageKind.ANNOTATE: AnnotationTaskDto,
    StageKind.REVIEW: ReviewTaskDto,
    StageKind.CONSENSUS_ANNOTATE: ConsensusTaskDto,
    StageKind.CONSENSUS_REVIEW: ConsensusReviewTaskDto,
    StageKind.AGENT: AgentTaskDto,
    StageKind.COMPLETE: TaskDto,
}


@dataclass(frozen=True)
class Known:
    """What a page of tasks is told with: people's addresses, and which label rows there are on branches."""

    emails: Mapping[str, str]
    rows: Collection[str] = ()


def task_dto(task: Task, kind: StageKind, known: Known) -> dict[str, Any]:
    """A task as its kind of stage tells it, people by e-mail; what is null is told too."""
    told = DTOS[kind](
        uuid=task.id,
        created_at=task.created_at,
        updated_at=task.updated_at,
        data_hash=task.data_id,
        data_title=task.title,
        **_hands(task, kind, known),
    )
    return told.model_dump(mode="json", by_alias=True)


def _hands(task: Task, kind: StageKind, known: Known) -> dict[str, Any]:
    if kind is StageKind.COMPLETE:
        return {}
    if kind is StageKind.CONSENSUS_ANNOTATE:
        return {"subtasks": tuple(_subtask(task, it, known) for it in task.subtasks)}
    held: dict[str, Any] = {"status": task.status.value, "assignee": known.emails.get(task.assignee or "")}
    if kind is StageKind.AGENT:
        held["last_actioned_by"] = known.emails.get(task.last_actioned_by or "")
    if kind is StageKind.CONSENSUS_REVIEW:
        held["options"] = tuple(_option(task, it, known) for it in task.subtasks)
    return held


def _subtask(task: Task, subtask: Subtask, known: Known) -> AnnotationTaskDto:
    return AnnotationTaskDto(
        uuid=subtask.id,
        created_at=task.created_at,
        updated_at=task.updated_at,
        data_hash=task.data_id,
        data_title=task.title,
        status=subtask.status.value,
        assignee=known.emails.get(subtask.assignee or subtask.annotator or ""),
        label_branch_name=subtask.branch,
    )


def _option(task: Task, subtask: Subtask, known: Known) -> OptionDto:
    row_id = row_id_of(task.id, subtask.branch)
    return OptionDto(
        annotator=known.emails.get(subtask.annotator or "", ""),
        label_branch_name=subtask.branch,
        label_hash=row_id if row_id in known.rows else None,
    )


class OfTask(Wire):
    """The task that is meant."""

    task_uuid: str


class Handing(OfTask):
    """Who gets the task next, by e-mail."""

    assignee: str | None = None
    retain_assignee: bool = False


class SubmitDto(Handing):
    """The annotator is done."""

    action: Literal["SUBMIT"]
    resolve_label_reviews: bool = True


class ApproveDto(Handing):
    """The reviewer agrees."""

    action: Literal["APPROVE"]
    approve_label_reviews: bool = True


class RejectDto(Handing):
    """The reviewer sends the task back."""

    action: Literal["REJECT"]
    reject_label_reviews: bool = True


class AssignDto(OfTask):
    """Somebody is to do it, by e-mail."""

    action: Literal["ASSIGN"]
    assignee: str


class ReleaseDto(OfTask):
    """Nobody holds it any more."""

    action: Literal["RELEASE"]


class PathwayDto(OfTask):
    """An agent sends the task along a pathway, by name or UUID."""

    action: Literal["PATHWAY_ACTION"]
    pathway_name: str | None = None
    pathway_uuid: str | None = None


ActionDto = Annotated[
    SubmitDto | ApproveDto | RejectDto | AssignDto | ReleaseDto | PathwayDto, Field(discriminator="action")
]

MOST_ACTIONS: Final = 1_000
MOST_MOVES: Final = 500


class TasksQuery(Wire):
    """Which tasks of a stage are wanted."""

    user_emails: list[str] | None = None
    data_hashes: list[str] | None = None
    dataset_hashes: list[str] | None = None
    data_title_contains: str | None = None
    statuses: list[str] | None = None
    page_token: str | None = Field(default=None, max_length=2048)


class MoveDto(Wire):
    """Tasks that are to be put into another stage."""

    task_uuids: Annotated[list[str], Field(min_length=1, max_length=MOST_MOVES)]
    destination_stage_uuid: str


class PrioritiesDto(Wire):
    """Priorities by data unit: 1 first, 0 last."""

    priorities: Annotated[list[tuple[str, Share]], Field(max_length=MOST_ACTIONS)]


class LabelReviewDto(Wire):
    """How one label of a task stands in its review."""

    review_uuid: str
    status: str
    label_type: str
    label_id: str


class VerdictDto(Wire):
    """A verdict on one label."""

    review_uuid: str
    action: Literal["APPROVE", "REJECT", "REOPEN"]
    comment: str | None = None
    comment_tags: list[str] | None = None
