"""Priorities of many tasks: each is set once, and a request that broke off goes on."""

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.errors import Invalid
from gloss.domain.model import DataId
from gloss.kinds.workflow import STEPS, of_task
from gloss.ports import Ports, Query
from gloss.services import urging
from tests.builders_workflow import a_caller, a_path, a_project, a_running_project, a_task, task_in
from tests.mortal import killed_after, mortal

BOSS = a_caller()
WANTED = {DataId(f"data-{number}"): number / 100 for number in range(70)}


def many(ports: Ports) -> Ports:
    return a_running_project(*(a_task(data_id=data_id) for data_id in WANTED), ports=ports)


def steps(ports: Ports, data_id: str) -> int:
    return len(ports.store.page(STEPS, of_task(a_path(data_id).task_id), Query(prefix="STEP#")).entries)


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_request_that_broke_off_goes_on_and_tells_each_once(writes: int) -> None:
    ports, life = mortal(memory_ports())
    many(ports)
    killed_after(writes, life, lambda: urging.prioritise(a_project(), WANTED, BOSS, ports))

    urging.prioritise(a_project(), WANTED, BOSS, ports)

    assert {data_id: task_in(ports, data_id).priority for data_id in WANTED} == WANTED
    assert {steps(ports, data_id) for data_id in WANTED} == {0, 1}
    assert [it for it in WANTED if steps(ports, it) == 0] == ["data-50"]


def test_an_unknown_data_unit_keeps_all_as_they_were() -> None:
    ports = many(memory_ports())

    with pytest.raises(Invalid) as refused:
        urging.prioritise(a_project(), {**WANTED, DataId("none"): 0.3}, BOSS, ports)

    assert [fault.path for fault in refused.value.faults] == ["none"]
    assert task_in(ports, "data-7").priority == 0.5
