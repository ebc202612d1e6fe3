"""Verdicts on single labels, and the issues that rejections leave."""

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Role
from gloss.domain.errors import Forbidden, IllegalAction, NotFound
from gloss.domain.workflow.reviews import ReviewStatus
from gloss.kinds.workflow import ISSUES, issue_key
from gloss.ports import Ports, Query
from gloss.services import discussing, labelling, reviewing
from gloss.services.discussing import IssuePath
from gloss.services.labelling import SavedLabels
from gloss.services.reviewing import Judging
from tests.builders_labels import a_car
from tests.builders_workflow import a_caller, a_path, a_running_project, a_task, task_in
from tests.mortal import killed_after, mortal

REV = a_caller(Role.REVIEWER, "rev")
REJECT = Judging(action="reject", comment="too wide", tags=("box",))


def a_car_in_review() -> Ports:
    ports = a_running_project(a_task(stage="review"))
    labelling.save(a_path(), SavedLabels(labels={"objects": [a_car()]}), a_caller(), ports)
    return ports


def judged(action: str, ports: Ports) -> str:
    return reviewing.judge(a_path(), "car00001", Judging(action=action), REV, ports).status.value


def test_a_verdict_counts_as_review_in_progress() -> None:
    ports = a_car_in_review()

    assert judged("approve", ports) == "APPROVED"
    assert task_in(ports).judgements == 1
    assert ports.store.events[-1].kind == "labels.judged"


def test_a_rejection_opens_an_issue_at_the_label() -> None:
    ports = a_car_in_review()

    review = reviewing.judge(a_path(), "car00001", REJECT, REV, ports)

    issue = ports.store.get(ISSUES, issue_key(a_path().task_id, review.issue_id or ""))
    assert (issue.comments[0].content, issue.tags, issue.anchor.kind) == ("too wide", ("box",), "annotation")
    assert task_in(ports).open_issues == 1


def test_a_second_rejection_reopens_the_resolved_issue() -> None:
    ports = a_car_in_review()
    issue_id = reviewing.judge(a_path(), "car00001", REJECT, REV, ports).issue_id or ""
    discussing.resolve(IssuePath(**dict(a_path()), issue_id=issue_id), REV, ports)
    judged("reopen", ports)

    reviewing.judge(a_path(), "car00001", REJECT, REV, ports)

    issue = ports.store.get(ISSUES, issue_key(a_path().task_id, issue_id))
    assert (issue.is_resolved, len(issue.comments)) == (False, 2)
    assert (task_in(ports).open_issues, task_in(ports).resolved_issues) == (1, 0)
    assert ports.store.events[-1].kind == "issue.reopened"


def test_the_same_verdict_twice_is_illegal() -> None:
    ports = a_car_in_review()
    judged("approve", ports)

    with pytest.raises(IllegalAction):
        judged("approve", ports)


def test_labels_are_judged_in_review_stages_only() -> None:
    ports = a_running_project(a_task(stage="annotate"))

    with pytest.raises(IllegalAction):
        judged("approve", ports)


def test_an_annotator_judges_no_label() -> None:
    with pytest.raises(Forbidden):
        reviewing.judge(a_path(), "car00001", REJECT, a_caller(Role.ANNOTATOR, "ann"), a_car_in_review())


def test_an_unknown_label_is_not_found() -> None:
    with pytest.raises(NotFound):
        reviewing.judge(a_path(), "nothing1", REJECT, REV, a_car_in_review())


def test_issues_of_a_project_come_latest_first() -> None:
    ports = a_car_in_review()
    for text in ("first", "second"):
        discussing.open_issue(a_path(), discussing.NewIssue(comment=text), REV, ports)
        ports.clock.pass_time(1)

    found = discussing.of_project("project", Query(), ports).entries

    assert [issue.comments[0].content for issue in found] == ["second", "first"]


def test_many_verdicts_that_broke_off_go_on_and_open_each_issue_once() -> None:
    ports, life = mortal(memory_ports())
    many = [a_car(id=f"car{number:05}") for number in range(40)]
    a_running_project(a_task(stage="review"), ports=ports)
    labelling.save(a_path(), SavedLabels(labels={"objects": many}), a_caller(), ports)
    wanted = {label["id"]: Judging(action="reject", comment="Too small") for label in many}

    assert killed_after(1, life, lambda: reviewing.judge_many(a_path(), wanted, REV, ports))
    reviewing.judge_many(a_path(), wanted, REV, ports)

    assert {review.status for review in reviewing.label_reviews(a_path(), REV, ports)} == {ReviewStatus.REJECTED}
    assert (task_in(ports).open_issues, task_in(ports).judgements) == (40, 40)
