"""Branches, answers in bulk and validity of label rows on the SDK's wire."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gloss.domain.workflow.label_rows import MAIN, BranchName
from gloss.sdk.wire import Wire
from gloss.services.vetting import Vetted

LabelUuid = Annotated[str, StringConstraints(to_lower=True, max_length=100)]


class BranchDto(Wire):
    """A branch."""

    name: str


class CopyPayload(Wire):
    """Which label rows to copy from one branch to another."""

    source_branch_name: BranchName = MAIN
    target_branch_name: BranchName
    overwrite: bool = False
    label_uuids: Annotated[tuple[LabelUuid, ...], Field(min_length=1, max_length=50)]


class Copied(Wire):
    """How many label rows were copied."""

    copied_count: int


class ClassificationsPayload(Wire):
    """Of which label rows the classifications are wanted."""

    label_uuids: Annotated[tuple[LabelUuid, ...], Field(min_length=1, max_length=500)]
    branch_name: BranchName = MAIN


class ValidationState(Wire):
    """Whether a label row is valid as it was saved last."""

    label_hash: str
    branch_name: str
    version: int
    is_valid: bool
    errors: tuple[str, ...]

    @classmethod
    def of(cls, vetted: Vetted) -> "ValidationState":
        """With each reason in one line."""
        return cls(
            label_hash=vetted.row.id,
            branch_name=vetted.row.branch,
            version=vetted.row.row_version,
            is_valid=not vetted.faults,
            errors=tuple(f"{fault.path}: {fault.reason}" for fault in vetted.faults),
        )
