"""What a webhook request carries: the envelope, its bytes, and the two signatures over them."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from gloss.domain.events import Event
from gloss.domain.happened import OfTask
from gloss.domain.model import EndpointId
from gloss.domain.workflow import consensus
from gloss.domain.workflow.label_rows import row_id_of
from gloss.domain.workflow.task import number_of

VERSION: Final = 1
SOURCE: Final = "Encord"
TOLD_ELSEWHERE: Final = set(
    {"id", "at", "org_id", "kind", "project_id", "data_id", "task_id", "subtask_id", "stage", "to_stage"}
)


def delivery_uid(endpoint_id: EndpointId, event_id: str, event: str) -> str:
    """The delivery's id, the same whoever works it out and how often."""
    return str(uuid5(NAMESPACE_URL, f"webhook:{endpoint_id}:{event_id}:{event}"))


def envelope(uid: str, event_name: str, event: Event) -> str:
    """The request body of one delivery: JSON with sorted keys, `task.submitted` named `task_submitted_event`."""
    return written(
        {
            "uid": uid,
            "version": VERSION,
            "source": SOURCE,
            "event_type": f"{event_name.replace('.', '_')}_event",
            "event_created_timestamp": event.at.isoformat(timespec="microseconds"),
            "payload": payload(event),
        }
    )


def written(envelope: dict[str, Any]) -> str:
    """JSON text with sorted keys and no spaces: the bytes that are signed."""
    return json.dumps(envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def payload(event: Event) -> dict[str, Any]:
    """The project's, data units' and label rows' ids, and whatever else this kind of event tells."""
    told = event.model_dump(mode="json", exclude=TOLD_ELSEWHERE)
    project = {"project_hash": getattr(event, "project_id", None)}
    return {**told, **project, **(_of_task(event) if isinstance(event, OfTask) else _about(event))}


def signed_headers(secret: str, uid: str, body: bytes, now: datetime) -> dict[str, str]:
    """Headers of one attempt, signed at `now`: Encord's pair and the three of Standard Webhooks.

    The secret is 64 hex digits: its text is the key of the first scheme, and read as base64 the key of the second.
    """
    moment = str(int(now.timestamp()))
    encord = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    standard = hmac.new(base64.b64decode(secret), f"{uid}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Gloss-Webhooks/1",
        "X-Encord-Timestamp": moment,
        "X-Encord-Signature": encord,
        "webhook-id": uid,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(standard).decode()}",
    }


def _of_task(event: OfTask) -> dict[str, Any]:
    return {
        "data_hashes": [event.data_id],
        "label_hashes": [_row_of(event)],
        "task_uuid": event.subtask_id or event.task_id,
        "stage_uuid": event.stage,
        "to_stage_uuid": event.to_stage,
    }


def _about(event: Event) -> dict[str, Any]:
    """Which task, and data unit, a save, a score or an issue is about."""
    task_id = getattr(event, "subtask_id", None) or getattr(event, "task_id", None)
    data_id = getattr(event, "data_id", None)
    return {**({"task_uuid": task_id} if task_id else {}), **({"data_hashes": [data_id]} if data_id else {})}


def _row_of(event: OfTask) -> str:
    """The label row that the event is about: the task's, or a subtask's on its branch."""
    if event.subtask_id is None:
        return event.task_id
    return row_id_of(event.task_id, consensus.branch_of(event.stage, number_of(event.subtask_id)))
