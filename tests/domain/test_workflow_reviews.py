"""Reviews of single labels: sheets that follow the labels, verdicts by one table, sweeps by the whole task."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.errors import IllegalAction
from gloss.domain.model import TaskId, UserId
from gloss.domain.workflow import reviews
from gloss.domain.workflow.reviews import (
    SHEET_SIZE,
    VERDICTS,
    Labelled,
    LabelReview,
    ReviewSheet,
    ReviewStatus,
    Verdict,
)
from tests.builders_workflow import NOON

TASK, REV = TaskId("task"), UserId("rev")
OUTSIDE = [pair for pair in product(get_args(Verdict), ReviewStatus) if pair not in VERDICTS]


def labels(*marks: str) -> list[Labelled]:
    """Labels written as `id:digest`."""
    split = [mark.partition(":") for mark in marks]
    return [Labelled(label_id=it[0], label_type="object", feature="car", digest=it[2]) for it in split]


def stored(sheets: list[ReviewSheet], changed: list[ReviewSheet]) -> list[ReviewSheet]:
    """The sheets after the changed ones were saved; a changed sheet must be the next version."""
    known = {sheet.number: sheet for sheet in sheets}
    assert all(it.version == known[it.number].version + 1 if it.number in known else it.version == 1 for it in changed)
    return list({**known, **{sheet.number: sheet for sheet in changed}}.values())


def statuses(sheets: list[ReviewSheet]) -> dict[str, str]:
    return {review.label_id: review.status.value for sheet in sheets for review in sheet.reviews}


def a_review(status: ReviewStatus) -> LabelReview:
    return LabelReview(**dict(labels("a:1")[0]), status=status)


@given(st.lists(st.dictionaries(st.integers(0, 1200).map(str), st.sampled_from("12"), max_size=8), max_size=6))
def test_sheets_always_hold_exactly_the_labels_that_there_are(bodies: list[dict[str, str]]) -> None:
    sheets: list[ReviewSheet] = []
    for body in bodies:
        found = labels(*(f"{label}:{digest}" for label, digest in body.items()))
        sheets = stored(sheets, reviews.synced(TASK, sheets, found))
        assert set(statuses(sheets)) == set(body)


def test_many_labels_are_spread_over_sheets() -> None:
    sheets = reviews.synced(TASK, [], labels(*(f"l{n}:1" for n in range(SHEET_SIZE + 1))))

    assert [len(sheet.reviews) for sheet in sheets] == [SHEET_SIZE, 1]


def test_labels_that_did_not_change_change_no_sheet() -> None:
    sheets = reviews.synced(TASK, [], labels("a:1", "b:1"))

    assert reviews.synced(TASK, sheets, labels("b:1", "a:1")) == []


def test_only_the_sheet_of_an_edited_label_changes() -> None:
    sheets = reviews.synced(TASK, [], labels(*(f"l{n}:1" for n in range(SHEET_SIZE + 1))))
    edited = labels(*(f"l{n}:1" for n in range(SHEET_SIZE)), f"l{SHEET_SIZE}:2")

    assert [sheet.number for sheet in reviews.synced(TASK, sheets, edited)] == [1]


def test_an_edit_makes_an_approved_label_new_again() -> None:
    sheets = reviews.synced(TASK, [], labels("a:1", "b:1"))
    approved = stored(sheets, reviews.swept(sheets, "approve", REV, NOON))

    after = stored(approved, reviews.synced(TASK, approved, labels("a:2", "b:1")))

    assert statuses(after) == {"a": "NEW", "b": "APPROVED"}
    assert reviews.pending(after) == 1


def test_rejected_labels_stay_rejected_when_the_task_is_approved() -> None:
    sheets = reviews.synced(TASK, [], labels("a:1", "b:1"))
    refused = reviews.verdict(reviews.find(sheets, "a"), "reject", REV, NOON)
    sheets = stored(sheets, reviews.judged(sheets, [refused]))

    assert statuses(stored(sheets, reviews.swept(sheets, "approve", REV, NOON))) == {"a": "REJECTED", "b": "APPROVED"}


def test_a_submit_resolves_what_was_rejected() -> None:
    sheets = reviews.synced(TASK, [], labels("a:1"))
    rejected = stored(sheets, reviews.swept(sheets, "reject", REV, NOON))

    resolved = stored(rejected, reviews.swept(rejected, "submit", UserId("ann"), NOON))

    assert statuses(resolved) == {"a": "RESOLVED"}
    assert [it.label_id for it in reviews.differing(rejected, resolved)] == ["a"]


@pytest.mark.parametrize(("said", "before"), OUTSIDE)
def test_every_verdict_outside_the_table_is_illegal(said: Verdict, before: ReviewStatus) -> None:
    with pytest.raises(IllegalAction):
        reviews.verdict(a_review(before), said, REV, NOON)


@pytest.mark.parametrize(("said", "before"), VERDICTS)
def test_every_verdict_of_the_table_names_its_judge(said: Verdict, before: ReviewStatus) -> None:
    after = reviews.verdict(a_review(before), said, REV, NOON)

    assert (after.status, after.judged_by) == (VERDICTS[said, before], REV)
