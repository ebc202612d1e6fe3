"""Webhooks and bulk jobs on the local cloud: real streams, queues, state machines and a real receiver."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from gloss.adapters.dynamodb import DynamoStore
from gloss.domain.dataset import DataRow
from gloss.domain.media import MediaKind
from gloss.domain.model import DataId, DatasetId, ItemId, OrgId, UserId
from gloss.kinds.catalog import DATA_ROWS
from gloss.ports import Save
from infra.local.demo.client import Client, until
from infra.local.demo.receiver import Receiver

GRAPH = {
    "stages": [
        {"id": "start", "kind": "start", "title": "Start", "to": "annotate"},
        {"id": "annotate", "kind": "annotate", "title": "Annotate", "to": "complete"},
        {"id": "complete", "kind": "complete", "title": "Complete"},
    ]
}
MANY = 600


@pytest.fixture(scope="module")
def project(admin: Client, gloss: dict[str, Any]) -> str:
    """A project whose dataset has MANY data units; their tasks are made by a bulk job. Returns its path."""
    dataset = admin.post("/v1/datasets", {"title": "Streets"})
    _fill(dataset["id"], admin.get("/v1/me"), gloss)
    ontology = admin.post("/v1/ontologies", {"title": "Nothing", "structure": {}})
    template = admin.post("/v1/workflow-templates", {"title": "Short", "graph": GRAPH})
    wanted = {
        "title": "P",
        "dataset_ids": [dataset["id"]],
        "ontology_id": ontology["id"],
        "template_id": template["id"],
    }
    made = admin.post("/v1/projects", wanted)
    for job_id in made["job_ids"]:
        until(lambda job_id=job_id: _over(admin, job_id), "the tasks to be made")
    return f"/v1/projects/{made['id']}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def test_a_large_dataset_gets_its_tasks_by_a_job(admin: Client, project: str) -> None:
    assert _stages(admin, project) == {"annotate": MANY}


def test_submits_reach_the_receiver_once_and_moves_do_not(admin: Client, project: str, receiver: Receiver) -> None:
    hook = _listening(admin, project, receiver, "task.submitted", "task.completed")
    tasks = admin.get(f"{project}/tasks", limit=4)["entries"]
    for task in tasks[:3]:
        admin.post(f"{project}/tasks/{task['id']}/actions", {"action": "submit"})
    admin.post(f"{project}/tasks/{tasks[3]['id']}/actions", {"action": "move", "destination": "complete"})

    until(lambda: len(receiver.accepted) >= 6 or None, "six deliveries")
    assert sorted({event["payload"]["task_uuid"] for event in receiver.accepted}) == sorted(t["id"] for t in tasks[:3])
    assert (len({event["uid"] for event in receiver.accepted}), receiver.forged) == (6, 0)
    admin.delete(f"{project}/webhooks/{hook}")


def test_who_asks_for_moves_hears_of_each(admin: Client, project: str, receiver: Receiver) -> None:
    hook = _listening(admin, project, receiver, "task.moved")
    ids = [task["id"] for task in admin.get(f"{project}/tasks", limit=30)["entries"][10:30]]
    action = {"apply": {"action": "move", "destination": "complete"}, "task_ids": [*ids, "nowhere"]}
    job_id = admin.post(f"{project}/bulk-jobs", action)["id"]

    job = until(lambda: _over(admin, job_id), "the moves")
    assert (job["status"], job["progress"]) == ("DONE", {"done": 20, "failed": 1, "pending": 0})
    until(lambda: len(receiver.accepted) >= len(ids) or None, "twenty deliveries")
    assert sorted(event["payload"]["task_uuid"] for event in receiver.accepted) == sorted(ids)
    admin.delete(f"{project}/webhooks/{hook}")


def test_the_overview_counts_what_the_relay_archived(admin: Client, project: str) -> None:
    stages = _stages(admin, project)

    def counted() -> Any:
        seen = admin.get(f"{project}/overview")
        return seen if seen["tasks_by_stage"] == stages else None

    assert until(counted, "the archive to catch up")["actions"]["created"] == MANY


def _listening(admin: Client, project: str, receiver: Receiver, *events: str) -> str:
    made = admin.post(f"{project}/webhooks", {"url": receiver.url, "events": list(events)})
    receiver.secrets.append(made["secret"])
    return str(made["id"])


def _stages(admin: Client, project: str) -> dict[str, int]:
    return {stage["stage"]: stage["tasks"] for stage in admin.get(f"{project}/stages")["entries"] if stage["tasks"]}


def _over(admin: Client, job_id: str) -> Any:
    job = admin.get(f"/v1/bulk-jobs/{job_id}")
    return job if job["status"] in {"DONE", "ERROR", "CANCELLED"} else None


def _fill(dataset_id: str, me: dict[str, Any], gloss: dict[str, Any]) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=gloss["aws_endpoint"],
        region_name=gloss["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    store = DynamoStore(client, gloss["stack_outputs"]["Records"], gloss["stack_outputs"]["Outbox"])
    for start in range(0, MANY, 100):
        store.commit([Save(DATA_ROWS, _row(dataset_id, me, number)) for number in range(start, start + 100)])


def _row(dataset_id: str, me: dict[str, Any], number: int) -> DataRow:
    return DataRow(
        id=DataId(f"{dataset_id[:8]}-{number:04}"),
        dataset_id=DatasetId(dataset_id),
        org_id=OrgId(me["org_id"]),
        item_id=ItemId(f"item-{number}"),
        media_kind=MediaKind.IMAGE,
        title=f"street-{number:04}.jpg",
        attached_by=UserId(me["user_id"]),
        attached_at=datetime.now(UTC),
    )
