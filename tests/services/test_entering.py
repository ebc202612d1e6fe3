"""Tasks come and go with their data units."""

import pytest

from gloss.domain.errors import NotFound
from gloss.domain.model import DataId
from gloss.services import entering, labelling, queueing
from gloss.services.labelling import SavedLabels
from gloss.services.queueing import TaskFilter, Turn
from tests.builders_labels import a_car
from tests.builders_workflow import a_caller, a_data_row, a_path, a_project, a_running_project, task_in

BOSS = a_caller()


def test_each_data_unit_gets_one_task_behind_start() -> None:
    ports, rows = a_running_project(), [a_data_row(f"d{n}") for n in range(70)]

    assert entering.enter(a_project(), rows, BOSS.user_id, ports) == 70
    assert task_in(ports, "d42").stage == "agent"
    assert {event.kind for event in ports.store.events} == {"task.created"}


def test_entering_twice_makes_nothing_new() -> None:
    ports = a_running_project()
    entering.enter(a_project(), [a_data_row("d1")], BOSS.user_id, ports)

    assert entering.enter(a_project(), [a_data_row("d1"), a_data_row("d2")], BOSS.user_id, ports) == 1
    assert len(ports.store.events) == 2


def test_a_withdrawn_task_is_gone_from_every_list() -> None:
    ports = a_running_project()
    entering.enter(a_project(), [a_data_row("data")], BOSS.user_id, ports)

    assert entering.withdraw(a_project(), [DataId("data"), DataId("other")], BOSS.user_id, ports) == 1

    for wanted in (TaskFilter(), TaskFilter(stage="agent")):
        assert queueing.tasks(a_project().id, wanted, Turn(), BOSS, ports).entries == ()
    with pytest.raises(NotFound):
        labelling.read(a_path(), None, BOSS, ports)


def test_a_data_unit_that_returns_finds_its_labels() -> None:
    ports = a_running_project()
    entering.enter(a_project(), [a_data_row("data")], BOSS.user_id, ports)
    labelling.save(a_path(), SavedLabels(labels={"objects": [a_car()]}), BOSS, ports)
    entering.withdraw(a_project(), [DataId("data")], BOSS.user_id, ports)

    assert entering.enter(a_project(), [a_data_row("data")], BOSS.user_id, ports) == 1

    assert labelling.save(a_path(), SavedLabels(labels={}), BOSS, ports).row_version == 2


def test_a_data_unit_of_a_dataset_that_is_not_on_the_project_gets_no_task() -> None:
    ports = a_running_project()

    assert entering.enter_linked(a_project(), [a_data_row("data")], BOSS.user_id, ports) == 0

    assert ports.store.events == []
