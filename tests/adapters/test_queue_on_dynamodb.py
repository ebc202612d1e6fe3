"""The queue on the table's own keys and indexes: order, claims, leases and lists are as in memory."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from moto import mock_aws

from gloss.adapters.dynamodb import DynamoStore
from gloss.adapters.memory import memory_ports
from gloss.adapters.records import INDEXES, LEAN_INDEXES
from gloss.adapters.system import RandomIds
from gloss.domain.access import Role
from gloss.domain.model import ProjectId, StageId
from gloss.domain.workflow import queue
from gloss.domain.workflow.actions import Move, Submit
from gloss.domain.workflow.task import Task
from gloss.ports import Ports
from gloss.services import advancing, browsing, claiming, labelling, queueing
from gloss.services.browsing import StageFilter
from gloss.services.claiming import Claiming, StagePath
from gloss.services.labelling import SavedLabels
from gloss.services.queueing import TaskFilter, Turn
from tests import aws
from tests.builders_labels import a_car
from tests.builders_workflow import a_caller, a_path, a_project, a_running_project, a_task

BOSS = a_caller()
HERE = StagePath(project_id=ProjectId("project"), stage_id=StageId("annotate"))
TASKS = [a_task(data_id=f"d{n}", title=f"{n:02}.jpg", priority=n % 4 / 4) for n in range(24)]


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ports]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = aws.client("dynamodb", "eu-west-1")
        for name in ("state", "outbox"):
            client.create_table(**_table(name))
        kept = replace(memory_ports(), store=DynamoStore(client, "state", "outbox"), ids=RandomIds())
        yield a_running_project(*TASKS, ports=kept)


def _table(name: str) -> dict[str, Any]:
    indexes = {**dict.fromkeys(INDEXES, "ALL"), **dict.fromkeys(LEAN_INDEXES, "KEYS_ONLY")}
    keys = ["partition", "sort", *(f"{index}_{part}" for index in indexes for part in ("partition", "sort"))]
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
        "KeySchema": _schema(""),
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _schema(f"{index}_"), "Projection": {"ProjectionType": kept}}
            for index, kept in indexes.items()
        ],
    }


def _schema(prefix: str) -> list[dict[str, str]]:
    kinds = {"partition": "HASH", "sort": "RANGE"}
    return [{"AttributeName": f"{prefix}{part}", "KeyType": kind} for part, kind in kinds.items()]


def paged(wanted: TaskFilter, ports: Ports) -> list[Task]:
    first = queueing.tasks(HERE.project_id, wanted, Turn(limit=7), BOSS, ports)
    found, token = list(first.entries), first.next_token
    while token:
        page = queueing.tasks(HERE.project_id, wanted, Turn(limit=7, token=token), BOSS, ports)
        found, token = [*found, *page.entries], page.next_token
    return found


def test_a_stage_is_listed_in_queue_order_over_all_shards(ports: Ports) -> None:
    found = paged(TaskFilter(stage=HERE.stage_id), ports)

    assert [task.id for task in found] == [task.id for task in sorted(TASKS, key=queue.order)]


def test_titles_are_listed_by_prefix_over_all_shards(ports: Ports) -> None:
    assert [task.title for task in paged(TaskFilter(title="1"), ports)] == [f"{n}.jpg" for n in range(10, 20)]


def test_claims_go_down_the_priorities_and_never_repeat(ports: Ports) -> None:
    handed = [claiming.claim(HERE, Claiming(), a_caller(Role.ANNOTATOR, f"w{n}"), ports) for n in range(24)]

    assert [task.priority for task in handed if task] == sorted((task.priority for task in TASKS), reverse=True)
    assert len({task.id for task in handed if task}) == 24


def test_a_lapsed_claim_is_found_by_the_next(ports: Ports) -> None:
    for n in range(24):
        claiming.claim(HERE, Claiming(lease_seconds=60 + n), a_caller(Role.ANNOTATOR, f"w{n}"), ports)
    assert claiming.claim(HERE, Claiming(), BOSS, ports) is None

    ports.clock.pass_time(60)  # type: ignore[attr-defined]
    again = claiming.claim(HERE, Claiming(), BOSS, ports)

    assert again is not None
    assert again.fence == 2


def test_labels_are_saved_submitted_and_read(ports: Ports) -> None:
    path = a_path("d1")
    labelling.save(path, SavedLabels(labels={"objects": [a_car()]}), BOSS, ports)

    advancing.act(path, Submit(), BOSS, ports)

    assert labelling.read(path, None, BOSS, ports).body.objects[0].id == "car00001"
    assert [task.id for task in paged(TaskFilter(stage=StageId("review")), ports)] == [path.task_id]


def test_what_leaves_a_stage_while_its_page_is_read_is_not_on_it(ports: Ports) -> None:
    late = cast(DynamoStore, ports.store)._client.meta.events

    def leave(**_: Any) -> None:
        late.unregister("after-call.dynamodb.Query", leave)
        for task in TASKS:
            advancing.act(a_path(task.data_id), Move(destination=StageId("review")), BOSS, ports)

    late.register("after-call.dynamodb.Query", leave)
    page = browsing.of_stage(a_project(), StageFilter(stage=HERE.stage_id), Turn(), BOSS, ports)

    assert page.entries == ()
