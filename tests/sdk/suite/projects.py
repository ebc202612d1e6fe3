"""Projects on the target's media, made over /v1, so that stories about labels do not hang on how media get in."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from builders import a_title

Target = Mapping[str, Any]
WITHIN_S = 60


def api(target: Target, method: str, path: str, body: Any = None) -> Any:
    """One call of /v1 as the Admin."""
    headers = {"Authorization": f"Bearer {target['bearer']}"}
    answer = requests.request(method, target["url"] + path, json=body, headers=headers, timeout=60)
    assert answer.status_code < 300, answer.text
    return answer.json()


def a_project(target: Target, ontology_id: str, manifest: Mapping[str, Any], **more: Any) -> str:
    """A project over one dataset of what a manifest registers; its id."""
    folder = api(target, "POST", "/v1/folders", {"title": a_title("Media")})["id"]
    wanted = {"manifest": manifest, "integration_id": target["integration"]["id"]}
    job = api(target, "POST", f"/v1/folders/{folder}/data-upload-jobs", wanted)["id"]
    ended = next(it for it in _until_over(target, job) if it["status"] != "PENDING")
    assert ended["status"] == "DONE", ended
    units = api(target, "GET", f"/v1/data-upload-jobs/{job}/items?limit=1000")["entries"]
    dataset = api(target, "POST", "/v1/datasets", {"title": a_title("Data")})["id"]
    api(target, "POST", f"/v1/datasets/{dataset}/items", {"item_ids": [unit["item_id"] for unit in units]})
    project = {"title": a_title("Labels"), "dataset_ids": [dataset], "ontology_id": ontology_id, **more}
    return str(api(target, "POST", "/v1/projects", project)["id"])


def _until_over(target: Target, job: str) -> Iterator[Mapping[str, Any]]:
    end = time.monotonic() + WITHIN_S
    while time.monotonic() < end:
        yield api(target, "GET", f"/v1/data-upload-jobs/{job}")


def images(target: Target, count: int = 1) -> dict[str, Any]:
    """A manifest of so many images."""
    return {"images": [_entry(target, f"{number}.png", f"image {number}") for number in range(count)]}


def told_images(target: Target, count: int) -> dict[str, Any]:
    """A manifest of up to 1 000 images whose facts it tells, so that none is read."""
    facts = {"imageMetadata": {"mimeType": "image/png", "fileSize": 1_000, "width": 64, "height": 48}}
    return {"images": [_entry(target, "0.png", f"image {number:03}") | facts for number in range(count)]}


def a_video(target: Target) -> dict[str, Any]:
    """A manifest of the video of 12 frames."""
    return {"videos": [_entry(target, "clip.mp4", "clip.mp4")]}


def _entry(target: Target, name: str, title: str) -> dict[str, Any]:
    return {"objectUrl": target["media"][name], "title": title}


def everything(target: Target) -> dict[str, Any]:
    """A manifest of one unit of every kind of media."""
    return {
        "images": [_entry(target, "0.png", "image")],
        "videos": [_entry(target, "clip.mp4", "video")],
        "audio": [_entry(target, "tone.wav", "audio")],
        "pdfs": [_entry(target, "three.pdf", "pdf")],
        "text": [_entry(target, "words.txt", "text"), _entry(target, "page.html", "html")],
        "nifti": [_entry(target, "brain.nii", "nifti")],
        "time_series": [_entry(target, "speeds.csv", "series")],
        "dicom_series": [_group(target, [name for name in target["media"] if name.startswith("mr/")], "dicom")],
        "image_groups": [
            _group(target, ["0.png", "1.png", "2.png"], "group"),
            _group(target, ["1.png", "2.png", "3.png"], "sequence") | {"createVideo": True},
        ],
    }


def _group(target: Target, names: list[str], title: str) -> dict[str, Any]:
    return {"title": title, **{f"objectUrl_{place}": target["media"][name] for place, name in enumerate(names)}}
