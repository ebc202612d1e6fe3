"""Steps 1 and 2: real media into a bucket, and their registration from two manifests."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from infra.local import cloud
from infra.local.demo import manifests
from infra.local.demo.samples import Sample, all_samples
from infra.local.demo.walk import Walk


def put_media(walk: Walk) -> None:
    """Step 1."""
    with walk.board.step(1, "Media put into the bucket") as counts:
        samples = list(all_samples(walk.site))
        with closing(cloud.client(walk.home, "s3")) as store, ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda sample: _put(store, walk.gloss["media_bucket"], sample), samples))
        walk.keys = [sample.key for sample in samples]
        folders = Counter(key.partition("/")[0] for key in walk.keys)
        counts |= {"files": len(samples), "bytes": sum(len(sample.body) for sample in samples), **folders}


def _put(store: Any, bucket: str, sample: Sample) -> None:
    store.put_object(Bucket=bucket, Key=sample.key, Body=sample.body, ContentType=sample.content_type)


def register(walk: Walk) -> None:
    """Step 2: the photographs by CSV first, so that the JSON meets one of them again and skips it."""
    bucket = walk.gloss["media_bucket"]
    walk.ids["folder"] = walk.admin.post("/v1/folders", {"title": "Demo media"})["id"]
    with walk.board.step(2, "Metadata schema imported") as counts:
        known = walk.admin.get("/v1/metadata-schema")
        wanted = {"types": known["types"] | manifests.SCHEMA, "version": known["version"]}
        counts |= {"keys": len(walk.admin.put("/v1/metadata-schema", wanted)["types"])}
    with walk.board.step(2, "Photographs registered by CSV") as counts:
        counts |= _run(walk, {"csv": manifests.as_csv(bucket, walk.keys), "file_name": "photos.csv"}, "DONE")
    with walk.board.step(2, "All other media registered by JSON") as counts:
        manifest = manifests.as_json(bucket, walk.keys)
        wanted = {"manifest": manifest, "file_name": "media.json", "ignore_errors": True}
        counts |= _run(walk, wanted, "DONE", errors=1)
    with walk.board.step(2, "Facts read from the headers") as counts:
        counts |= _facts(walk)


def _run(walk: Walk, wanted: dict[str, Any], status: str, errors: int = 0) -> dict[str, Any]:
    body = {**wanted, "integration_id": walk.gloss["integration_id"]}
    started = walk.admin.post(f"/v1/folders/{walk.ids['folder']}/data-upload-jobs", body)
    path = f"/v1/data-upload-jobs/{started['id']}"
    walk.board.follow("units", _shares(walk, path))
    job = walk.admin.get(path)
    _demand(job, status, errors)
    named = {"errors": [f"{each['object_urls'][0]}: {each['error']}" for each in job["unit_errors"]]} if errors else {}
    counted = {name: job[f"units_{name}_count"] for name in ("done", "error", "cancelled")}
    return {**counted, "bytes read": job["bytes_read"], **named}


def _shares(walk: Walk, path: str) -> Iterator[tuple[int, int, float | None]]:
    """How far the job is, until it ends."""
    while True:
        job = walk.admin.get(path)
        decided = job["units_done_count"] + job["units_error_count"]
        yield decided, decided + job["units_pending_count"], job["seconds_left"]
        if job["status"] != "PENDING":
            return


def _demand(job: dict[str, Any], status: str, errors: int) -> None:
    if job["status"] != status or job["units_error_count"] != errors:
        raise AssertionError(f"the job ended {job['status']} with errors {job['unit_errors']}, {job.get('reason')}")
    if errors and manifests.BROKEN not in job["unit_errors"][0]["object_urls"][0]:
        raise AssertionError(f"the unit error names another URL: {job['unit_errors']}")


def _facts(walk: Walk) -> dict[str, Any]:
    """Every item's facts; those of some are told."""
    items = list(walk.admin.every(f"/v1/folders/{walk.ids['folder']}/items"))
    found = {item["title"]: item for item in items}
    video, series, volume = (found[title]["facts"] for title in ("bikes", "MR 700", "anatomical"))
    size = f"{video['width_px']}x{video['height_px']}"
    return {
        "items": len(items),
        **Counter(item["kind"] for item in items),
        "bikes": f"{size} {video['codec']} {video['fps']:g} fps {video['frame_count']} frames",
        "MR 700": f"{series['modality']} {series['frame_count']} slices",
        "anatomical": f"spacing {volume['spacing_mm']}",
    }
