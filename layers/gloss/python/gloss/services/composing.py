"""From a unit and the facts of its files to the items that it becomes."""

from typing import NamedTuple

from gloss.domain.errors import Invalid
from gloss.domain.job import Job
from gloss.domain.manifest.units import Unit, file_name
from gloss.domain.media import Facts, Item, MediaKind
from gloss.domain.metadata import described, mark_frames
from gloss.domain.model import ItemId, Timestamp
from gloss.domain.registering import item_id_of
from gloss.services.probing import MEMBER_KIND, Probed

LARGEST_ITEM = 350_000


class Composed(NamedTuple):
    """What a unit becomes: hidden members first, the visible item last; members that exist already are not in it."""

    items: tuple[Item, ...]
    warnings: tuple[str, ...]

    @property
    def visible(self) -> Item:
        return self.items[-1]


class Source(NamedTuple):
    """Where a unit's files lie: canonical URLs, and the items of those that the folder has already."""

    urls: tuple[str, ...]
    known: dict[str, Item]


def composed(unit: Unit, source: Source, probed: Probed, job: Job, now: Timestamp) -> Composed:
    """The items of a unit; raises Invalid when one is larger than a record may be."""
    members, made = _members(unit, source, probed, job, now)
    plain = described(unit.client_metadata)
    item = Item(
        **_common(job, now),
        id=item_id_of(job.id, unit.row),
        kind=unit.kind,
        title=unit.name,
        url=None if unit.kind in (MediaKind.IMAGE_GROUP, MediaKind.DICOM_SERIES) else source.urls[0],
        members=members,
        facts=probed.whole,
        metadata=plain.metadata,
        embeddings=plain.embeddings,
        row=unit.row,
    )
    marked, warnings = _marked(item, unit)
    _demand_storable(marked)
    return Composed((*made, marked), warnings)


def _members(
    unit: Unit, source: Source, probed: Probed, job: Job, now: Timestamp
) -> tuple[tuple[ItemId, ...], tuple[Item, ...]]:
    """The ids of a unit's members in order, and those members that are new; a sequence has its video instead."""
    if unit.kind not in MEMBER_KIND or unit.kind is MediaKind.IMAGE_SEQUENCE:
        return (), ()
    fresh = {
        at: _member(unit, at, source.urls[at], probed.parts[at], job, now)
        for at in probed.order
        if source.urls[at] not in source.known
    }
    ids = tuple(fresh[at].id if at in fresh else source.known[source.urls[at]].id for at in probed.order)
    return ids, tuple(fresh.values())


def _member(unit: Unit, at: int, url: str, facts: Facts, job: Job, now: Timestamp) -> Item:
    return Item(
        **_common(job, now),
        id=item_id_of(job.id, unit.row, at),
        kind=MEMBER_KIND[unit.kind],
        title=file_name(url),
        url=url,
        hidden=True,
        facts=facts,
        row=unit.row,
    )


def _common(job: Job, now: Timestamp) -> dict[str, object]:
    return {
        "org_id": job.org_id,
        "folder_id": job.folder_id,
        "integration_id": job.integration_id,
        "job_id": job.id,
        "created_at": now,
        "created_by": job.created_by,
    }


def _marked(item: Item, unit: Unit) -> tuple[Item, tuple[str, ...]]:
    """The item with what the manifest says of single frames; only videos and sequences have frames to mark."""
    marks = unit.marks()
    if marks is None:
        return item, ()
    if item.kind not in (MediaKind.VIDEO, MediaKind.IMAGE_SEQUENCE):
        return item, (f"$encord is for videos; it was not used for this {item.kind.value}",)
    found = mark_frames(marks, item.facts.fps or 0, item.facts.frame_count or 0)
    marked = item.model_copy(
        update={
            "sampling_rate": marks.config.sampling_rate,
            "keyframes": found.keyframes,
            "frame_metadata": found.frame_metadata,
            "frame_embeddings": found.frame_embeddings,
        }
    )
    return marked, found.warnings


def _demand_storable(item: Item) -> None:
    size = len(item.model_dump_json().encode())
    if size > LARGEST_ITEM:
        raise Invalid(f"Metadata and embeddings take {size} bytes; an item has at most {LARGEST_ITEM}.")
