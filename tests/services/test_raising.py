"""Issues opened and deleted by the dozen: all or none, and once, whatever dies in between."""

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Role
from gloss.domain.errors import Forbidden, NotFound
from gloss.domain.model import DataId
from gloss.domain.workflow.issues import AtLabel, Issue, NewIssue
from gloss.kinds.workflow import ISSUES, of_task
from gloss.ports import Ports, Query
from gloss.services import raising
from gloss.services.raising import Raised
from tests.builders_workflow import a_caller, a_path, a_project, a_running_project, a_task, task_in
from tests.mortal import killed_after, mortal

BOSS, ANN, AMY = a_caller(), a_caller(Role.ANNOTATOR, "ann"), a_caller(Role.ANNOTATOR, "amy")


def issues(ports: Ports, data_id: str = "data") -> list[Issue]:
    return list(ports.store.every(ISSUES, of_task(a_path(data_id).task_id), Query(prefix="ISSUE#")))


def a_remark(data_id: str = "data") -> Raised:
    return Raised(data_id=DataId(data_id), issue=NewIssue(comment="Look here"))


def raised(ports: Ports, number: int, data_id: str = "data") -> list[str]:
    for _ in range(number):
        raising.open_many(a_project(), [a_remark(data_id)], ANN, ports)
    return [issue.id for issue in issues(ports, data_id)]


def test_issues_on_several_tasks_are_opened_and_counted_together() -> None:
    ports = a_running_project(a_task(), a_task(data_id="two"))

    raising.open_many(a_project(), [a_remark(), a_remark("two"), a_remark()], ANN, ports)

    assert (task_in(ports).open_issues, task_in(ports, "two").open_issues) == (2, 1)
    assert [len(issues(ports, data_id)) for data_id in ("data", "two")] == [2, 1]


def test_one_unknown_data_unit_keeps_every_issue_from_being_opened() -> None:
    ports = a_running_project(a_task())

    with pytest.raises(NotFound):
        raising.open_many(a_project(), [a_remark(), a_remark("none")], ANN, ports)

    assert (issues(ports), task_in(ports).open_issues) == ([], 0)


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_deletion_that_broke_off_goes_on(writes: int) -> None:
    ports, life = mortal(memory_ports())
    a_running_project(a_task(), a_task(data_id="two"), ports=ports)
    ids = [*raised(ports, 40), *raised(ports, 20, "two")]
    killed_after(writes, life, lambda: raising.delete_many(a_project(), ids, BOSS, ports))

    raising.delete_many(a_project(), ids, BOSS, ports)

    assert issues(ports) == issues(ports, "two") == []
    assert (task_in(ports).open_issues, task_in(ports, "two").open_issues) == (0, 0)
    deleted = [event.issue_id for event in ports.store.events if event.kind == "issue.deleted"]  # type: ignore[attr-defined]
    assert sorted(deleted) == sorted(ids)


def test_nobody_deletes_what_another_opened_but_managers() -> None:
    ports = a_running_project(a_task())
    first, second = raised(ports, 2)

    with pytest.raises(Forbidden):
        raising.delete_many(a_project(), [first], AMY, ports)
    raising.delete_many(a_project(), [first], ANN, ports)
    raising.delete_many(a_project(), [second], BOSS, ports)

    assert issues(ports) == []


def test_an_issue_at_a_label_is_deleted_by_managers_only() -> None:
    ports = a_running_project(a_task())
    at_label = NewIssue(comment="Too small", anchor=AtLabel(label_id="car00001"))
    raising.open_many(a_project(), [Raised(data_id=DataId("data"), issue=at_label)], ANN, ports)
    (issue,) = issues(ports)

    with pytest.raises(Forbidden):
        raising.delete_many(a_project(), [issue.id], ANN, ports)
    raising.delete_many(a_project(), [issue.id], BOSS, ports)

    assert issues(ports) == []


def test_an_unknown_issue_keeps_every_issue() -> None:
    ports = a_running_project(a_task())
    ids = raised(ports, 2)

    with pytest.raises(NotFound):
        raising.delete_many(a_project(), [*ids, "unknown"], BOSS, ports)

    assert len(issues(ports)) == 2
