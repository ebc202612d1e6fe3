"""What the SDK's suite is pointed at: an address, keys of three people, an integration, and real files in a bucket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gloss.domain.envelopes import envelope, signed_headers
from gloss.domain.events import AgentStageWorkAvailable, Event, TaskSubmitted
from gloss.domain.model import ProjectId, StageId
from gloss.domain.workflow.stage_ids import stage_uuid
from infra.local.demo.client import Client
from tests.builders_media import a_pdf, a_sound, a_video, an_image, dicom_files, nibabel_files

PEOPLE: Final = {"annotator": "ann", "reviewer": "rae"}

FILES: Final[Mapping[str, bytes]] = {
    **{f"suite/{number}.png": an_image(size=(64, 48), shade=60 + 40 * number) for number in range(4)},
    **{f"suite/mr/{number}.dcm": body for number, body in enumerate(dicom_files())},
    "suite/clip.mp4": a_video(frames=12, fps=10),
    "suite/tone.wav": a_sound(),
    "suite/three.pdf": a_pdf(3),
    "suite/words.txt": b"All that is gold does not glitter.",
    "suite/speeds.csv": b"time,speed,heading\n0,1.5,90\n0.5,2.5,91\n2,3,92\n",
    "suite/page.html": b"<html><body><p>All that is gold</p></body></html>",
    "suite/brain.nii": nibabel_files()[0].read_bytes(),
}


@dataclass(frozen=True)
class Site:
    """A running Gloss: its Admin's client and token, and a customer's bucket with a client of its store."""

    admin: Client
    bearer: str
    store: Any
    bucket: str


def prepare(folder: Path, site: "Site", integration: Mapping[str, Any]) -> Path:
    """Put the files into the bucket, register a key for each person, and write down where all that is; its path."""
    admin = site.admin
    for name, body in FILES.items():
        site.store.put_object(Bucket=site.bucket, Key=name, Body=body)
    described = {
        "url": admin.url,
        "bearer": site.bearer,
        "integration": {"id": integration["id"], "title": integration["title"]},
        "media": {name.removeprefix("suite/"): f"s3://{site.bucket}/{name}" for name in FILES},
        "keys": {"admin": str(_key(folder, "admin", admin, None))},
        "people": {"admin": admin.get("/v1/me")["email"]},
        "delivery": _delivery(_a_submit()),
        "work_delivery": _delivery(_work()),
    }
    for word, name in PEOPLE.items():
        person = admin.post("/v1/users", {"email": f"{name}-{uuid4().hex[:8]}@suite.io"})
        described["keys"][word] = str(_key(folder, word, admin, person["id"]))
        described["people"][word] = person["email"]
    target = folder / "sdk-target.json"
    target.write_text(json.dumps(described, indent=1))
    return target


def _delivery(event: Event) -> dict[str, Any]:
    """A webhook's delivery as it goes out: body, headers and the secret that signed it."""
    secret, body = token_hex(32), envelope(event.id, event.kind, event)
    return {"body": body, "headers": signed_headers(secret, event.id, body.encode(), event.at), "secret": secret}


def _a_submit() -> Event:
    told = {"org_id": "org", "project_id": str(uuid4()), "task_id": str(uuid4()), "data_id": str(uuid4())}
    stages = {"stage": "annotate", "to_stage": "review"}
    return TaskSubmitted.model_validate({"id": str(uuid4()), "at": datetime.now(UTC), "actor": "ann", **stages, **told})


def _work() -> Event:
    project = str(uuid4())
    where = {"project_id": project, "stage": "agent", "stage_uuid": stage_uuid(ProjectId(project), StageId("agent"))}
    told = {"id": str(uuid4()), "at": datetime.now(UTC), "actor": "system", "org_id": "org"}
    work = {"pending_count": 7, "reason": "max_wait_elapsed"}
    return AgentStageWorkAvailable.model_validate({**told, **where, **work})


def _key(folder: Path, word: str, admin: Client, user_id: str | None) -> Path:
    """A new private key of somebody's, registered and written where the SDK reads it."""
    key = Ed25519PrivateKey.generate()
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    whose = {"user_id": user_id} if user_id else {}
    admin.post("/v1/credentials", {"title": f"{word}'s key", "public_key": line, **whose})
    path = folder / f"{word}.key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    return path
