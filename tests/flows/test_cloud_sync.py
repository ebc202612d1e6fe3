"""A cloud-synced folder on the local cloud: a real bucket is listed, mirrored, changed and mirrored again."""

from typing import Any
from uuid import uuid4

import boto3
import pytest

from infra.local.demo.client import Client, Refused, until
from tests.builders_media import a_pdf, an_image

FILES = {
    "a.txt": b"one",
    "a.txt.metadata.json": b'{"site": "north"}',
    "deep/door.png": an_image(size=(24, 10)),
    "deep/p.pdf": a_pdf(2),
    "deep/scan.dcm": b"not taken in",
    "lie.png": b"no image",
}


@pytest.fixture(scope="module")
def aws(gloss: dict[str, Any]) -> Any:
    """Clients of the emulator by service."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return lambda name: boto3.client(name, endpoint_url=gloss["aws_endpoint"], region_name=gloss["region"], **keys)


@pytest.fixture
def prefix(gloss: dict[str, Any], aws: Any) -> str:
    """A prefix of its own in the media bucket, with the files of this story."""
    name = f"sync-{uuid4()}/"
    for key, body in FILES.items():
        aws("s3").put_object(Bucket=gloss["media_bucket"], Key=name + key, Body=body)
    return name


def a_folder(admin: Client, gloss: dict[str, Any], prefix: str, **more: Any) -> str:
    integration = next(it for it in admin.every("/v1/integrations") if it["title"] == "Local media")
    link = {
        "integration_id": integration["id"],
        "url": f"s3://{gloss['media_bucket']}/{prefix}",
        "sidecars": {},
        **more,
    }
    return str(admin.post("/v1/folders", {"title": "Mirror", "link": link})["id"])


def synced(admin: Client, folder: str) -> Any:
    """A sync, followed to its end."""
    sync = admin.post(f"/v1/folders/{folder}/sync")["id"]

    def over() -> Any:
        seen = admin.get(f"/v1/folders/{folder}/syncs/{sync}")
        return None if seen["status"] == "PENDING" else seen

    return until(over, "the end of the sync", within_s=120)


def test_a_folder_mirrors_its_prefix(admin: Client, gloss: dict[str, Any], aws: Any, prefix: str) -> None:
    folder = a_folder(admin, gloss, prefix)

    first = synced(admin, folder)
    items = {item["title"]: item for item in admin.every(f"/v1/folders/{folder}/items")}
    aws("s3").delete_object(Bucket=gloss["media_bucket"], Key=prefix + "deep/p.pdf")
    aws("s3").put_object(Bucket=gloss["media_bucket"], Key=prefix + "a.txt", Body=b"longer")
    second = synced(admin, folder)

    counts = [first[name] for name in ("scanned", "new", "sidecars_attached", "unsupported", "errors")]
    assert (first["status"], first["reason"], counts) == ("DONE", None, [6, 3, 1, 1, 1])
    assert (items["door.png"]["facts"]["width_px"], items["a.txt"]["metadata"]) == (24, {"site": "north"})
    assert [second[name] for name in ("new", "changed", "gone", "same")] == [0, 1, 1, 2]
    left = {item["title"]: item["id"] for item in admin.every(f"/v1/folders/{folder}/items")}
    assert left == {title: items[title]["id"] for title in ("a.txt", "door.png")}
    problems = admin.get(f"/v1/folders/{folder}/syncs/{first['id']}/problems")["entries"]
    assert [problem["key"] for problem in problems] == ["lie.png"]


def test_nobody_registers_into_it_by_hand(admin: Client, gloss: dict[str, Any], prefix: str) -> None:
    folder = a_folder(admin, gloss, prefix)

    with pytest.raises(Refused, match="mirrors") as refused:
        admin.post(f"/v1/folders/{folder}/data-upload-jobs", {"manifest": {"images": []}})

    assert refused.value.status == 409


def test_a_daily_folder_has_a_schedule_until_it_is_deleted(
    admin: Client, gloss: dict[str, Any], aws: Any, prefix: str
) -> None:
    folder = a_folder(admin, gloss, prefix, daily=True)
    before = _schedules(aws)

    admin.delete(f"/v1/folders/{folder}")

    assert f"folder-{folder}" in before
    assert f"folder-{folder}" not in _schedules(aws)


def _schedules(aws: Any) -> set[str]:
    return {schedule["Name"] for schedule in aws("scheduler").list_schedules()["Schedules"]}
