"""The list of a project's label rows on the SDK's wire, written while it is read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gloss.domain.formats.facts import GROUPS, MIME_TYPES, member_id, size_px, spaces_of
from gloss.domain.formats.spaces import space_info
from gloss.domain.labels.canvas import frames_of
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import Timestamp, UserId
from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.standing import annotation_task_status, label_status
from gloss.ports import Ports
from gloss.sdk.labels.children import Family, child_of, is_child
from gloss.sdk.labels.filters import ListPayload, wanted
from gloss.sdk.labels.metadata import metadata_of, weight
from gloss.sdk.naming import stage_uuid
from gloss.sdk.people import emails_of
from gloss.services import enumerating, fetching
from gloss.services.enumerating import Listed
from gloss.services.locating import Outlook
from gloss.services.rationing import Ration

Json = dict[str, Any]

DATA_TYPES: Final[Mapping[MediaKind, str]] = {
    MediaKind.IMAGE: "IMAGE",
    MediaKind.VIDEO: "VIDEO",
    MediaKind.AUDIO: "AUDIO",
    MediaKind.PDF: "PDF",
    MediaKind.TEXT: "PLAIN_TEXT",
    MediaKind.TIME_SERIES: "TIME_SERIES",
    MediaKind.NIFTI: "NIFTI",
    MediaKind.DICOM_FILE: "DICOM",
    MediaKind.DICOM_SERIES: "DICOM",
    MediaKind.IMAGE_GROUP: "IMG_GROUP",
    MediaKind.IMAGE_SEQUENCE: "IMG_GROUP",
    MediaKind.DATA_GROUP: "GROUP",
}


def entries(payload: ListPayload, outlook: Outlook, ports: Ports, ration: Ration | None = None) -> Iterator[Json]:
    """One entry for each row that is asked for; raises Overlong for more than the ration."""
    ration = ration or Ration()
    around, family = _Around.of(outlook, ports), Family.of(payload, ports, ration)
    for listed in enumerating.label_rows(wanted(family.sought(outlook)), outlook, ports, ration):
        around.meet(listed)
        told = list(family.told(listed))
        ration.take(weight(told, payload))
        extras = metadata_of(told, payload, ports.blobs)
        for each, extra in zip(told, extras, strict=True):
            yield {**_entry(each, around, payload), **extra}


@dataclass
class _Around:
    """What the rows share: stages, titles of datasets, and people's addresses, each read once."""

    outlook: Outlook
    ports: Ports
    titles: Mapping[str, str]
    stages: Mapping[str, tuple[StageKind, Json]]
    emails: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, outlook: Outlook, ports: Ports) -> "_Around":
        project = outlook.project
        stages: dict[str, tuple[StageKind, Json]] = {
            stage.id: (stage.kind, {"uuid": stage_uuid(project.id, stage.id), "title": stage.title})
            for stage in project.workflow.stages
        }
        return cls(outlook, ports, fetching.dataset_titles(project.dataset_ids, ports.store), stages)

    def meet(self, listed: Sequence[Listed]) -> None:
        """Look up the addresses of the people who have to do with these rows."""
        tasks = [it.row.task for it in listed]
        people = {UserId(id_) for task in tasks for id_ in (task.assignee, task.last_actioned_by) if id_}
        self.emails |= emails_of(sorted(people - self.emails.keys()), self.ports.store)


def _entry(listed: Listed, around: _Around, payload: ListPayload) -> Json:
    entry = _row_entry(listed, around, payload)
    if listed.item is None or not is_child(listed):
        return entry
    return entry | child_of(entry, listed.item, DATA_TYPES[listed.item.kind])


def _row_entry(listed: Listed, around: _Around, payload: ListPayload) -> Json:
    row, task, item = listed.row, listed.row.task.at(around.outlook.now), listed.item
    kind, node = around.stages[task.stage]
    return {
        "label_hash": row.id if row.is_made else None,
        "created_at": _time(row.created_at),
        "last_edited_at": _time(row.edited_at),
        "branch_name": row.branch,
        "data_hash": task.data_id,
        "dataset_hash": task.dataset_id,
        "dataset_title": around.titles.get(task.dataset_id, ""),
        "data_title": task.title,
        "data_type": DATA_TYPES[task.media_kind],
        "data_link": item.url if item is not None else None,
        "label_status": label_status(kind, task).value,
        "annotation_task_status": annotation_task_status(kind, task, around.outlook.now).value,
        "workflow_graph_node": node if payload.include_workflow_graph_node else None,
        "is_shadow_data": listed.benchmark,
        "spaces": {} if item is None else {it.unit.data_id: space_info(it) for it in spaces_of(item)},
        "task_uuid": task.id,
        "priority": None if kind is StageKind.COMPLETE else task.priority,
        "is_valid": row.missing_answers == 0,
        "backing_item_uuid": task.item_id,
        "assigned_user_email": around.emails.get(task.assignee or ""),
        "last_actioned_by_user_email": around.emails.get(task.last_actioned_by or ""),
        **(_media(item) if item is not None else {"number_of_frames": 0}),
        **({"images_data": images_of(listed)} if payload.include_images_data else {}),
    }


def _media(item: Item) -> Json:
    facts = item.facts
    width, height = size_px(item)
    return {
        "number_of_frames": frames_of(item) or 1,
        "frames_per_second": facts.fps,
        "duration": facts.duration_s,
        "width": width,
        "height": height,
        "audio_sample_rate": facts.sample_rate_hz,
        "audio_codec": facts.codec if item.kind is MediaKind.AUDIO else None,
        "audio_bit_depth": facts.bit_depth,
        "audio_num_channels": facts.num_channels,
        "file_type": facts.mime_type or MIME_TYPES[item.kind],
    }


def images_of(listed: Listed) -> list[Json] | None:
    """The images of a group or the frames of a sequence; everything else has none."""
    item = listed.item
    if item is None or item.kind not in GROUPS:
        return None
    images = listed.members or (item,) * (frames_of(item) or 0)
    data_id = item.id if is_child(listed) else listed.row.task.data_id
    return [_image(data_id, image, place) for place, image in enumerate(images)]


def _image(data_id: str, image: Item, place: int) -> Json:
    return {
        "index": place,
        "title": image.title,
        "file_type": image.facts.mime_type or MIME_TYPES[image.kind],
        "height": image.facts.height_px,
        "width": image.facts.width_px,
        "image_hash": member_id(data_id, place),
    }


def _time(moment: Timestamp | None) -> str | None:
    return None if moment is None else moment.isoformat()
