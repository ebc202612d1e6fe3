"""What it costs to act on many tasks together, all or none: DynamoDB's requests and units, counted on moto."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final
from uuid import uuid4

import boto3
from moto import mock_aws

from bench.measuring import Comparison
from gloss.adapters.dynamodb import DynamoStore
from gloss.adapters.memory import memory_ports
from gloss.adapters.system import RandomIds
from gloss.domain.access import Caller
from gloss.domain.model import ProjectId, StageId, TaskId
from gloss.domain.workflow.actions import Proceed
from gloss.ports import Ports
from gloss.services import advancing, uniting
from gloss.services.guarding import guarded
from gloss.services.situating import TaskPath
from gloss.services.uniting import Wanted
from tests.adapters.test_queue_on_dynamodb import _table
from tests.builders_workflow import a_caller, a_project, a_running_project, a_task
from tests.metering import Meter
from tests.sdk.counting import CountingStore

NUMBERS: Final = (1, 20, 300)
MANY: Final = 1_000
PROJECT: Final = ProjectId(str(uuid4()))
AGENT: Final = StageId("agent")
ON: Final = Proceed(pathway="labelled")
Act = Callable[[Sequence[TaskId], Ports], None]


def comparisons() -> Iterator[Comparison]:
    """An agent's bundles, beside one action by itself; the project is read before a bundle and not counted."""
    alone = metered(1, one_by_one)
    for number in NUMBERS:
        ours = metered(number, together)
        for what, unit, told in (
            ("requests", "requests", requests),
            ("write", "units", written),
            ("read", "units", read),
        ):
            name = f"{number:,} actions together, {what} an action"
            yield counted(name, unit, told(ours) / number, told(alone))
    yield counted(f"{MANY:,} actions together, requests in all", "requests", asked_of(MANY), requests(alone))


def counted(name: str, unit: str, ours: float, alone: float) -> Comparison:
    """A count is the same every time."""
    return Comparison(name, unit, lambda: ours, {"alone": lambda: alone}, better="less", repeats=1)


def requests(meter: Meter) -> float:
    return sum(meter.requests.values())


def written(meter: Meter) -> float:
    return meter.write_units + meter.index_units


def read(meter: Meter) -> float:
    return meter.read_units


def metered(number: int, act: Act) -> Meter:
    """So many tasks of a project in tables of their own, then one request."""
    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        for name in ("state", "outbox"):
            client.create_table(**_table(name))
        plain = replace(memory_ports(), store=DynamoStore(client, "state", "outbox"), ids=RandomIds())
        ports, task_ids = filled(plain, number)
        meter = Meter(client)
        act(task_ids, ports)
        meter.stop()
        return meter


def asked_of(number: int) -> float:
    """The requests of a bundle that moto would take minutes for, counted on records in memory."""
    store = CountingStore()
    ports, task_ids = filled(replace(memory_ports(), store=store), number)
    before = len(store.requests)
    together(task_ids, ports)
    return len(store.requests) - before


def filled(plain: Ports, number: int) -> tuple[Ports, list[TaskId]]:
    """So many tasks of a project, with ids of real length."""
    names = {"org_id": str(uuid4()), "project_id": PROJECT, "dataset_id": str(uuid4()), "item_id": str(uuid4())}
    tasks = [a_task(stage=AGENT, data_id=str(uuid4()), **names) for _ in range(number)]
    return guarded(a_running_project(*tasks, project=a_project(id=PROJECT), ports=plain)), [task.id for task in tasks]


def together(task_ids: Sequence[TaskId], ports: Ports) -> None:
    wanted = [Wanted(task_id=task_id, action=ON) for task_id in task_ids]
    uniting.act(a_project(id=PROJECT), AGENT, wanted, somebody(), ports)


def one_by_one(task_ids: Sequence[TaskId], ports: Ports) -> None:
    act = partial(advancing.act, action=ON, caller=somebody(), ports=ports)
    for task_id in task_ids:
        act(TaskPath(project_id=PROJECT, task_id=task_id))


def somebody() -> Caller:
    return a_caller(user=str(uuid4()))
