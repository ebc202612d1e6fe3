"""From a unit and the facts of its files to the items that it becomes."""

from typing import NamedTuple

from gloss.domain.job import Job
from gloss.domain.manifest.units import Unit, file_name
from gloss.domain.media import Facts, Item, MediaKind
from gloss.domain.metadata import described
from gloss.domain.model import ItemId, Timestamp
from gloss.domain.registering import member_id_of
from gloss.domain.told import marked
from gloss.services.probing import MEMBER_KIND, Probed
from gloss.services.recognising import Place


class Composed(NamedTuple):
    """What a unit becomes: hidden members first, the visible item last; members that exist already are not in it."""

    items: tuple[Item, ...]
    warnings: tuple[str, ...]

    @property
    def visible(self) -> Item:
        return self.items[-1]


class Source(NamedTuple):
    """Where a unit's files lie: canonical URLs, its item's name and id, and the places of files that may be reused."""

    urls: tuple[str, ...]
    fingerprint: str
    item_id: ItemId
    files: dict[str, Place]


def composed(unit: Unit, source: Source, probed: Probed, job: Job, now: Timestamp) -> Composed:
    """The items of a unit."""
    members, made = _members(unit, source, probed, job, now)
    plain = described(unit.client_metadata)
    item = Item(
        **_common(job, now),
        id=source.item_id,
        kind=unit.kind,
        title=unit.name,
        url=None if unit.kind in (MediaKind.IMAGE_GROUP, MediaKind.DICOM_SERIES) else source.urls[0],
        fingerprint=source.fingerprint,
        members=members,
        sources=probed.sources,
        facts=probed.whole,
        metadata=plain.metadata,
        embeddings=plain.embeddings,
        row=unit.row,
    )
    placed, warnings = marked(item, unit.marks())
    return Composed((*made, placed), (*probed.warnings, *warnings))


def _members(
    unit: Unit, source: Source, probed: Probed, job: Job, now: Timestamp
) -> tuple[tuple[ItemId, ...], tuple[Item, ...]]:
    """The ids of a unit's members in order, and those members that are new; a sequence has its video instead."""
    if unit.kind not in MEMBER_KIND or unit.kind is MediaKind.IMAGE_SEQUENCE:
        return (), ()
    places = {at: _member_place(source, at) for at in probed.order}
    fresh = (
        _member(unit, at, source, probed.parts[at], job, now) for at, place in places.items() if place.item is None
    )
    return tuple(place.id for place in places.values()), tuple(fresh)


def _member_place(source: Source, at: int) -> Place:
    return source.files.get(source.urls[at]) or Place(None, member_id_of(source.item_id, at))


def _member(unit: Unit, at: int, source: Source, facts: Facts, job: Job, now: Timestamp) -> Item:
    return Item(
        **_common(job, now),
        id=_member_place(source, at).id,
        kind=MEMBER_KIND[unit.kind],
        title=file_name(source.urls[at]),
        url=source.urls[at],
        hidden=True,
        part_of=source.item_id,
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
