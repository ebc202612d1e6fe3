"""A benchmark project on the local cloud: the outbox, the queue of scores, and the function that reckons them."""

from datetime import UTC, datetime
from typing import Any

import boto3

from gloss.adapters.dynamodb import DynamoStore
from gloss.domain.dataset import DataRow
from gloss.domain.media import Facts, Item, MediaKind
from gloss.domain.model import DataId, DatasetId, FolderId, ItemId, OrgId, UserId
from gloss.kinds.catalog import DATA_ROWS
from gloss.kinds.register import ITEMS
from gloss.ports import Save
from infra.local.demo.client import Client, until
from tests.builders_labels import a_car, a_structure_json


def test_a_submission_is_scored_by_the_functions_that_are_deployed(admin: Client, gloss: dict[str, Any]) -> None:
    dataset = admin.post("/v1/datasets", {"title": "Streets"})["id"]
    _fill(dataset, admin.get("/v1/me"), gloss)
    ontology = admin.post("/v1/ontologies", {"title": "Cars", "structure": a_structure_json()})["id"]
    gold = _made(admin, title="Gold", ontology_id=ontology, dataset_ids=[dataset])
    _label(admin, gold, {"action": "move", "destination": "complete"})

    exam = _made(admin, title="Exam", ontology_id=ontology, ground_truth_ids=[gold.rpartition("/")[2]])
    _label(admin, exam, {"action": "submit"})

    (score,) = until(lambda: _reckoned(admin, exam), "the score")
    (annotator,) = admin.get(f"{exam}/scores/annotators")["entries"]
    assert (score["agreement"], annotator["scored"], annotator["mean"]) == (1.0, 1, 1.0)


def _made(admin: Client, **wanted: Any) -> str:
    return f"/v1/projects/{admin.post('/v1/projects', wanted)['id']}"


def _label(admin: Client, project: str, action: dict[str, Any]) -> None:
    """Label the project's one task, and do this to it."""
    (task,) = admin.get(f"{project}/tasks")["entries"]
    admin.put(f"{project}/tasks/{task['id']}/labels", {"labels": {"objects": [a_car()]}, "row_version": 0})
    admin.post(f"{project}/tasks/{task['id']}/actions", action)


def _reckoned(admin: Client, project: str) -> Any:
    entries = admin.get(f"{project}/scores")["entries"]
    return entries if entries and all(it["scored_at"] for it in entries) else None


def _fill(dataset_id: str, me: dict[str, Any], gloss: dict[str, Any]) -> None:
    """One image in the dataset."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": gloss["region"]}
    client = boto3.client("dynamodb", endpoint_url=gloss["aws_endpoint"], **keys)
    store = DynamoStore(client, gloss["stack_outputs"]["Records"], gloss["stack_outputs"]["Outbox"])
    org_id, user_id, now = OrgId(me["org_id"]), UserId(me["user_id"]), datetime.now(UTC)
    item = Item(
        id=ItemId(f"item-of-{dataset_id}"),
        org_id=org_id,
        folder_id=FolderId("folder"),
        kind=MediaKind.IMAGE,
        title="street.jpg",
        facts=Facts(mime_type="image/jpeg", width_px=100, height_px=50),
        created_by=user_id,
        created_at=now,
    )
    row = DataRow(
        id=DataId(f"data-of-{dataset_id}"),
        dataset_id=DatasetId(dataset_id),
        org_id=org_id,
        item_id=item.id,
        media_kind=MediaKind.IMAGE,
        title=item.title,
        attached_by=user_id,
        attached_at=now,
    )
    store.commit([Save(ITEMS, item), Save(DATA_ROWS, row)])
