"""Label rows as documents: bodies read several at once, with the media below them and the links to these."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gloss.domain.formats import label_row
from gloss.domain.formats.facts import RowFacts, SpaceFacts, UnitFacts, spaces_of, units_of
from gloss.domain.labels import AnyBody, LongLabels
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import DataId, ItemId
from gloss.domain.workflow.label_rows import Row
from gloss.domain.workflow.standing import annotation_task_status, label_status
from gloss.kinds.catalog import DATASETS
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Key, Ports, Store
from gloss.services import attesting, benchmarking, foreseeing, saving, signing
from gloss.services.keeping import bodies
from gloss.services.locating import Outlook
from gloss.services.rationing import BYTES_OF_ONE, Ration
from gloss.services.signing import Link, MediaOf

#: Reading the verdicts on a row takes as long as so many rows of a list.
VERDICTS_WEIGHT: Final = 10


@dataclass(frozen=True)
class Chosen:
    """Of which classes labels are wanted; None: of all."""

    objects: frozenset[str] | None = None
    classifications: frozenset[str] | None = None

    def of(self, body: AnyBody) -> AnyBody:
        """The wanted labels."""
        return body.only(self.objects, self.classifications)


@dataclass(frozen=True)
class Media:
    """The media below some rows: items, titles of datasets, how a file is linked to."""

    items: Mapping[ItemId, Item]
    titles: Mapping[str, str]
    link: Link
    ports: Ports

    @classmethod
    def of(cls, rows: Sequence[Row], link: Link, ports: Ports) -> "Media":
        """Read once for all of them."""
        keys = [item_key(id_) for id_ in dict.fromkeys(row.task.item_id for row in rows)]
        items = {it.id: it for it in ports.store.get_many(ITEMS, keys)}
        return cls(items, dataset_titles([row.task.dataset_id for row in rows], ports.store), link, ports)

    def units(self, row: Row) -> tuple[UnitFacts, ...]:
        """The files of a row, also of a deleted item, whose labels may still be read; none when it is unknown."""
        item = self.items.get(row.task.item_id)
        return () if item is None else units_of(row.task.data_id, item, signing.files(item, self.link, self.ports))

    def spaces(self, row: Row) -> tuple[SpaceFacts, ...]:
        """The spaces of a data group, with links to its members; everything else has none."""
        item = self.items.get(row.task.item_id)
        if item is None or not item.spaces:
            return ()
        return spaces_of(item, signing.files(item, self.link, self.ports))


def dataset_titles(dataset_ids: Sequence[str], store: Store) -> dict[str, str]:
    """The titles of these datasets by id."""
    keys = [Key(f"DATASET#{id_}") for id_ in dict.fromkeys(dataset_ids)]
    return {dataset.id: dataset.title for dataset in store.get_many(DATASETS, keys)}


@dataclass(frozen=True)
class Fetch:
    """How rows are wanted: with links that anybody may read for a while, with which labels, with verdicts on them, and
    up to how much."""

    signed: bool = False
    chosen: Chosen = Chosen()
    judged: bool = False
    ration: Ration = field(default_factory=Ration)


def documents(
    rows: Sequence[Row], fetch: Fetch, outlook: Outlook, ports: Ports, media_of: MediaOf
) -> Iterator[Iterator[bytes]]:
    """The public JSON of each row piece by piece, one row after the other.

    Raises Overlong, before it is read if that can be known, for what goes beyond the ration.
    """
    foreseeing.below(rows, outlook, ports.store)
    structure = saving.structure_of(outlook, ports.store)
    link = signing.Signing(ports.store, media_of) if fetch.signed else signing.plain_link
    media = Media.of(rows, link, ports)
    benchmarks = benchmarking.known_to(outlook.worker, [row.task for row in rows], outlook.project, ports.store)
    fetch.ration.demand(sum(it.member_count for it in media.items.values()))
    for row, body in bodies(rows, ports.blobs):
        if isinstance(body, LongLabels):
            fetch.ration.demand(body.size_bytes / BYTES_OF_ONE)
        fetch.ration.take(VERDICTS_WEIGHT if fetch.judged else 0)
        judged = attesting.judgements_of(row, ports.store) if fetch.judged else None
        told = facts(row, media, outlook, benchmarks).model_copy(update={"judged": judged})
        yield fetch.ration.weighed(label_row.as_sent(fetch.chosen.of(body), structure, told))


def facts(row: Row, media: Media, outlook: Outlook, benchmarks: Container[DataId] = ()) -> RowFacts:
    """The head of a row's document; `benchmarks` are the data units that are known to have ground truth."""
    task, kind = row.task, outlook.project.workflow.stage(row.task.stage).kind
    item = media.items.get(task.item_id)
    units = media.units(row)
    made = row.created_at or outlook.now
    return RowFacts(
        label_id=row.id,
        branch=row.branch,
        data_id=task.data_id,
        data_title=task.title,
        dataset_id=task.dataset_id,
        dataset_title=media.titles.get(task.dataset_id, ""),
        kind=item.kind if item is not None else MediaKind.IMAGE,
        label_status=label_status(kind, task),
        annotation_task_status=annotation_task_status(kind, task, outlook.now),
        created_at=made,
        last_edited_at=row.edited_at or made,
        units=units,
        spaces=media.spaces(row),
        valid=row.missing_answers == 0,
        benchmark=task.data_id in benchmarks,
        deleted=not units,
    )
