"""From a unit and the facts of its files to the items that it becomes."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from gloss.domain.errors import Invalid
from gloss.domain.job import Job
from gloss.domain.locations import fingerprint
from gloss.domain.manifest.units import MAX_TITLE, GroupUnit, Unit, file_name
from gloss.domain.media import Facts, Item, MediaKind
from gloss.domain.metadata import described
from gloss.domain.model import ItemId, Timestamp
from gloss.domain.registering import cluster_id_of, member_id_of
from gloss.domain.told import marked
from gloss.services.probing import MEMBER_KIND, Probed, group_facts
from gloss.services.recognising import Place

MOST_CLUSTERS: Final = 50


class Composed(NamedTuple):
    """What a unit becomes: hidden members first, the visible item last; members that exist already are not in it.

    A group that is split by resolution has its other groups before the last.
    """

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
    whole = Composed((*made, placed), (*probed.warnings, *warnings))
    return clustered(whole, probed) if isinstance(unit, GroupUnit) and unit.cluster_by_resolution else whole


def clustered(whole: Composed, probed: Probed) -> Composed:
    """A group as one group for each size of its images, in the order in which the sizes come; the first keeps its id.

    The others come before it, each with an id that follows from that one, and its size in its title.
    """
    clusters: dict[tuple[int | None, int | None], list[int]] = {}
    for at, facts in enumerate(probed.parts):
        clusters.setdefault((facts.width_px, facts.height_px), []).append(at)
    if len(clusters) < 2:
        return whole
    if len(clusters) > MOST_CLUSTERS:
        raise Invalid(f"The images have {len(clusters)} sizes; a group is split into at most {MOST_CLUSTERS}.")
    first, *others = (_cluster(whole, places, probed) for places in clusters.values())
    members = {item.id: item for item in whole.items[:-1]}
    homes = {each: group.id for group in (first, *others) for each in group.members}
    moved = (item.model_copy(update={"part_of": homes[item.id]}) for item in members.values())
    return Composed((*moved, *others, first), (*whole.warnings, *told_of_split(first, *others)))


def told_of_split(*groups: Item) -> tuple[str, ...]:
    """What is told of a group that was split into these, the one that keeps its id first; nothing of a whole one."""
    named = ", ".join(f"{group.title} as {group.id}" for group in groups)
    count = len(groups)
    return (f"Its images have {count} sizes, so it became {count} groups: {named}.",) if count > 1 else ()


def _cluster(whole: Composed, places: Sequence[int], probed: Probed) -> Item:
    group, parts = whole.visible, tuple(probed.parts[at] for at in places)
    facts, own = group_facts(parts), places[0] == 0
    size = f" ({facts.width_px} x {facts.height_px})"
    urls = {item.id: item.url or "" for item in whole.items[:-1]}
    members = tuple(group.members[at] for at in places)
    return group.model_copy(
        update={
            "id": group.id if own else cluster_id_of(group.id, places[0]),
            "title": group.title[: MAX_TITLE - len(size)] + size,
            "members": members,
            "facts": facts,
            "fingerprint": group.fingerprint if own else fingerprint(group.kind, [urls[each] for each in members]),
        }
    )


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
