"""The two manifests of the demo: one JSON with every kind of media, one CSV with the photographs."""

import csv
import io
from collections.abc import Sequence
from typing import Any

BROKEN = "photos/not-there.jpg"
DUPLICATE = "photos/rocket.jpg"
KEY_FRAMES = (0, 75, 180)
SIGNATURE = "demo-signature"
GARAGE = {"site": "garage", "place": {"latitude": 48.137, "longitude": 11.575}}
SCHEMA = {
    "site": "varchar",
    "captured_at": "datetime",
    "night": "boolean",
    "weather": {"ty": "enum", "values": ["sun", "rain", "fog"]},
    "place": "geospatial",
    SIGNATURE: {"ty": "embedding", "size": 3},
}


def as_json(bucket: str, keys: Sequence[str]) -> dict[str, Any]:
    """Everything but the photographs, one photograph twice (a duplicate to skip), and one URL that leads nowhere."""
    at = [f"s3://{bucket}/{key}" for key in sorted(keys)]
    rig, frames, slices = (_under(at, folder) for folder in ("rig/", "carphone/", "mr700/"))
    return {
        "videos": [_video(f"s3://{bucket}/video/bikes.mp4")],
        "images": [{"objectUrl": f"s3://{bucket}/{key}"} for key in (DUPLICATE, BROKEN)],
        "audio": [{"objectUrl": f"s3://{bucket}/audio/chord.wav", "title": "chord"}],
        "pdfs": [{"objectUrl": f"s3://{bucket}/papers/inspection.pdf"}],
        "text": [{"objectUrl": f"s3://{bucket}/papers/{name}"} for name in ("notes.txt", "inspection.html")],
        "image_groups": [
            {"title": "stereo rig", "createVideo": False, **_numbered(rig), "clientMetadata": GARAGE},
            {"title": "carphone", "createVideo": True, **_numbered(frames)},
        ],
        "dicom_series": [{"title": "MR 700", **_numbered(slices)}],
        "nifti": [{"objectUrl": f"s3://{bucket}/volumes/anatomical.nii", "title": "anatomical"}],
        "skip_duplicate_urls": True,
    }


def as_csv(bucket: str, keys: Sequence[str]) -> str:
    """The photographs under their titles."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["ObjectUrl", "Image title"])
    rows.writerows(
        [f"s3://{bucket}/{key}", key.rpartition("/")[2]] for key in sorted(keys) if key.startswith("photos/")
    )
    return out.getvalue()


def _video(url: str) -> dict[str, Any]:
    frames: dict[str, Any] = {str(frame): {} for frame in KEY_FRAMES}
    frames[str(KEY_FRAMES[1])] = {SIGNATURE: [0.6, 0.8, 0.0], "weather": "sun"}
    steering = {"config": {"sampling_rate": 2, "keyframe_mode": "frame"}, "frames": frames}
    metadata = {"site": "street", "captured_at": "2026-05-04T10:00:00Z", "night": False, SIGNATURE: [1.0, 0.0, 0.0]}
    return {"objectUrl": url, "title": "bikes", "clientMetadata": {**metadata, "$encord": steering}}


def _under(urls: Sequence[str], folder: str) -> list[str]:
    return [url for url in urls if f"/{folder}" in url]


def _numbered(urls: Sequence[str]) -> dict[str, str]:
    return {f"objectUrl_{position}": url for position, url in enumerate(urls)}
