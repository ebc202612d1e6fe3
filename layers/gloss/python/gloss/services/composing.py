"""From a unit and the facts of its files to the items that it becomes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from gloss.domain.errors import Invalid
from gloss.domain.job import Job
from gloss.domain.locations import fingerprint
from gloss.domain.manifest.units import MAX_TITLE, GroupUnit, Several, TimeSeriesUnit, Unit, file_name
from gloss.domain.media import Facts, Item, MediaKind
from gloss.domain.metadata import described
from gloss.domain.model import ItemId, Timestamp
from gloss.domain.registering import cluster_id_of, member_id_of
from gloss.domain.told import marked
from gloss.services.probing import MEMBER_KIND, Probed, group_facts
from gloss.services.recognising import Place

MOST_CLUSTERS: Final = 50


@dataclass(frozen=True)
class Files:
    """The new hidden members of a unit; each is made when it is asked for, since there may be 200 000."""

    unit: Unit
    source: "Source"
    parts: tuple[Facts, ...]
    common: Mapping[str, object]
    places: tuple[int, ...] = ()
    homes: Mapping[int, ItemId] = field(default_factory=dict)

    def each(self) -> Iterator[Item]:
        """One after the other, as often as they are wanted."""
        return map(self._made, self.places)

    def _made(self, at: int) -> Item:
        url = self.source.urls[at]
        return Item(
            **self.common,
            id=_member_place(self.source, at).id,
            kind=MEMBER_KIND[self.unit.kind],
            title=self._title(at) or file_name(url),
            url=url,
            hidden=True,
            part_of=self.homes.get(at, self.source.item_id),
            facts=self.parts[at],
            row=self.unit.row,
        )

    def _title(self, at: int) -> str | None:
        """What the manifest calls a file of a group or series."""
        return self.unit.parts[at].title if isinstance(self.unit, Several) else None


class Composed(NamedTuple):
    """What a unit becomes: hidden members without those that exist already, and the visible item.

    A group that is split by resolution has its other groups before the one that keeps its id.
    """

    files: Files
    groups: tuple[Item, ...]
    warnings: tuple[str, ...]

    @property
    def visible(self) -> Item:
        return self.groups[-1]


class Source(NamedTuple):
    """Where a unit's files lie: canonical URLs, its item's name and id, and the places of files that may be reused."""

    urls: tuple[str, ...]
    fingerprint: str
    item_id: ItemId
    files: dict[str, Place]


def composed(unit: Unit, source: Source, probed: Probed, job: Job, now: Timestamp) -> Composed:
    """The items of a unit."""
    common, plain = _common(job, now), described(unit.client_metadata)
    grouped = unit.kind in MEMBER_KIND and unit.kind is not MediaKind.IMAGE_SEQUENCE
    places = [(at, _member_place(source, at)) for at in (probed.order if grouped else ())]
    files = Files(unit, source, probed.parts, common, tuple(at for at, place in places if place.item is None))
    item = Item(
        **common,
        id=source.item_id,
        kind=unit.kind,
        title=unit.name,
        url=None if grouped else source.urls[0],
        fingerprint=source.fingerprint if unit.kind in MEMBER_KIND else None,
        members=tuple(place.id for _, place in places),
        sources=probed.sources,
        facts=probed.whole,
        view=unit.settings if isinstance(unit, TimeSeriesUnit) else None,
        metadata=plain.metadata,
        embeddings=plain.embeddings,
        row=unit.row,
    )
    placed, warnings = marked(item, unit.marks())
    whole = Composed(files, (placed,), (*probed.warnings, *warnings))
    return clustered(whole) if isinstance(unit, GroupUnit) and unit.cluster_by_resolution else whole


def clustered(whole: Composed) -> Composed:
    """A group as one group for each size of its images, in the order in which the sizes come; the first keeps its id.

    The others come before it, each with an id that follows from that one, and its size in its title.
    """
    clusters: dict[tuple[int | None, int | None], list[int]] = {}
    for at, facts in enumerate(whole.files.parts):
        clusters.setdefault((facts.width_px, facts.height_px), []).append(at)
    if len(clusters) < 2:
        return whole
    if len(clusters) > MOST_CLUSTERS:
        raise Invalid(f"The images have {len(clusters)} sizes; a group is split into at most {MOST_CLUSTERS}.")
    first, *others = groups = [_cluster(whole, places) for places in clusters.values()]
    homes = {at: group.id for group, places in zip(groups, clusters.values(), strict=True) for at in places}
    warnings = (*whole.warnings, *told_of_split(*groups))
    return Composed(replace(whole.files, homes=homes), (*others, first), warnings)


def told_of_split(*groups: Item) -> tuple[str, ...]:
    """What is told of a group that was split into these, the one that keeps its id first; nothing of a whole one."""
    named = ", ".join(f"{group.title} as {group.id}" for group in groups)
    count = len(groups)
    return (f"Its images have {count} sizes, so it became {count} groups: {named}.",) if count > 1 else ()


def _cluster(whole: Composed, places: Sequence[int]) -> Item:
    group, urls = whole.visible, whole.files.source.urls
    facts, own = group_facts(tuple(whole.files.parts[at] for at in places)), places[0] == 0
    size = f" ({facts.width_px} x {facts.height_px})"
    return group.model_copy(
        update={
            "id": group.id if own else cluster_id_of(group.id, places[0]),
            "title": group.title[: MAX_TITLE - len(size)] + size,
            "members": tuple(group.members[at] for at in places),
            "facts": facts,
            "fingerprint": group.fingerprint if own else fingerprint(group.kind, [urls[at] for at in places]),
        }
    )


def _member_place(source: Source, at: int) -> Place:
    return source.files.get(source.urls[at]) or Place(None, member_id_of(source.item_id, at))


def _common(job: Job, now: Timestamp) -> dict[str, object]:
    return {
        "org_id": job.org_id,
        "folder_id": job.folder_id,
        "integration_id": job.integration_id,
        "job_id": job.id,
        "created_at": now,
        "created_by": job.created_by,
    }
