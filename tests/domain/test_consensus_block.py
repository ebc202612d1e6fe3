"""The rules of a consensus block in a workflow's graph, and of its subtasks' ids."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.errors import Invalid
from gloss.domain.model import DataId, ProjectId, TaskId
from gloss.domain.workflow import shape
from gloss.domain.workflow.graph import read, write
from gloss.domain.workflow.task import subtask_id_of, task_id_of, whole_of
from tests.builders_consensus import a_block, a_new_task, stages


def faults(label: dict[str, Any] | None = None, judge: dict[str, Any] | None = None, **more: Any) -> list[str]:
    others = [more] if more else []
    found = shape.faults(read({"stages": [*stages(label, judge), *others]}))
    return [f"{fault.path}: {fault.reason}" for fault in found]


def test_a_block_is_sound_and_read_back() -> None:
    assert faults() == []
    assert read(write(a_block())) == a_block()


@pytest.mark.parametrize(
    ("label", "judge", "expected"),
    [
        ({"to": "last"}, {}, "stages[1].to: 'last' is no consensus review stage"),
        ({"to": "last"}, {}, "stages[2]: needs exactly one edge that leads here, from a consensus annotate stage"),
        ({}, {"rejected": "complete"}, "stages[2].rejected: must lead back to 'label' while the review refines labels"),
        (
            {"annotators": 2},
            {"review_type": "determine", "agreeing": 3},
            "stages[2].agreeing: is more than the 2 annotators of 'label'",
        ),
    ],
)
def test_a_broken_block_is_told_with_its_path(label: Any, judge: Any, expected: str) -> None:
    assert expected in faults(label, judge)


def test_no_other_way_leads_into_the_review_of_a_block() -> None:
    ways = [{"id": "p1", "name": "Around", "to": "judge"}]

    found = faults(id="agent", kind="agent", title="Agent", pathways=ways)

    assert "stages[2]: needs exactly one edge that leads here, from a consensus annotate stage" in found


@pytest.mark.parametrize("annotators", [1, 11])
def test_a_block_has_two_to_ten_annotators(annotators: int) -> None:
    with pytest.raises(Invalid):
        faults({"annotators": annotators})


def test_without_consensus_tasks_go_anywhere() -> None:
    assert faults({}, {"review_type": "determine", "rejected": "complete"}) == []


@given(st.text(max_size=9), st.integers(0, 9))
def test_a_subtasks_id_says_which_task_it_is_of(data_id: str, number: int) -> None:
    task_id = task_id_of(ProjectId("project"), DataId(data_id))

    subtask_id = subtask_id_of(task_id, number)

    assert whole_of(subtask_id) == (task_id, subtask_id)
    assert whole_of(task_id) == (task_id, None)


@pytest.mark.parametrize("odd", ["", "task", "x" * 36, "0" * 37])
def test_what_is_no_subtasks_id_is_left_as_it_is(odd: str) -> None:
    assert whole_of(TaskId(odd)) == (odd, None)


def test_a_task_enters_with_a_subtask_for_each_annotator() -> None:
    task = a_new_task(a_block({"annotators": 3}))

    assert [it.branch for it in task.subtasks] == [f"consensus-label-{number}" for number in (1, 2, 3)]
    assert len({it.id for it in task.subtasks} | {task.id}) == 4
