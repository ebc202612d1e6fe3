"""Step 8: three formats and a label version, downloaded through their signed URLs and counted."""

import contextlib
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import httpx
from pycocotools.coco import COCO

from infra.local.demo.client import until
from infra.local.demo.walk import Walk


def export(walk: Walk) -> None:
    """Step 8."""
    with walk.board.step(8, "Exported as JSON, with a label version") as counts:
        rows = json.loads(_download(walk, {"format": "json", "save_version": {"name": "demo"}}).read_bytes())
        counts |= {"label rows": len(rows), "objects": sum(len(row["object_answers"]) for row in rows)}
    with walk.board.step(8, "Exported as NDJSON") as counts:
        lines = _download(walk, {"format": "ndjson"}).read_bytes().splitlines()
        counts |= {"lines": len([json.loads(line) for line in lines])}
    with walk.board.step(8, "Exported as COCO, loaded by pycocotools") as counts:
        coco = _coco(_download(walk, {"format": "coco", "include_signed_urls": True}))
        counts |= {"images": len(coco.imgs), "annotations": len(coco.anns), "categories": len(coco.cats)}
        if not coco.anns:
            raise AssertionError("the COCO export has no annotations")
    with walk.board.step(8, "Label version read back") as counts:
        version = walk.admin.get(f"{walk.project}/label-versions")["entries"][0]
        body = _get(version["url"])
        _demand_digest(body, version["sha256"])
        counts |= {"name": version["name"], "rows": len(body.splitlines()), "sha256": version["sha256"][:12]}


def _download(walk: Walk, wanted: dict[str, Any]) -> Path:
    """Run an export and keep its file; returns where it lies."""
    begun = walk.admin.post(f"{walk.project}/exports", wanted)
    path = f"{walk.project}/exports/{begun['id']}"
    done = until(lambda: _ended(walk.admin.get(path)), "the export")
    if done["status"] != "DONE":
        raise AssertionError(f"the export ended {done['status']}: {done['reason']}")
    file = done["files"][0]
    body = _get(file["url"])
    if len(body) != file["bytes"]:
        raise AssertionError(f"{file['name']} has {len(body)} bytes, not {file['bytes']}")
    kept: Path = walk.home.path("demo") / file["name"]
    kept.write_bytes(body)
    return kept


def _ended(seen: Any) -> Any:
    return None if seen["status"] in {"PENDING", "RUNNING"} else seen


def _get(url: str) -> bytes:
    answer = httpx.get(url, timeout=60)
    answer.raise_for_status()
    return answer.content


def _coco(file: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(file))


def _demand_digest(body: bytes, expected: str) -> None:
    if hashlib.sha256(body).hexdigest() != expected:
        raise AssertionError("the label version's rows do not have the digest that was promised")
