"""The two statuses of a label row, from stage kind, submits and approvals."""

from typing import Any

import pytest

from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.standing import annotation_task_status, label_status
from tests.builders_workflow import NOON, a_task

K = StageKind


@pytest.mark.parametrize(
    ("kind", "fields", "status"),
    [
        (K.ANNOTATE, {}, "NOT_LABELLED"),
        (K.ANNOTATE, {"row_version": 1}, "LABEL_IN_PROGRESS"),
        (K.REVIEW, {"row_version": 1, "submits": 1}, "LABELLED"),
        (K.REVIEW, {"submits": 1, "judgements": 1}, "REVIEW_IN_PROGRESS"),
        (K.ANNOTATE, {"submits": 1, "judgements": 0}, "LABELLED"),
        (K.REVIEW, {"submits": 1, "approvals": 1}, "REVIEWED"),
        (K.COMPLETE, {"submits": 1, "approvals": 1}, "REVIEWED"),
        (K.COMPLETE, {"submits": 1, "approvals": 3}, "REVIEWED_TWICE"),
        (K.COMPLETE, {"submits": 1}, "LABELLED"),
    ],
)
def test_the_label_status_follows_submits_and_approvals(kind: StageKind, fields: dict[str, Any], status: str) -> None:
    assert label_status(kind, a_task(**fields)) == status


@pytest.mark.parametrize(
    ("kind", "fields", "status"),
    [
        (K.AGENT, {}, "QUEUED"),
        (K.ANNOTATE, {"assignee": "ann"}, "ASSIGNED"),
        (K.ANNOTATE, {"assignee": "ann", "lease_until": NOON}, "QUEUED"),
        (K.ANNOTATE, {"assignee": "ann", "status": "REOPENED"}, "RETURNED"),
        (K.REVIEW, {"assignee": "rev"}, "IN_REVIEW"),
        (K.COMPLETE, {"status": "COMPLETED"}, "COMPLETED"),
    ],
)
def test_the_task_status_follows_stage_and_assignee(kind: StageKind, fields: dict[str, Any], status: str) -> None:
    assert annotation_task_status(kind, a_task(**fields), NOON) == status
