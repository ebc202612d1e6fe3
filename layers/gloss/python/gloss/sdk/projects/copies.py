"""What the SDK asks of copies of projects."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field

from gloss.domain.errors import Fault, Invalid, NotOffered
from gloss.domain.model import DataId, DatasetId, ProjectId, TaskId
from gloss.domain.parsing import parsed
from gloss.domain.workflow.reviews import PENDING, ReviewStatus
from gloss.ports import Ports
from gloss.sdk.operations import Asked, Payload
from gloss.services import copying
from gloss.services.copying import CopiedLabels, Copy, Data


class Approval(StrEnum):
    """How a label stands, in the words of copies."""

    APPROVED = "APPROVED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    DELETED = "DELETED"
    NOT_SELECTED_FOR_REVIEW = "NOT_SELECTED_FOR_REVIEW"


#: Labels that were deleted are not there to be copied, and here every label is selected for review.
STANDINGS: Final[Mapping[Approval, frozenset[ReviewStatus]]] = {
    Approval.APPROVED: frozenset({ReviewStatus.APPROVED}),
    Approval.PENDING: PENDING,
    Approval.REJECTED: frozenset({ReviewStatus.REJECTED}),
    Approval.DELETED: frozenset(),
    Approval.NOT_SELECTED_FOR_REVIEW: frozenset(),
}


class LabelsPayload(Payload):
    """Which labels a copy gets (None: all), and whether its data are a new dataset, of which data units."""

    accepted_label_hashes: tuple[TaskId, ...] | None = None
    accepted_label_statuses: tuple[Approval, ...] | None = None
    create_new_dataset: bool | None = None
    datasets_to_data_hashes_map: dict[DatasetId, tuple[DataId, ...]] = Field(default_factory=dict)


class WordsPayload(Payload):
    """What a copy and its new dataset are called."""

    project_title: str | None = None
    project_description: str | None = None
    dataset_title: str | None = None
    dataset_description: str | None = None


class CopyPayload(Payload):
    """A copy to make of a project."""

    copy_project_options: frozenset[Literal["collaborators", "datasets", "models", "labels"]] = frozenset()
    copy_labels_options: LabelsPayload | None = None
    project_copy_metadata: WordsPayload | None = None


def copy(asked: Asked, ports: Ports) -> ProjectId:
    """A copy of a project; its id."""
    payload = parsed(CopyPayload, asked.values.payload, "payload")
    if "models" in payload.copy_project_options:
        raise NotOffered("Copies get no models: run a model in an agent stage of the copy.")
    words, labels = payload.project_copy_metadata or WordsPayload(), payload.copy_labels_options or LabelsPayload()
    wanted = Copy(
        title=words.project_title,
        description=words.project_description,
        data=_data(payload, labels),
        units=labels.datasets_to_data_hashes_map,
        dataset_title=words.dataset_title,
        dataset_description=words.dataset_description or "",
        people="collaborators" in payload.copy_project_options,
        labels=_labels(labels) if "labels" in payload.copy_project_options else None,
    )
    return copying.copy(ProjectId(asked.resource_id), wanted, asked.caller, ports).id


def _data(payload: CopyPayload, labels: LabelsPayload) -> Data:
    is_attached = "datasets" in payload.copy_project_options
    if is_attached and labels.create_new_dataset:
        fault = Fault("payload.copy_labels_options.create_new_dataset", "the datasets are to be attached already")
        raise Invalid("A copy has the datasets of the project, or a new one.", [fault])
    if labels.create_new_dataset:
        return Data.CLONED
    return Data.ATTACHED if is_attached else Data.NONE


def _labels(asked: LabelsPayload) -> CopiedLabels:
    hashes, statuses = asked.accepted_label_hashes, asked.accepted_label_statuses
    standings = None if statuses is None else frozenset[ReviewStatus]().union(*(STANDINGS[it] for it in statuses))
    return CopiedLabels(task_ids=None if hashes is None else frozenset(hashes), standings=standings)
