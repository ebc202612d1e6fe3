"""A registration on the local cloud: real machine, real table, real bytes in a real bucket."""

from typing import Any

import boto3
import pytest

from infra.local.demo.client import Client, until
from tests.builders_media import a_pdf, a_sound, a_video, an_image, dicom_files, nibabel_files

BODIES = {
    **{f"flow/{number}.png": an_image(size=(20 + number, 10)) for number in range(3)},
    **{f"flow/mr/{number}.dcm": body for number, body in enumerate(dicom_files())},
    "flow/v.mp4": a_video(),
    "flow/a.wav": a_sound(),
    "flow/p.pdf": a_pdf(2),
    "flow/t.html": b"<p>",
    "flow/n.nii": nibabel_files()[0].read_bytes(),
}


@pytest.fixture(scope="module")
def bucket(gloss: dict[str, Any]) -> str:
    """The media bucket with the files of this story."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    store = boto3.client("s3", endpoint_url=gloss["aws_endpoint"], region_name=gloss["region"], **keys)
    for key, body in BODIES.items():
        store.put_object(Bucket=gloss["media_bucket"], Key=key, Body=body)
    return str(gloss["media_bucket"])


@pytest.fixture
def folder(admin: Client) -> str:
    return str(admin.post("/v1/folders", {"title": "Flow"})["id"])


def manifest(bucket: str, **flags: bool) -> dict[str, Any]:
    """Every kind of media, and one URL that leads nowhere."""

    def one(name: str) -> list[dict[str, str]]:
        return [{"objectUrl": f"s3://{bucket}/flow/{name}"}]

    def many(title: str, *names: str, **more: bool) -> dict[str, Any]:
        return {
            "title": title,
            **more,
            **{f"objectUrl_{at}": one(name)[0]["objectUrl"] for at, name in enumerate(names)},
        }

    groups = [many("rig", "0.png", "1.png"), many("film", "2.png", "0.png", "1.png", createVideo=True)]
    single = {"videos": "v.mp4", "audio": "a.wav", "pdfs": "p.pdf", "text": "t.html", "nifti": "n.nii"}
    return {
        **{array: one(name) for array, name in single.items()},
        "images": [*one("0.png"), *one("none.png")],
        "image_groups": groups,
        "dicom_series": [many("scan", *(f"mr/{number}.dcm" for number in range(7)))],
        **flags,
    }


def registered(admin: Client, folder: str, body: dict[str, Any]) -> Any:
    job_id = admin.post(f"/v1/folders/{folder}/data-upload-jobs", body)["id"]
    path = f"/v1/data-upload-jobs/{job_id}"

    def over() -> Any:
        job = admin.get(path)
        return None if job["status"] == "PENDING" else job

    return until(over, "the end of the registration", within_s=90)


def test_every_kind_is_registered_and_one_broken_url_named(admin: Client, bucket: str, folder: str) -> None:
    job = registered(admin, folder, {"manifest": manifest(bucket), "ignore_errors": True})

    facts = {item["kind"]: item["facts"] for item in admin.every(f"/v1/folders/{folder}/items")}
    assert (job["status"], job["units_done_count"], job["units_error_count"]) == ("DONE", 9, 1)
    assert job["unit_errors"][0]["object_urls"] == [f"s3://{bucket}/flow/none.png"]
    assert (facts["video"]["frame_count"], facts["pdf"]["num_pages"], facts["dicom_series"]["frame_count"]) == (
        30,
        2,
        7,
    )
    assert (facts["image_sequence"]["codec"], facts["image_sequence"]["width_px"]) == ("h264", 22)


def test_the_same_manifest_twice_adds_nothing_with_the_flag(admin: Client, bucket: str, folder: str) -> None:
    body = {"manifest": manifest(bucket, skip_duplicate_urls=True), "ignore_errors": True}
    registered(admin, folder, body)

    again = registered(admin, folder, body)

    assert [unit["status"] for unit in again["items_with_names"]] == ["skipped"] * 9
    assert len(list(admin.every(f"/v1/folders/{folder}/items"))) == 9


def test_an_uploaded_manifest_is_put_and_registered(admin: Client, bucket: str, folder: str) -> None:
    import httpx

    upload = admin.post(f"/v1/folders/{folder}/manifests", {"format": "csv"})
    httpx.put(upload["url"], content=f"ObjectUrl,Image title\ns3://{bucket}/flow/0.png,First\n").raise_for_status()

    job = registered(admin, folder, {"manifest_key": upload["manifest_key"]})

    assert (job["status"], job["items_with_names"][0]["name"]) == ("DONE", "First")
